"""No run of charges, payments and repeats loses or invents a cent."""

from itertools import count
from typing import Final

import pytest
from django.db.models import Sum
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from kortisto.core.models import LoggedEvent
from kortisto.domain.fees.actions.charges import FineDue, accrue, charge
from kortisto.domain.fees.actions.credits import refund, use_credit
from kortisto.domain.fees.actions.payments import forgive, pay
from kortisto.domain.fees.models import JournalEntry, Posting
from kortisto.domain.fees.queries import (
    balance,
    credits_of,
    open_charges,
    unbalanced_entries,
)
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    make_item,
    make_library,
    make_patron,
)
from kortisto.testing.machines import UndoneMachine, run_machine

CENTS: Final = st.integers(1, 500)
PATRONS: Final = st.integers(0, 1)
TYPES: Final = st.sampled_from(["COPY", "NEW_CARD", "ODUE"])


class MoneyMachine(UndoneMachine):
    """The journal on one side; on the other what each charge was and what it got."""

    def __init__(self) -> None:
        super().__init__()
        self.by = chief(make_library())
        self.patrons = [make_patron().pk for _ in range(2)]
        self.item = make_item()
        self.keys = count()
        self.owes = [0, 0]
        self.fines: dict[int, int] = {}  # loan: what its fine is altogether

    @rule(patron=PATRONS, cents=CENTS, type_code=TYPES)
    def charge_by_hand(self, patron: int, cents: int, type_code: str) -> None:
        key = str(next(self.keys))
        for _ in range(2):  # the button pressed twice
            charge(
                self.patrons[patron],
                type_code,
                cents,
                key=key,
                by=self.by,
                now=MONDAY_NOON,
            )
        self.owes[patron] += cents

    @rule(patron=PATRONS, cents=CENTS)
    def pay_a_sum(self, patron: int, cents: int) -> None:
        key = str(next(self.keys))
        open_now = sum(one.cents for one in open_charges(self.patrons[patron]))
        for _ in range(2):
            try:
                pay(self.patrons[patron], cents, key=key, by=self.by, now=MONDAY_NOON)
            except ValueError:
                assert cents > open_now
                return
        assert cents <= open_now
        self.owes[patron] -= cents

    @rule(patron=PATRONS)
    def forgive_the_oldest(self, patron: int) -> None:
        charges = open_charges(self.patrons[patron])
        if not charges:
            return
        forgive(
            self.patrons[patron],
            charges[0].id,
            key=str(next(self.keys)),
            by=self.by,
            now=MONDAY_NOON,
            note="a reason",
        )
        self.owes[patron] -= charges[0].cents

    @rule(patron=PATRONS)
    def give_the_credit_back(self, patron: int) -> None:
        who, key = self.patrons[patron], str(next(self.keys))
        cents = sum(credit.cents for credit in credits_of(who))
        if not cents:
            return
        for _ in range(2):
            refund(who, cents, key=key, by=self.by, now=MONDAY_NOON)
        self.owes[patron] += cents
        assert credits_of(who) == []

    @rule(patron=PATRONS)
    def use_the_credit(self, patron: int) -> None:
        who, key = self.patrons[patron], str(next(self.keys))
        possible = bool(credits_of(who) and open_charges(who))
        for _ in range(2):
            try:
                use_credit(who, key=key, by=self.by, now=MONDAY_NOON)
            except ValueError:
                assert not possible
                return
        assert possible
        assert not (credits_of(who) and open_charges(who))

    @rule(loan=st.integers(1, 3), cents=st.integers(0, 300), final=st.booleans())
    def a_fine_becomes(self, loan: int, cents: int, *, final: bool) -> None:
        """It grows, or shrinks when a return is dated back; then it is final."""
        patron = loan % 2
        due = FineDue(
            loan_id=loan,
            period=0,
            patron_id=self.patrons[patron],
            library_id=self.by.library_id or 0,
            item_id=self.item.pk,
            title="Sinuhe",
            cents=cents,
            final=final,
        )
        frozen = loan in self.fines and self.fines[loan] < 0
        for _ in range(2):
            accrue([due], by=self.by, now=MONDAY_NOON)
        if frozen:
            return
        before = self.fines.get(loan, 0)
        self.owes[patron] += cents - before
        if cents or loan in self.fines:
            self.fines[loan] = FROZEN if final else cents

    @invariant()
    def each_patron_owes_what_was_charged_and_not_settled(self) -> None:
        assert [balance(patron).cents for patron in self.patrons] == self.owes

    @invariant()
    def debits_equal_credits(self) -> None:
        assert unbalanced_entries() == []
        assert (Posting.objects.aggregate(all=Sum("cents"))["all"] or 0) == 0

    @invariant()
    def what_was_earned_was_paid_forgiven_or_is_owed(self) -> None:
        sums = dict(
            Posting.objects.values_list("account").annotate(sum=Sum("cents")).order_by()
        )
        kept = sum(sums.get(account, 0) for account in ("cash", "card", "forgiven"))
        assert -sums.get("income", 0) == kept + sums.get("patrons", 0)

    @invariant()
    def every_payment_is_told_once(self) -> None:
        payments = JournalEntry.objects.filter(kind=JournalEntry.Kind.PAYMENT)
        told = LoggedEvent.objects.filter(kind="PaymentTaken")
        assert told.count() == payments.count()


FROZEN: Final = -1


@pytest.mark.machine
@pytest.mark.slow
@pytest.mark.django_db
def test_no_run_of_the_till_loses_or_invents_a_cent() -> None:
    run_machine(MoneyMachine, examples=160, steps=15)
