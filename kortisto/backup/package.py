"""What is inside a backup: the database, the kept files and a manifest, as a tar."""

import gzip
import io
import json
import shutil
import tarfile
import zlib
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path, PurePosixPath
from typing import IO, Final

from kortisto.backup.sealing import Opener, Sealer
from kortisto.backup.trouble import BackupTrouble

MANIFEST: Final = "manifest.json"
DATABASE: Final = "database"
FILES: Final = "files"
QUICKLY: Final = 3  # of the nine levels of gzip
NO_MANIFEST: Final = "the backup has no list of what is in it"


@dataclass(frozen=True, slots=True)
class Manifest:
    vendor: str  # sqlite or postgresql
    made_at: str
    rows: dict[str, int]  # of the tables that are counted
    files: int = 0

    def contents(self) -> str:
        rows = [f"{count:,} {name}" for name, count in self.rows.items()]
        return ", ".join([*rows, f"{self.files:,} files"])


def pack(
    out: IO[bytes], key: bytes, *, manifest: Manifest, database: Path, files: Path
) -> Manifest:
    """Write the sealed file; gives the manifest with how many files went in.

    The manifest comes last, since a file may be removed while others are packed.
    """
    sealer = Sealer(out, key)
    with (
        gzip.GzipFile(fileobj=sealer, mode="wb", compresslevel=QUICKLY) as packed,
        tarfile.open(fileobj=packed, mode="w|") as tar,
    ):
        tar.add(database, DATABASE)
        done = replace(manifest, files=_pack_files(tar, files))
        text = json.dumps(asdict(done)).encode()
        about = tarfile.TarInfo(MANIFEST)
        about.size = len(text)
        tar.addfile(about, io.BytesIO(text))
    sealer.finish()
    return done


def _pack_files(tar: tarfile.TarFile, files: Path) -> int:
    packed = 0
    for path in sorted(files.rglob("*")):
        name = PurePosixPath(FILES, path.relative_to(files).as_posix())
        with suppress(FileNotFoundError):  # removed since it was listed
            if path.is_file():
                tar.add(path, str(name), recursive=False)
                packed += 1
    return packed


def unpack(source: IO[bytes], key: bytes, folder: Path) -> Manifest:
    """Put what is inside into an empty folder, proven to its last byte."""
    opener = io.BufferedReader(Opener(source, key))
    try:
        with (
            gzip.GzipFile(fileobj=opener) as packed,
            tarfile.open(fileobj=packed, mode="r|") as tar,
        ):
            for member in tar:
                _write(tar, member, folder)
            while packed.read(1 << 20):
                pass
        while opener.read(1 << 20):
            pass
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        message = f"the backup was not packed by Kortisto: {error}"
        raise BackupTrouble(message) from error
    return _manifest(folder / MANIFEST)


def _write(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    path = PurePosixPath(member.name)
    content = tar.extractfile(member) if member.isreg() else None
    if content is None or path.is_absolute() or ".." in path.parts:
        message = f"the backup holds something that is no plain file: {member.name}"
        raise BackupTrouble(message)
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    with content, target.open("xb") as out:
        shutil.copyfileobj(content, out)


def _manifest(path: Path) -> Manifest:
    if not path.is_file():
        raise BackupTrouble(NO_MANIFEST)
    return Manifest(**json.loads(path.read_text()))
