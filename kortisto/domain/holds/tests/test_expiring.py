"""The night after the last day: uncollected copies, fees, and what is left alone."""

from datetime import timedelta
from typing import Any

import pytest

from kortisto.core.actors import job_actor
from kortisto.core.models import LoggedEvent
from kortisto.domain.fees.models import Charge
from kortisto.domain.fees.permissions import FeePermission
from kortisto.domain.fees.queries import balance
from kortisto.domain.holds.actions.expiring import expire_holds
from kortisto.domain.holds.models import Hold
from kortisto.domain.holds.permissions import HoldPermission
from kortisto.testing.builders import (
    MONDAY_NOON,
    make_hold,
    make_item,
    make_library,
    make_patron,
    make_record,
    make_rules,
)

pytestmark = pytest.mark.django_db

TODAY = MONDAY_NOON.date()
A_DAY = timedelta(days=1)


def night(*, days: int = 0) -> dict[str, int]:
    by = job_actor(HoldPermission.PLACE, FeePermission.CHARGE)
    return expire_holds(by=by, now=MONDAY_NOON + days * A_DAY)


def waiting(**fields: Any) -> Hold:
    item = make_item()
    return make_hold(
        make_patron(),
        item.record,
        state=Hold.State.WAITING,
        item=item,
        **{"pickup_until": TODAY, **fields},
    )


def test_an_uncollected_copy_stays_on_the_list_and_costs_what_the_rules_say() -> None:
    """Acceptance scenario 8."""
    make_rules({"values": {"uncollected_fee_cents": 200}})
    hold = waiting()
    assert night(days=1) == {"uncollected": 1, "out_of_date": 0}
    hold.refresh_from_db()
    assert (hold.state, hold.ending) == (Hold.State.UNCLEARED, Hold.Ending.UNCOLLECTED)
    assert hold.item is not None
    fee = Charge.objects.get()
    assert (fee.type.code, fee.item_id) == ("RESERVE_EXPIRED", hold.item_id)
    assert (fee.library, fee.title) == (make_library(), hold.record.title)
    assert fee.trace["rules"]["uncollected_fee_cents"][0] == 200
    assert balance(hold.patron_id).cents == 200
    ended = LoggedEvent.objects.get(kind="HoldEnded")
    assert ended.body["ending"] == "uncollected"


def test_the_last_day_itself_still_counts() -> None:
    waiting()
    make_hold(make_patron(), make_record(), expires_on=TODAY)
    assert night() == {"uncollected": 0, "out_of_date": 0}


def test_a_second_run_finds_nothing_and_charges_nothing() -> None:
    make_rules({"values": {"uncollected_fee_cents": 200}})
    hold = waiting()
    night(days=1)
    assert night(days=1) == {"uncollected": 0, "out_of_date": 0}
    assert balance(hold.patron_id).cents == 200


def test_no_fee_without_a_rule_and_none_for_an_exempt_category() -> None:
    hold = waiting()
    night(days=1)
    make_rules(
        {"values": {"uncollected_fee_cents": 200}},
        {"category": hold.patron.category, "values": {"uncollected_fee_cents": 0}},
    )
    waiting()
    night(days=1)
    assert not Charge.objects.exists()


def test_a_hold_of_the_queue_ends_after_its_last_day_without_a_fee() -> None:
    make_rules({"values": {"uncollected_fee_cents": 200}})
    hold = make_hold(make_patron(), make_record(), expires_on=TODAY)
    kept = make_hold(make_patron(), make_record(), expires_on=TODAY + A_DAY)
    assert night(days=1) == {"uncollected": 0, "out_of_date": 1}
    hold.refresh_from_db()
    kept.refresh_from_db()
    assert (hold.state, hold.ending) == (Hold.State.EXPIRED, Hold.Ending.OUT_OF_DATE)
    assert kept.state == Hold.State.QUEUED
    assert not Charge.objects.exists()


def test_a_copy_that_is_still_travelling_is_left_alone() -> None:
    item = make_item()
    make_hold(
        make_patron(),
        item.record,
        state=Hold.State.TRAVELLING,
        item=item,
        expires_on=TODAY,
    )
    assert night(days=5) == {"uncollected": 0, "out_of_date": 0}
