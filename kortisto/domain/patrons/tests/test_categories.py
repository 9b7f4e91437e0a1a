"""A category decides, and what it decides is obeyed (PAT-20)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from kortisto.core.actors import NotPermitted
from kortisto.core.models import LoggedEvent
from kortisto.domain.org.models import LibraryGroup, Unit
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.patrons.actions.categories import (
    CategoryTold,
    add_category,
    change_category,
    ticks_of_category,
)
from kortisto.domain.patrons.actions.change import change
from kortisto.domain.patrons.actions.register import register
from kortisto.domain.patrons.category_fields import FIELDS
from kortisto.domain.patrons.category_kinds import (
    ACCOUNTS,
    CUSTOMERS,
    NAMED_AS_PEOPLE,
    ORDINARY_PEOPLE,
    PEOPLE,
    PRIVATE_PEOPLE,
)
from kortisto.domain.patrons.category_places import used_at
from kortisto.domain.patrons.category_terms import (
    ChargeTerms,
    Limit,
    charge_limits,
    is_used_at,
)
from kortisto.domain.patrons.models import CardValidity, Patron, PatronCategory
from kortisto.domain.patrons.new_patron import NewPatron
from kortisto.domain.patrons.reasons import Unfit
from kortisto.domain.patrons.rules import Tick
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    desk,
    make_category,
    make_consortium,
    make_library,
    make_patron,
)

pytestmark = pytest.mark.django_db


def test_every_kind_is_an_account_an_organisation_or_a_person() -> None:
    kinds = set(PatronCategory.Kind.values)

    assert kinds == ACCOUNTS | PEOPLE | {"organisation"}
    assert not ACCOUNTS & PEOPLE
    assert ORDINARY_PEOPLE < PRIVATE_PEOPLE < PEOPLE < NAMED_AS_PEOPLE < kinds
    assert ORDINARY_PEOPLE == CUSTOMERS & PEOPLE


def told(**values: Any) -> CategoryTold:
    """What a new category says, but for what the test is about."""
    make_library()
    held = PatronCategory()
    usual = {name: getattr(held, name) for name in FIELDS}
    return CategoryTold(names={"name_fi": "Koulu"}, values={**usual, **values})


def add(what: CategoryTold, code: str = "koulu") -> PatronCategory:
    return add_category(code, what, by=chief(), now=MONDAY_NOON)


def errors(what: CategoryTold, code: str = "KOULU") -> set[str | None]:
    with pytest.raises(Unfit) as unfit:
        add(what, code)
    assert not PatronCategory.objects.filter(name_fi="Koulu").exists()
    return {field for field, _sentence in unfit.value.errors}


def test_a_category_is_made_with_all_that_it_decides() -> None:
    group = LibraryGroup.objects.create(code="g", purpose="search", name_fi="Ryhmä")
    school = make_library()
    what = replace(
        told(loan_ban_guardians_cents=500, strong_pin=True, history="never"),
        units=frozenset({school.pk}),
        validities={group.pk: 12},
        ticks=frozenset({Tick("due", "email"), Tick("advance", "sms", 3)}),
    )

    made = add(what)

    made.refresh_from_db()
    assert (made.code, made.name_fi, made.history) == ("KOULU", "Koulu", "never")
    assert (made.loan_ban_cents, made.loan_ban_guardians_cents) == (None, 500)
    assert list(made.units.all()) == [school]
    assert CardValidity.objects.get(category=made).months == 12
    assert ticks_of_category(made) == what.ticks


def test_what_was_changed_is_told_by_name_and_the_rest_stays() -> None:
    add(told(max_age=17))
    what = replace(told(max_age=15, charges_bar=False), names={"name_fi": "Koulut"})

    change_category("KOULU", what, by=chief(), now=MONDAY_NOON)
    change_category("KOULU", what, by=chief(), now=MONDAY_NOON)

    changed = LoggedEvent.objects.filter(kind="CategoryChanged").order_by("pk").last()
    assert changed is not None
    assert changed.body == {
        "category": "KOULU",
        "fields": ["name_fi", "max_age", "charges_bar"],
    }
    assert LoggedEvent.objects.filter(kind="CategoryChanged").count() == 2


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"min_age": 18, "max_age": 17}, "max_age"),
        ({"pin_length_min": 8, "pin_length_max": 6}, "pin_length_max"),
        ({"pin_length_min": 3}, "pin_length_min"),
        ({"needs_guardian": True}, "may_have_guardian"),
        ({"validity_months": 0}, "validity_months"),
        ({"loan_ban_cents": -1}, "loan_ban_cents"),
        ({"kind": "robot"}, "kind"),
        ({"history": ""}, "history"),
    ],
)
def test_what_cannot_be_is_told_beside_its_field(
    values: dict[str, Any], field: str
) -> None:
    assert errors(told(**values)) == {field}


def test_a_code_is_short_and_nobody_else_s_and_there_is_a_name() -> None:
    make_category("LAPSI")
    assert errors(told(), "lapsi") == {"code"}
    assert errors(told(), "tämä on pitkä") == {"code"}
    assert errors(replace(told(), names={"name_fi": ""})) == {"name_fi"}
    assert errors(replace(told(), ticks=frozenset({Tick("advance", "sms", 0)}))) == {
        "advance:sms"
    }


def test_the_next_category_waits_for_an_age_and_is_used_at_the_same_libraries() -> None:
    here, there = make_library(), make_library("SVL")
    grown_up = make_category("HENKILO")
    grown_up.units.add(there)
    child = replace(told(max_age=17), next_category="HENKILO")

    assert errors(child) == {"next_category"}
    assert errors(replace(child, units=frozenset({here.pk}))) == {"next_category"}
    assert errors(replace(child, next_category="EI")) == {"next_category"}
    no_age = replace(told(), next_category="HENKILO", units=frozenset({there.pk}))
    assert errors(no_age) == {"max_age"}
    made = add(replace(child, units=frozenset({there.pk})))
    assert made.next_category == grown_up


def test_only_who_decides_for_the_whole_consortium_decides_about_categories() -> None:
    library = make_library()
    at_one = {OrgPermission.EDIT_SETTINGS.value: frozenset({library.pk})}

    with pytest.raises(NotPermitted):
        add_category(
            "KOULU", told(), by=replace(desk(), grants=at_one), now=MONDAY_NOON
        )

    assert not PatronCategory.objects.filter(code="KOULU").exists()


# --- a category for some libraries only ----------------------------------------------


def only_at(unit: Unit) -> PatronCategory:
    category = make_category("KOULU")
    category.units.add(unit)
    return category


def test_no_unit_means_everybody_s_and_a_unit_means_all_below_it() -> None:
    assert is_used_at([], [1, 2, 3])
    assert is_used_at([2], [1, 2, 3])
    assert not is_used_at([4], [1, 2, 3])


def test_a_patron_of_another_library_is_neither_registered_in_it_nor_moved() -> None:
    here, there = make_library(), make_library("SVL")
    only_at(there)
    make_category()
    new = NewPatron(
        surname="Virtanen",
        category="KOULU",
        home_library_id=here.pk,
        card_number="P1",
        born_on=date(1984, 5, 17),
    )

    with pytest.raises(Unfit, match="only for patrons whose home library"):
        register(new, by=desk(), now=MONDAY_NOON)
    assert not Patron.objects.exists()

    there_now = replace(new, home_library_id=there.pk)
    patron = register(there_now, by=desk(), now=MONDAY_NOON)
    with pytest.raises(Unfit, match="only for patrons"):
        change(patron.pk, {"home_library": here.pk}, by=desk(), now=MONDAY_NOON)
    both = {"home_library": here.pk, "category": "HENKILO"}
    change(patron.pk, both, by=desk(), now=MONDAY_NOON)
    with pytest.raises(Unfit, match="only for patrons"):
        change(patron.pk, {"category": "KOULU"}, by=desk(), now=MONDAY_NOON)


def test_whoever_was_in_it_before_is_changed_as_ever() -> None:
    patron = make_patron(category="KOULU")
    only_at(make_library("SVL"))

    change(patron.pk, {"city": "Mikkeli"}, by=desk(), now=MONDAY_NOON)

    patron.refresh_from_db()
    assert patron.city == "Mikkeli"


def test_the_categories_of_a_library_are_everybody_s_and_its_own() -> None:
    here, there = make_library(), make_library("SVL")
    make_category()
    only_at(make_consortium())
    make_category("SVL-KOULU").units.add(there)

    assert {one.code for one in used_at(here.pk)} == {"HENKILO", "KOULU"}
    assert {one.code for one in used_at(there.pk)} == {"HENKILO", "KOULU", "SVL-KOULU"}


# --- charges -------------------------------------------------------------------------


def test_a_category_s_sum_stands_before_the_library_s() -> None:
    limits = charge_limits(ChargeTerms(own=500), setting=1000)

    assert limits.own == Limit(500, of_category=True)
    assert limits.dependants == Limit(1000)
    assert limits.guardians == Limit(None)  # not weighed unless the category asks


def test_nothing_bars_where_charges_do_not() -> None:
    limits = charge_limits(ChargeTerms(bar=False, own=500, guardians=1), setting=1000)

    assert {limit.cents for limit in limits} == {None}


# --- PINs ----------------------------------------------------------------------------


def test_a_strong_pin_is_asked_of_a_new_patron_too() -> None:
    make_category("KOULU", strong_pin=True)
    new = NewPatron(
        surname="Virtanen",
        category="KOULU",
        home_library_id=make_library().pk,
        card_number="P1",
        born_on=date(1984, 5, 17),
        pin="1705",
    )

    with pytest.raises(Unfit, match="harder to guess"):
        register(new, by=desk(), now=MONDAY_NOON)

    assert register(replace(new, pin="8264"), by=desk(), now=MONDAY_NOON).pin_hash
