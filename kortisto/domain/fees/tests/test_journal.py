"""The journal balances, or nothing is written."""

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from kortisto.domain.fees.actions.charges import charge
from kortisto.domain.fees.actions.journal import (
    Entry,
    Unbalanced,
    owed,
    write,
    write_once,
)
from kortisto.domain.fees.models import Charge, JournalEntry, Posting
from kortisto.domain.fees.queries import balance
from kortisto.testing.builders import MONDAY_NOON, desk, make_patron

pytestmark = pytest.mark.django_db


def entry_for(made: Charge, cents: int, *, key: str) -> Entry:
    return Entry(
        kind=JournalEntry.Kind.ACCRUAL,
        key=key,
        library_id=made.library_id,
        lines=owed(
            cents,
            charge_id=made.pk,
            patron_id=made.patron_id,
            law="private",
            municipality_id=made.municipality_id,
        ),
    )


@pytest.fixture
def made() -> Charge:
    return charge(make_patron().pk, "COPY", 40, key="a", by=desk(), now=MONDAY_NOON)


def test_an_entry_whose_lines_do_not_sum_to_zero_cannot_be_made(made: Charge) -> None:
    debit, credit = entry_for(made, 100, key="b").lines
    with pytest.raises(Unbalanced, match="odd"):
        Entry(
            kind=JournalEntry.Kind.CHARGE,
            key="odd",
            library_id=made.library_id,
            lines=(debit, replace(credit, cents=-99)),
        )
    assert JournalEntry.objects.count() == 1


def test_a_key_tells_its_entry_once(made: Charge) -> None:
    entry = entry_for(made, 100, key="b")
    first, is_new = write_once(entry, by=desk(), at=MONDAY_NOON)
    again, is_new_again = write_once(entry, by=desk(), at=MONDAY_NOON)
    assert (first, is_new, is_new_again) == (again, True, False)
    with pytest.raises(IntegrityError), transaction.atomic():
        write([entry], by=desk(), at=MONDAY_NOON)
    assert balance(made.patron_id).cents == 140


def test_what_a_patron_owes_is_on_the_lines_of_the_patron_only(made: Charge) -> None:
    lines = Posting.objects.filter(charge=made).order_by("-cents")
    told = [(line.account, line.cents, line.patron_id, line.law) for line in lines]
    assert told == [
        ("patrons", 40, made.patron_id, "private"),
        ("income", -40, None, ""),
    ]
    assert {line.municipality_id for line in lines} == {made.municipality_id}
