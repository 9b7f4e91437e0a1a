"""The lending rules of the demo: two published versions, the second dearer."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final

from kortisto.core.actors import Actor
from kortisto.domain.catalogue.models import ItemType
from kortisto.domain.patrons.models import PatronCategory
from kortisto.domain.policies.actions.drafts import Place, draft_rules, set_values
from kortisto.domain.policies.actions.publishing import publish
from kortisto.interfaces.cli.demo.places import IN_USE

Rule = tuple[str, str, str, Mapping[str, Any]]  # library, category, type ("": all)

COMMON: Final[tuple[Rule, ...]] = (
    (
        "",
        "",
        "",
        {
            "loan_period": 28,
            "renewals_allowed": 5,
            "max_loans": 100,
            "fine_cents": 15,
            "fine_max_cents": 600,
            "holds_max": 50,
            "pickup_days": 7,
            "uncollected_fee_cents": 200,
        },
    ),
    ("", "LAPSI", "", {"fine_cents": 0, "max_loans": 60, "uncollected_fee_cents": 0}),
    ("", "MUUHUOL", "", {"fine_cents": 0, "uncollected_fee_cents": 0}),
    ("", "KOTIPALVEL", "", {"fine_cents": 0, "uncollected_fee_cents": 0}),
    ("", "YHTEISO", "", {"max_loans": 300, "fine_cents": 0}),
    ("", "KAUKOLAINA", "", {"max_loans": None, "fine_cents": 0}),
    ("", "EITILASTO", "", {"max_loans": None, "fine_cents": 0, "renewals_allowed": 99}),
    ("", "", "28VRK", {"short_loan_days": 14, "short_loan_holds": 10}),
    ("", "", "14VRK", {"loan_period": 14, "item_holds_online": True}),
    (
        "",
        "",
        "PIKA10",
        {"loan_period": 10, "renewals_allowed": 0, "holdable": False, "max_loans": 5},
    ),
    ("", "", "ELOKUVA", {"loan_period": 7, "renewals_allowed": 2, "max_loans": 10}),
    ("", "", "PELI", {"loan_period": 14, "renewals_allowed": 1, "max_loans": 2}),
    ("", "", "EILAINA", {"for_loan": False, "holdable": False}),
)


def publish_rules(units: dict[str, int], *, today: date, by: Actor) -> None:
    """Publish the first version for all time, and a dearer one from this January."""
    first_day, later = date(today.year - 4, 1, 1), date(today.year, 1, 1)
    _publish(
        (*COMMON, *_mobile()),
        units,
        starts_on=first_day,
        note="Ensimmäiset yhteiset säännöt",
        by=by,
    )
    dearer: tuple[Rule, ...] = (
        ("", "", "", {"fine_cents": 20}),
        ("", "", "ELOKUVA", {"loan_period": 14}),
    )
    _publish(
        dearer,
        units,
        starts_on=later,
        note="Myöhästymismaksu 0,20 € päivältä, elokuville kaksi viikkoa",
        by=by,
    )


def _mobile() -> Iterator[Rule]:
    for library in IN_USE:
        if library.hours == "mobile":
            yield library.code, "", "", {"pickup_days": 14}


def _publish(
    rules: tuple[Rule, ...],
    units: dict[str, int],
    *,
    starts_on: date,
    note: str,
    by: Actor,
) -> None:
    now = datetime.combine(starts_on, datetime.min.time()).astimezone()
    categories = dict(PatronCategory.objects.values_list("code", "pk"))
    types = dict(ItemType.objects.values_list("code", "pk"))
    draft_rules(by=by, now=now)
    for library, category, item_type, values in rules:
        place = Place(
            library_id=units[library] if library else None,
            category_id=categories[category] if category else None,
            item_type_id=types[item_type] if item_type else None,
        )
        set_values(place, values, by=by, now=now)
    publish(starts_on=starts_on, today=starts_on, by=by, now=now, note=note)
