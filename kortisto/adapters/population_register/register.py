"""The Protocol ``PopulationRegister``, kept with the register's two services."""

import os
from collections.abc import Sequence
from datetime import date

from typing_extensions import override

from kortisto.adapters.population_register.changes import ChangeService
from kortisto.adapters.population_register.connection import (
    Connection,
    connection_of,
)
from kortisto.adapters.population_register.sending import Sender
from kortisto.adapters.population_register.single_query import SingleQuery
from kortisto.core.failures import AdapterError
from kortisto.domain.patrons.population import Changes, Person
from kortisto.domain.patrons.ports import PopulationRegister


class DvvRegister(PopulationRegister):
    """By one municipality's connection. A missing address is told as trouble."""

    def __init__(self, connection: Connection, sender: Sender | None = None) -> None:
        send = sender or Sender(connection)
        self._changes = ChangeService(connection, send) if connection.url else None
        self._query = SingleQuery(connection, send) if connection.query_url else None

    @override
    def key_of(self, day: date) -> int:
        return self._service().key_of(day)

    @override
    def changes_since(self, key: int) -> Changes:
        return self._service().changes_since(key)

    @override
    def persons(self, codes: Sequence[str]) -> Sequence[Person]:
        return self._service().persons(codes)

    @override
    def person(self, code: str, *, asked_by: str) -> Person | None:
        if self._query is None:
            message = "KORTISTO_POPULATION_REGISTER_QUERY_URL has not been set"
            raise AdapterError(message, permanent=True)
        return self._query.person(code, asked_by=asked_by)

    def _service(self) -> ChangeService:
        if self._changes is None:
            message = "KORTISTO_POPULATION_REGISTER_URL has not been set"
            raise AdapterError(message, permanent=True)
        return self._changes


def register_of(municipality_code: str) -> DvvRegister:
    """The register by the permit of a municipality, as the environment has it.

    Raises AdapterError when a variable cannot be understood.
    """
    try:
        connection = connection_of(os.environ, municipality_code)
    except ValueError as error:
        message = f"a variable KORTISTO_POPULATION_REGISTER_... is wrong: {error}"
        raise AdapterError(message, permanent=True) from error
    return DvvRegister(connection)
