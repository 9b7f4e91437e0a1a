"""Check that a page asks the database no more when there is more to show."""

from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext


def count_queries(do: Callable[[], object]) -> int:
    """How many statements ``do`` sends to the database."""
    with CaptureQueriesContext(connection) as captured:
        do()
    return len(captured)


def assert_same_queries_with_more_rows(
    do: Callable[[], object], *, add_rows: Callable[[], object]
) -> None:
    """Design decision 9: six rows cost as many statements as one."""
    add_rows()
    do()  # warm what is kept per process
    few = count_queries(do)
    for _ in range(5):
        add_rows()
    many = count_queries(do)
    assert many == few, f"{few} statements for one row grew to {many} for six"  # noqa: S101
