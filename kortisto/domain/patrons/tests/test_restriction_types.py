"""Types of restrictions of one's own: made, changed, taken out of use (S26)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from kortisto.core.actors import NotPermitted
from kortisto.core.models import LoggedEvent
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.patrons.actions.restriction_types import (
    TypeTold,
    add_type,
    change_type,
)
from kortisto.domain.patrons.actions.restrictions import lift, restrict
from kortisto.domain.patrons.frozen import FROZEN
from kortisto.domain.patrons.models import Restriction, RestrictionType
from kortisto.domain.patrons.reasons import Unfit
from kortisto.domain.patrons.restriction_types import (
    DECEASED,
    MANUAL,
    MOST_DAYS,
    READY_TYPES,
    Removal,
    every_type,
    in_force_by_type,
    type_with,
    types_in_use,
)
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    desk,
    make_library,
    make_patron,
    make_restriction,
)

pytestmark = pytest.mark.django_db

TODAY = date(2027, 3, 1)
WINDOW = TypeTold(names={"name_fi": "Ikkunan rikkominen", "name_sv": "", "name_en": ""})


def add(told: TypeTold = WINDOW, code: str = "ikkuna") -> RestrictionType:
    make_library()
    return add_type(code, told, by=chief(), now=MONDAY_NOON)


def change(code: str, told: TypeTold) -> RestrictionType:
    make_library()
    return change_type(code, told, by=chief(), now=MONDAY_NOON)


def as_it_is(code: str, **changes: Any) -> TypeTold:
    """What a form that nobody touched says of a type, but for what is changed."""
    row = type_with(code)
    told = TypeTold(
        names={f"name_{each}": name for each, name in row.names.items()},
        removal=row.removal,
        days=row.days,
        binding=row.binding,
        shuts_doors=row.shuts_doors,
        in_use=row.in_use,
    )
    return replace(told, **changes)


def own() -> list[str]:
    """Codes of the types that are not ready ones."""
    rows = RestrictionType.objects.exclude(code__in=READY_TYPES).order_by("pk")
    return list(rows.values_list("code", flat=True))


def told_of() -> list[Any]:
    events = LoggedEvent.objects.filter(kind="RestrictionTypeChanged").order_by("pk")
    return [event.body for event in events]


def test_a_type_is_made_with_all_that_it_does_and_can_be_chosen_at_once() -> None:
    made = add(replace(WINDOW, removal="end-date", days=30, binding=True))

    made.refresh_from_db()
    assert (made.code, made.name, made.days) == ("IKKUNA", "Ikkunan rikkominen", 30)
    assert (made.binding, made.shuts_doors, made.in_use) == (True, True, True)
    assert "IKKUNA" in {one.code for one in types_in_use()}
    (told,) = told_of()
    assert told["kind"] == "IKKUNA"
    assert "days" in told["fields"]


def test_what_was_changed_is_told_by_name_and_nothing_when_nothing_was() -> None:
    add()
    longer = replace(WINDOW, days=14)

    change("IKKUNA", longer)
    change("IKKUNA", longer)

    assert told_of()[1:] == [{"kind": "IKKUNA", "fields": ["days"]}]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"names": {"name_fi": "  "}}, "name_fi"),
        ({"names": {"name_fi": "Y", "name_sv": "x" * 201}}, "name_sv"),
        ({"removal": "never"}, "removal"),
        ({"days": 0}, "days"),
        ({"days": MOST_DAYS + 1}, "days"),
    ],
)
def test_what_cannot_be_is_told_beside_its_field(
    values: dict[str, Any], field: str
) -> None:
    with pytest.raises(Unfit) as unfit:
        add(replace(WINDOW, **values))

    assert [one for one, _sentence in unfit.value.errors] == [field]
    assert own() == []
    assert told_of() == []


@pytest.mark.parametrize("code", ["", "ei näin", "x" * 21, "IKKUNA", "manual"])
def test_a_code_is_short_and_of_one_type_only(code: str) -> None:
    add()

    with pytest.raises(Unfit) as unfit:
        add(code=code)

    assert [one for one, _sentence in unfit.value.errors] == ["code"]
    assert own() == ["IKKUNA"]


def test_a_type_out_of_use_is_chosen_no_more_and_what_is_in_force_stays() -> None:
    add()
    patron, other = make_patron(), make_patron()
    restrict(patron.pk, "Lasi", kind="IKKUNA", by=desk(), now=MONDAY_NOON)

    change("IKKUNA", replace(WINDOW, in_use=False))

    with pytest.raises(Unfit, match="not in use any more"):
        restrict(other.pk, "Lasi", kind="IKKUNA", by=desk(), now=MONDAY_NOON)
    assert "IKKUNA" not in {one.code for one in types_in_use()}
    assert "IKKUNA" in {one.code for one in every_type()}
    assert not other.restrictions.exists()
    assert patron.restrictions.get().lifted_at is None


def test_a_ready_type_can_be_changed_before_it_was_ever_used() -> None:
    RestrictionType.objects.all().delete()
    assert [one.code for one in every_type()] == list(READY_TYPES)
    assert not RestrictionType.objects.exists(), "to look at them writes nothing"

    change("suspension", as_it_is("suspension", days=90))

    patron = make_patron()
    made = restrict(patron.pk, "", kind="suspension", by=desk(), now=MONDAY_NOON)
    assert made.ends_on == date(2027, 5, 30)
    assert type_with("suspension").removal == Removal.END_DATE


def test_the_length_of_a_type_gives_way_to_a_last_day_that_is_told() -> None:
    add(replace(WINDOW, days=7))
    patron = make_patron()

    for ends_on in (None, date(2027, 3, 3)):
        restrict(
            patron.pk, "", kind="IKKUNA", ends_on=ends_on, by=desk(), now=MONDAY_NOON
        )

    ends = Restriction.objects.order_by("pk").values_list("ends_on", flat=True)
    assert list(ends) == [date(2027, 3, 8), date(2027, 3, 3)]


@pytest.mark.parametrize("code", [DECEASED, FROZEN])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("in_use", False),
        ("days", 3),
        ("removal", "charges-paid"),
        ("shuts_doors", False),
    ],
)
def test_of_a_type_of_the_program_only_the_names_change(
    code: str, name: str, value: object
) -> None:
    with pytest.raises(Unfit, match="relies on this type"):
        change(code, as_it_is(code, **{name: value}))

    change(code, as_it_is(code, names={"name_fi": "Toinen nimi"}))

    kept = type_with(code)
    assert (kept.name_fi, kept.name_sv) == ("Toinen nimi", "")
    assert getattr(kept, name) != value


def test_only_what_is_in_force_today_is_counted() -> None:
    patron = make_patron()
    make_restriction(patron)
    make_restriction(patron, ends_on=TODAY)
    make_restriction(patron, ends_on=date(2027, 2, 28))
    make_restriction(patron, starts_on=date(2027, 3, 2))
    lift(make_restriction(patron).pk, by=desk(), now=MONDAY_NOON)

    assert in_force_by_type(TODAY) == {MANUAL: 2}


def test_only_who_decides_for_the_whole_consortium_decides_about_types() -> None:
    add()
    at_one = {OrgPermission.EDIT_SETTINGS.value: frozenset({make_library().pk})}
    by = replace(desk(), grants=at_one)

    with pytest.raises(NotPermitted):
        add_type("OVI", WINDOW, by=by, now=MONDAY_NOON)
    with pytest.raises(NotPermitted):
        change_type("IKKUNA", replace(WINDOW, days=1), by=by, now=MONDAY_NOON)

    assert own() == ["IKKUNA"]
    assert type_with("IKKUNA").days is None


def test_a_type_that_is_not_there_is_not_made_by_changing_it() -> None:
    with pytest.raises(RestrictionType.DoesNotExist):
        change("OLEMATON", WINDOW)

    assert own() == []
