"""The night arranges the copies of all titles; the day keeps what it has arranged."""

import subprocess
import sys
from datetime import time, timedelta

import pytest

from kortisto.domain.fulfilment.actions.arranging import arrange_region
from kortisto.domain.fulfilment.actions.planning import plan_everything, plan_titles
from kortisto.domain.holds.actions.changing import suspend
from kortisto.domain.holds.models import Hold, Pull
from kortisto.domain.org.actions.vans import RoundPlan, save_round
from kortisto.domain.org.models import Unit
from kortisto.domain.org.vans import Stop
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    make_hold,
    make_item,
    make_library,
    make_patron,
    make_record,
    themself,
)

pytestmark = pytest.mark.django_db


def drive(*libraries: Unit) -> None:
    """One van a weekday, 50 kilometres from stop to stop, 2 euros an item for each."""
    plan = RoundPlan(
        names={"fi": "Kierros"},
        weekdays=frozenset(range(5)),
        capacity=100,
        stops=tuple(
            Stop(library.pk, time(8 + number), 50)
            for number, library in enumerate(libraries)
        ),
        starts_on=MONDAY_NOON.date() - timedelta(days=30),
        run_cents=200 * 100 * (len(libraries) - 1),
    )
    save_round("VAN", plan, by=chief(), now=MONDAY_NOON)


def crossing() -> tuple[Hold, Hold]:
    """The first would take the copy that the second has in its own library.

    The van goes A, B, C. The first collects at C, the second at B; copies stand at A
    and B. One after another: B to C (50 km), and A to B (50 km). Together: A to C
    (100 km) and nothing for the second.
    """
    a, b, c = (make_library(code) for code in ("AAA", "BBB", "CCC"))
    drive(a, b, c)
    record = make_record()
    make_item(record=record, library=a)
    make_item(record=record, library=b)
    first = make_hold(
        make_patron(), record, pickup=c, placed_at=MONDAY_NOON - timedelta(days=3)
    )
    second = make_hold(
        make_patron(), record, pickup=b, placed_at=MONDAY_NOON - timedelta(days=2)
    )
    return first, second


def from_where() -> dict[int, str]:
    return {pull.hold_id: pull.library.code for pull in Pull.objects.all()}


def test_one_item_travels_where_two_would_and_the_job_tells_it() -> None:
    first, second = crossing()
    plan_everything(now=MONDAY_NOON)
    assert from_where() == {first.pk: "BBB", second.pk: "AAA"}

    told = arrange_region(now=MONDAY_NOON)

    assert from_where() == {first.pk: "AAA", second.pk: "BBB"}
    assert told == {
        "pulls": 2,
        "rearranged": 2,
        "item_moves": 1,
        "item_moves_saved": 1,
        "kilometres": 100,
        "kilometres_saved": 0,
        "waiting_days": 1,
        "waiting_days_saved": 1,
        "from_best_cents": 0,
    }
    assert all(pull.trace["arranged"] for pull in Pull.objects.all())


def test_what_was_arranged_stays_when_the_title_is_planned_again() -> None:
    first, second = crossing()
    arrange_region(now=MONDAY_NOON)
    rows = set(Pull.objects.values_list("pk", flat=True))

    plan_titles([first.record_id], now=MONDAY_NOON)

    assert from_where() == {first.pk: "AAA", second.pk: "BBB"}
    assert set(Pull.objects.values_list("pk", flat=True)) == rows
    assert arrange_region(now=MONDAY_NOON)["rearranged"] == 2
    assert set(Pull.objects.values_list("pk", flat=True)) == rows


def test_who_is_served_is_decided_by_the_queue_whatever_was_arranged() -> None:
    """Somebody who stands before both takes a copy, and the last of them waits."""
    first, second = crossing()
    arrange_region(now=MONDAY_NOON)
    before = make_hold(
        make_patron(),
        first.record,
        pickup=make_library("AAA"),
        placed_at=MONDAY_NOON - timedelta(days=9),
    )
    plan_titles([first.record_id], now=MONDAY_NOON)
    assert from_where() == {before.pk: "AAA", first.pk: "BBB"}
    assert not Pull.objects.filter(hold=second).exists()


def test_a_hold_that_waits_no_more_leaves_its_copy_to_the_others() -> None:
    first, second = crossing()
    arrange_region(now=MONDAY_NOON)
    suspend([first.pk], until=None, by=themself(first.patron), now=MONDAY_NOON)
    plan_titles([first.record_id], now=MONDAY_NOON)
    assert from_where() == {second.pk: "BBB"}


def test_one_copy_on_the_shelves_is_nothing_to_arrange() -> None:
    here, there = make_library("AAA"), make_library("BBB")
    drive(here, there)
    item = make_item(record=make_record(), library=here)
    make_hold(make_patron(), item.record, pickup=there)
    told = arrange_region(now=MONDAY_NOON)
    assert (told["pulls"], told["rearranged"], told["item_moves"]) == (1, 0, 1)


def test_nobody_waits_and_nothing_is_asked() -> None:
    assert arrange_region(now=MONDAY_NOON)["pulls"] == 0


def test_no_web_process_carries_the_solver() -> None:
    look = (
        "import django, sys; django.setup(); "
        "import kortisto.domain.fulfilment.jobs, kortisto.interfaces.staff.urls; "
        "sys.exit('scipy' in sys.modules or 'numpy' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", look], check=True)
