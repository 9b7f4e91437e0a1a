"""Start Django for a command; nothing of it is imported before."""

import gc
import os
from typing import Final, Literal

from kortisto.interfaces.cli.trouble import Trouble

Process = Literal["worker", "staff", "public", "door"]
_COLLECT_AFTER: Final = 50_000  # more new objects than old ones gone


def start_django(process: Process = "worker") -> None:
    """Load the settings of one kind of process; texts of the terminal in English.

    What nobody catches goes to the log, which names no values of the database.
    """
    os.environ["DJANGO_SETTINGS_MODULE"] = f"kortisto.config.settings.{process}"

    import django
    from django.utils import translation

    django.setup()
    translation.activate("en")
    from kortisto.core.log_lines import log_what_nobody_caught

    log_what_nobody_caught()
    collect_seldom()


def collect_seldom() -> None:
    """Let the garbage collector leave alone what stays, and seldom look at the rest.

    Imports and the index make many small things that never refer to one another in a
    circle: looking for circles among them took an eighth of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER, 20, 100)


def must_be_migrated() -> None:
    """Raises Trouble when the database is older than the program."""
    if pending_migrations():
        message = "the database is older than the program: run kortisto migrate first"
        raise Trouble(message)


def must_be_migrated_or_away() -> None:
    """For doors, which go on without the database. Raises Trouble as above."""
    from django.db import OperationalError

    try:
        must_be_migrated()
    except OperationalError:
        print("The database does not answer: doors decide by the copy of this machine.")


def pending_migrations() -> int:
    """How many migrations the database lacks.

    Raises OperationalError without a database, and Trouble for one that has taken only
    some of the steps that were folded into one: Django would call it up to date.
    """
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    taken = executor.recorder.applied_migrations()
    for folded in executor.loader.replacements.values():
        if 0 < sum(step in taken for step in folded.replaces) < len(folded.replaces):
            message = "the database has taken only some of the steps that are one now: "
            message += "run kortisto migrate of the version it was used with last first"
            raise Trouble(message)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
