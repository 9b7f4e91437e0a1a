"""An action can be taken back once, in time, and only while nothing came after it."""

from datetime import UTC, datetime, timedelta

import pytest

from kortisto.core import undo as undo_module
from kortisto.core.actors import Actor, NotPermitted
from kortisto.core.models import UndoStep
from kortisto.core.refusals import Refused
from kortisto.core.tests.happenings import DESK, NOBODY, NOON, Allowed
from kortisto.core.undo import latest, remember, undo, undoes

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def taken_back(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    monkeypatch.setattr(undo_module, "_undoers", {})
    loans: list[int] = []

    @undoes("checkin")
    def take_back(step: UndoStep, *, by: Actor, now: datetime) -> None:
        assert (by, now.tzinfo) == (DESK, UTC)
        loans.append(step.data["loan"])

    return loans


def check_in(item: int, *, at: datetime = NOON) -> UndoStep:
    return remember("checkin", item, {"loan": item}, by=DESK, at=at, window=HOUR)


def reasons_against(step: UndoStep, now: datetime) -> list[str]:
    with pytest.raises(Refused) as refused:
        undo(step.pk, by=DESK, now=now, needs=Allowed.RUN_JOBS)
    return [refusal.reason.value for refusal in refused.value.refusals]


def test_a_step_is_undone_once(taken_back: list[int]) -> None:
    step = check_in(7)

    undone = undo(step.pk, by=DESK, now=NOON + HOUR, needs=Allowed.RUN_JOBS)

    assert taken_back == [7]
    assert (undone.undone_at, undone.undone_by) == (NOON + HOUR, "staff:12")
    assert reasons_against(step, NOON + HOUR) == ["undone-already"]
    assert taken_back == [7]


def test_after_its_window_it_is_too_late(taken_back: list[int]) -> None:
    step = check_in(7)

    late = NOON + HOUR + timedelta(microseconds=1)
    assert reasons_against(step, late) == ["too-late-to-undo"]

    assert taken_back == []


def test_every_reason_is_told_at_once() -> None:
    step = check_in(7)
    undo(step.pk, by=DESK, now=NOON, needs=Allowed.RUN_JOBS)
    check_in(7)

    assert reasons_against(step, NOON + 2 * HOUR) == [
        "undone-already",
        "too-late-to-undo",
        "happened-since",
    ]


def test_the_newest_comes_first_and_then_the_one_before(taken_back: list[int]) -> None:
    first, second, other = check_in(7), check_in(7), check_in(8)
    assert latest("checkin", 7) == second
    assert latest("checkin", 9) is None

    assert reasons_against(first, NOON) == ["happened-since"]
    undo(second.pk, by=DESK, now=NOON, needs=Allowed.RUN_JOBS)
    undo(first.pk, by=DESK, now=NOON, needs=Allowed.RUN_JOBS)
    undo(other.pk, by=DESK, now=NOON, needs=Allowed.RUN_JOBS)

    assert taken_back == [7, 7, 8]


def test_when_the_kind_itself_refuses_the_step_stays() -> None:
    @undoes("checkin")
    def refuse(step: UndoStep, *, by: Actor, now: datetime) -> None:
        assert (step, by, now) == (checked_in, DESK, NOON)
        raise Refused([])

    step = checked_in = check_in(7)
    with pytest.raises(Refused):
        undo(step.pk, by=DESK, now=NOON, needs=Allowed.RUN_JOBS)

    step.refresh_from_db()
    assert step.undone_at is None


def test_without_the_permission_nothing_is_undone(taken_back: list[int]) -> None:
    step = check_in(7)

    with pytest.raises(NotPermitted):
        undo(step.pk, by=NOBODY, now=NOON, needs=Allowed.RUN_JOBS)

    assert taken_back == []
