"""Collect a site's static files, compressed, into the data directory.

Each set of files gets a folder of its own, named by a digest of what is in it, and
``settings.STATIC_ROOT`` is a link to it that is swapped whole: several processes may
start at the same moment, and a running one keeps what it began with.
"""

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

KEPT = 2  # sets of files: the one in use and the one before it


def collect() -> Path:
    """Make ``settings.STATIC_ROOT`` agree with the program; quick when it does."""
    from django.conf import settings

    root = Path(settings.STATIC_ROOT)
    target = root.parent / f".{root.name}-{_digest()}"
    if not target.is_dir():
        root.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=".new-", dir=root.parent))
        _copy_and_compress(fresh)
        fresh.chmod(0o755)
        try:
            fresh.rename(target)
        except OSError:  # another process was first, with the same files
            shutil.rmtree(fresh)
    _point(root, target)
    return root


def _sources() -> Iterator[tuple[str, Path]]:
    from django.contrib.staticfiles.finders import get_finders

    for finder in get_finders():
        for path, storage in finder.list([]):
            yield path, Path(storage.path(path))


def _digest() -> str:
    """Of the names, sizes and times of change of all files."""
    state = hashlib.sha256()
    for name, path in sorted(_sources()):
        facts = path.stat()
        state.update(f"{name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return state.hexdigest()[:16]


def _copy_and_compress(folder: Path) -> None:
    from whitenoise.compress import Compressor

    compressor = Compressor(quiet=True)
    for name, path in _sources():
        copy = folder / name
        if copy.exists():  # the first finder wins, as Django has it
            continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
        if compressor.should_compress(name):
            list(compressor.compress(str(copy)))


def _point(root: Path, target: Path) -> None:
    if root.is_symlink() and root.resolve() == target.resolve():
        return
    if root.is_dir() and not root.is_symlink():
        shutil.rmtree(root)
    link = Path(tempfile.mkdtemp(prefix=".link-", dir=root.parent)) / root.name
    link.symlink_to(target.name)  # so that the data directory may be moved
    link.replace(root)
    link.parent.rmdir()
    old = sorted(
        (path for path in root.parent.glob(f".{root.name}-*") if path != target),
        key=lambda path: path.stat().st_mtime,
    )
    for path in old[: -(KEPT - 1)]:
        shutil.rmtree(path, ignore_errors=True)
