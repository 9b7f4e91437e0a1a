"""``kortisto vault``: set up, run and look after the store of identity codes."""

import argparse
import grp
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from kortisto.interfaces.cli.process import must_be_migrated, start_django
from kortisto.interfaces.cli.trouble import Trouble
from kortisto.vault import database
from kortisto.vault.accounts import Account, Accounts, Right
from kortisto.vault.limits import limits
from kortisto.vault.overview import overview
from kortisto.vault.places import Places, VaultTrouble, places
from kortisto.vault.rotation import rotate
from kortisto.vault.sealing import make_master_key, master_key
from kortisto.vault.service import Service, answers

FINDS_PER_MINUTE = 120
RESOLVES_PER_HOUR = 200


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "docs/guide/administrator.md tells how to set it up and back it up."
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    verbs.add_parser("init", help="make the key file and the database, once")
    serve = verbs.add_parser("serve", help="run the service on its socket")
    serve.add_argument("--group", help="a group whose members may use the socket")
    serve.add_argument("--finds-per-minute", type=int, default=FINDS_PER_MINUTE)
    serve.add_argument("--resolves-per-hour", type=int, default=RESOLVES_PER_HOUR)
    verbs.add_parser("rotate", help="seal everything with a new key; can be repeated")
    verbs.add_parser("status", help="say what the vault holds and whether it answers")
    reconcile = verbs.add_parser(
        "reconcile", help="make the vault agree with the patron register now"
    )
    reconcile.add_argument(
        "--all", action="store_true", help="drop unused codes, however many there are"
    )
    accounts = verbs.add_parser("accounts", help="who may ask the vault")
    what = accounts.add_subparsers(dest="what", required=True, metavar="WHAT")
    what.add_parser("list", help="names and rights")
    remove = what.add_parser("remove", help="end an account at once")
    remove.add_argument("name")
    add = what.add_parser("add", help="make an account; its secret is shown once")
    add.add_argument("name")
    add.add_argument(
        "--right", choices=[*Right], action="append", required=True, dest="rights"
    )
    add.add_argument("--to", type=Path, help="write the secret there, and show nothing")


def run(options: argparse.Namespace) -> int:
    verbs: dict[str, Callable[[argparse.Namespace], int]] = {
        "init": _init,
        "serve": _serve,
        "rotate": _rotate,
        "status": _status,
        "reconcile": _reconcile,
        "accounts": _accounts,
    }
    try:
        return verbs[options.verb](options)
    except VaultTrouble as trouble:
        raise Trouble(str(trouble)) from trouble


def initialise(where: Places) -> None:
    """Make what is missing; a vault that is there is left alone."""
    if where.database.exists() and not where.key_file.exists():
        message = (
            f"the vault's key file {where.key_file} is missing: put it back from where "
            "it is kept; without it no code can be read"
        )
        raise Trouble(message)
    make_master_key(where.key_file)
    master = master_key(where.key_file)
    database.create(where.database, master, now=int(time.time()))


def give_account(accounts: Accounts, name: str, right: Right, path: Path) -> None:
    """An account whose name and secret are in a file; one that is there stays."""
    if path.exists():
        return
    if name in {account.name for account in accounts.all()}:
        accounts.remove(name, now=int(time.time()))  # its file was never written
    secret = accounts.add(name, [right], now=int(time.time()))
    _write_secret(path, name, secret)


def ready_for_demo() -> Callable[[], bool]:
    """Make the demo's vault, once. Gives whether its service answers."""
    from django.conf import settings

    where = places()
    initialise(where)
    accounts = Accounts(where.database, master_key(where.key_file))
    for right in Right:
        path = Path(settings.VAULT_SECRETS[right.value])
        give_account(accounts, f"demo-{right.value}", right, path)
    online = Path(settings.DATA_DIR) / "vault-online.secret"
    give_account(accounts, "demo-online", Right.DESK, online)
    accounts.close()
    return lambda: answers(where.socket)


def _init(_options: argparse.Namespace) -> int:
    where = places()
    initialise(where)
    print(f"The vault is ready: its database is in {where.folder},")
    print(f"its key in {where.key_file}. Keep a copy of the key apart from")
    print("the backups of the database: without it no code can be read.")
    return 0


def _serve(options: argparse.Namespace) -> int:
    where = places()
    share = limits(
        finds_per_minute=options.finds_per_minute,
        resolves_per_hour=options.resolves_per_hour,
    )
    group = None if options.group is None else _group(options.group)
    service = Service(where, share, group=group)
    print(f"The vault answers on {where.socket}.", flush=True)
    service.run_until_told()
    return 0


def _group(name: str) -> int:
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError:
        message = f"there is no group {name}"
        raise Trouble(message) from None


def _rotate(_options: argparse.Namespace) -> int:
    where = places()
    done = rotate(
        where.database,
        master_key(where.key_file),
        now=int(time.time()),
        progress=lambda done: print(f"\r{done} codes", end="", file=sys.stderr),
    )
    print(f"{done} codes were sealed with a new key; the old one is destroyed.")
    return 0


def _status(_options: argparse.Namespace) -> int:
    where = places()
    found = overview(where.database)
    key = time.strftime("%d.%m.%Y", time.localtime(found.key_made_at))
    print(f"{found.codes} codes, {found.pending} of them not confirmed yet.")
    print(f"The data key is of {key}; {found.resolves} resolves are in the log.")
    if found.retired_keys:
        print("A rotation was interrupted: run kortisto vault rotate.")
    if answers(where.socket):
        print(f"The service answers on {where.socket}.")
        return 0
    print("The service does not answer: run kortisto vault serve.")
    return 1


def _reconcile(options: argparse.Namespace) -> int:
    start_django()
    must_be_migrated()
    from django.utils import timezone

    from kortisto.core.actors import job_actor
    from kortisto.domain.patrons.actions.reconciling import reconcile
    from kortisto.domain.patrons.permissions import PatronPermission

    done = reconcile(
        by=job_actor(PatronPermission.REMOVE_IDENTITY),
        now=timezone.now(),
        however_many=options.all,
    )
    print(f"Confirmed {done.confirmed}, dropped {done.dropped}.")
    if done.held_back:
        print(f"{done.held_back} codes are used by no patron and were kept, being so")
        print("many: see that this is the right database, then repeat with --all.")
    for patron_id in done.unknown:
        print(f"The vault does not have the key of patron {patron_id}.")
    return 1 if done.held_back or done.unknown else 0


def _accounts(options: argparse.Namespace) -> int:
    where = places()
    accounts = Accounts(where.database, master_key(where.key_file))
    now = int(time.time())
    if options.what == "list":
        for account in accounts.all():
            print(_line(account))
    elif options.what == "remove":
        accounts.remove(options.name, now=now)
        print(f"The account {options.name} is gone.")
    else:
        secret = accounts.add(options.name, map(Right, options.rights), now=now)
        if options.to is None:
            print(f"Name and secret, shown only now: {options.name} {secret}")
        else:
            _write_secret(options.to, options.name, secret)
            print(f"Name and secret are in {options.to}.")
    return 0


def _line(account: Account) -> str:
    since = time.strftime("%d.%m.%Y", time.localtime(account.made_at))
    return f"{account.name:<24} {', '.join(sorted(account.rights)):<16} since {since}"


def _write_secret(path: Path, name: str, secret: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{name} {secret}\n")
