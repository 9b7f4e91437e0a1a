"""No value of the database reaches a log or a row through what an error says."""

import logging
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from kortisto.core import jobs
from kortisto.core.failures import in_words
from kortisto.core.job_runs import claim, run
from kortisto.core.jobs import JobContext, enqueue, job
from kortisto.core.log_lines import LogLines, traceback_of
from kortisto.core.models import Job, Throttle
from kortisto.core.tests.happenings import DESK, NOON

pytestmark = pytest.mark.django_db

CARD = "P000123"
ON_POSTGRESQL = "\nDETAIL:  Key (number)=(P000123) already exists."


def twice() -> None:
    for _time in range(2):
        Throttle.objects.create(key=CARD, failures=1, since=NOON)


def a_row_that_lacks_something() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO throttle (key, failures, since) VALUES (%s, NULL, %s)",
            [CARD, datetime(2027, 3, 1, tzinfo=UTC).isoformat()],
        )


def a_value_that_cannot_be_read() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT CAST(CAST(%s AS text) AS integer)", [CARD])
        else:
            cursor.execute(
                "SELECT CAST(CAST(%s AS blob) AS text)", [b"\xff" + CARD.encode()]
            )
        cursor.fetchall()


TROUBLES = [twice, a_row_that_lacks_something, a_value_that_cannot_be_read]


def trouble_of(do: Callable[[], None]) -> DatabaseError:
    with pytest.raises(DatabaseError) as raised, transaction.atomic():
        do()
    return raised.value


def log_line(error: BaseException, message: str = "it failed", *args: object) -> str:
    info = (type(error), error, error.__traceback__)
    record = logging.LogRecord("x", logging.ERROR, "x", 1, message, args, info)
    return LogLines("%(levelname)s %(message)s").format(record)


@pytest.mark.parametrize("do", TROUBLES)
def test_neither_words_nor_traceback_name_a_value(do: Callable[[], None]) -> None:
    error = trouble_of(do)
    for text in (in_words(error), log_line(error), log_line(error, "no: %s", error)):
        assert CARD not in text
        assert "DETAIL" not in text
    assert f"{type(error).__module__}.{type(error).__name__}" in in_words(error)


def test_what_helps_to_mend_it_is_kept() -> None:
    error = trouble_of(twice)
    line = log_line(error)
    assert line.startswith("ERROR it failed\nTraceback (most recent call last):\n")
    assert "direct cause of the following exception" in line
    assert line.index("test_failures.py") < line.index("django.db.utils.IntegrityError")
    if connection.vendor == "postgresql":
        assert "unique constraint" in in_words(error)
        assert "throttle_pkey" in in_words(error)
        assert "SQLSTATE 23505" in in_words(error)
        assert "psycopg.errors.UniqueViolation" in line
    else:
        assert "UNIQUE constraint failed: throttle.key" in in_words(error)
        assert "sqlite3.IntegrityError" in line


def test_an_error_that_quotes_one_of_the_database_is_cut_as_well() -> None:
    def import_cards() -> None:
        try:
            with transaction.atomic():
                twice()
        except IntegrityError as error:
            message = f"the import stopped: {error}{ON_POSTGRESQL}"
            raise RuntimeError(message) from error

    with pytest.raises(RuntimeError) as quoting:
        import_cards()
    assert in_words(quoting.value).startswith("RuntimeError: the import stopped:")
    assert CARD not in in_words(quoting.value)
    assert CARD not in log_line(quoting.value)


def test_errors_are_told_whole_when_one_came_while_another_was_handled() -> None:
    def fail() -> None:
        try:
            dict[str, int]()["first"]
        except KeyError:
            raise ExceptionGroup("two", [ValueError("a"), OSError("b")])  # noqa: B904

    with pytest.raises(ExceptionGroup) as raised:
        fail()
    told = traceback_of(raised.value)
    order = [
        "KeyError: 'first'",
        "During handling",
        "two",
        "ValueError: a",
        "OSError: b",
    ]
    assert [told.index(each) for each in order] == sorted(map(told.index, order))


def test_a_circle_of_errors_ends() -> None:
    one, other = ValueError("one"), ValueError("other")
    one.__cause__, other.__cause__ = other, one
    assert traceback_of(one).count("ValueError: one") == 1


def test_a_job_that_breaks_a_constraint_keeps_and_logs_no_value(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_handlers", dict(jobs._handlers))

    @job("test.twice")
    def _twice(_context: JobContext) -> None:
        with transaction.atomic():
            twice()

    enqueue("test.twice", {}, by=DESK, run_after=NOON)
    taken = claim(worker="w", queues=["default"], now=NOON)
    assert taken is not None
    run(taken, now=NOON)
    row = Job.objects.get()
    assert "IntegrityError" in row.last_error
    assert CARD not in row.last_error
    (record,) = [each for each in caplog.records if each.exc_info]
    assert CARD not in LogLines("%(message)s").format(record)


def test_the_log_of_every_process_is_written_so() -> None:
    ours = [each.formatter for each in logging.getLogger().handlers]
    assert any(isinstance(each, LogLines) for each in ours)
    assert not logging.getLogger("django.db.backends").isEnabledFor(logging.DEBUG)


BUG = """
import sys, threading
from kortisto.core.log_lines import LogLines, log_what_nobody_caught
import logging
handler = logging.StreamHandler()
handler.setFormatter(LogLines("%(levelname)s %(message)s"))
logging.getLogger().addHandler(handler)
log_what_nobody_caught()
def fail():
    raise RuntimeError("no" + chr(10) + "DETAIL:  Key (number)=(P000123) is there.")
thread = threading.Thread(target=fail, name="reader")
thread.start()
thread.join()
fail()
"""


def test_a_bug_that_ends_a_thread_or_the_process_is_logged_without_values() -> None:
    done = subprocess.run(
        [sys.executable, "-c", BUG], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "CRITICAL a bug ended the thread reader" in done.stderr
    assert "CRITICAL a bug ended the process" in done.stderr
    assert done.stderr.count("RuntimeError: no\n") == 2
    assert CARD not in done.stderr
