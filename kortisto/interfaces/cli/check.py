"""``kortisto check``: whether this installation keeps its own promises."""

import argparse
import textwrap
from typing import TYPE_CHECKING

from kortisto.interfaces.cli.process import start_django

if TYPE_CHECKING:
    from kortisto.core.checks import Checked

WIDTH = 84


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "Exit code 1 when something is wrong. Changes nothing."


def run(options: argparse.Namespace) -> int:
    del options
    start_django()
    from kortisto.core.checks import checks, run_checks

    wrong = 0
    for checked in run_checks():
        print(f"{'WRONG' if checked.findings else 'ok   '}  {checked.check.what}")
        _tell(checked)
        wrong += len(checked.findings)
    print()
    if wrong:
        print(f"{wrong} things need attention.")
        return 1
    print(f"{len(checks())} checks, nothing wrong.")
    return 0


def _tell(checked: "Checked") -> None:
    for finding in checked.findings:
        for mark, text in (("-", finding.sentence), ("  Fix:", finding.fix)):
            print(
                textwrap.fill(
                    f"{mark} {text}",
                    WIDTH,
                    initial_indent="       ",
                    subsequent_indent="         ",
                )
            )
