"""Stories of a fine that was paid and then lowered: nobody loses the money (FEE-10)."""

from dataclasses import replace

import pytest
from django.db.models import Sum

from kortisto.core.actors import NotPermitted
from kortisto.core.models import LoggedEvent
from kortisto.domain.fees.actions.charges import FineDue, accrue, charge
from kortisto.domain.fees.actions.credits import refund, use_credit
from kortisto.domain.fees.actions.payments import forgive, pay
from kortisto.domain.fees.models import JournalEntry, Posting
from kortisto.domain.fees.permissions import FeePermission
from kortisto.domain.fees.queries import (
    balance,
    credits_of,
    open_charges,
    unbalanced_entries,
)
from kortisto.domain.org.models import Unit
from kortisto.domain.patrons.models import Patron
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    desk,
    make_item,
    make_library,
    make_patron,
)

pytestmark = pytest.mark.django_db

Account = Posting.Account


def fine(
    patron: Patron, cents: int, *, loan: int = 1, library: Unit | None = None
) -> None:
    """What the fine of a loan is altogether now."""
    place = library or make_library()
    due = FineDue(
        loan_id=loan,
        period=0,
        patron_id=patron.pk,
        library_id=place.pk,
        item_id=make_item().pk,
        title="Sinuhe",
        cents=cents,
    )
    accrue([due], by=chief(), now=MONDAY_NOON)


def with_credit(
    *, account: Posting.Account = Account.CASH, library: Unit | None = None
) -> Patron:
    """3,00 € was paid, of which 1,00 € was too much after all."""
    patron = make_patron()
    fine(patron, 300, library=library)
    pay(patron.pk, 300, key="p", by=chief(), now=MONDAY_NOON, account=account)
    fine(patron, 200, library=library)
    return patron


def copies(
    patron: Patron, cents: int, *, key: str, library: Unit | None = None
) -> None:
    charge(patron.pk, "COPY", cents, key=key, by=chief(library), now=MONDAY_NOON)


def credit(patron: Patron) -> int:
    return sum(one.cents for one in credits_of(patron.pk))


def owed(patron: Patron) -> list[int]:
    return [one.cents for one in open_charges(patron.pk)]


def money_of(unit: int | None) -> int:
    lines = Posting.objects.filter(municipality=unit, account__in=["cash", "card"])
    return lines.aggregate(sum=Sum("cents"))["sum"] or 0


def test_a_paid_fine_that_became_less_leaves_a_credit() -> None:
    patron = with_credit()
    assert (credit(patron), balance(patron.pk).cents, owed(patron)) == (100, -100, [])


def test_what_was_forgiven_or_is_still_owed_is_no_credit() -> None:
    patron = make_patron()
    fine(patron, 300)
    (open_charge,) = open_charges(patron.pk)
    pay(patron.pk, 50, key="p", by=chief(), now=MONDAY_NOON)
    forgive(patron.pk, open_charge.id, key="f", by=chief(), now=MONDAY_NOON, note="x")
    assert credit(patron) == 0
    fine(patron, 200)
    assert credit(patron) == 50  # what was paid, and nothing that was forgiven
    with pytest.raises(ValueError, match="more than the credit"):
        refund(patron.pk, 51, key="r", by=chief(), now=MONDAY_NOON)


def test_the_credit_is_given_back_once() -> None:
    patron = with_credit()
    first, again = (
        refund(patron.pk, 100, key="r", by=chief(), now=MONDAY_NOON) for _ in range(2)
    )
    assert first == again
    assert first.kind == JournalEntry.Kind.REFUND
    assert (credit(patron), balance(patron.pk).cents) == (0, 0)
    lines = {line.account: line.cents for line in first.postings.all()}
    assert lines == {"patrons": 100, "cash": -100}
    event = LoggedEvent.objects.get(kind="MoneyGivenBack")
    assert event.body == {"entry_id": first.pk, "patron_id": patron.pk, "cents": 100}
    assert event.patron_id == patron.pk
    with pytest.raises(ValueError, match="more than the credit"):
        refund(patron.pk, 1, key="s", by=chief(), now=MONDAY_NOON)
    assert unbalanced_entries() == []


