"""What nobody has paid lapses: public-law charges by the turn of a year (GDP-1)."""

from datetime import datetime, timedelta

import pytest
from dateutil.relativedelta import relativedelta

from kortisto.core.actors import NotPermitted
from kortisto.core.models import LoggedEvent
from kortisto.domain.fees.actions.charges import charge
from kortisto.domain.fees.actions.lapsing import due_lapsing, lapse_old_charges
from kortisto.domain.fees.actions.payments import pay
from kortisto.domain.fees.models import Charge, JournalEntry, Posting
from kortisto.domain.fees.queries import balance, unbalanced_entries
from kortisto.domain.fees.settings import LAPSE_PRIVATE_YEARS
from kortisto.domain.org.actions.settings import set_setting
from kortisto.domain.patrons.models import Patron
from kortisto.testing.builders import (
    HELSINKI,
    MONDAY_NOON,
    chief,
    desk,
    make_consortium,
    make_patron,
)

pytestmark = pytest.mark.django_db

NEW_YEAR = datetime(2033, 1, 1, tzinfo=HELSINKI)  # five years after the start of 2028


def owes(
    kind: str = "ODUE", *, cents: int = 150, made_at: datetime = MONDAY_NOON
) -> Patron:
    patron = make_patron()
    charge(patron.pk, kind, cents, key=f"{patron.pk}", by=chief(), now=made_at)
    return patron


def test_a_public_charge_lapses_at_the_turn_of_the_fifth_year_after_the_next() -> None:
    patron = owes("ODUE")

    assert lapse_old_charges(by=chief(), now=NEW_YEAR - timedelta(seconds=1)) == 0
    assert lapse_old_charges(by=chief(), now=NEW_YEAR) == 1

    assert balance(patron.pk).cents == 0
    entry = JournalEntry.objects.latest("pk")
    assert entry.kind == JournalEntry.Kind.LAPSE
    assert unbalanced_entries() == []
    event = LoggedEvent.objects.get(kind="ChargeLapsed")
    assert (event.patron_id, event.body["cents"]) == (patron.pk, 150)
    assert lapse_old_charges(by=chief(), now=NEW_YEAR) == 0


def test_a_private_charge_lapses_three_years_after_it_was_made() -> None:
    patron = owes("NEW_CARD")
    over = MONDAY_NOON + relativedelta(years=3)

    assert lapse_old_charges(by=chief(), now=over) == 0
    assert lapse_old_charges(by=chief(), now=over + timedelta(seconds=1)) == 1
    assert balance(patron.pk).cents == 0


def test_only_what_is_left_lapses_and_what_was_paid_stays() -> None:
    patron = owes("NEW_CARD", cents=300)
    pay(patron.pk, 100, key="p", by=chief(), now=MONDAY_NOON)

    lapse_old_charges(by=chief(), now=MONDAY_NOON + relativedelta(years=4))

    assert LoggedEvent.objects.get(kind="ChargeLapsed").body["cents"] == 200
    cash = Posting.objects.filter(account=Posting.Account.CASH)
    assert [line.cents for line in cash] == [100]


def test_a_fine_that_still_grows_never_lapses() -> None:
    patron = owes("ODUE")
    Charge.objects.filter(patron=patron).update(loan_id=7, frozen_at=None)
    assert not due_lapsing(NEW_YEAR).exists()

    Charge.objects.filter(patron=patron).update(frozen_at=MONDAY_NOON)
    assert due_lapsing(NEW_YEAR).exists()


def test_the_consortium_sets_the_years() -> None:
    owes("NEW_CARD")
    root = make_consortium()
    set_setting(root.pk, LAPSE_PRIVATE_YEARS, value=1, by=chief(), now=MONDAY_NOON)

    assert due_lapsing(MONDAY_NOON + relativedelta(years=1, days=1)).exists()


def test_nobody_lapses_money_without_the_permission() -> None:
    patron = owes("NEW_CARD")

    with pytest.raises(NotPermitted):
        lapse_old_charges(by=desk(), now=NEW_YEAR)

    assert balance(patron.pk).cents == 150
