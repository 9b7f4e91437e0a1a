"""Nothing is changed in a database that is not named, or that is in use."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.db import connection
from django.db.models import Max

from kortisto.core.database import on_postgresql
from kortisto.core.models import FollowerPosition, Job, LoggedEvent
from kortisto.interfaces.cli.trouble import Trouble

QUIET: Final = timedelta(minutes=15)


def name_of_database() -> str:
    """What must be said of it: its name on PostgreSQL, the file's on SQLite."""
    name = str(connection.settings_dict["NAME"])
    return name if on_postgresql() else Path(name).name


def must_be_a_copy(named: str, *, now: datetime) -> None:
    """Raises Trouble with every reason to believe that people's work is in it."""
    name = name_of_database()
    if named != name:
        message = (
            f"this is the database {name}. When it is a copy of which nothing needs to "
            f"be kept, say so: --i-know-this-is-a-copy {name}"
        )
        raise Trouble(message)
    if signs := signs_of_life(now):
        message = (
            f"Kortisto seems to be running on {name}: {'; '.join(signs)}. Stop every "
            f"process of it; a copy that has just been made is let alone for "
            f"{QUIET.seconds // 60} minutes"
        )
        raise Trouble(message)


def signs_of_life(now: datetime) -> list[str]:
    """What tells that somebody works with the database, in words."""
    lately = now - QUIET
    signs = []
    if Job.objects.filter(state=Job.State.RUNNING, lease_until__gt=now).exists():
        signs.append("a job is running")
    if (at := _latest(FollowerPosition, "moved_at")) is not None and at > lately:
        signs.append(f"a worker followed the event log at {at:%H:%M:%S} UTC")
    if (at := _latest(LoggedEvent, "happened_at")) is not None and at > lately:
        signs.append(f"something was done in it at {at:%H:%M:%S} UTC")
    if others := _other_connections():
        signs.append(f"{others} other connections to it are open")
    return signs


def _latest(
    model: type[FollowerPosition] | type[LoggedEvent], field: str
) -> datetime | None:
    found: datetime | None = model._default_manager.aggregate(  # noqa: SLF001
        at=Max(field)
    )["at"]
    return found


def _other_connections() -> int:
    """PostgreSQL knows who else has the database open; SQLite does not."""
    if not on_postgresql():
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )
        return int(cursor.fetchone()[0])
