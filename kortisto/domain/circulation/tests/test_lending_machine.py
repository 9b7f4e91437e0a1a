"""Any run of lending, undoing, fines and payments keeps the promises."""

from datetime import datetime, timedelta
from itertools import count
from typing import Final

import pytest
from django.db.models import Q, Sum
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.core.undo import latest, undo
from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.actions.claims import (
    NewClaim,
    claim,
    withdraw_claim,
)
from kortisto.domain.circulation.actions.fines import accrue_fines
from kortisto.domain.circulation.actions.losing import Compensation, lose
from kortisto.domain.circulation.actions.renew import renew
from kortisto.domain.circulation.actions.undoing import undo_checkout
from kortisto.domain.circulation.actions.voiding import void_loan
from kortisto.domain.circulation.models import Claim, Loan
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.circulation.reasons import Reason
from kortisto.domain.fees.actions.payments import pay
from kortisto.domain.fees.models import Charge, Posting
from kortisto.domain.fees.queries import balance, unbalanced_entries
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    chief,
    desk,
    make_item,
    make_library,
    make_patron,
    make_rules,
)
from kortisto.testing.machines import UndoneMachine, run_machine

ITEMS: Final = st.integers(0, 3)
PATRONS: Final = st.integers(0, 1)
CAP: Final = 300  # cents
MOST_LOANS: Final = 2
MOST_RENEWALS: Final = 2


