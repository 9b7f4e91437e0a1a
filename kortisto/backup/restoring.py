"""Prove that a backup can be restored, and restore it where there is nothing yet."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from kortisto.backup.making import PROVERS
from kortisto.backup.package import DATABASE, FILES, Manifest, unpack
from kortisto.backup.places import Places, Step, work_folder
from kortisto.backup.trouble import BackupTrouble


def check(data: Path, key: bytes, file: Path, *, step: Step = nullcontext) -> Manifest:
    """Open all of it and read its database. Raises BackupTrouble for what is wrong."""
    with _opened(data, key, file, step) as (_work, manifest):
        return manifest


def restore(
    places: Places, key: bytes, file: Path, *, step: Step = nullcontext
) -> Manifest:
    """Into an empty database and no files: all of it or, with BackupTrouble, nothing.

    Nothing is touched before the whole backup has been opened and proven.
    """
    places.database.require_empty()
    _require_no_files(places.files)
    with _opened(places.data, key, file, step) as (work, manifest):
        if manifest.vendor != places.database.vendor:
            message = (
                f"the backup is of {manifest.vendor}, the database here is "
                f"{places.database.vendor}"
            )
            raise BackupTrouble(message)
        with step("Restoring it"):
            _put_back(places, work)
    return manifest


@contextmanager
def _opened(
    data: Path, key: bytes, file: Path, step: Step
) -> Iterator[tuple[Path, Manifest]]:
    if not file.is_file():
        message = f"{file}: there is no such file"
        raise BackupTrouble(message)
    with work_folder(data) as work:
        with step(f"Opening {file.name}"), file.open("rb") as source:
            manifest = unpack(source, key, work)
        with step("Reading its whole database"):
            found = PROVERS[manifest.vendor](work / DATABASE)
        if found != manifest.rows:
            message = f"the backup holds {found} and should hold {manifest.rows}"
            raise BackupTrouble(message)
        yield work, manifest


def _require_no_files(files: Path) -> None:
    if files.exists() and any(files.iterdir()):
        message = f"{files} is not empty: a backup is restored only where it is"
        raise BackupTrouble(message)


def _put_back(places: Places, work: Path) -> None:
    """The database last: until it is there, what was put back is taken away again."""
    packed = work / FILES
    if not packed.exists():
        places.database.load(work / DATABASE)
        return
    if places.files.exists():
        places.files.rmdir()
    packed.rename(places.files)
    try:
        places.database.load(work / DATABASE)
    except BaseException:
        shutil.rmtree(places.files)
        raise
