"""How one municipality's permit is used: addresses, names and passwords."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import Enum
from typing import Final

PREFIX: Final = "KORTISTO_POPULATION_REGISTER_"


class SignIn(Enum):
    """How the change service is told who asks."""

    MUTP = "mutp"  # the headers MUTP-Tunnus and MUTP-Salasana
    BASIC = "basic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """``url`` is the change service up to ``/api/v1``, ``query_url`` the single query.

    An empty address means that the service is not used. No password has a default,
    and none is ever shown.
    """

    url: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    sign_in: SignIn = SignIn.MUTP
    xroad_client: str = ""  # FI/MUN/<business id>/<subsystem>
    query_url: str = ""
    query_user: str = ""
    query_password: str = field(default="", repr=False)
    query_product: str = "Perussanoma 3"
    ca_file: str = ""  # certificates to trust besides those of the machine
    client_file: str = ""  # our own certificate and its key, for the security server
    timeout: float = 20.0  # seconds without a byte
    patience: float = 60.0  # seconds in which one request has to be answered


def connection_of(environment: Mapping[str, str], municipality_code: str) -> Connection:
    """The connection of a municipality, by its code of three digits.

    ``KORTISTO_POPULATION_REGISTER_491_USER`` is Mikkeli's own; what it does not have
    is taken from ``KORTISTO_POPULATION_REGISTER_USER``. Raises ValueError for a way
    to sign in or a number that is none.
    """
    given: dict[str, object] = {}
    for one in fields(Connection):
        name = one.name.upper()
        own = environment.get(f"{PREFIX}{municipality_code}_{name}")
        value = own or environment.get(f"{PREFIX}{name}")
        if value:
            given[one.name] = _typed(one.name, value)
    return Connection(**given)  # type: ignore[arg-type]


def _typed(name: str, value: str) -> object:
    """Only what is no secret is read here, so an error may repeat it."""
    if name == "sign_in":
        return SignIn(value.lower())
    return float(value) if name in {"timeout", "patience"} else value
