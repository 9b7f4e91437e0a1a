"""A job is done at least once, by one worker at a time, and never silently lost."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from kortisto.core import job_runs, jobs
from kortisto.core.actors import NotPermitted
from kortisto.core.job_runs import LEASE, beat, claim, run, take_back_lost
from kortisto.core.jobs import (
    JobContext,
    PermanentFailure,
    cancel,
    enqueue,
    job,
    next_try_at,
    retry,
)
from kortisto.core.models import Job, LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.core.tests.happenings import DESK, NOBODY, NOON, Allowed
from kortisto.core.tests.other_session import OtherSession, close_connections

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def only_own_handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_handlers", {})


@pytest.fixture
def other_session() -> Iterator[OtherSession]:
    with OtherSession() as other:
        yield other


def ask(kind: str = "count", unique_key: str | None = None, priority: int = 0) -> Job:
    return enqueue(
        kind,
        {"upto": 3},
        by=DESK,
        run_after=NOON,
        unique_key=unique_key,
        priority=priority,
        max_attempts=3,
    )


def handle(work: Callable[..., object]) -> None:
    job("count")(work)


def take() -> Job:
    claimed = claim(worker="one", queues=["default"], now=NOON)
    assert claimed is not None
    return claimed


def test_a_job_is_run_with_its_arguments_and_keeps_its_result() -> None:
    seen: list[int] = []

    def count(context: JobContext, *, upto: int) -> dict[str, int]:
        seen.extend(range(upto))
        context.progress(upto, upto, "counted")
        return {"counted": upto}

    handle(count)
    ask()

    done = run(take(), now=NOON, clock=lambda: NOON + MINUTE)

    assert seen == [0, 1, 2]
    assert (done.state, done.result) == (Job.State.DONE, {"counted": 3})
    assert (done.steps_done, done.steps_total) == (3, 3)
    assert (done.progress_note, done.asked_by) == ("counted", "staff:12")
    assert (done.finished_at, done.lease_until) == (NOON + MINUTE, None)
    assert claim(worker="one", queues=["default"], now=NOON + MINUTE) is None


def test_a_job_dies_with_the_transaction_that_asked_for_it() -> None:
    with transaction.atomic():
        ask()
        transaction.set_rollback(True)

    assert not Job.objects.exists()


def test_jobs_are_taken_by_priority_then_by_age_and_never_too_early() -> None:
    first, urgent, second = ask(), ask(priority=5), ask()
    enqueue("count", {}, by=DESK, run_after=NOON + MINUTE, priority=9)
    enqueue("count", {}, by=DESK, run_after=NOON, queue="slow", priority=9)

    taken = [take().pk for _ in range(3)]

    assert taken == [urgent.pk, first.pk, second.pk]
    assert claim(worker="one", queues=["default"], now=NOON) is None


def test_the_same_key_twice_is_one_job_until_that_has_ended() -> None:
    handle(lambda _context, upto: upto)
    first = ask(unique_key="fines")
    assert ask(unique_key="fines").pk == first.pk
    assert ask(unique_key="other").pk != first.pk

    running = take()
    assert ask(unique_key="fines").pk == first.pk
    run(running, now=NOON)

    assert ask(unique_key="fines").pk != first.pk


def test_a_failing_job_is_tried_again_later_and_later_and_then_given_up() -> None:
    def fail(_context: JobContext, *, upto: int) -> None:
        message = f"no {upto}\n  at https://user:hunter2@host password=abc"
        raise LookupError(message)

    handle(fail)
    ask()
    first = try_at(NOON)
    assert next_try_at(first) == NOON + timedelta(seconds=30)
    assert claim(worker="one", queues=["default"], now=NOON) is None
    second = try_at(first.run_after)
    assert next_try_at(second) == first.run_after + timedelta(minutes=2)
    failed = try_at(second.run_after)

    assert (failed.state, failed.attempts) == (Job.State.FAILED, 3)
    assert failed.last_error == ("LookupError: no 3 at https://•••@host password=•••")
    assert next_try_at(failed) is None


def try_at(now: datetime) -> Job:
    claimed = claim(worker="one", queues=["default"], now=now)
    assert claimed is not None
    return run(claimed, now=now, clock=lambda: now)


def test_a_permanent_failure_is_not_tried_again() -> None:
    def fail(_context: JobContext, *, upto: int) -> None:
        raise PermanentFailure(upto)

    handle(fail)
    ask()

    assert run(take(), now=NOON).state == Job.State.FAILED


def test_a_result_that_cannot_be_kept_fails_the_job_in_words() -> None:
    handle(lambda _context, upto: {upto})
    ask()

    failed = run(take(), now=NOON)

    assert failed.state == Job.State.WAITING
    assert "not JSON serializable" in failed.last_error


def test_a_kind_that_nobody_knows_fails_in_words() -> None:
    ask("forgotten")

    failed = run(take(), now=NOON)

    assert failed.last_error == "KeyError: 'forgotten'"


def test_two_handlers_for_one_kind_are_refused() -> None:
    handle(lambda _context: None)

    with pytest.raises(ValueError, match="two handlers"):
        handle(test_two_handlers_for_one_kind_are_refused)


def test_a_killed_workers_job_is_taken_again_when_its_lease_has_run_out() -> None:
    handle(lambda _context, upto: upto)
    ask()
    killed = take()

    assert take_back_lost(NOON + LEASE) == 0
    assert take_back_lost(NOON + LEASE + MINUTE) == 1

    killed.refresh_from_db()
    assert killed.state == Job.State.WAITING
    assert killed.last_error == job_runs.WORKER_GONE
    again = claim(worker="two", queues=["default"], now=killed.run_after)
    assert again is not None
    assert run(again, now=NOON).state == Job.State.DONE


def test_a_job_that_kills_its_worker_each_time_is_given_up() -> None:
    ask()
    now = NOON
    for _ in range(3):
        claimed = claim(worker="one", queues=["default"], now=now)
        assert claimed is not None
        now += LEASE + MINUTE
        take_back_lost(now)
        now += timedelta(hours=7)

    assert Job.objects.get().state == Job.State.FAILED


def test_a_heartbeat_holds_the_lease() -> None:
    ask()
    claimed = take()

    assert beat(claimed, now=NOON + LEASE)

    assert take_back_lost(NOON + LEASE + MINUTE) == 0


def test_who_has_lost_the_lease_can_neither_go_on_nor_say_how_it_ended() -> None:
    def lose(context: JobContext, *, upto: int) -> str:
        now = NOON + LEASE + MINUTE
        take_back_lost(now)
        assert claim(worker="two", queues=["default"], now=now + LEASE) is not None
        assert not beat(context.job, now=now)
        context.progress(1, upto)
        return "came to the end"

    handle(lose)
    ask()

    lost = run(take(), now=NOON)

    assert (lost.state, lost.worker) == (Job.State.RUNNING, "two")
    assert lost.result is None


def test_a_waiting_job_is_cancelled_at_once() -> None:
    asked = ask()

    cancel(asked.pk, by=DESK, needs=Allowed.RUN_JOBS, now=NOON)

    assert claim(worker="one", queues=["default"], now=NOON) is None
    assert Job.objects.get().state == Job.State.CANCELLED
    assert LoggedEvent.objects.get().kind == "JobCancelled"
    with pytest.raises(Refused, match="job-has-ended"):
        cancel(asked.pk, by=DESK, needs=Allowed.RUN_JOBS, now=NOON)


def test_a_running_job_is_asked_to_stop_and_then_cancelled() -> None:
    def stop_when_told(context: JobContext, *, upto: int) -> int:
        cancel(context.job.pk, by=DESK, needs=Allowed.RUN_JOBS, now=NOON)
        assert Job.objects.get().state == Job.State.RUNNING
        return 0 if context.cancelled else upto

    handle(stop_when_told)
    ask()

    assert run(take(), now=NOON).state == Job.State.CANCELLED


def test_a_job_that_ended_before_it_was_told_to_stop_is_done() -> None:
    def hurry(context: JobContext, *, upto: int) -> int:
        cancel(context.job.pk, by=DESK, needs=Allowed.RUN_JOBS, now=NOON)
        return upto

    handle(hurry)
    ask()

    done = run(take(), now=NOON)

    assert (done.state, done.result) == (Job.State.DONE, 3)


def test_a_worker_that_must_go_puts_its_job_back_uncounted() -> None:
    handle(lambda context, upto: upto if context.cancelled else None)
    ask()

    put_back = run(take(), now=NOON, stopping=lambda: True, clock=lambda: NOON)

    assert (put_back.state, put_back.attempts) == (Job.State.WAITING, 0)
    assert put_back.run_after == NOON


def test_a_failed_job_can_be_run_again_from_its_first_attempt() -> None:
    handle(lambda _context, upto: upto)
    asked = ask("forgotten", unique_key="k")
    with pytest.raises(Refused, match="job-has-not-failed"):
        retry(asked.pk, by=DESK, needs=Allowed.RUN_JOBS, now=NOON)
    Job.objects.update(state=Job.State.FAILED, attempts=3, kind="count")

    retry(asked.pk, by=DESK, needs=Allowed.RUN_JOBS, now=NOON)

    assert run(take(), now=NOON).attempts == 1


def test_a_failed_job_is_not_run_beside_the_same_one() -> None:
    failed = ask(unique_key="k")
    Job.objects.update(state=Job.State.FAILED)
    ask(unique_key="k")

    with pytest.raises(Refused, match="same-job-waits"):
        retry(failed.pk, by=DESK, needs=Allowed.RUN_JOBS, now=NOON)

    assert Job.objects.get(pk=failed.pk).state == Job.State.FAILED
    assert not LoggedEvent.objects.exists()


@pytest.mark.parametrize("action", [cancel, retry])
def test_without_the_permission_nothing_happens(action: Callable[..., Job]) -> None:
    asked = ask()

    with pytest.raises(NotPermitted):
        action(asked.pk, by=NOBODY, needs=Allowed.RUN_JOBS, now=NOON)

    assert Job.objects.get().state == Job.State.WAITING


@pytest.mark.django_db(transaction=True)
def test_a_job_that_another_worker_is_just_taking_is_skipped(
    other_session: OtherSession,
) -> None:
    first, second = ask(), ask()
    other_session.begin()
    other_session.execute(f"SELECT 1 FROM job WHERE id = {first.pk} FOR UPDATE")

    assert take().pk == second.pk
    assert claim(worker="one", queues=["default"], now=NOON) is None
    other_session.commit()
    assert take().pk == first.pk


@pytest.mark.django_db(transaction=True)
def test_workers_that_race_never_get_the_same_job() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("races on SQLite are run in test_processes.py")
    wanted = {ask().pk for _ in range(40)}
    taken: list[list[int]] = [[], [], [], []]
    barrier = Barrier(len(taken))

    def work(mine: list[int]) -> None:
        try:
            barrier.wait()
            while found := claim(worker="w", queues=["default"], now=NOON):
                mine.append(found.pk)
        finally:
            close_connections()

    threads = [Thread(target=work, args=(mine,)) for mine in taken]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    everything = [pk for mine in taken for pk in mine]
    assert sorted(everything) == sorted(wanted)
    assert set(Job.objects.values_list("attempts", flat=True)) == {1}


@pytest.mark.django_db(transaction=True)
def test_two_who_enqueue_the_same_key_at_once_get_one_job(
    other_session: OtherSession,
) -> None:
    """The second waits for the first to commit, and gets its job."""
    other_session.begin()
    other_session.execute(
        "INSERT INTO job (kind, arguments, queue, priority, state, unique_key,"
        " attempts, max_attempts, worker, steps_done, progress_note, last_error,"
        " asked_by) VALUES ('count', '{}', 'default', 0, 'waiting', 'k', 0, 5, '',"
        " 0, '', '', '')"
    )
    got: list[Job] = []

    def second() -> None:
        try:
            got.append(ask(unique_key="k"))
        finally:
            close_connections()

    thread = Thread(target=second)
    thread.start()
    other_session.wait_until_somebody_waits()
    other_session.commit()
    thread.join()

    assert Job.objects.get().pk == got[0].pk
