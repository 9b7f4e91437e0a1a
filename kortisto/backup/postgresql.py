"""Backups of a PostgreSQL database by its own programs, pg_dump and pg_restore.

The connection goes to them by the environment: arguments are read by everybody who
may list the processes of the machine.
"""

import os
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.pq import Conninfo

from kortisto.backup.databases import COUNTED
from kortisto.backup.trouble import BackupTrouble

VENDOR: Final = "postgresql"
ANYTHING: Final = """
    SELECT count(*) FROM pg_class
    JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE nspname <> 'information_schema' AND nspname !~ '^pg_'
"""


@dataclass(frozen=True, slots=True)
class PostgresDatabase:
    parameters: Mapping[str, str]  # as libpq calls them
    vendor: str = VENDOR

    def dump(self, to: Path) -> None:
        _run("pg_dump", "--format=custom", f"--file={to}", environment=self._reached())

    def require_empty(self) -> None:
        try:
            with psycopg.connect(make_conninfo("", **self.parameters)) as connection:
                found = connection.execute(ANYTHING).fetchone()
        except psycopg.OperationalError as error:
            message = f"the database cannot be used: {str(error).splitlines()[0]}"
            raise BackupTrouble(message) from error
        if found is None or found[0]:
            message = (
                "the database is not empty: a backup is restored only into an empty "
                "one; make one with createdb, and do not run kortisto migrate"
            )
            raise BackupTrouble(message)

    def load(self, dump: Path) -> None:
        _run(
            "pg_restore",
            "--single-transaction",
            "--exit-on-error",
            "--no-owner",
            "--no-privileges",
            f"--dbname={make_conninfo(dbname=self.parameters['dbname'])}",
            str(dump),
            environment=self._reached(),
        )

    def _reached(self) -> dict[str, str]:
        return {
            variable: self.parameters[name]
            for name, variable in _variables()
            if name in self.parameters
        }


def prove(dump: Path) -> dict[str, int]:
    """The rows of what is counted. Raises BackupTrouble when the dump is not sound.

    The whole dump is read as pg_restore would load it, without a server.
    """
    arguments = ["pg_restore", "--file=-", str(dump)]
    counts = dict.fromkeys(COUNTED, 0)
    with _started(arguments, stdout=subprocess.PIPE) as process:
        if process.stdout is not None:
            for table in _rows(process.stdout):
                for name, counted in COUNTED.items():
                    counts[name] += counted == table
        said = process.stderr.read() if process.stderr else b""
    if process.returncode:
        raise BackupTrouble(_words("pg_restore", said))
    return counts


def _rows(script: Iterable[bytes]) -> Iterable[str]:
    """The table of each row in the script that would load a dump."""
    table = None
    for line in script:
        if table is not None and line == b"\\.\n":
            table = None
        elif table is not None:
            yield table
        elif line.startswith(b"COPY ") and line.endswith(b" FROM stdin;\n"):
            named = line.removeprefix(b"COPY ").split(b" ", 1)[0]
            table = named.decode().rpartition(".")[2].strip('"')


def _variables() -> Iterable[tuple[str, str]]:
    """Each setting of a connection, and the variable of the environment for it."""
    for option in Conninfo.get_defaults():
        if option.envvar:
            yield option.keyword.decode(), option.envvar.decode()


def _run(*arguments: str, environment: Mapping[str, str]) -> None:
    with _started(arguments, environment=environment) as process:
        said = process.stderr.read() if process.stderr else b""
    if process.returncode:
        raise BackupTrouble(_words(arguments[0], said))


def _started(
    arguments: Iterable[str],
    *,
    environment: Mapping[str, str] | None = None,
    stdout: int = subprocess.DEVNULL,
) -> "subprocess.Popen[bytes]":
    command = [*arguments]
    try:
        return subprocess.Popen(  # noqa: S603 (a fixed program of PostgreSQL)
            command,
            env={**os.environ, "LC_ALL": "C.UTF-8", **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
        )
    except FileNotFoundError:
        message = f"{command[0]} is not there: install postgresql-client"
        raise BackupTrouble(message) from None


def _words(program: str, said: bytes) -> str:
    """The first line only: those after it may show a row of the database."""
    first, *_ = [*said.decode(errors="replace").splitlines(), ""]
    told = first.removeprefix(f"{program}: ").removeprefix("error: ")
    return f"{program} did not succeed: {told or 'it said nothing'}"
