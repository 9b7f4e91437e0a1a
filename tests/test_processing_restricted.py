"""Data whose processing is restricted is kept as it is, until it is lifted (GDP-2).

GDPR, article 18: it may be stored, and used for nothing.
"""

from datetime import timedelta
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta

from kortisto.core.keeping import report
from kortisto.core.refusals import Refused
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.actions.history import forget_old_history
from kortisto.domain.circulation.models import Loan
from kortisto.domain.circulation.reasons import Reason
from kortisto.domain.entry.actions.forgetting import forget_people
from kortisto.domain.entry.models import EntryAttempt
from kortisto.domain.fees.actions.charges import charge
from kortisto.domain.fees.actions.forgetting_payers import forget_payers
from kortisto.domain.fees.actions.payments import pay
from kortisto.domain.fees.models import Charge
from kortisto.domain.holds.actions.forgetting import forget_old_holds
from kortisto.domain.holds.models import Hold
from kortisto.domain.patrons.actions.binning import put_in_bin
from kortisto.domain.patrons.actions.change import change
from kortisto.domain.patrons.actions.erasing import erase
from kortisto.domain.patrons.actions.forgetting import forget_what_is_over
from kortisto.domain.patrons.actions.merge import merge
from kortisto.domain.patrons.actions.notes import withdraw_note, write_note
from kortisto.domain.patrons.actions.restrictions import lift, restrict
from kortisto.domain.patrons.frozen import FROZEN
from kortisto.domain.patrons.models import Patron, PatronNote, Restriction, Source
from kortisto.domain.patrons.reasons import Unfit
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    chief,
    desk,
    make_hold,
    make_item,
    make_library,
    make_patron,
    make_record,
    make_rules,
)
from kortisto.testing.loans import lend

pytestmark = pytest.mark.django_db

TEN_YEARS = MONDAY_NOON + relativedelta(years=10)


def freeze(patron: Patron, note: str = "Contests a bill", **more: Any) -> Restriction:
    return restrict(patron.pk, note, kind=FROZEN, by=desk(), now=MONDAY_NOON, **more)


def test_it_needs_a_reason_and_has_no_last_day() -> None:
    patron = make_patron()

    with pytest.raises(Unfit, match="Say why"):
        freeze(patron, note=" ")
    with pytest.raises(Unfit, match="no last day"):
        freeze(patron, ends_on=MONDAY_NOON.date())

    assert not Restriction.objects.exists()


def test_nobody_borrows_meanwhile_and_what_is_lent_comes_back() -> None:
    make_rules()
    patron, lent, wanted = make_patron(), make_item(), make_item()
    checkout(card_of(patron), lent.barcode, by=desk(), now=MONDAY_NOON)
    freeze(patron)

    with pytest.raises(Refused, match="barred"):  # whoever lends
        checkout(
            card_of(patron),
            wanted.barcode,
            by=chief(),
            now=MONDAY_NOON,
            overriding={Reason.RESTRICTED.value, Reason.BARRED.value},
        )
    later = MONDAY_NOON + timedelta(days=1)
    checkin(lent.barcode, by=desk(), now=later)

    assert not Loan.objects.filter(returned_at=None).exists()


def test_it_is_neither_changed_nor_merged_nor_erased() -> None:
    patron, other = make_patron(street="Kiistatie 1"), make_patron()
    freeze(patron)
    by = chief()

    with pytest.raises(Unfit, match="nothing is changed"):
        change(patron.pk, {"street": "Uusitie 2"}, by=by, now=MONDAY_NOON)
    for both in ((patron.pk, other.pk), (other.pk, patron.pk)):
        with pytest.raises(Refused, match="processing-restricted"):
            merge(*both, by=by, now=MONDAY_NOON)
    with pytest.raises(Refused, match="processing-restricted"):
        put_in_bin(patron.pk, "Muutti", by=by, now=MONDAY_NOON)
    with pytest.raises(Refused, match="processing-restricted"):
        erase(patron.pk, by=by, now=MONDAY_NOON)

    patron.refresh_from_db()
    assert (patron.street, patron.binned_at) == ("Kiistatie 1", None)


def test_an_order_of_protection_is_written_all_the_same() -> None:
    patron = make_patron()
    freeze(patron)

    register = Source.POPULATION_REGISTER
    told = {"is_protected": True}
    change(patron.pk, told, by=chief(), now=MONDAY_NOON, source=register)

    patron.refresh_from_db()
    assert patron.is_protected


def with_a_past() -> Patron:
    """Somebody of whom every night forgets something ten years later."""
    make_rules()
    patron = make_patron()
    by, item = desk(), make_item()
    lend(item, patron=patron)
    checkin(item.barcode, by=by, now=MONDAY_NOON + timedelta(days=1))
    hold = make_hold(patron, make_record())
    Hold.objects.filter(pk=hold.pk).update(
        state=Hold.State.FILLED, ended_at=MONDAY_NOON
    )
    EntryAttempt.objects.create(
        key="k", at=MONDAY_NOON, library=make_library(), device="Ovi",
        patron=patron, code="granted",
    )  # fmt: skip
    audience = PatronNote.Audience.STAFF
    write_note(patron.pk, "Old", audience=audience, by=by, now=MONDAY_NOON)
    withdraw_note(PatronNote.objects.get().pk, by=by, now=MONDAY_NOON)
    charge(patron.pk, "COPY", 300, key="c", by=chief(), now=MONDAY_NOON)
    pay(patron.pk, 300, key="p", by=chief(), now=MONDAY_NOON)
    return patron


def the_night() -> None:
    by = chief()
    forget_old_history(by=by, now=TEN_YEARS)
    forget_old_holds(by=by, now=TEN_YEARS)
    forget_people(by=by, now=TEN_YEARS)
    forget_what_is_over(by=by, now=TEN_YEARS)
    forget_payers(by=by, now=TEN_YEARS)


def left_of(patron: Patron) -> list[str]:
    tables = (Loan, Hold, EntryAttempt, PatronNote, Charge)
    return [
        one.__name__ for one in tables if one.objects.filter(patron=patron).exists()
    ]


def due_tonight() -> int:
    kinds = {"loan-history", "ended-holds", "entries", "notes", "accounts"}
    rows = [one for one in report(TEN_YEARS) if one.kept.code in kinds]
    return sum(one.tonight or 0 for one in rows)


def test_no_night_forgets_anything_until_it_is_lifted() -> None:
    patron = with_a_past()
    frozen = freeze(patron)

    assert due_tonight() == 0
    the_night()
    kept = ["Loan", "Hold", "EntryAttempt", "PatronNote", "Charge"]
    assert left_of(patron) == kept

    lift(frozen.pk, by=desk(), now=MONDAY_NOON)
    assert due_tonight() == len(kept)
    the_night()
    assert left_of(patron) == []
