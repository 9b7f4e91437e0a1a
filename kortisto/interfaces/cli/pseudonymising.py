"""``kortisto pseudonymise``: turn a copy of the database into a test environment."""

import argparse

from kortisto.interfaces.cli.process import must_be_migrated, start_django
from kortisto.interfaces.cli.progress import Progress


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        "Only counts, until --write is given. Then everybody in the database becomes "
        "an invented person, and there is no way back: for copies only, never for a "
        "database that anybody works with."
    )
    parser.add_argument("--write", action="store_true", help="change the database")
    parser.add_argument(
        "--dry-run", action="store_true", help="only count, as without --write"
    )
    parser.add_argument(
        "--i-know-this-is-a-copy",
        default="",
        metavar="NAME",
        dest="named",
        help="the name of the database, or of its file: nothing of it will be kept",
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=1,
        help="another number invents other people; the same invents the same",
    )


def run(options: argparse.Namespace) -> int:
    start_django()
    must_be_migrated()
    from django.utils import timezone

    from kortisto.interfaces.cli.pseudonyms.marked_as_copy import must_be_a_copy
    from kortisto.interfaces.cli.pseudonyms.rewriting import plans, pseudonymise
    from kortisto.interfaces.cli.pseudonyms.traces import sweep

    now = timezone.now()
    writing = options.write and not options.dry_run
    if writing or options.named:
        must_be_a_copy(options.named, now=now)
    planned = plans()
    if not writing:
        for one in planned:
            _tell(one.model._meta.db_table, one.rows, one.columns)  # noqa: SLF001
        print("Nothing was changed; --write changes it, for good.")
        return 0
    with Progress("Rows", total=sum(one.rows for one in planned)) as bar:
        pseudonymise(seed=options.seed, now=now, told=bar.advance)
    sweep()
    print(
        "Everybody in this database is invented now. Next: kortisto reindex, and "
        "kortisto staff create-admin NAME to get in."
    )
    return 0


def _tell(table: str, rows: int, columns: tuple[str, ...] | None) -> None:
    what = (
        "all rows go" if columns is None else f"invents or empties {', '.join(columns)}"
    )
    print(f"{rows:10,}  {table}: {what}")
