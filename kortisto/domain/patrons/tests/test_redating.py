"""Everybody's card gets the validity that is set now (S14), counted before."""

from datetime import date, timedelta
from typing import Any

import pytest

from kortisto.core.actors import NotPermitted, job_actor
from kortisto.core.models import LoggedEvent
from kortisto.domain.patrons.actions.redating import Redated, Redating, redate_cards
from kortisto.domain.patrons.actions.renewing import renew_membership
from kortisto.domain.patrons.models import FieldChange, Patron, PatronCategory
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    desk,
    make_category,
    make_patron,
)

pytestmark = pytest.mark.django_db

REGISTERED = date(2020, 1, 1)
LONG = date(2030, 1, 1)  # ten years later


@pytest.fixture(autouse=True)
def ten_years() -> PatronCategory:
    return make_category(validity_months=120)


def person(**fields: Any) -> Patron:
    return make_patron(registered_on=REGISTERED, **fields)


def redated(**asked: Any) -> dict[str, Redated]:
    return redate_cards(Redating(**asked), by=chief(), now=MONDAY_NOON).by_category


def day_of(patron: Patron) -> date:
    return Patron.objects.values_list("expires_on", flat=True).get(pk=patron.pk)


def test_it_is_counted_before_anything_is_changed() -> None:
    patron = person(expires_on=date(2023, 1, 1))

    counted = redated()

    assert counted == {"HENKILO": Redated(read=1, later=1, first=LONG, last=LONG)}
    assert day_of(patron) == date(2023, 1, 1)
    assert not LoggedEvent.objects.exists()
    assert redated(write=True) == counted
    assert day_of(patron) == LONG


def test_a_change_is_kept_with_what_was_and_doing_it_again_changes_nothing() -> None:
    patron = person(expires_on=date(2023, 1, 1))
    redated(write=True)

    again = redated(write=True)

    assert again == {"HENKILO": Redated(read=1)}
    change = FieldChange.objects.get(patron=patron)
    told = (change.field, change.old, change.new, change.source)
    assert told == ("expires_on", "2023-01-01", "2030-01-01", "job")


def test_it_is_counted_from_the_last_check_of_the_data() -> None:
    patron = person(expires_on=date(2023, 1, 1))
    renew_membership(patron.pk, by=desk(), now=MONDAY_NOON)
    PatronCategory.objects.update(validity_months=60)

    redated(write=True, earlier_too=True)

    assert day_of(patron) == date(2032, 3, 1)  # checked on 1.3.2027


def test_a_card_keeps_a_later_day_unless_earlier_ones_are_asked_for() -> None:
    patron = person(expires_on=date(2035, 1, 1))

    assert redated(write=True) == {"HENKILO": Redated(read=1, kept=1)}
    assert day_of(patron) == date(2035, 1, 1)
    assert redated(write=True, earlier_too=True)["HENKILO"].earlier == 1

    assert day_of(patron) == LONG


def test_from_today_and_of_one_category_only() -> None:
    make_category("LAPSI", validity_months=12)
    grown = person(expires_on=date(2023, 1, 1))
    child = person(expires_on=date(2023, 1, 1), category="LAPSI")

    redated(write=True, from_today=True, categories=["LAPSI"])

    assert day_of(child) == date(2028, 3, 1)
    assert day_of(grown) == date(2023, 1, 1)


def test_who_registered_when_nobody_knows_is_counted_from_today() -> None:
    patron = make_patron(registered_on=None, expires_on=date(2023, 1, 1))

    redated(write=True)

    assert day_of(patron) == date(2037, 3, 1)


def test_the_dead_and_the_deleted_are_left_out() -> None:
    dead = person(expires_on=date(2023, 1, 1), died_on=date(2022, 1, 1))
    binned = person(
        expires_on=date(2023, 1, 1),
        binned_at=MONDAY_NOON - timedelta(days=1),
        bin_reason="Muutti",
    )

    assert redated(write=True) == {}
    assert day_of(dead) == day_of(binned) == date(2023, 1, 1)


def test_nobody_does_it_without_the_permission() -> None:
    patron = person(expires_on=date(2023, 1, 1))
    seer = job_actor(PatronPermission.SEE)

    with pytest.raises(NotPermitted):
        redate_cards(Redating(write=True), by=seer, now=MONDAY_NOON)

    assert day_of(patron) == date(2023, 1, 1)
