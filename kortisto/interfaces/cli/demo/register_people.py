"""The demo's population register: the same invented people every day.

The simulator is told the day from which their ages are counted, so that the codes on
the first-steps page are in it whenever the demo is served.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final

from kortisto.core.ages import completed_years
from kortisto.domain.patrons.identity import IdentityCode, read_code
from kortisto.simulators.population_register.people import Somebody
from kortisto.simulators.population_register.register import Register

PORT: Final = 8090
PEOPLE: Final = 400
SEED: Final = 1985
DAY: Final = date(2026, 1, 1)
ASKING: Final = "MIKKELI"  # the municipality whose desks ask the register
GROWN_UP: Final = 18
CHILD: Final = 12  # young enough to stay a child for some years


def simulation(port: int) -> list[str]:
    """What ``kortisto`` is told to run."""
    told = ("--port", port, "--people", PEOPLE, "--seed", SEED, "--today", DAY)
    return ["simulate", "population-register", *map(str, told)]


def environment(port: int) -> dict[str, str]:
    """Where Kortisto finds the single query, and how it signs in."""
    return {
        "KORTISTO_POPULATION_REGISTER_QUERY_URL": f"http://127.0.0.1:{port}/query",
        "KORTISTO_POPULATION_REGISTER_QUERY_USER": "kirjasto",
        "KORTISTO_POPULATION_REGISTER_QUERY_PASSWORD": "salasana",
    }


def to_try() -> tuple[str, str, str]:
    """Codes of a grown-up, of a child with a guardian, and of a protected person."""
    people = Register.invented(PEOPLE, seed=SEED, today=DAY).people.values()
    living = [one for one in people if one.died_on is None and one.home is not None]
    return (
        next(_grown_up(living, protected=False)).code,
        next(one for one in living if one.guardians and _age(one) < CHILD).code,
        next(_grown_up(living, protected=True)).code,
    )


def _grown_up(people: list[Somebody], *, protected: bool) -> Iterator[Somebody]:
    return (
        one for one in people if one.protected is protected and _age(one) >= GROWN_UP
    )


def _age(one: Somebody) -> int:
    read = read_code(one.code, today=DAY, artificial=True)
    assert isinstance(read, IdentityCode)  # noqa: S101 - the simulator makes good ones
    return completed_years(read.born_on, DAY)
