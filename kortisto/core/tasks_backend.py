"""Django's Tasks API over our job table, for code that is written to that API."""

from typing import Any, TypeVar

from django.utils.module_loading import import_string
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskContext, TaskError, TaskResult, TaskResultStatus
from django_tasks.exceptions import TaskResultDoesNotExist
from django_tasks.signals import task_enqueued
from django_tasks.utils import normalize_json
from typing_extensions import ParamSpec, override

from kortisto.core.actors import job_actor
from kortisto.core.jobs import JobContext, PermanentFailure, enqueue, job
from kortisto.core.models import Job

P = ParamSpec("P")
T = TypeVar("T")

KIND = "task"
STATUS = {
    Job.State.WAITING: TaskResultStatus.READY,
    Job.State.RUNNING: TaskResultStatus.RUNNING,
    Job.State.DONE: TaskResultStatus.SUCCESSFUL,
    Job.State.FAILED: TaskResultStatus.FAILED,
    Job.State.CANCELLED: TaskResultStatus.FAILED,
}


class KortistoBackend(BaseTaskBackend):
    """Tasks become jobs, enqueued in the caller's transaction and tried again."""

    supports_defer = True
    supports_get_result = True
    supports_priority = True
    supports_async_task = False

    @override
    def enqueue(self, task: Task[P, T], args: Any, kwargs: Any) -> TaskResult[T]:
        self.validate_task(task)
        row = enqueue(
            KIND,
            {
                "path": task.module_path,
                "args": normalize_json(args),
                "kwargs": normalize_json(kwargs),
            },
            by=job_actor(),
            run_after=task.run_after,
            priority=task.priority,
            queue=task.queue_name,
        )
        result: TaskResult[T] = result_of(row, task)
        task_enqueued.send(type(self), task_result=result)
        return result

    @override
    def get_result(self, result_id: str) -> TaskResult[Any]:
        try:
            row = Job.objects.get(pk=int(result_id), kind=KIND)
        except (Job.DoesNotExist, ValueError) as error:
            raise TaskResultDoesNotExist(result_id) from error
        return result_of(row, _task(row.arguments["path"]))


@job(KIND)
def run_task(
    context: JobContext, *, path: str, args: list[Any], kwargs: dict[str, Any]
) -> object:
    """Call the task's function; only what is declared a task can be called."""
    task = _task(path)
    if task.takes_context:
        row = context.job
        args = [TaskContext(task_result=result_of(row, task)), *args]
    return normalize_json(task.call(*args, **kwargs))


def _task(path: str) -> Task[Any, Any]:
    found = import_string(path)
    if not isinstance(found, Task):
        message = f"{path} is not a task"
        raise PermanentFailure(message)
    return found


def result_of(row: Job, task: Task[Any, Any]) -> TaskResult[Any]:
    result: TaskResult[Any] = TaskResult(
        task=task,
        id=str(row.pk),
        status=STATUS[Job.State(row.state)],
        enqueued_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        last_attempted_at=row.started_at,
        args=row.arguments["args"],
        kwargs=row.arguments["kwargs"],
        backend=task.backend,
        errors=_errors(row),
        worker_ids=[row.worker] * row.attempts,
    )
    object.__setattr__(result, "_return_value", row.result)
    return result


def _errors(row: Job) -> list[TaskError]:
    if not row.last_error:
        return []
    name, _, _rest = row.last_error.partition(":")
    path = name if "." in name else f"builtins.{name}"
    return [TaskError(exception_class_path=path, traceback=row.last_error)]
