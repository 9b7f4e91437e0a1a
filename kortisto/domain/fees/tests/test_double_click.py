"""The same button pressed twice in the same moment moves money once."""

from functools import partial

import pytest

from kortisto.core.models import LoggedEvent
from kortisto.domain.fees.actions.charges import charge
from kortisto.domain.fees.actions.payments import pay
from kortisto.domain.fees.models import Charge, JournalEntry
from kortisto.domain.fees.queries import balance
from kortisto.testing.builders import MONDAY_NOON, desk, make_patron
from kortisto.testing.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_charge_is_made_once_and_both_are_told_so() -> None:
    patron, by = make_patron(), desk()
    charge(patron.pk, "COPY", 40, key="before", by=by, now=MONDAY_NOON)
    for number in range(5):
        press = partial(
            charge, patron.pk, "COPY", 40, key=f"c{number}", by=by, now=MONDAY_NOON
        )
        first, second = at_once(press, press)
        assert first == second
    assert Charge.objects.count() == 6
    assert balance(patron.pk).cents == 240
    assert LoggedEvent.objects.filter(kind="ChargeMade").count() == 6


def test_a_payment_is_taken_once_and_both_are_told_so() -> None:
    patron, by = make_patron(), desk()
    for number in range(5):
        charge(patron.pk, "COPY", 40, key=f"c{number}", by=by, now=MONDAY_NOON)
        press = partial(pay, patron.pk, 40, key=f"p{number}", by=by, now=MONDAY_NOON)
        first, second = at_once(press, press)
        assert first == second
        assert balance(patron.pk).cents == 0
    paid = JournalEntry.objects.filter(kind=JournalEntry.Kind.PAYMENT)
    assert paid.count() == 5
