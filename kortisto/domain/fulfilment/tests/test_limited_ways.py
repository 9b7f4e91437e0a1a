"""Nothing is fetched for a hold that it may not be sent to (CIR-51)."""

import pytest

from kortisto.domain.distribution.actions.limiting import (
    remove_transfer_limit,
    set_transfer_limit,
)
from kortisto.domain.fulfilment.actions.planning import plan_titles
from kortisto.domain.holds.models import Pull
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    make_hold,
    make_item,
    make_library,
    make_patron,
    make_rules,
)

pytestmark = pytest.mark.django_db


def test_another_copy_is_fetched_or_none_until_the_limit_is_gone() -> None:
    make_rules()
    here, there, third = (make_library(code) for code in ("MLI", "SVL", "KAN"))
    item = make_item(library=here, collection="KOTI")
    hold = make_hold(make_patron(), item.record, pickup=there)
    limit = set_transfer_limit(here.pk, there.pk, by=chief(), now=MONDAY_NOON)
    plan_titles([item.record_id], now=MONDAY_NOON)
    assert not Pull.objects.exists()

    other = make_item(record=item.record, library=third)
    plan_titles([item.record_id], now=MONDAY_NOON)
    assert Pull.objects.get().item == other

    other.delete()
    remove_transfer_limit(limit.pk, by=chief(), now=MONDAY_NOON)
    plan_titles([item.record_id], now=MONDAY_NOON)
    assert (Pull.objects.get().item, Pull.objects.get().hold) == (item, hold)
