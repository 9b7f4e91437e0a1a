"""``kortisto demo``: build the demo consortium once, serve it, say where it is."""

import argparse
import json
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from kortisto.interfaces.cli.demo.neighbours import (
    IDENTIFICATION,
    KORTISTO,
    MAILBOX,
    Neighbours,
)
from kortisto.interfaces.cli.process import start_django
from kortisto.interfaces.cli.serve import ADDRESSES, is_free, port_number
from kortisto.interfaces.cli.supervisor import Child, Supervisor
from kortisto.interfaces.cli.trouble import Trouble

SCALES = ("tiny", "town", "lumme")
SEED = 1985  # the year of the oldest data
PORTS_TRIED = 50


@dataclass(frozen=True)
class Built:
    """What the data directory's demo was built from; kept beside it as JSON."""

    scale: str
    seed: int
    finished: bool


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--scale",
        choices=SCALES,
        help="200, 10,000 or 300,000 titles; town when nothing is built yet",
    )
    parser.add_argument("--seed", type=int, help=f"another consortium than {SEED}'s")
    parser.add_argument("--no-serve", action="store_true", help="build the data only")
    parser.add_argument("--host", help="address of the public site (0.0.0.0)")
    parser.add_argument("--port", type=port_number, help="port of the public site")
    parser.add_argument("--staff-port", type=port_number, help="port of the staff site")
    parser.add_argument("--door-port", type=port_number, help="port of the door")


def run(options: argparse.Namespace) -> int:
    start_django()
    from django.conf import settings

    note = Path(settings.DATA_DIR) / "demo.json"
    built = _read(note)
    if built is None or not built.finished:
        _build(note, built, scale=options.scale or "town", seed=options.seed or SEED)
    else:
        _is_the_one_asked_for(built, options)
        print(f"The demo ({built.scale}) is in {note.parent} already.")
    if options.no_serve:
        return 0
    _serve(options)
    return 0


def _read(note: Path) -> Built | None:
    return Built(**json.loads(note.read_text())) if note.exists() else None


def _write(note: Path, built: Built) -> None:
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(json.dumps(asdict(built)))


def _is_the_one_asked_for(built: Built, options: argparse.Namespace) -> None:
    asked = (options.scale or built.scale, options.seed or built.seed)
    if asked != (built.scale, built.seed):
        message = (
            f"the data directory holds the demo {built.scale} of seed {built.seed}; "
            "remove it, or name another one in KORTISTO_DATA_DIR"
        )
        raise Trouble(message)


def _build(note: Path, before: Built | None, *, scale: str, seed: int) -> None:
    """Build, and note at both ends, so that half a demo is never served."""
    from django.core.management import call_command
    from django.utils import timezone

    from kortisto.interfaces.cli.demo.build import build
    from kortisto.interfaces.cli.demo.database import an_empty_database

    if before is None:
        _must_be_free()
    else:
        print("The demo was not finished the last time: starting anew.")
    _write(note, Built(scale, seed, finished=False))
    started = time.monotonic()
    with an_empty_database():
        call_command("migrate", interactive=False, verbosity=0)
        build(scale=scale, seed=seed, now=timezone.now())
    _write(note, Built(scale, seed, finished=True))
    print(f"The demo ({scale}) was built in {time.monotonic() - started:.0f} s.")


def _must_be_free() -> None:
    """Raises Trouble when the database holds anything, since it is emptied first."""
    from django.db import connection

    from kortisto.domain.org.models import Unit

    tables = set(connection.introspection.table_names())
    ours = set(connection.introspection.django_table_names())
    ours.add("django_migrations")
    if tables - ours or (Unit._meta.db_table in tables and Unit.objects.exists()):  # noqa: SLF001
        message = (
            "the database is not empty, and the demo builds only in an empty one: "
            "name another KORTISTO_DATA_DIR or KORTISTO_DATABASE_URL"
        )
        raise Trouble(message)


def _serve(options: argparse.Namespace) -> None:
    from kortisto.interfaces.cli.demo import register_people

    register_port = _port("127.0.0.1", None, register_people.PORT)
    for name, value in register_people.environment(register_port).items():
        os.environ.setdefault(name, value)
    register = register_people.simulation(register_port)
    public_host, public_port = ADDRESSES["public"]
    public_host = options.host or public_host
    public_port = _port(public_host, options.port, public_port)
    staff_host, staff_port = ADDRESSES["staff"]
    staff_port = _port(staff_host, options.staff_port, staff_port, but=public_port)
    door_host, door_port = ADDRESSES["door"]
    door_port = _port(door_host, options.door_port, door_port, but=staff_port)
    from django.conf import settings

    from kortisto.interfaces.cli.vault import ready_for_demo

    near = Neighbours(
        mailbox=_port("127.0.0.1", None, MAILBOX, but=public_port),
        identification=_port("127.0.0.1", None, IDENTIFICATION, but=public_port),
        outbox=Path(settings.DATA_DIR) / "outbox",
    )

    vault = ready_for_demo()
    kortisto = list(KORTISTO)
    # Visitors of the demo may come by any name of this machine.
    given = {**near.environment(public_port), **os.environ}
    everywhere = {"KORTISTO_ALLOWED_HOSTS": "*", **given}
    family = Supervisor(
        say=lambda text: print(f"! {text}", flush=True),
        children=[
            Child("vault", [*kortisto, "vault", "serve"], given, answers=vault),
            Child("register", [*kortisto, *register], given),
            _site(kortisto, "public", public_host, public_port, everywhere),
            _site(kortisto, "staff", staff_host, staff_port, given),
            _door(kortisto, door_host, door_port, given),
            Child("work", [*kortisto, "work"], given),
            *near.children(given),
        ],
    )
    mailbox = near.mailbox
    family.run(when_up=lambda: _announce(public_port, staff_port, door_port, mailbox))
    print("Stopped.")


def _site(
    kortisto: list[str], site: str, host: str, port: int, given: Mapping[str, str]
) -> Child:
    command = [*kortisto, "serve", site, "--host", host, "--port", str(port)]
    return Child(site, command, given, answers=lambda: _answers(port))


def _door(kortisto: list[str], host: str, port: int, given: Mapping[str, str]) -> Child:
    served = _site(kortisto, "door", host, port, given)
    served.answers = lambda: _answers(port, "/door/v1/health")
    return served


def _port(host: str, asked: int | None, usual: int, *, but: int | None = None) -> int:
    """The port asked for, the usual one, or the next that is free."""
    if asked is not None:
        if not is_free(host, asked):
            message = f"port {asked} is in use: choose another one"
            raise Trouble(message)
        return asked
    for port in range(usual, usual + PORTS_TRIED):
        if port != but and is_free(host, port):
            if port != usual:
                print(f"Port {usual} is in use here, so {port} is taken instead.")
            return port
    message = f"no port from {usual} to {usual + PORTS_TRIED} is free"
    raise Trouble(message)


def _answers(port: int, path: str = "/") -> bool:
    """Whether the site on this machine answers a request."""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path, headers={"Host": "localhost"})
        connection.getresponse()
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
    return True


def _announce(
    public_port: int, staff_port: int, door_port: int, mail_port: int
) -> None:
    from kortisto.interfaces.cli.demo.announcement import announcement

    print()
    for line in announcement(
        f"http://localhost:{public_port}/",
        f"http://localhost:{staff_port}/",
        door=f"http://localhost:{door_port}/",
        mailbox=f"http://localhost:{mail_port}/",
    ):
        print(f"  {line}".rstrip())
    print(flush=True)
