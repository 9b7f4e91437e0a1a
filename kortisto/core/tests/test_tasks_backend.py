"""Django's Tasks API works over our jobs."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks.base import TaskContext
from django_tasks.exceptions import TaskResultDoesNotExist

from kortisto.core.job_runs import claim, run
from kortisto.core.models import Job
from kortisto.core.tasks_backend import KortistoBackend

pytestmark = pytest.mark.django_db


@task()
def add(left: int, *, right: int) -> int:
    return left + right


@task(takes_context=True)
def which_attempt(context: TaskContext) -> int:
    return context.attempt


@task(priority=7)
def fail() -> None:
    message = "no luck"
    raise ValueError(message)


def not_a_task() -> str:
    return "called"


def work() -> Job:
    now = timezone.now()
    claimed = claim(worker="one", queues=["default"], now=now)
    assert claimed is not None
    return run(claimed, now=now)


def test_a_task_is_enqueued_run_and_answers() -> None:
    assert isinstance(add.get_backend(), KortistoBackend)
    result = add.enqueue(2, right=3)
    assert not result.is_finished

    work()
    result.refresh()

    assert result.status == TaskResultStatus.SUCCESSFUL
    assert result.return_value == 5
    assert result.attempts == 1
    assert add.get_result(result.id).return_value == 5


def test_a_task_dies_with_the_transaction_that_asked_for_it() -> None:
    with transaction.atomic():
        result = add.enqueue(2, right=3)
        transaction.set_rollback(True)

    assert not Job.objects.exists()
    with pytest.raises(TaskResultDoesNotExist):
        add.get_result(result.id)


def test_a_failing_task_is_tried_again_and_tells_why() -> None:
    result = fail.enqueue()

    work()
    result.refresh()

    assert not result.is_finished
    assert result.errors[0].exception_class is ValueError
    Job.objects.update(attempts=4, run_after=timezone.now())
    work()
    result.refresh()
    assert result.status == TaskResultStatus.FAILED


def test_a_task_may_be_put_off_and_gets_its_context() -> None:
    later = timezone.now() + timedelta(hours=1)
    result = which_attempt.using(run_after=later, priority=-3).enqueue()
    row = Job.objects.get()
    assert (row.run_after, row.priority) == (later, -3)

    Job.objects.update(run_after=timezone.now())
    work()
    result.refresh()

    assert result.return_value == 1


def test_only_a_declared_task_is_ever_called() -> None:
    add.enqueue(2, right=3)
    path = f"{__name__}.not_a_task"
    Job.objects.update(arguments={"path": path, "args": [], "kwargs": {}})

    ended = work()

    assert ended.state == Job.State.FAILED
    assert ended.result is None
    assert "is not a task" in ended.last_error