@pytest.mark.parametrize("cents", [0, -1, 101])
def test_no_other_sum_is_given_back(cents: int) -> None:
    patron = with_credit()
    with pytest.raises(ValueError, match=r"\w"):
        refund(patron.pk, cents, key="r", by=chief(), now=MONDAY_NOON)
    assert credit(patron) == 100
    assert not LoggedEvent.objects.filter(kind="MoneyGivenBack").exists()


def test_giving_money_back_needs_its_own_permission() -> None:
    patron = with_credit()
    with pytest.raises(NotPermitted, match=FeePermission.REFUND.value):
        refund(patron.pk, 100, key="r", by=desk(), now=MONDAY_NOON)
    nobody = replace(desk(), everywhere=frozenset())
    copies(patron, 40, key="a")
    with pytest.raises(NotPermitted, match=FeePermission.TAKE_PAYMENT.value):
        use_credit(patron.pk, key="u", by=nobody, now=MONDAY_NOON)
    assert (credit(patron), owed(patron)) == (100, [40])


def test_the_credit_pays_the_oldest_charges_as_far_as_it_goes() -> None:
    patron = with_credit(account=Account.CARD)
    for key, cents in (("a", 40), ("b", 90)):
        copies(patron, cents, key=key)
    first, again = (
        use_credit(patron.pk, key="u", by=desk(), now=MONDAY_NOON) for _ in range(2)
    )
    assert first == again
    assert (credit(patron), owed(patron), balance(patron.pk).cents) == (0, [30], 30)
    moved = first.postings.exclude(account="patrons")
    assert {line.account for line in moved} == {"card"}
    assert sum(line.cents for line in moved) == 0
    assert LoggedEvent.objects.get(kind="CreditUsed").body["cents"] == 100
    assert not LoggedEvent.objects.filter(kind="MoneyGivenBack").exists()
    assert unbalanced_entries() == []


def test_what_is_left_of_a_credit_stays_a_credit() -> None:
    patron = with_credit()
    copies(patron, 40, key="a")
    use_credit(patron.pk, key="u", by=desk(), now=MONDAY_NOON)
    assert (credit(patron), owed(patron)) == (60, [])
    with pytest.raises(ValueError, match="nothing to settle"):
        use_credit(patron.pk, key="v", by=desk(), now=MONDAY_NOON)
    refund(patron.pk, 60, key="r", by=chief(), now=MONDAY_NOON)
    assert balance(patron.pk).cents == 0


def test_two_credits_pay_one_charge_together() -> None:
    patron = with_credit()
    fine(patron, 80, loan=2)
    pay(patron.pk, 80, key="q", by=chief(), now=MONDAY_NOON)
    fine(patron, 0, loan=2)
    copies(patron, 150, key="a")
    use_credit(patron.pk, key="u", by=desk(), now=MONDAY_NOON)
    assert (credit(patron), owed(patron)) == (30, [])


def test_the_money_goes_to_the_municipality_that_earned_it() -> None:
    here, there = make_library("MLI"), make_library("SVL")
    patron = with_credit(library=here)
    copies(patron, 100, key="a", library=there)
    assert (money_of(here.parent_id), money_of(there.parent_id)) == (300, 0)
    use_credit(patron.pk, key="u", by=desk(here), now=MONDAY_NOON)
    assert (money_of(here.parent_id), money_of(there.parent_id)) == (200, 100)


def test_the_fine_that_grows_again_is_owed_again_after_the_refund() -> None:
    patron = with_credit()
    refund(patron.pk, 100, key="r", by=chief(), now=MONDAY_NOON)
    fine(patron, 260)
    assert (credit(patron), owed(patron)) == (0, [60])


def test_a_credit_is_nobody_elses() -> None:
    patron, other = with_credit(), make_patron()
    copies(other, 40, key="a")
    with pytest.raises(ValueError, match="nothing to settle"):
        use_credit(other.pk, key="u", by=desk(), now=MONDAY_NOON)
    with pytest.raises(ValueError, match="more than the credit"):
        refund(other.pk, 40, key="r", by=chief(), now=MONDAY_NOON)
    assert (credit(patron), owed(other)) == (100, [40])
