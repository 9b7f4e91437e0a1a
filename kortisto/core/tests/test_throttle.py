"""Whoever fails again and again waits, and nobody else does."""

from datetime import UTC, datetime, timedelta

import pytest

from kortisto.core.models import Throttle
from kortisto.core.throttle import Limit, count_failure, waits_until

pytestmark = pytest.mark.django_db
LIMIT = Limit(kind="test", failures=3, within=timedelta(minutes=10))
NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


def fail(times: int, source: str = "192.0.2.1", *, at: datetime = NOON) -> None:
    for _ in range(times):
        count_failure(LIMIT, source, now=at)


def test_the_last_failure_allowed_closes_until_the_time_is_over() -> None:
    fail(2)
    assert waits_until(LIMIT, "192.0.2.1", now=NOON) is None

    fail(1)
    assert waits_until(LIMIT, "192.0.2.1", now=NOON) == NOON + timedelta(minutes=10)
    assert waits_until(LIMIT, "192.0.2.2", now=NOON) is None
    assert waits_until(LIMIT, "192.0.2.1", now=NOON + timedelta(minutes=10)) is None


def test_failures_of_long_ago_are_not_counted() -> None:
    fail(2)
    later = NOON + timedelta(minutes=11)
    fail(2, at=later)

    assert waits_until(LIMIT, "192.0.2.1", now=later) is None


def test_no_address_is_kept_and_old_rows_go() -> None:
    fail(1)
    assert "192.0.2.1" not in Throttle.objects.get().key

    fail(1, "192.0.2.9", at=NOON + timedelta(days=2))
    assert Throttle.objects.count() == 1