class LendingMachine(UndoneMachine):
    """Two desks on one side, plain dicts that say who has what on the other."""

    def __init__(self) -> None:
        super().__init__()
        self.now = MONDAY_NOON
        self.keys = count()
        make_rules(
            {
                "values": {
                    "max_loans": MOST_LOANS,
                    "loan_period": 14,
                    "renewals_allowed": MOST_RENEWALS,
                    "fine_cents": 20,
                    "fine_max_cents": CAP,
                }
            }
        )
        self.desks = [desk(make_library(code)) for code in ("MLI", "SVL")]
        self.items = [make_item() for _ in range(4)]
        self.patrons = [make_patron(history=choice) for choice in ("default", "never")]
        self.holder: dict[int, int] = {}
        self.renewals: dict[int, int] = {}
        self.loan: dict[int, int] = {}
        self.lent_at: dict[int, datetime] = {}
        self.claimed: set[int] = set()
        self.lost: set[int] = set()
        self.charged: set[int] = set()  # loans, for what was lost
        self.owed_before = 0

    @rule(item=ITEMS, patron=PATRONS, place=PATRONS)
    def lend(self, item: int, patron: int, place: int) -> None:
        has = [i for i, who in self.holder.items() if who == patron]
        try:
            lent = checkout(
                card_of(self.patrons[patron]),
                self.items[item].barcode,
                by=self.desks[place],
                now=self.now,
            )
        except Refused as refused:
            reasons = {refusal.reason for refusal in refused.refusals}
            taken = self.holder.get(item, patron) != patron
            sought = item in self.claimed and not taken
            assert (Reason.LOAN_CLAIMED in reasons) == sought
            assert (Reason.ITEM_LOST in reasons) == (item in self.lost)
            assert (Reason.ON_LOAN_TO_ANOTHER in reasons) == taken
            assert (Reason.TOO_MANY_LOANS in reasons) == (len(has) >= MOST_LOANS)
            assert reasons <= {
                Reason.ON_LOAN_TO_ANOTHER,
                Reason.LOAN_CLAIMED,
                Reason.ITEM_LOST,
                Reason.TOO_MANY_LOANS,
            }
            return
        assert item not in self.claimed | self.lost
        assert lent.already == (item in has)
        if not lent.already:
            assert item not in self.holder
            assert len(has) < MOST_LOANS
            self.holder[item], self.renewals[item] = patron, 0
            self.loan[item], self.lent_at[item] = lent.loan_id, self.now

    @rule(item=ITEMS, place=PATRONS)
    def take_back(self, item: int, place: int) -> None:
        back = checkin(self.items[item].barcode, by=self.desks[place], now=self.now)
        assert (back.loan_id is not None) == (item in self.holder)
        assert back.fine_cents <= CAP
        if item in self.holder and self.holder[item] == 1:
            assert Loan.objects.get(pk=self.loan[item]).patron_id is None
        self.holder.pop(item, None)
        self.claimed.discard(item)
        if item in self.lost:
            self.lost.discard(item)
            self.charged.discard(self.loan[item])
        assert Item.objects.get(pk=self.items[item].pk).lost == ""

    @rule(item=ITEMS)
    def renew_it(self, item: int) -> None:
        if item not in self.loan:
            return
        before = Loan.objects.get(pk=self.loan[item])
        try:
            renewed = renew(self.loan[item], by=self.desks[0], now=self.now)
        except Refused as refused:
            reasons = {refusal.reason for refusal in refused.refusals}
            used_up = self.renewals[item] >= MOST_RENEWALS
            assert (Reason.NOT_ON_LOAN in reasons) == (item not in self.holder)
            if item in self.holder:
                assert (Reason.NO_RENEWALS_LEFT in reasons) == used_up
                assert (Reason.LOAN_CLAIMED in reasons) == (item in self.claimed)
                assert reasons <= {
                    Reason.NO_RENEWALS_LEFT,
                    Reason.LOAN_CLAIMED,
                    Reason.DUE_NO_LATER,
                }
            return
        assert item in self.holder
        assert item not in self.claimed
        if renewed.unchanged:
            assert renewed.due_at == before.due_at
        else:
            assert renewed.due_at > before.due_at
            self.renewals[item] += 1

    @rule(item=ITEMS)
    def undo_lending(self, item: int) -> None:
        if item not in self.holder:
            return
        late = self.now - self.lent_at[item] > timedelta(minutes=30)
        try:
            undo_checkout(self.loan[item], by=self.desks[0], now=self.now)
        except Refused:
            assert late or self.renewals[item] or item in self.claimed
        else:
            assert not late
            assert item not in self.claimed
            del self.holder[item]

    @rule(item=ITEMS)
    def undo_return(self, item: int) -> None:
        if item not in self.loan or item in self.holder:
            return
        step = latest("checkin", self.loan[item])
        if step is None:
            return
        try:
            undo(
                step.pk,
                by=self.desks[0],
                now=self.now,
                needs=LendingPermission.UNDO,
            )
        except Refused:
            return
        loan = Loan.objects.get(pk=self.loan[item])
        assert loan.patron is not None
        self.holder[item] = self.patrons.index(loan.patron)
        if loan.claimed_at is not None:  # the return had resolved a claim
            self.claimed.add(item)

    @rule(item=ITEMS)
    def claim_it(self, item: int) -> None:
        if item not in self.loan:
            return
        loan = Loan.objects.get(pk=self.loan[item])
        new = NewClaim(kind="returned", library_id=loan.library_id)
        try:
            claim(loan.pk, new, by=self.desks[0], now=self.now)
        except Refused:
            assert item in self.claimed or item not in self.holder
        else:
            assert item not in self.claimed
            self.claimed.add(item)

    @rule(item=ITEMS)
    def take_the_claim_back(self, item: int) -> None:
        if item in self.claimed:
            open_one = Claim.objects.get(loan=self.loan[item], resolved_at=None)
            withdraw_claim(open_one.pk, by=self.desks[0], now=self.now)
            self.claimed.discard(item)

    @rule(item=ITEMS)
    def lose_it(self, item: int) -> None:
        if item not in self.holder:
            return
        lose(self.loan[item], Compensation(cents=2500), by=chief(), now=self.now)
        del self.holder[item]
        self.claimed.discard(item)
        self.lost.add(item)
        self.charged.add(self.loan[item])

    @rule(item=ITEMS)
    def void(self, item: int) -> None:
        if item not in self.loan:
            return
        known = Loan.objects.get(pk=self.loan[item]).patron_id is not None
        late = self.now - self.lent_at[item] > timedelta(hours=72)
        try:
            void_loan(self.loan[item], by=chief(), now=self.now)
        except Refused:
            assert late or not known
            return
        assert known
        assert not late
        assert not Claim.objects.filter(loan=self.loan[item]).exists()
        self.holder.pop(item, None)
        self.claimed.discard(item)
        self.charged.discard(self.loan[item])

    @rule()
    def night(self) -> None:
        accrue_fines(by=self.desks[0], now=self.now)
        assert accrue_fines(by=self.desks[0], now=self.now) == 0  # never twice

    @rule(patron=PATRONS)
    def pay_everything(self, patron: int) -> None:
        owed = balance(self.patrons[patron].pk).cents
        if owed <= 0:
            return
        key = f"till-{next(self.keys)}"
        who = self.patrons[patron].pk
        first = pay(who, owed, key=key, by=self.desks[0], now=self.now)
        again = pay(who, owed, key=key, by=self.desks[0], now=self.now)
        assert first == again
        assert balance(who).cents == 0

    @rule(minutes=st.sampled_from([5, 60 * 24, 60 * 24 * 9, 60 * 24 * 30]))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @invariant()
    def open_loans_are_what_the_model_says(self) -> None:
        open_ = Loan.objects.filter(returned_at=None).values_list("item", "patron")
        expected = {
            (self.items[item].pk, self.patrons[patron].pk)
            for item, patron in self.holder.items()
        }
        assert len(open_) == len(expected)
        assert set(open_) == expected

    @invariant()
    def open_claims_are_what_the_model_says(self) -> None:
        claimed = {self.loan[item] for item in self.claimed}
        rows = Claim.objects.filter(resolved_at=None)
        assert set(rows.values_list("loan", flat=True)) == claimed
        loans = Loan.objects.filter(returned_at=None, claimed_at__isnull=False)
        assert set(loans.values_list("pk", flat=True)) == claimed

    @invariant()
    def no_cent_is_lost_and_no_fine_is_over_its_cap(self) -> None:
        assert unbalanced_entries() == []
        assert (Posting.objects.aggregate(all=Sum("cents"))["all"] or 0) == 0
        fines = Charge.objects.filter(type__code="OVERDUE")
        for charge in fines.annotate(left=Sum("postings__cents")):
            earned = -(
                charge.postings.filter(account="income").aggregate(s=Sum("cents"))["s"]
                or 0
            )
            assert 0 <= earned <= CAP

    @invariant()
    def only_what_is_lost_is_charged_as_lost(self) -> None:
        rows = Item.objects.exclude(lost="").values_list("pk", flat=True)
        assert set(rows) == {self.items[item].pk for item in self.lost}
        standing = Charge.objects.filter(type__code="LOST").annotate(
            earned=Sum("postings__cents", filter=Q(postings__account="income"))
        )
        charged = {row.loan_id for row in standing if row.earned}
        assert charged == self.charged

    @invariant()
    def every_open_loan_has_been_told(self) -> None:
        told = set(
            LoggedEvent.objects.filter(kind="LoanStarted").values_list(
                "body__loan_id", flat=True
            )
        )
        assert set(Loan.objects.values_list("pk", flat=True)) == told


@pytest.mark.machine
@pytest.mark.slow
@pytest.mark.django_db
def test_any_run_of_lending_keeps_the_promises() -> None:
    run_machine(LendingMachine, examples=200, steps=20)
