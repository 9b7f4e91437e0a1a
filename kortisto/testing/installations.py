"""An installation of its own, with a database that nobody else touches."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from kortisto.testing.databases import own_database
from kortisto.testing.servers import process

ROOT: Final = Path(__file__).resolve().parents[2]


@contextmanager
def own_installation(folder: Path) -> Iterator[dict[str, str]]:
    """The environment of one, in the kind of database that the other tests use.

    What its processes say is written to standard output when it ends.
    """
    url = os.environ.get("KORTISTO_DATABASE_URL", "")
    log = folder / "log"
    with ExitStack() as stack:
        if url.startswith("postgres"):
            url = stack.enter_context(own_database(url))
        else:
            url = f"sqlite:///{folder / 'own.sqlite3'}"
        made = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "kortisto.config.settings.staff",
            "KORTISTO_DATA_DIR": str(folder),
            "KORTISTO_SECRET_KEY": "only-for-tests",
            "KORTISTO_DATABASE_URL": url,
            "KORTISTO_TEST_LOG": str(log),
        }
        with process("migrate", environment=made) as migrating:
            if migrating.wait():
                raise RuntimeError(log.read_text())
        yield made
        sys.stdout.write(log.read_text())  # shown when the test fails


def stage(
    module: str, *what: str, environment: Mapping[str, str], told: str = ""
) -> str:
    """``python -m MODULE WHAT`` inside an installation; what it writes.

    Raises RuntimeError with its complaint.
    """
    done = subprocess.run(  # noqa: S603 (a module of ours)
        [sys.executable, "-m", module, *what],
        cwd=ROOT,
        env=environment,
        input=told,
        text=True,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout
