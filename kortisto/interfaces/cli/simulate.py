"""``kortisto simulate``: stand-ins for services of others, to try things with."""

import argparse
from datetime import date
from pathlib import Path

from kortisto.interfaces.cli.serve import port_number

PEOPLE = 400
SEED = 1985
CHOICES = 40  # people to choose from on one page


def arguments(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="service", required=True, metavar="SERVICE")
    register = kinds.add_parser(
        "population-register",
        help="DVV's change service and single query, with invented people",
        epilog=(
            "The services are at /api/v1 and /query, user name kirjasto, password "
            "salasana. /control makes things happen and go wrong; what it takes is "
            "told in docs/how-to/simulate-the-population-register.md."
        ),
    )
    register.add_argument("--host", default="127.0.0.1", help="address (127.0.0.1)")
    register.add_argument("--port", type=port_number, default=8090, help="port (8090)")
    register.add_argument("--people", type=int, default=PEOPLE, help=f"({PEOPLE})")
    register.add_argument("--seed", type=int, default=SEED, help=f"({SEED})")
    register.add_argument(
        "--today",
        type=date.fromisoformat,
        help="the day from which ages are counted (the day of today)",
    )
    mailbox = kinds.add_parser(
        "mailbox", help="shows the mail that KORTISTO_MAIL_URL=folder:FOLDER keeps"
    )
    mailbox.add_argument("folder", type=Path)
    mailbox.add_argument("--host", default="127.0.0.1", help="address (127.0.0.1)")
    mailbox.add_argument("--port", type=port_number, default=8025, help="port (8025)")
    identification = kinds.add_parser(
        "identification",
        help="strong identification by OpenID Connect, of invented people",
        epilog="The client is kirjasto, its secret salasana.",
    )
    identification.add_argument("--host", default="127.0.0.1", help="(127.0.0.1)")
    identification.add_argument(
        "--port", type=port_number, default=8091, help="port (8091)"
    )
    identification.add_argument("--issuer", help="its address, as browsers call it")
    identification.add_argument(
        "--people", type=int, default=CHOICES, help=f"({CHOICES})"
    )
    identification.add_argument("--seed", type=int, default=SEED, help=f"({SEED})")


def run(options: argparse.Namespace) -> int:
    serve = {
        "identification": _identification,
        "mailbox": _mailbox,
        "population-register": _population_register,
    }
    serve[options.service](options)
    return 0


def _identification(options: argparse.Namespace) -> None:
    from kortisto.simulators.identification.provider import Provider
    from kortisto.simulators.identification.server import Server
    from kortisto.simulators.population_register.people import invent

    today = date.today()  # noqa: DTZ011 - a day of this machine
    people = invent(options.people, seed=options.seed, today=today)
    provider = Provider(people, issuer=options.issuer or "")
    server = Server((options.host, options.port), provider)
    print(f"Identification of {options.people} invented people: {provider.issuer}/")
    try:
        server.serve_forever()
    finally:
        server.server_close()


def _mailbox(options: argparse.Namespace) -> None:
    from kortisto.simulators.mailbox.server import Mailbox

    server = Mailbox((options.host, options.port), options.folder)
    print(f"Mail of {options.folder}: http://{options.host}:{server.server_port}/")
    try:
        server.serve_forever()
    finally:
        server.server_close()


def _population_register(options: argparse.Namespace) -> None:
    from kortisto.simulators.population_register.register import Register
    from kortisto.simulators.population_register.server import Server, Simulator

    today = options.today or date.today()  # noqa: DTZ011 - a day of this machine
    register = Register.invented(options.people, seed=options.seed, today=today)
    server = Server((options.host, options.port), Simulator(register))
    where = f"http://{options.host}:{server.server_address[1]}"
    print(f"The population register with {options.people} invented people: {where}")
    print(f"  change service {where}/api/v1, single query {where}/query", flush=True)
    try:
        server.serve_forever()
    finally:
        server.server_close()
