"""A simulated register on a real socket, and a client of it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from threading import Thread

import pytest

from kortisto.adapters.population_register.connection import Connection
from kortisto.simulators.population_register.register import Register
from kortisto.simulators.population_register.server import (
    PASSWORD,
    USER,
    Server,
    Simulator,
)

TODAY = date(2027, 3, 1)


@pytest.fixture
def simulator() -> Simulator:
    return Simulator(Register.invented(60, seed=7, today=TODAY))


@pytest.fixture
def address(simulator: Simulator) -> Iterator[str]:
    server = Server(("127.0.0.1", 0), simulator)
    listening = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    listening.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    listening.join()


@pytest.fixture
def connection(address: str) -> Connection:
    return replace(
        Connection(),
        url=f"{address}/api/v1",
        user=USER,
        password=PASSWORD,
        xroad_client="FI/MUN/0000000-0/kirjasto",
        query_url=f"{address}/query",
        query_user=USER,
        query_password=PASSWORD,
        timeout=5.0,
    )
