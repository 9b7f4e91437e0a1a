"""How the log is written: whole tracebacks, without the values a database names."""

import logging
import sys
import threading
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Final

from typing_extensions import override

from kortisto.core.failures import name_of, said_by

CAUSED: Final = (
    "\nThe above exception was the direct cause of the following exception:\n\n"
)
MEANWHILE: Final = (
    "\nDuring handling of the above exception, another exception occurred:\n\n"
)
ExceptionInfo = (
    tuple[type[BaseException], BaseException, TracebackType | None]
    | tuple[None, None, None]
)

logger = logging.getLogger(__name__)


class LogLines(logging.Formatter):
    """Writes each error, and each that it came from, by ``failures.said_by``."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        if isinstance(record.args, tuple) and any(
            isinstance(one, BaseException) for one in record.args
        ):
            record = logging.makeLogRecord(record.__dict__)
            record.args = tuple(map(_in_a_sentence, record.args or ()))
        if record.exc_text:  # another formatter's, who knows nothing of values
            record = logging.makeLogRecord({**record.__dict__, "exc_text": None})
        return super().format(record)

    @override
    def formatException(self, ei: ExceptionInfo) -> str:
        return "" if ei[1] is None else traceback_of(ei[1]).rstrip("\n")


def _in_a_sentence(value: object) -> object:
    return said_by(value) if isinstance(value, BaseException) else value


def traceback_of(error: BaseException) -> str:
    """The traceback as Python writes it, what it came from first."""
    return "".join(_parts(error, set()))


def _parts(error: BaseException, seen: set[int]) -> Iterator[str]:
    seen.add(id(error))
    before, between = error.__cause__, CAUSED
    if before is None and not error.__suppress_context__:
        before, between = error.__context__, MEANWHILE
    if before is not None and id(before) not in seen:
        yield from _parts(before, seen)
        yield between
    yield "Traceback (most recent call last):\n"
    yield from traceback.format_tb(error.__traceback__)
    yield f"{name_of(error)}: {said_by(error)}".removesuffix(": ") + "\n"
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _parts(each, seen)


def log_what_nobody_caught() -> None:
    """Have errors that end the process or a thread of it written by the log too.

    Python would write them to standard error itself, values and all.
    """
    sys.excepthook = _end_of_process
    threading.excepthook = _end_of_thread


def _end_of_process(
    kind: type[BaseException], error: BaseException, where: TracebackType | None
) -> None:
    if isinstance(error, KeyboardInterrupt):
        sys.__excepthook__(kind, error, where)
        return
    logger.critical("a bug ended the process", exc_info=(kind, error, where))


def _end_of_thread(ended: threading.ExceptHookArgs) -> None:
    error = ended.exc_value
    if error is None or isinstance(error, SystemExit):
        return
    name = ended.thread.name if ended.thread else "?"
    told = (type(error), error, ended.exc_traceback)
    logger.critical("a bug ended the thread %s", name, exc_info=told)
