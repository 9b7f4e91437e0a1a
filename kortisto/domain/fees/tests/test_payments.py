"""Stories of the till: charges by hand, payments, what is forgiven."""

from datetime import timedelta

import pytest

from kortisto.core.actors import NotPermitted
from kortisto.core.models import LoggedEvent
from kortisto.domain.fees.actions.charges import charge
from kortisto.domain.fees.actions.payments import forgive, pay
from kortisto.domain.fees.models import Charge, ChargeType, JournalEntry, Posting
from kortisto.domain.fees.permissions import FeePermission
from kortisto.domain.fees.queries import (
    balance,
    open_charges,
    unbalanced_entries,
)
from kortisto.domain.patrons.models import Patron
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    desk,
    make_library,
    make_patron,
)

pytestmark = pytest.mark.django_db


def charged(patron: Patron, cents: int, *, key: str, days: int = 0) -> Charge:
    now = MONDAY_NOON + timedelta(days=days)
    return charge(patron.pk, "COPY", cents, key=key, by=desk(), now=now)


def left(patron: Patron) -> list[int]:
    return [one.cents for one in open_charges(patron.pk)]


def test_a_charge_by_hand_is_owed_to_the_municipality_of_the_desk() -> None:
    library, patron = make_library("SVL"), make_patron()
    made = charge(
        patron.pk,
        "NEW_CARD",
        300,
        key="a",
        by=desk(library),
        now=MONDAY_NOON,
        note="Uusi kortti",
    )
    assert made.municipality_id == library.parent_id
    assert (made.library, made.note) == (library, "Uusi kortti")
    owed = balance(patron.pk)
    assert (owed.private_cents, owed.public_cents, owed.cents) == (300, 0, 300)
    event = LoggedEvent.objects.get(kind="ChargeMade")
    assert event.body["cents"] == 300


def test_a_charge_sent_twice_is_made_once() -> None:
    patron = make_patron()
    first = charged(patron, 40, key="a")
    assert charged(patron, 40, key="a") == first
    assert Charge.objects.count() == 1
    assert balance(patron.pk).cents == 40
    assert LoggedEvent.objects.filter(kind="ChargeMade").count() == 1


@pytest.mark.parametrize(
    ("code", "cents"), [("COPY", 0), ("COPY", -5), ("OVERDUE", 20), ("SAUNA", 20)]
)
def test_what_cannot_be_charged_by_hand_is_refused(code: str, cents: int) -> None:
    patron = make_patron()
    with pytest.raises(ValueError, match=r"\w"):
        charge(patron.pk, code, cents, key="a", by=desk(), now=MONDAY_NOON)
    assert not Charge.objects.exists()
    assert not JournalEntry.objects.exists()


def test_a_type_out_of_use_is_charged_no_more() -> None:
    patron = make_patron()
    charged(patron, 40, key="a")
    ChargeType.objects.update(active=False)
    with pytest.raises(ValueError, match="by hand"):
        charged(patron, 40, key="b")
    assert balance(patron.pk).cents == 40


def test_a_sum_settles_the_oldest_charges_first() -> None:
    patron = make_patron()
    for days, cents in ((2, 100), (0, 40), (1, 60)):
        charged(patron, cents, key=str(days), days=days)
    pay(patron.pk, 70, key="t1", by=desk(), now=MONDAY_NOON)
    assert left(patron) == [30, 100]
    assert balance(patron.pk).cents == 130


def test_a_payment_in_parts_ends_at_nothing() -> None:
    patron = make_patron()
    charged(patron, 100, key="a")
    for number, cents in enumerate((30, 30, 40)):
        pay(patron.pk, cents, key=f"t{number}", by=desk(), now=MONDAY_NOON)
    assert left(patron) == []
    assert balance(patron.pk).cents == 0
    with pytest.raises(ValueError, match="more than what is owed"):
        pay(patron.pk, 1, key="t9", by=desk(), now=MONDAY_NOON)


def test_only_the_chosen_charges_are_paid() -> None:
    patron = make_patron()
    charged(patron, 40, key="a")
    chosen = charged(patron, 60, key="b")
    pay(patron.pk, 60, key="t", by=desk(), now=MONDAY_NOON, charge_ids=[chosen.pk])
    assert left(patron) == [40]
    with pytest.raises(ValueError, match="more than what is owed"):
        pay(patron.pk, 1, key="u", by=desk(), now=MONDAY_NOON, charge_ids=[chosen.pk])


