"""A deleted patron is gone from every page, and can be taken back for a month."""

from datetime import timedelta

import pytest

from kortisto.core.actors import NotPermitted
from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.fees.actions.charges import charge
from kortisto.domain.fees.actions.payments import pay
from kortisto.domain.holds.models import Hold
from kortisto.domain.patrons.actions.binning import (
    empty_bin,
    kept_in_bin,
    put_in_bin,
    take_out_of_bin,
)
from kortisto.domain.patrons.actions.merge import merge
from kortisto.domain.patrons.actions.viewing import view_bin
from kortisto.domain.patrons.models import Guardianship, Patron
from kortisto.domain.patrons.queries import find_patrons, patron_by_card
from kortisto.domain.patrons.reasons import Unfit
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    chief,
    desk,
    make_hold,
    make_item,
    make_patron,
)

pytestmark = pytest.mark.django_db


def test_a_deleted_patron_is_found_nowhere_and_comes_back_as_they_were() -> None:
    patron = make_patron()
    put_in_bin(patron.pk, "Muutti pois", by=chief(), now=MONDAY_NOON)

    assert patron_by_card(card_of(patron)) is None
    assert find_patrons("virtanen") == []
    assert [one.pk for one in view_bin(by=chief(), now=MONDAY_NOON)] == [patron.pk]
    row = Patron.objects.get()
    assert (row.bin_reason, row.session_epoch) == ("Muutti pois", 1)

    take_out_of_bin(patron.pk, by=chief(), now=MONDAY_NOON)

    assert patron_by_card(card_of(patron)) == patron.pk
    assert view_bin(by=chief(), now=MONDAY_NOON) == []
    told = LoggedEvent.objects.filter(patron_id=patron.pk).values_list(
        "kind", flat=True
    )
    assert {"PatronBinned", "PatronTakenOut"} <= set(told)


def test_every_reason_against_it_is_told_and_nothing_changes() -> None:
    patron = make_patron()
    now = MONDAY_NOON
    checkout(card_of(patron), make_item().barcode, by=desk(), now=now)
    charge(patron.pk, "COPY", 40, key="1", by=chief(), now=now)
    item = make_item()
    make_hold(patron, item.record, item=item, state=Hold.State.WAITING)
    child = make_patron(born_on=now.date() - timedelta(days=3000))
    Guardianship.objects.create(guardian=patron, dependant=child)

    with pytest.raises(Refused) as refused:
        put_in_bin(patron.pk, "Muutti pois", by=chief(), now=now)

    assert {one.reason.value for one in refused.value.refusals} == {
        "has-loans",
        "owes",
        "hold-is-set-aside",
        "guardian-of-minors",
    }
    assert Patron.objects.get(pk=patron.pk).binned_at is None
    assert not LoggedEvent.objects.filter(kind="PatronBinned").exists()


def test_a_grown_up_dependant_stands_in_nobodys_way() -> None:
    patron = make_patron()
    Guardianship.objects.create(guardian=patron, dependant=make_patron())

    put_in_bin(patron.pk, "Muutti pois", by=chief(), now=MONDAY_NOON)

    assert Patron.objects.get(pk=patron.pk).binned_at == MONDAY_NOON


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201])
def test_a_reason_of_its_own_is_asked_for(reason: str) -> None:
    patron = make_patron()

    with pytest.raises(Unfit):
        put_in_bin(patron.pk, reason, by=chief(), now=MONDAY_NOON)

    assert Patron.objects.get().binned_at is None


def test_it_takes_a_permission_and_somebody_who_is_there() -> None:
    patron = make_patron()

    with pytest.raises(NotPermitted):
        put_in_bin(patron.pk, "x", by=desk(), now=MONDAY_NOON)
    with pytest.raises(Patron.DoesNotExist):
        take_out_of_bin(patron.pk, by=chief(), now=MONDAY_NOON)
    with pytest.raises(NotPermitted):
        view_bin(by=desk(), now=MONDAY_NOON)
    put_in_bin(patron.pk, "x", by=chief(), now=MONDAY_NOON)
    with pytest.raises(Patron.DoesNotExist):
        put_in_bin(patron.pk, "again", by=chief(), now=MONDAY_NOON)


def test_after_a_month_a_deleted_patron_is_erased_and_no_sooner() -> None:
    gone, stays = make_patron(), make_patron()
    charge(gone.pk, "COPY", 40, key="1", by=chief(), now=MONDAY_NOON)
    pay(gone.pk, 40, key="1", by=chief(), now=MONDAY_NOON)
    put_in_bin(gone.pk, "Muutti", by=chief(), now=MONDAY_NOON)
    put_in_bin(stays.pk, "Muutti", by=chief(), now=MONDAY_NOON + timedelta(days=1))

    done = empty_bin(by=chief(), now=MONDAY_NOON + kept_in_bin())

    assert (done.gone, done.hindered) == (1, 0)
    assert Patron.objects.get(pk=gone.pk).surname == "erased"  # for the charge
    assert [one.pk for one in view_bin(by=chief(), now=MONDAY_NOON)] == [stays.pk]
    with pytest.raises(Patron.DoesNotExist):
        take_out_of_bin(gone.pk, by=chief(), now=MONDAY_NOON)
    again = empty_bin(by=chief(), now=MONDAY_NOON + kept_in_bin())
    assert (again.gone, again.hindered) == (0, 0)


def test_who_owes_by_then_stays_in_the_bin() -> None:
    patron = make_patron()
    put_in_bin(patron.pk, "Muutti", by=chief(), now=MONDAY_NOON)
    charge(patron.pk, "COPY", 40, key="1", by=chief(), now=MONDAY_NOON)

    done = empty_bin(by=chief(), now=MONDAY_NOON + kept_in_bin())

    assert (done.gone, done.hindered) == (0, 1)
    assert Patron.objects.get().surname == "Virtanen"


def test_one_of_two_merged_records_is_taken_back_by_undoing_the_merge_only() -> None:
    survivor, other = make_patron(), make_patron()
    merge(survivor.pk, other.pk, by=chief(), now=MONDAY_NOON)

    assert view_bin(by=chief(), now=MONDAY_NOON) == []
    with pytest.raises(Patron.DoesNotExist):
        take_out_of_bin(other.pk, by=chief(), now=MONDAY_NOON)

    assert empty_bin(by=chief(), now=MONDAY_NOON + kept_in_bin()).gone == 1
    assert Patron.objects.filter(pk=survivor.pk, binned_at=None).exists()
