"""Stories of what is lost, damaged, missing, and found again (CIR-41, CIR-43)."""

from datetime import timedelta
from typing import Any, Final

import pytest

from kortisto.core.actors import NotPermitted
from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.core.undo import latest, undo
from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.actions.checkin import Returned, checkin
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.actions.claims import NewClaim, claim
from kortisto.domain.circulation.actions.fines import accrue_fines
from kortisto.domain.circulation.actions.long_overdue import mark_long_overdue, tonight
from kortisto.domain.circulation.actions.losing import (
    Compensation,
    damage,
    lose,
    mark_item,
)
from kortisto.domain.circulation.explain import why_fine
from kortisto.domain.circulation.losses import Lost, Mark
from kortisto.domain.circulation.models import Claim, Loan
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.fees.actions.payments import forgive, pay
from kortisto.domain.fees.models import Charge
from kortisto.domain.fees.queries import balance, credits_of, unbalanced_entries
from kortisto.domain.holds.models import Hold
from kortisto.domain.org.actions.settings import set_setting
from kortisto.domain.org.settings import SETTINGS
from kortisto.domain.patrons.models import Patron
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    chief,
    desk,
    make_consortium,
    make_hold,
    make_item,
    make_patron,
    make_rules,
)

pytestmark = pytest.mark.django_db

PERIOD: Final = 14
PRICE: Final = 2500
FIVE_LATE: Final = MONDAY_NOON + timedelta(days=PERIOD + 5)
TEN_LATE: Final = MONDAY_NOON + timedelta(days=PERIOD + 10)


def rules(**values: Any) -> None:
    make_rules({"values": {"loan_period": PERIOD, "fine_cents": 20, **values}})


@pytest.fixture(autouse=True)
def _rules() -> None:
    rules()


def decide(key: str, value: Any) -> None:
    root = make_consortium().pk
    set_setting(root, SETTINGS[key], value=value, by=chief(), now=MONDAY_NOON)


def lent(patron: Patron, **item: Any) -> Loan:
    copy = make_item(**{"replacement_price_cents": PRICE, **item})
    made = checkout(card_of(patron), copy.barcode, by=desk(), now=MONDAY_NOON)
    return Loan.objects.get(pk=made.loan_id)


def lost(loan: Loan, cents: int = PRICE) -> Loan:
    return lose(loan.pk, Compensation(cents=cents), by=chief(), now=FIVE_LATE)


def back(loan: Loan) -> Returned:
    return checkin(loan.barcode, by=desk(), now=TEN_LATE)


def owes(patron: Patron) -> int:
    return balance(patron.pk).cents


def why(code: str) -> list[str]:
    trace = Charge.objects.get(type__code=code).trace
    return [one.sentence for one in why_fine(trace)]


def test_a_lost_item_ends_its_loan_and_is_charged_beside_the_fine() -> None:
    patron = make_patron()
    loan = lost(lent(patron))
    assert (loan.ending, loan.returned_at) == (Loan.Ending.LOST, FIVE_LATE)
    assert Item.objects.get().lost == Lost.LOST
    assert owes(patron) == 5 * 20 + PRICE
    [sentence] = why("LOST")
    assert sentence.startswith("The replacement price of the item is 25,00")
    told = LoggedEvent.objects.get(kind="LoanLost").body
    assert (told["ended"], told["lost"]) == (True, "1")
    with pytest.raises(Refused, match="not-on-loan"):
        lost(loan)
    assert owes(patron) == 5 * 20 + PRICE


def test_it_can_be_lost_without_a_charge_and_without_a_fine() -> None:
    decide("lost.fine", "none")
    patron = make_patron(history="never")
    accrue_fines(by=desk(), now=FIVE_LATE)
    loan = lost(lent(patron), cents=0)
    assert owes(patron) == 0
    assert loan.patron is None