def test_the_same_key_pays_once_also_when_nothing_is_left() -> None:
    patron = make_patron()
    charged(patron, 40, key="a")
    first = pay(patron.pk, 40, key="t", by=desk(), now=MONDAY_NOON)
    again = pay(patron.pk, 40, key="t", by=desk(), now=MONDAY_NOON)
    assert first == again
    assert balance(patron.pk).cents == 0
    assert LoggedEvent.objects.filter(kind="PaymentTaken").count() == 1


@pytest.mark.parametrize("cents", [0, -40, 41])
def test_nothing_is_taken_that_is_not_owed(cents: int) -> None:
    patron = make_patron()
    charged(patron, 40, key="a")
    with pytest.raises(ValueError, match=r"\w"):
        pay(patron.pk, cents, key="t", by=desk(), now=MONDAY_NOON)
    assert balance(patron.pk).cents == 40
    assert not LoggedEvent.objects.filter(kind="PaymentTaken").exists()


def test_a_payment_does_not_touch_another_patron() -> None:
    patron, other = make_patron(), make_patron()
    charged(patron, 40, key="a")
    foreign = charged(other, 60, key="b")
    with pytest.raises(ValueError, match="more than what is owed"):
        pay(
            patron.pk,
            60,
            key="t",
            by=desk(),
            now=MONDAY_NOON,
            charge_ids=[foreign.pk],
        )
    assert (balance(patron.pk).cents, balance(other.pk).cents) == (40, 60)


def test_cash_and_card_are_told_apart_by_municipality() -> None:
    patron = make_patron()
    made = charged(patron, 100, key="a")
    pay(patron.pk, 30, key="t", by=desk(), now=MONDAY_NOON)
    pay(
        patron.pk,
        70,
        key="u",
        by=desk(),
        now=MONDAY_NOON,
        account=Posting.Account.CARD,
    )
    lines = Posting.objects.filter(account__in=["cash", "card"]).order_by("cents")
    told = [(line.account, line.cents, line.municipality_id) for line in lines]
    assert told == [
        ("cash", 30, made.municipality_id),
        ("card", 70, made.municipality_id),
    ]
    assert unbalanced_entries() == []


def test_what_is_left_of_a_charge_is_forgiven_with_a_reason_and_a_permission() -> None:
    patron = make_patron()
    made = charged(patron, 100, key="a")
    kept = charged(patron, 50, key="b")
    pay(patron.pk, 30, key="t", by=desk(), now=MONDAY_NOON, charge_ids=[made.pk])
    with pytest.raises(NotPermitted, match=FeePermission.WRITE_OFF.value):
        forgive(
            patron.pk, made.pk, key="f", by=desk(), now=MONDAY_NOON, note="Tulipalo"
        )
    first, again = (
        forgive(
            patron.pk, made.pk, key="f", by=chief(), now=MONDAY_NOON, note="Tulipalo"
        )
        for _ in range(2)
    )
    assert first == again
    assert first.note == "Tulipalo"
    assert [one.id for one in open_charges(patron.pk)] == [kept.pk]
    assert balance(patron.pk).cents == 50
    with pytest.raises(ValueError, match="nothing to settle"):
        forgive(patron.pk, made.pk, key="g", by=chief(), now=MONDAY_NOON, note="x")


def test_money_needs_its_permissions() -> None:
    patron = make_patron()
    charged(patron, 40, key="a")
    by = desk()
    nobody = type(by)(kind=by.kind, id=by.id, library_id=by.library_id)
    with pytest.raises(NotPermitted):
        charge(patron.pk, "COPY", 40, key="b", by=nobody, now=MONDAY_NOON)
    with pytest.raises(NotPermitted):
        pay(patron.pk, 40, key="t", by=nobody, now=MONDAY_NOON)
    assert balance(patron.pk).cents == 40


def test_money_makes_a_lending_decision_that_is_under_way_look_again() -> None:
    patron = make_patron()
    charged(patron, 40, key="a")
    after_charge = Patron.objects.get(pk=patron.pk).version
    pay(patron.pk, 40, key="t", by=desk(), now=MONDAY_NOON)
    after_payment = Patron.objects.get(pk=patron.pk).version
    assert patron.version < after_charge < after_payment
