"""A smaller copy keeps what is in use, whole families, and every cent."""

from datetime import date

import pytest
from django.db.models import Sum

from kortisto.domain.catalogue.models import Item, Record
from kortisto.domain.circulation.models import Loan
from kortisto.domain.fees.actions.charges import charge
from kortisto.domain.fees.models import Charge, Posting
from kortisto.domain.holds.models import Hold
from kortisto.domain.patrons.models import Guardianship, Patron
from kortisto.interfaces.cli.pseudonyms.invented import Inventor
from kortisto.interfaces.cli.pseudonyms.reduction import plan_reduction, reduce
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    make_hold,
    make_item,
    make_library,
    make_patron,
    make_record,
    make_rules,
)
from kortisto.testing.loans import lend

pytestmark = pytest.mark.django_db


def cut_to(titles: int, *, seed: int = 1) -> None:
    reduce(plan_reduction(titles, Inventor(seed, date(2026, 6, 1))))


@pytest.fixture
def shelves() -> None:
    make_rules()
    for number in range(8):
        make_item(record=make_record(f"Hyllyssä {number}"))


def family() -> tuple[Patron, Patron]:
    parent, child = make_patron(surname="Äiti"), make_patron(surname="Lapsi")
    Guardianship.objects.create(
        guardian=parent, dependant=child, kind=Guardianship.Kind.CONTACT, order=1
    )
    return parent, child


@pytest.mark.usefixtures("shelves")
def test_titles_in_use_stay_first_and_families_stay_whole() -> None:
    parent, child = family()
    strange_parent, strange_child = family()
    waiting = make_patron()
    lend(make_item(record=make_record("Lainassa")), child)
    loan = Loan.objects.get()
    hold = make_hold(waiting, make_record("Varattu"))

    cut_to(4)

    assert Record.objects.count() == 4
    assert {"Lainassa", "Varattu"} <= set(
        Record.objects.values_list("title", flat=True)
    )
    assert set(Patron.objects.values_list("pk", flat=True)) == {
        parent.pk,
        child.pk,
        waiting.pk,
    }
    assert Loan.objects.get().pk == loan.pk
    assert Hold.objects.get() == hold
    assert Guardianship.objects.get().dependant == child
    assert not Patron.objects.filter(pk__in=(strange_parent.pk, strange_child.pk))


@pytest.mark.usefixtures("shelves")
def test_when_more_is_lent_than_may_stay_the_rest_goes_with_its_loans() -> None:
    for number in range(3):
        lend(make_item(record=make_record(f"Lainassa {number}")), make_patron())

    cut_to(2)

    assert Record.objects.count() == Loan.objects.count() == Patron.objects.count() == 2
    assert Item.objects.count() == 2


@pytest.mark.usefixtures("shelves")
def test_every_cent_of_the_ledger_stays_with_its_patron() -> None:
    item = make_item(record=make_record("Lainassa"))
    debtor = make_patron()
    lend(item, debtor)
    loan = Loan.objects.get()
    owed = charge(
        debtor.pk, "COPY", 250, key="k", by=chief(make_library()), now=MONDAY_NOON
    )
    Charge.objects.filter(pk=owed.pk).update(loan_id=loan.pk, item_id=item.pk)
    before = list(Posting.objects.order_by("pk").values())

    cut_to(0)

    assert list(Posting.objects.order_by("pk").values()) == before
    assert Posting.objects.aggregate(all=Sum("cents"))["all"] == 0
    owed.refresh_from_db()
    assert (owed.patron, owed.loan_id, owed.item_id) == (debtor, None, None)
    assert not Record.objects.exists()


@pytest.mark.usefixtures("shelves")
def test_an_ended_loan_of_somebody_who_goes_is_a_forgotten_one() -> None:
    lend(make_item(record=make_record("Palautettu")), make_patron())
    loan = Loan.objects.get()
    Loan.objects.filter(pk=loan.pk).update(
        returned_at=MONDAY_NOON.replace(hour=18), ending=Loan.Ending.RETURNED
    )

    cut_to(100)

    assert not Patron.objects.exists()
    assert Loan.objects.get().patron is None


@pytest.mark.usefixtures("shelves")
def test_the_seed_decides_which_titles_stay() -> None:
    today = date(2026, 6, 1)
    first = plan_reduction(3, Inventor(1, today))

    assert plan_reduction(3, Inventor(1, today)) == first
    assert any(plan_reduction(3, Inventor(seed, today)) != first for seed in (2, 3, 4))
    assert Record.objects.count() == 8