@pytest.mark.parametrize(
    ("decided", "owed", "charge"),
    [
        ("refund", 100, "refund"),
        ("refund-and-fine", 200, "refund-and-fine"),
        ("refund-and-old-fine", 100, "refund-and-old-fine"),
        ("keep", 100 + PRICE, "keep"),
    ],
)
@pytest.mark.parametrize("ends", [True, False])
def test_what_a_find_does_to_the_money_is_a_rule(
    decided: str,
    owed: int,
    charge: str,
    ends: bool,  # noqa: FBT001
) -> None:
    rules(lost_refund=decided)
    decide("lost.ends_loan", ends)
    patron = make_patron()
    loan = lost(lent(patron))
    accrue_fines(by=desk(), now=TEN_LATE)
    assert owes(patron) == 100 + PRICE  # no fine grows of what is lost
    returned = back(loan)
    assert owes(patron) == owed
    assert Item.objects.get().lost == ""
    assert LoggedEvent.objects.get(kind="LostItemFound").body["charge"] == charge
    sentences = " ".join(returned.sentences)
    if decided == "keep":
        assert "The replacement charge stays" in sentences
    else:
        assert "was taken off" in sentences
        assert "nothing is owed for it" in why("LOST")[-1]
    assert unbalanced_entries() == []


def test_what_was_paid_becomes_a_credit_and_what_was_forgiven_does_not() -> None:
    paid, forgiven = make_patron(), make_patron()
    loans = [lost(lent(patron)) for patron in (paid, forgiven)]
    pay(paid.pk, 100 + PRICE, key="till", by=chief(), now=FIVE_LATE)
    charge = Charge.objects.get(patron=forgiven, type__code="LOST")
    forgive(forgiven.pk, charge.pk, key="f", by=chief(), now=FIVE_LATE, note="Sovittu")
    for loan in loans:
        back(loan)
    assert [credit.cents for credit in credits_of(paid.pk)] == [PRICE]
    assert credits_of(forgiven.pk) == []
    assert owes(forgiven) == 100


def test_an_undone_return_of_a_lost_item_brings_its_charge_back() -> None:
    decide("lost.ends_loan", value=False)
    patron = make_patron()
    loan = lost(lent(patron))
    back(loan)
    assert owes(patron) == 100
    step = latest("checkin", loan.pk)
    assert step is not None
    undo(step.pk, by=desk(), now=TEN_LATE, needs=LendingPermission.UNDO)
    assert Item.objects.get().lost == Lost.LOST
    assert Charge.objects.get(type__code="LOST").trace == {
        "replacement": PRICE,
        "price": PRICE,
    }
    back(loan)
    assert owes(patron) == 100
    assert unbalanced_entries() == []


def test_an_item_that_is_lost_twice_is_charged_twice_and_once_for_each_loan() -> None:
    decide("lost.ends_loan", value=False)
    patron = make_patron()
    loan = lost(lent(patron))
    lost(loan)
    assert owes(patron) == 100 + PRICE


def test_a_claim_that_is_not_resolved_ends_in_a_loss_and_the_fine_stays_small() -> None:
    patron = make_patron()
    loan = lent(patron)
    new = NewClaim(kind="returned", library_id=loan.library_id)
    claim(loan.pk, new, by=desk(), now=FIVE_LATE)
    lose(loan.pk, Compensation(), by=chief(), now=TEN_LATE)
    assert Claim.objects.get().resolution == Claim.Resolution.LOST
    assert owes(patron) == 100


def test_the_claim_of_a_patron_without_a_history_ends_and_forgets_the_loan() -> None:
    patron = make_patron(history=Patron.History.NEVER)
    loan = lent(patron)
    new = NewClaim(kind="returned", library_id=loan.library_id, note="put in the box")
    claim(loan.pk, new, by=desk(), now=FIVE_LATE)

    lose(loan.pk, Compensation(), by=chief(), now=TEN_LATE)

    ended = Claim.objects.get()
    assert ended.resolution == Claim.Resolution.LOST
    assert (ended.loan, ended.note) == (None, "")
    assert Loan.objects.get(pk=loan.pk).patron is None


def test_damage_is_charged_once_and_the_loan_goes_on() -> None:
    patron = make_patron()
    loan = lent(patron)
    for _ in range(2):
        told = Compensation(cents=800, note="Kahvia sivuilla")
        damage(loan.pk, told, by=chief(), now=MONDAY_NOON)
    loan.refresh_from_db()
    assert (loan.returned_at, Item.objects.get().damaged) == (None, "1")
    assert owes(patron) == 800
    assert "Staff set the sum" in why("LOST")[0]


def test_nobody_is_charged_for_a_loan_that_has_forgotten_its_patron() -> None:
    loan = lent(make_patron(history="never"))
    checkin(loan.barcode, by=desk(), now=MONDAY_NOON)
    with pytest.raises(Refused, match="patron-forgotten"):
        damage(loan.pk, Compensation(cents=800), by=chief(), now=MONDAY_NOON)
    assert Item.objects.get().damaged == ""


