"""After the years of the Accounting Act the sums stay, and nobody is in them."""

from datetime import datetime

import pytest
from django.db.models import Sum

from kortisto.core.keeping import report
from kortisto.domain.fees.actions.charges import charge
from kortisto.domain.fees.actions.forgetting_payers import forget_payers
from kortisto.domain.fees.actions.payments import pay
from kortisto.domain.fees.models import Charge, JournalEntry, Posting
from kortisto.domain.fees.queries import balance, unbalanced_entries
from kortisto.domain.patrons.actions.binning import due_in_bin
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.personal_data import ERASED
from kortisto.testing.builders import HELSINKI, chief, make_patron

pytestmark = pytest.mark.django_db

PAID = datetime(2020, 2, 3, 12, 0, tzinfo=HELSINKI)
NEW_YEAR_EVE = datetime(2026, 12, 31, 3, 0, tzinfo=HELSINKI)
NEW_YEAR = datetime(2027, 1, 1, 3, 0, tzinfo=HELSINKI)


def charged(patron: Patron, *, paid: int, key: str) -> None:
    by = chief()
    charge(patron.pk, "COPY", 300, key=key, by=by, now=PAID, note="Tulosteet")
    if paid:
        pay(patron.pk, paid, key=f"pay-{key}", by=by, now=PAID)


def tonight(now: datetime) -> int | None:
    return next(one.tonight for one in report(now) if one.kept.code == "accounts")


def sums() -> list[tuple[str, int | None, int]]:
    rows = Posting.objects.values_list("account", "municipality")
    return sorted(rows.annotate(Sum("cents")), key=str)


def test_six_years_after_the_end_of_the_year_nobody_can_tell_who_paid() -> None:
    patron = make_patron(surname="Maksaja")
    charged(patron, paid=300, key="a")
    before = sums()

    assert tonight(NEW_YEAR_EVE) == 0
    assert forget_payers(by=chief(), now=NEW_YEAR_EVE) == 0
    assert tonight(NEW_YEAR) == 1
    assert forget_payers(by=chief(), now=NEW_YEAR) == 1

    left = Charge.objects.select_related("patron").get()
    assert (left.patron.surname, left.note, left.title) == (ERASED, "", "")
    assert not Posting.objects.filter(patron=patron).exists()
    assert not JournalEntry.objects.exclude(note="").exists()
    assert sums() == before
    assert unbalanced_entries() == []
    assert Patron.objects.get(pk=patron.pk).surname == "Maksaja"
    assert forget_payers(by=chief(), now=NEW_YEAR) == 0


def test_what_is_owed_or_has_moved_later_stays_with_its_patron() -> None:
    debtor, late = make_patron(), make_patron()
    charged(debtor, paid=100, key="part")
    charged(late, paid=0, key="late")
    later = datetime(2022, 5, 5, 12, 0, tzinfo=HELSINKI)
    pay(late.pk, 300, key="pay-late", by=chief(), now=later)

    assert forget_payers(by=chief(), now=NEW_YEAR) == 0

    assert balance(debtor.pk).cents == 200
    assert set(Charge.objects.values_list("patron", flat=True)) == {debtor.pk, late.pk}


def test_everybody_s_old_accounts_go_over_to_one_row_that_no_night_erases() -> None:
    people = [make_patron() for _ in range(3)]
    for one in people:
        charged(one, paid=300, key=str(one.pk))

    assert forget_payers(by=chief(), now=NEW_YEAR) == 3

    [standing] = set(Charge.objects.values_list("patron", flat=True))
    assert standing not in {one.pk for one in people}
    far = datetime(2040, 1, 1, tzinfo=HELSINKI)
    assert standing not in due_in_bin(far).values_list("pk", flat=True)
