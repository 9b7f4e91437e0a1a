"""``kortisto backup``: write encrypted backups, prove them, restore one."""

import argparse
import signal
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from kortisto.interfaces.cli.process import start_django
from kortisto.interfaces.cli.progress import Progress
from kortisto.interfaces.cli.trouble import Trouble

if TYPE_CHECKING:
    from kortisto.backup.making import Made
    from kortisto.backup.places import Places

ENDED = 143  # exit code of a process that SIGTERM ended


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        "The key is in the file that KORTISTO_BACKUP_KEY_FILE names. The secret key "
        "and the identity vault are not in a backup: docs/guide/administrator.md tells "
        "how they are kept."
    )
    parser.add_argument(
        "--to",
        type=Path,
        action="append",
        default=[],
        metavar="FOLDER",
        help="write a backup there; give it twice for two sites",
    )
    parser.add_argument(
        "--keep",
        type=_at_least_one,
        metavar="N",
        help="then remove the oldest of each folder beyond N (keeps all)",
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB")
    key = verbs.add_parser("key", help="make a key; one that is there stays")
    key.add_argument("--write", type=Path, required=True, metavar="FILE")
    check = verbs.add_parser("check", help="prove that a backup can be restored")
    check.add_argument("file", type=Path, metavar="FILE")
    restore = verbs.add_parser("restore", help="restore into an empty database")
    restore.add_argument("file", type=Path, metavar="FILE")


def run(options: argparse.Namespace) -> int:
    from kortisto.backup.trouble import BackupTrouble

    verbs: dict[str | None, Callable[[argparse.Namespace], int]] = {
        None: _make,
        "key": _key,
        "check": _check,
        "restore": _restore,
    }
    if bool(options.to) == bool(options.verb) or (options.keep and not options.to):
        message = "give --to FOLDER to write a backup, or one of key, check and restore"
        raise Trouble(message)
    before = signal.signal(signal.SIGTERM, _clean_up_and_end)
    try:
        return verbs[options.verb](options)
    except BackupTrouble as trouble:
        raise Trouble(str(trouble)) from trouble
    finally:
        signal.signal(signal.SIGTERM, before)


def _make(options: argparse.Namespace) -> int:
    """1 when a site could not be written."""
    places = _places()
    from django.utils import timezone

    from kortisto.backup.keys import keep_apart, key_file, read_key
    from kortisto.backup.making import make

    path = key_file(places.data)
    for site in options.to:
        keep_apart(path, site, "the folder of the backups")
    made = make(
        places,
        read_key(path),
        options.to,
        keep=options.keep,
        now=timezone.now(),
        step=Progress,
    )
    _tell(made)
    return 1 if made.failed else 0


def _tell(made: "Made") -> None:
    about = f"{made.size:,} bytes, {made.manifest.made_at}, SHA-256 {made.sha256}"
    for path in made.written:
        print(f"{path}: {about}")
    for path in made.removed:
        print(f"{path} was removed.")
    for site, why in made.failed.items():
        print(f"{site} FAILED: {why}")
    print(f"In it: {made.manifest.contents()}.")


def _key(options: argparse.Namespace) -> int:
    places = _places()
    from kortisto.backup.keys import VARIABLE, keep_apart, make_key

    keep_apart(options.write, places.data, "the data directory")
    make_key(options.write)
    print(f"The key is in {options.write}. Name it in {VARIABLE}, and keep a copy")
    print("apart from the backups: without it none of them can be read.")
    return 0


def _check(options: argparse.Namespace) -> int:
    places = _places()
    from kortisto.backup.keys import key_file, read_key
    from kortisto.backup.restoring import check

    key = read_key(key_file(places.data))
    manifest = check(places.data, key, options.file, step=Progress)
    print(f"{options.file} of {manifest.made_at} is whole and can be restored")
    print(f"({manifest.vendor}): {manifest.contents()}.")
    return 0


def _restore(options: argparse.Namespace) -> int:
    places = _places()
    from kortisto.backup.keys import key_file, read_key
    from kortisto.backup.restoring import restore

    key = read_key(key_file(places.data))
    manifest = restore(places, key, options.file, step=Progress)
    print(f"Restored as of {manifest.made_at}: {manifest.contents()}.")
    print("Now run kortisto migrate, kortisto reindex and kortisto check.")
    return 0


def _places() -> "Places":
    start_django()
    from django.conf import settings
    from django.db import connection

    from kortisto.backup.places import Places, database_of

    return Places(
        data=Path(settings.DATA_DIR),
        files=Path(settings.MEDIA_ROOT),
        database=database_of(connection.settings_dict),
    )


def _at_least_one(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        message = "keep at least one"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def _clean_up_and_end(_signal: int, _frame: FrameType | None) -> None:
    """End as an exception does, so that no plain text stays behind."""
    raise SystemExit(ENDED)
