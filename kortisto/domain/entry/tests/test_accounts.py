"""At the door: accounts of staff and of devices are nobody's; others are somebody's."""

from datetime import date

import pytest

from kortisto.domain.entry.actions.deciding import decide_entry, door_actor
from kortisto.domain.entry.models import EntryAttempt
from kortisto.domain.entry.tests.place import PIN, door_at, visitor
from kortisto.domain.patrons.models import Patron
from kortisto.testing.builders import MONDAY_NOON, card_of, make_category

pytestmark = pytest.mark.django_db


def enter(patron: Patron, key: str = "k") -> str:
    door = door_at()
    outcome = decide_entry(
        card_of(patron), PIN, door=door, key=key, by=door_actor(door), now=MONDAY_NOON
    )
    return outcome.decision.code


@pytest.mark.parametrize("kind", ["staff", "device"])
def test_an_account_is_refused_at_the_door_even_with_a_card_and_a_right_pin(
    kind: str,
) -> None:
    """As nothing is lent to it; records of an earlier system have cards and PINs."""
    make_category("TUNNUS", kind=kind)
    account = visitor(category="TUNNUS")

    assert enter(account) == "never-enters"
    assert EntryAttempt.objects.get().code == "never-enters"


@pytest.mark.parametrize("kind", ["person", "organisation", "work"])
def test_cards_of_people_and_organisations_open_the_door(kind: str) -> None:
    make_category("MUU", kind=kind)

    assert enter(visitor(category="MUU")) == "granted"


def test_who_is_not_identified_yet_has_an_age_but_a_work_card_has_none() -> None:
    make_category("HAKEMUS", kind="provisional")
    make_category("EITILASTO", kind="work")
    young = date(2020, 1, 1)

    assert enter(visitor(category="HAKEMUS", born_on=young), "1") == "underage"
    assert enter(visitor(category="EITILASTO", born_on=None), "2") == "granted"
