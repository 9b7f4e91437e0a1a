"""Make a backup: dump, prove, seal, bring to each site, let the oldest go."""

import hashlib
import os
import shutil
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from kortisto.backup import postgresql, sqlite
from kortisto.backup.keys import OWNER_ONLY
from kortisto.backup.package import DATABASE, Manifest, pack
from kortisto.backup.places import Places, Step, work_folder
from kortisto.backup.trouble import BackupTrouble

NAMES: Final = "kortisto-????????T??????Z.backup"  # sorted by name, sorted by age
PART: Final = ".part"  # ends the name of what is not whole yet
PROVERS: Final = {sqlite.VENDOR: sqlite.prove, postgresql.VENDOR: postgresql.prove}


@dataclass(frozen=True, slots=True)
class Made:
    name: str
    manifest: Manifest
    size: int
    sha256: str
    written: list[Path]
    removed: list[Path]
    failed: dict[Path, str]  # a site that could not be written, and why


def make(
    places: Places,
    key: bytes,
    sites: Sequence[Path],
    *,
    keep: int | None,
    now: datetime,
    step: Step = nullcontext,
) -> Made:
    """Write one backup to every site. A site that fails does not hinder the others.

    Raises BackupTrouble when there is nothing good to write. ``step`` is told what
    begins, and when it has ended.
    """
    at = now.astimezone(UTC)
    name = f"kortisto-{at:%Y%m%dT%H%M%SZ}.backup"
    with work_folder(places.data) as work:
        sealed = work / name
        manifest = _seal(places, key, sealed, work=work, at=at, step=step)
        sha256 = digest(sealed)
        size = sealed.stat().st_size
        failed = {}
        written, removed = [], []
        for site in sites:
            try:
                with step(f"Writing to {site}"):
                    written.append(_bring(sealed, site, sha256=sha256))
                removed += _let_go(site, keep=keep)
            except OSError as error:
                failed[site] = error.strerror or str(error)
            except BackupTrouble as trouble:
                failed[site] = str(trouble)
    return Made(name, manifest, size, sha256, written, removed, failed)


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _seal(
    places: Places, key: bytes, sealed: Path, *, work: Path, at: datetime, step: Step
) -> Manifest:
    """The plain dump is gone when this ends."""
    dump = work / DATABASE
    dump.touch(mode=OWNER_ONLY)
    with step("Copying the database"):
        places.database.dump(dump)
    vendor = places.database.vendor
    with step("Reading the whole copy"):
        rows = PROVERS[vendor](dump)
    manifest = Manifest(vendor, at.isoformat(timespec="seconds"), rows)
    with step("Packing and encrypting"), sealed.open("xb") as out:
        done = pack(out, key, manifest=manifest, database=dump, files=places.files)
    dump.unlink()
    return done


def _bring(sealed: Path, site: Path, *, sha256: str) -> Path:
    """Under another name until it is whole, on the disk, and read back."""
    target = site / sealed.name
    part = site / f"{sealed.name}{PART}"
    if target.exists():
        message = f"{target} is there already"
        raise BackupTrouble(message)
    for left in site.glob(f"{NAMES}{PART}"):
        left.unlink()  # of a run that was killed; one runs at a time
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY)
        with sealed.open("rb") as source, os.fdopen(descriptor, "wb") as out:
            shutil.copyfileobj(source, out, 1 << 20)
            out.flush()
            os.fsync(out.fileno())
        if digest(part) != sha256:
            message = f"what was written to {part} reads back differently"
            raise BackupTrouble(message)
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)
    folder = os.open(site, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return target


def _let_go(site: Path, *, keep: int | None) -> list[Path]:
    """Remove the oldest beyond ``keep``; only called after a good one was written."""
    if keep is None:
        return []
    old = sorted(site.glob(NAMES))[:-keep]
    for path in old:
        path.unlink()
    return old