def test_what_is_missing_is_marked_searched_for_and_found() -> None:
    item = make_item()
    for mark, code in ((Mark.MISSING, "4"), (Mark.SOUGHT, "5"), (Mark.IN_ORDER, "")):
        mark_item(item.pk, mark, by=chief(), now=MONDAY_NOON)
        item.refresh_from_db()
        assert (item.lost, item.lost_at is None) == (code, not code)
    mark_item(item.pk, Mark.SOUGHT, by=chief(), now=MONDAY_NOON)
    told = checkin(item.barcode, by=desk(), now=MONDAY_NOON)
    assert any("has been found" in sentence for sentence in told.sentences)
    item.refresh_from_db()
    assert item.lost == ""


def test_a_copy_that_is_not_whole_waits_for_nobody() -> None:
    item, patron = make_item(parts=2), make_patron()
    hold = make_hold(patron, item.record)
    checkin(item.barcode, by=desk(), now=MONDAY_NOON)
    hold.refresh_from_db()
    assert hold.state == Hold.State.WAITING
    mark_item(item.pk, Mark.INCOMPLETE, by=chief(), now=MONDAY_NOON)
    hold.refresh_from_db()
    assert (hold.state, hold.item) == (Hold.State.QUEUED, None)
    checkin(item.barcode, by=desk(), now=MONDAY_NOON)
    hold.refresh_from_db()
    assert hold.state == Hold.State.QUEUED


def test_what_is_on_loan_is_not_missing() -> None:
    loan = lent(make_patron())
    with pytest.raises(Refused, match="item-is-lent"):
        mark_item(loan.item_id, Mark.MISSING, by=chief(), now=MONDAY_NOON)
    assert Item.objects.get().lost == ""


def test_only_who_may_marks_anything_and_no_sum_is_impossible() -> None:
    loan = lent(make_patron())
    with pytest.raises(NotPermitted):
        lose(loan.pk, Compensation(), by=desk(), now=FIVE_LATE)
    with pytest.raises(NotPermitted):
        mark_item(loan.item_id, Mark.DAMAGED, by=desk(), now=FIVE_LATE)
    for cents in (-1, 10_000_000):
        with pytest.raises(ValueError, match="sum"):
            lost(loan, cents=cents)
    loan.refresh_from_db()
    assert loan.returned_at is None
    assert not Charge.objects.exists()


def test_the_night_counts_first_and_marks_what_it_has_counted() -> None:
    decide("lost.long_overdue_days", 3)
    decide("lost.lost_days", 8)
    patron = make_patron()
    old, newer = lent(patron), lent(patron, replacement_price_cents=None)
    Loan.objects.filter(pk=newer.pk).update(due_at=FIVE_LATE)
    claimed = lent(make_patron())
    new = NewClaim(kind="returned", library_id=claimed.library_id)
    claim(claimed.pk, new, by=desk(), now=FIVE_LATE)
    counted = [(row.long_overdue, row.lost) for row in tonight(now=TEN_LATE)]
    assert counted == [(1, 1)]
    done = mark_long_overdue(by=chief(), now=TEN_LATE)
    assert done == {"long_overdue": 1, "lost": 1}
    old.refresh_from_db()
    newer.refresh_from_db()
    assert (old.ending, old.item.lost) == (Loan.Ending.LOST, Lost.LOST)
    assert (newer.returned_at, newer.item.lost) == (None, Lost.LONG_OVERDUE)
    assert Charge.objects.filter(type__code="LOST").count() == 1
    again = mark_long_overdue(by=chief(), now=TEN_LATE)
    assert again == {"long_overdue": 0, "lost": 0}
    later = mark_long_overdue(by=chief(), now=TEN_LATE + timedelta(days=9))
    assert later == {"long_overdue": 0, "lost": 1}  # it has no price: nothing is owed
    assert Charge.objects.filter(type__code="LOST").count() == 1


def test_until_days_are_set_no_night_marks_anything() -> None:
    lent(make_patron())
    assert tonight(now=TEN_LATE) == []
    assert mark_long_overdue(by=chief(), now=TEN_LATE) == {"long_overdue": 0, "lost": 0}
