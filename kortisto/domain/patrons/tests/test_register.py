"""Stories of new patrons and new cards."""

from datetime import date, timedelta
from typing import Any

import pytest

from kortisto.core.actors import Actor, ActorKind, NotPermitted
from kortisto.core.models import LoggedEvent
from kortisto.domain.org.actions.settings import set_setting
from kortisto.domain.org.settings import VALIDITY_MONTHS
from kortisto.domain.patrons.actions.register import (
    CardInUse,
    NewPatron,
    expiry,
    register,
    renew_membership,
    replace_card,
    set_flags,
    set_history_choice,
)
from kortisto.domain.patrons.models import Card, Patron
from kortisto.domain.patrons.queries import find_patrons, patron_by_card
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    chief,
    desk,
    make_category,
    make_library,
    make_patron,
)

pytestmark = pytest.mark.django_db


def newcomer(card: str = "MLI 1001", **fields: str) -> NewPatron:
    make_category()
    told: dict[str, Any] = {"surname": "Kettunen", "category": "HENKILO", **fields}
    return NewPatron(card_number=card, home_library_id=make_library().pk, **told)


def test_a_new_patron_has_a_card_and_is_found_at_once() -> None:
    new = newcomer(surname="  Kettunen ", first_names="Aino   Maria")
    patron = register(new, by=desk(), now=MONDAY_NOON)
    assert patron.full_name == "Kettunen, Aino Maria"
    assert patron.registered_on == MONDAY_NOON.date()
    assert patron.expires_on == date(2030, 3, 1)
    assert card_of(patron) == "MLI1001"
    assert [one.id for one in find_patrons("maria ket")] == [patron.pk]
    assert LoggedEvent.objects.get(kind="PatronRegistered").body["patron_id"]


def test_a_card_is_good_for_as_long_as_the_home_library_has_set() -> None:
    library = make_library()
    set_setting(library.pk, VALIDITY_MONTHS, value=12, by=chief(), now=MONDAY_NOON)
    patron = register(newcomer(), by=desk(), now=MONDAY_NOON)
    assert patron.expires_on == date(2028, 3, 1)


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2027, 3, 1), 36, date(2030, 3, 1)),
    ],
)
def test_the_last_good_day_is_the_same_day_or_the_last_of_its_month(
    day: date, months: int, last: date
) -> None:
    assert expiry(day, months) == last


@pytest.mark.parametrize(
    ("fields", "card"),
    [({"surname": "  "}, "A1"), ({"category": "MARSIAN"}, "A1"), ({}, "  ")],
)
def test_what_is_missing_is_refused_and_nobody_is_registered(
    fields: dict[str, str], card: str
) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        register(newcomer(card, **fields), by=desk(), now=MONDAY_NOON)
    assert not Patron.objects.exists()
    assert not LoggedEvent.objects.exists()


def test_a_card_number_belongs_to_one_patron_in_any_letter_case() -> None:
    register(newcomer("mli1001"), by=desk(), now=MONDAY_NOON)
    with pytest.raises(CardInUse):
        register(newcomer("MLI 1001"), by=desk(), now=MONDAY_NOON)
    assert Patron.objects.count() == 1


def test_a_new_card_takes_the_place_of_the_old_one() -> None:
    patron = make_patron(card="OLD1", card_lost=True)
    replace_card(patron.pk, "new 1", by=desk(), now=MONDAY_NOON)
    patron.refresh_from_db()
    assert not patron.card_lost
    assert (patron_by_card("NEW1"), patron_by_card("OLD1")) == (patron.pk, None)
    old = Card.objects.get(number="OLD1")
    assert (old.active, old.until_on) == (False, MONDAY_NOON.date())


def test_a_number_that_is_or_was_in_use_leaves_the_card_as_it_is() -> None:
    patron, other = make_patron(card="A1"), make_patron(card="B1")
    replace_card(other.pk, "B2", by=desk(), now=MONDAY_NOON)
    for number in ("B1", "b2", "A1"):
        with pytest.raises(CardInUse):
            replace_card(patron.pk, number, by=desk(), now=MONDAY_NOON)
    assert card_of(patron) == "A1"


def test_checked_data_is_good_from_today_on() -> None:
    patron = make_patron(expires_on=date(2027, 1, 31), check_address=True)
    renew_membership(patron.pk, by=desk(), now=MONDAY_NOON)
    patron.refresh_from_db()
    assert (patron.expires_on, patron.check_address) == (date(2030, 3, 1), False)
    event = LoggedEvent.objects.get(kind="PatronChanged")
    assert set(event.body["fields"]) == {"expires_on", "check_address"}


def test_a_flag_is_set_and_cleared_and_the_other_stays() -> None:
    patron = make_patron(check_address=True)
    for lost in (True, False):
        set_flags(patron.pk, {"card_lost": lost}, by=desk(), now=MONDAY_NOON)
        patron.refresh_from_db()
        assert (patron.card_lost, patron.check_address) == (lost, True)


def test_no_other_flag_can_be_set() -> None:
    patron = make_patron()
    with pytest.raises(ValueError, match="no such flags"):
        set_flags(patron.pk, {"locked": True}, by=desk(), now=MONDAY_NOON)


def test_patrons_choose_their_own_history_and_nobody_elses() -> None:
    patron, other = make_patron(), make_patron()
    themselves = Actor(kind=ActorKind.PATRON, id=patron.pk)
    choice = Patron.History.NEVER
    set_history_choice(patron.pk, choice, by=themselves, now=MONDAY_NOON)
    with pytest.raises(NotPermitted):
        set_history_choice(other.pk, choice, by=themselves, now=MONDAY_NOON)
    patron.refresh_from_db()
    other.refresh_from_db()
    assert (patron.history, other.history) == ("never", "default")


def test_registering_needs_its_permission() -> None:
    new = newcomer()
    nobody = Actor(kind=ActorKind.STAFF, id=1, library_id=new.home_library_id)
    patron = make_patron()
    with pytest.raises(NotPermitted):
        register(new, by=nobody, now=MONDAY_NOON)
    with pytest.raises(NotPermitted):
        replace_card(patron.pk, "X1", by=nobody, now=MONDAY_NOON)
    assert Patron.objects.count() == 1
    later = MONDAY_NOON + timedelta(days=1)
    with pytest.raises(NotPermitted):
        renew_membership(patron.pk, by=nobody, now=later)
