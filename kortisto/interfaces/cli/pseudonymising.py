"""``kortisto pseudonymise``: turn a copy of the database into a test environment."""

import argparse
from typing import TYPE_CHECKING

from kortisto.interfaces.cli.process import must_be_migrated, start_django
from kortisto.interfaces.cli.progress import Progress
from kortisto.interfaces.cli.trouble import Trouble

if TYPE_CHECKING:
    from datetime import datetime


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
        "--titles",
        type=int,
        metavar="NUMBER",
        help="keep so many titles, those on loan or on hold first, and the patrons who "
        "have to do with them; 20000 to 50000 for tests that find faults",
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=1,
        help="another number invents other people; the same invents the same",
    )


def run(options: argparse.Namespace) -> int:
    if options.titles is not None and options.titles < 1:
        message = "--titles needs a number above zero"
        raise Trouble(message)
    start_django()
    must_be_migrated()
    from django.utils import timezone

    from kortisto.interfaces.cli.pseudonyms.marked_as_copy import must_be_a_copy

    now = timezone.now()
    writing = options.write and not options.dry_run
    if writing or options.named:
        must_be_a_copy(options.named, now=now)
    if options.titles is not None:
        _reduce(options, now=now, writing=writing)
    if writing:
        _write(options.seed, now=now)
    else:
        _count()
    return 0


def _reduce(options: argparse.Namespace, *, now: "datetime", writing: bool) -> None:
    from django.utils import timezone

    from kortisto.interfaces.cli.pseudonyms.invented import Inventor
    from kortisto.interfaces.cli.pseudonyms.reduction import plan_reduction, reduce

    inventor = Inventor(options.seed, timezone.localdate(now))
    plan = plan_reduction(options.titles, inventor)
    print(
        f"{plan.titles:,} titles stay, {len(plan.titles_out):,} go; "
        f"{plan.patrons:,} patrons stay, {len(plan.patrons_out):,} go."
    )
    if writing:
        with Progress("Titles and patrons", total=plan.steps) as bar:
            reduce(plan, told=bar.advance)


def _write(seed: int, *, now: "datetime") -> None:
    from kortisto.interfaces.cli.pseudonyms.rewriting import plans, pseudonymise
    from kortisto.interfaces.cli.pseudonyms.traces import sweep

    with Progress("Rows", total=sum(one.rows for one in plans())) as bar:
        pseudonymise(seed=seed, now=now, told=bar.advance)
    with Progress("Writing every table anew"):
        sweep()
    print(
        "Everybody in this database is invented now. Next: kortisto reindex, and "
        "kortisto staff create-admin NAME to get in."
    )


def _count() -> None:
    from kortisto.interfaces.cli.pseudonyms.rewriting import plans

    for one in plans():
        what = (
            "all rows go"
            if one.columns is None
            else f"invents or empties {', '.join(one.columns)}"
        )
        print(f"{one.rows:10,}  {one.model._meta.db_table}: {what}")  # noqa: SLF001
    print("Nothing was changed; --write changes it, for good.")
