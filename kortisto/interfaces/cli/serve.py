"""``kortisto serve public|staff|door``: one of the two sites, or doors, by granian."""

import argparse
import os
import socket
import sys

from kortisto.interfaces.cli.process import (
    must_be_migrated,
    must_be_migrated_or_away,
    start_django,
)
from kortisto.interfaces.cli.static_files import collect
from kortisto.interfaces.cli.trouble import Trouble

ADDRESSES = {
    "public": ("0.0.0.0", 8000),  # noqa: S104 (public is public)
    "staff": ("127.0.0.1", 8001),
    "door": ("127.0.0.1", 8003),
}
THREADS = 4  # for each worker; more only wait for one another in Python
LAST_PORT = 65535


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("site", choices=sorted(ADDRESSES))
    parser.add_argument("--host", help="address to listen on")
    parser.add_argument(
        "--port", type=port_number, help="8000 public, 8001 staff, 8003 door"
    )
    parser.add_argument(
        "--workers",
        type=worker_count,
        help="processes; one for doors, else as many as processors",
    )


def port_number(text: str) -> int:
    number = int(text)
    if not 0 < number <= LAST_PORT:
        message = f"a port is a number from 1 to {LAST_PORT}, not {text}"
        raise argparse.ArgumentTypeError(message)
    return number


def worker_count(text: str) -> int:
    number = int(text)
    if number < 1:
        message = f"at least one worker is needed, not {text}"
        raise argparse.ArgumentTypeError(message)
    return number


def run(options: argparse.Namespace) -> int:
    start_django(options.site)
    if options.site == "door":
        must_be_migrated_or_away()
    else:
        must_be_migrated()
    host, port = ADDRESSES[options.site]
    host, port = options.host or host, options.port or port
    if not is_free(host, port):
        message = f"port {port} of {host} is in use: choose another with --port"
        raise Trouble(message)
    if options.site == "door":
        usual = 1  # its limits are counted in one process
    else:
        collect()
        usual = os.cpu_count() or 1
    workers = options.workers or usual
    # The server replaces this process: its workers start clean, with no connection.
    command = server_command(options.site, host, port, workers=workers)
    os.execv(sys.executable, command)  # noqa: S606 (no shell is wanted)


def server_command(site: str, host: str, port: int, *, workers: int) -> list[str]:
    return [
        *(sys.executable, "-m", "granian"),
        f"kortisto.config.wsgi_{site}:application",
        *("--interface", "wsgi"),
        *("--host", host),
        *("--port", str(port)),
        *("--workers", str(workers)),
        *("--blocking-threads", str(THREADS)),
        *("--log-level", "warning"),
        "--respawn-failed-workers",
        *("--http", "1"),
        "--no-ws",
    ]


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
