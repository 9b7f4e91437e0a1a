"""``kortisto redate-cards``: give everybody's card the validity that is set now."""

import argparse

from kortisto.interfaces.cli.process import must_be_migrated, start_django
from kortisto.interfaces.cli.progress import Progress
from kortisto.interfaces.cli.trouble import Trouble


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        "Only counts, until --write is given. A card is good for the months of its "
        "category and library, from the last check of the patron's data or else from "
        "the registration. The dead and the deleted are left out."
    )
    parser.add_argument("--write", action="store_true", help="change the cards")
    parser.add_argument(
        "--from-today",
        action="store_true",
        help="count from today, whenever the data was checked",
    )
    parser.add_argument(
        "--earlier-too",
        action="store_true",
        help="also change cards that then end earlier than now",
    )
    parser.add_argument(
        "--category",
        action="append",
        default=[],
        metavar="CODE",
        help="only patrons of this category; can be given again",
    )


def run(options: argparse.Namespace) -> int:
    start_django()
    must_be_migrated()
    from django.utils import timezone

    from kortisto.core.actors import job_actor
    from kortisto.domain.patrons.actions.redating import Redating, redate_cards
    from kortisto.domain.patrons.models import PatronCategory
    from kortisto.domain.patrons.permissions import PatronPermission

    known = set(PatronCategory.objects.values_list("code", flat=True))
    if unknown := sorted(set(options.category) - known):
        message = f"no such category: {', '.join(unknown)}"
        raise Trouble(message)
    asked = Redating(
        from_today=options.from_today,
        earlier_too=options.earlier_too,
        categories=options.category,
        write=options.write,
    )
    with Progress("Cards") as bar:
        report = redate_cards(
            asked,
            by=job_actor(PatronPermission.EDIT),
            now=timezone.now(),
            progress=bar.reach,
        )
    for code, one in sorted(report.by_category.items()):
        until = f", until {one.first} to {one.last}" if one.first else ""
        print(
            f"{code:12} {one.read:8,} cards: {one.later:,} end later, "
            f"{one.earlier:,} earlier{until}; {one.kept:,} keep a later day"
        )
    done = "changed" if options.write else "would change; --write changes them"
    print(f"{report.changed:,} cards {done}.")
    return 0
