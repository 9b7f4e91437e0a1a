"""Stories of cards at the desk: new, replaced, lost, expired (S16, S21, S25)."""

from datetime import date, timedelta

import pytest

from kortisto.core.refusals import Refusal, Refused
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.actions.renew import renew
from kortisto.domain.circulation.models import Loan
from kortisto.domain.circulation.reasons import Reason
from kortisto.domain.org.actions.settings import set_setting
from kortisto.domain.org.settings import EXPIRED_EFFECT, SETTINGS
from kortisto.domain.patrons.actions.cards import replace_card
from kortisto.domain.patrons.actions.change import change, set_flags
from kortisto.domain.patrons.actions.register import register
from kortisto.domain.patrons.new_patron import NewPatron
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    chief,
    desk,
    make_category,
    make_item,
    make_library,
    make_patron,
)

pytestmark = pytest.mark.django_db


def test_a_new_patron_borrows_at_once() -> None:
    make_category()
    new = NewPatron(
        card_number="mli 1001",
        surname="Kettunen",
        category="HENKILO",
        home_library_id=make_library().pk,
        born_on=date(1984, 5, 17),
    )
    patron = register(new, by=desk(), now=MONDAY_NOON)
    lent = checkout("Mli1001", make_item().barcode, by=desk(), now=MONDAY_NOON)
    assert lent.patron_id == patron.pk


def test_a_replaced_card_is_refused_and_the_new_one_borrows() -> None:
    patron, item = make_patron(card="OLD1"), make_item()
    replace_card(patron.pk, "NEW1", by=desk(), now=MONDAY_NOON)
    with pytest.raises(Refused, match="old-card") as refused:
        checkout("old1", item.barcode, by=chief(), now=MONDAY_NOON)
    assert "old1" in refused.value.refusals[0].message
    assert not Loan.objects.exists()
    checkout("NEW1", item.barcode, by=desk(), now=MONDAY_NOON)


def test_an_unknown_card_and_an_unknown_item_are_told_together() -> None:
    with pytest.raises(Refused) as refused:
        checkout("NOBODY", "NOTHING", by=desk(), now=MONDAY_NOON)
    assert {reason.reason for reason in refused.value.refusals} == {
        Reason.UNKNOWN_CARD,
        Reason.UNKNOWN_ITEM,
    }


def test_a_lost_card_opens_nothing_until_it_is_cleared() -> None:
    patron, item, other = make_patron(), make_item(), make_item()
    lent = checkout(card_of(patron), item.barcode, by=desk(), now=MONDAY_NOON)
    set_flags(patron.pk, {"card_lost": True}, by=desk(), now=MONDAY_NOON)
    later = MONDAY_NOON + timedelta(days=1)
    over = {Reason.CARD_LOST.value}
    with pytest.raises(Refused, match="card-lost"):
        checkout(card_of(patron), other.barcode, by=chief(), now=later, overriding=over)
    with pytest.raises(Refused, match="card-lost"):
        renew(lent.loan_id, by=chief(), now=later, overriding=over)
    assert "severity.card-lost" not in SETTINGS  # no library can let it borrow
    checkin(item.barcode, by=desk(), now=later)
    set_flags(patron.pk, {"card_lost": False}, by=desk(), now=later)
    checkout(card_of(patron), other.barcode, by=desk(), now=later)


def test_the_dead_borrow_nothing_whoever_told_of_it_and_their_loans_come_back() -> None:
    patron, item, other = make_patron(), make_item(), make_item()
    lent = checkout(card_of(patron), item.barcode, by=desk(), now=MONDAY_NOON)
    change(patron.pk, {"died_on": "2027-02-28"}, by=desk(), now=MONDAY_NOON)
    later, over = MONDAY_NOON + timedelta(days=1), {Reason.DECEASED.value}

    with pytest.raises(Refused, match="deceased") as refused:
        checkout(card_of(patron), other.barcode, by=chief(), now=later, overriding=over)
    with pytest.raises(Refused, match="deceased"):
        renew(lent.loan_id, by=chief(), now=later, overriding=over)

    assert "28.2.2027" in refused.value.refusals[0].message
    assert Loan.objects.get().renewals == 0
    checkin(item.barcode, by=desk(), now=later)
    change(patron.pk, {"died_on": None}, by=desk(), now=later)  # a mistake
    checkout(card_of(patron), other.barcode, by=desk(), now=later)


@pytest.mark.parametrize(
    ("effect", "stops", "told"),
    [("none", False, False), ("warn", False, True), ("block", True, True)],
)
def test_an_expired_card_does_what_the_library_has_set(
    *, effect: str, stops: bool, told: bool
) -> None:
    """S16: by itself it only warns."""
    library = make_library()
    set_setting(library.pk, EXPIRED_EFFECT, value=effect, by=chief(), now=MONDAY_NOON)
    patron = make_patron(expires_on=date(2027, 2, 28))
    stopped, reasons = False, list[Refusal]()
    try:
        lent = checkout(
            card_of(patron), make_item().barcode, by=desk(), now=MONDAY_NOON
        )
        reasons += lent.notices
    except Refused as refused:
        stopped = True
        reasons += refused.refusals
    expected = [Reason.CARD_EXPIRED] if told else []
    assert (stopped, [reason.reason for reason in reasons]) == (stops, expected)
