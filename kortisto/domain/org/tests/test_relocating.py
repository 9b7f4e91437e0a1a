"""A library goes to another municipality: from a day on, and history stays."""

from datetime import date, timedelta

import pytest
from django.utils.timezone import localdate

from kortisto.core.models import LoggedEvent
from kortisto.domain.org.actions.settings import set_setting
from kortisto.domain.org.actions.units import join, relocate
from kortisto.domain.org.models import CalendarException, Membership, Unit
from kortisto.domain.org.moving import what_changes
from kortisto.domain.org.queries import organisation
from kortisto.domain.org.settings import FLOAT
from kortisto.testing.builders import MONDAY_NOON, chief, close_library, make_library

pytestmark = pytest.mark.django_db

TODAY = localdate(MONDAY_NOON)
DAY = timedelta(days=1)


def owners() -> tuple[Unit, Unit, Unit]:
    """A library of Mikkeli, its municipality, and that of Savonlinna."""
    library, other = make_library(), make_library("SVL")
    assert library.parent is not None
    assert other.parent is not None
    start = date(2020, 1, 1)
    owner = library.parent
    join(library.pk, owner_id=owner.pk, starts_on=start, by=chief(), now=MONDAY_NOON)
    return library, owner, other.parent


def periods(library: Unit) -> list[tuple[int, date, date | None]]:
    rows = Membership.objects.filter(unit=library).order_by("starts_on")
    return list(rows.values_list("owner", "starts_on", "ends_on"))


def test_it_belongs_to_the_new_one_from_today_and_to_the_old_one_until_then() -> None:
    library, old, new = owners()
    relocate(library.pk, to=new.pk, by=chief(), now=MONDAY_NOON)
    assert organisation().municipality_of(library.pk) == new.pk
    assert periods(library) == [
        (old.pk, date(2020, 1, 1), TODAY - DAY),
        (new.pk, TODAY, None),
    ]
    kinds = set(LoggedEvent.objects.values_list("kind", flat=True))
    assert kinds >= {"UnitChanged", "MembershipChanged"}


def test_moved_back_on_the_same_day_it_was_never_away() -> None:
    library, old, new = owners()
    relocate(library.pk, to=new.pk, by=chief(), now=MONDAY_NOON)
    relocate(library.pk, to=old.pk, by=chief(), now=MONDAY_NOON)
    assert organisation().municipality_of(library.pk) == old.pk
    assert periods(library) == [(old.pk, date(2020, 1, 1), None)]


def test_a_second_move_on_the_same_day_takes_the_place_of_the_first() -> None:
    library, old, new = owners()
    third = make_library("KAN").parent
    assert third is not None
    relocate(library.pk, to=new.pk, by=chief(), now=MONDAY_NOON)
    relocate(library.pk, to=third.pk, by=chief(), now=MONDAY_NOON)
    assert [period[0] for period in periods(library)] == [old.pk, third.pk]


def test_what_changes_is_what_is_inherited() -> None:
    library, old, new = owners()
    set_setting(new.pk, FLOAT, value=True, by=chief(), now=MONDAY_NOON)
    close_library(old, TODAY + DAY, name="Markkinat")
    close_library(new, TODAY + 2 * DAY, name="Juhlat")
    close_library(new, TODAY - 9 * DAY, name="Mennyt")
    found = what_changes(organisation(), library.pk, new.pk, today=TODAY)
    [changed] = found.settings
    assert changed.title == str(FLOAT.title)
    assert (found.lost, found.won) == (("2.3.2027 Markkinat",), ("3.3.2027 Juhlat",))
    set_setting(library.pk, FLOAT, value=False, by=chief(), now=MONDAY_NOON)
    found = what_changes(organisation(), library.pk, new.pk, today=TODAY)
    assert found.settings == ()
    assert CalendarException.objects.count() == 3
