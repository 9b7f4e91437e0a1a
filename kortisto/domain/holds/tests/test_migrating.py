"""Holds that were there before holds could be placed keep what they said."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from kortisto.testing.builders import make_item, make_patron

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
PLACED = datetime(2026, 3, 2, 9, tzinfo=UTC)
LAST_DAY = date(2026, 4, 1)


def migrate(name: str) -> Any:
    """The project's models of holds as they are after a migration."""
    executor = MigrationExecutor(connection)
    executor.migrate([("holds", name)])
    return executor.loader.project_state([("holds", name)]).apps


@pytest.fixture
def back_to_now() -> Iterator[None]:
    yield
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


@pytest.mark.usefixtures("back_to_now")
def test_a_suspension_has_run_since_the_hold_was_placed() -> None:
    item, patron = make_item(), make_patron()
    old = migrate("0001_initial").get_model("holds", "Hold").objects
    suspended, other = (
        old.create(
            record_id=item.record_id,
            patron_id=patron.pk,
            pickup_library_id=patron.home_library_id,
            placed_at=PLACED,
            suspended=suspended,
            suspended_until=LAST_DAY,
        ).pk
        for suspended in (True, False)
    )

    new = migrate("0002_holds_are_placed").get_model("holds", "Hold").objects

    held = {one.pk: one for one in new.all()}
    assert {one.counts_from for one in held.values()} == {PLACED}
    days = {key: (h.suspended_from, h.suspended_until) for key, h in held.items()}
    assert days == {suspended: (PLACED.date(), LAST_DAY), other: (None, None)}
