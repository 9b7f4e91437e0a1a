"""Restrictions that go by themselves, and what a category says of expired cards."""

from datetime import date, timedelta

import pytest

from kortisto.core.followers import follow
from kortisto.core.refusals import Refused
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.actions.settling import lift_what_is_settled
from kortisto.domain.fees.actions.charges import charge
from kortisto.domain.fees.actions.payments import pay
from kortisto.domain.fees.queries import balance
from kortisto.domain.patrons.models import Patron, Restriction
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    chief,
    desk,
    make_item,
    make_patron,
    make_restriction,
    make_rules,
)

pytestmark = pytest.mark.django_db
LATER = MONDAY_NOON + timedelta(days=60)


def standing() -> set[str]:
    left = Restriction.objects.filter(lifted_at=None)
    return set(left.values_list("type__code", flat=True))


def restricted() -> Patron:
    patron = make_patron()
    for kind in ("overdue", "invoice", "manual"):
        make_restriction(patron, kind=kind)
    return patron


@pytest.mark.django_db(transaction=True)
def test_the_last_late_item_back_and_the_last_cent_paid_lift_what_they_caused() -> None:
    make_rules({"values": {}})
    patron, item = make_patron(), make_item()
    checkout(card_of(patron), item.barcode, by=desk(), now=MONDAY_NOON)
    for kind in ("overdue", "invoice", "manual"):
        make_restriction(patron, kind=kind)
    charge(patron.pk, "LOST", 500, key="1", by=chief(), now=MONDAY_NOON)
    assert lift_what_is_settled(None, by=chief(), now=LATER) == 0

    checkin(item.barcode, by=chief(), now=LATER)
    while follow("settled-restrictions", now=LATER):
        pass
    assert standing() == {"invoice", "manual"}

    owed = balance(patron.pk).cents  # the fine of the late return as well
    pay(patron.pk, owed, key="2", by=chief(), now=LATER)
    while follow("settled-restrictions", now=LATER):
        pass
    assert standing() == {"manual"}, "what staff have set they lift themselves"


def test_the_night_lifts_what_the_day_has_left() -> None:
    patron, other = restricted(), restricted()
    charge(other.pk, "LOST", 500, key="1", by=chief(), now=MONDAY_NOON)
    assert lift_what_is_settled(None, by=chief(), now=LATER) == 3
    left = patron.restrictions.filter(lifted_at=None)
    assert [each.type.code for each in left] == ["manual"]
    assert other.restrictions.filter(lifted_at=None).count() == 2


@pytest.mark.parametrize(
    ("effect", "stopped"), [("block", True), ("warn", False), ("none", False)]
)
def test_a_category_may_say_what_an_expired_card_does(
    *, effect: str, stopped: bool
) -> None:
    patron = make_patron(expires_on=date(2027, 2, 28))
    patron.category.expired_effect = effect
    patron.category.save()
    card, barcode = card_of(patron), make_item().barcode
    if stopped:
        with pytest.raises(Refused, match="card-expired"):
            checkout(card, barcode, by=desk(), now=MONDAY_NOON)
        return
    lent = checkout(card, barcode, by=desk(), now=MONDAY_NOON)
    assert bool(lent.notices) == (effect == "warn")


def test_nothing_is_lent_to_who_is_in_the_bin() -> None:
    patron = make_patron()
    Patron.objects.filter(pk=patron.pk).update(
        binned_at=MONDAY_NOON, bin_reason="Moved away"
    )
    with pytest.raises(Refused, match="unknown-card"):
        checkout(card_of(patron), make_item().barcode, by=desk(), now=MONDAY_NOON)
