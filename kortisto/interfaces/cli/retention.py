"""``kortisto retention``: what the coming night would remove. Removes nothing."""

import argparse

from kortisto.interfaces.cli.process import start_django


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "Counts only. `kortisto work` removes, at night."


def run(options: argparse.Namespace) -> int:
    del options
    start_django()
    from django.utils import timezone

    from kortisto.core.keeping import report

    for one in report(timezone.now()):
        tonight = "      –" if one.tonight is None else f"{one.tonight:7}"
        print(f"{tonight}  {one.kept.title} ({one.period})")
    return 0
