"""``kortisto reindex``: build the search index of this machine anew."""

import argparse

from kortisto.interfaces.cli.process import start_django
from kortisto.interfaces.cli.progress import Progress
from kortisto.interfaces.cli.trouble import Trouble


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        "Searching goes on with the old index until the new one is whole. What "
        "changes meanwhile is added by kortisto work."
    )


def run(options: argparse.Namespace) -> int:
    del options
    start_django()
    from kortisto.domain.search.collection import searchable_records
    from kortisto.domain.search.ports import IndexIsWritten
    from kortisto.domain.search.queries import rebuild_index

    try:
        with Progress("Titles", total=searchable_records().count()) as bar:
            titles = rebuild_index(bar.reach)
    except IndexIsWritten as error:
        raise Trouble(str(error)) from error
    print(f"The search index has {titles:,} titles.")
    return 0
