"""The libraries of the demo: real places and names, opening hours of the usual kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from types import MappingProxyType
from typing import Final

from kortisto.domain.org.actions.calendars import Hours

LEFT_ON: Final = date(2020, 12, 31)  # Heinävesi went to the Vaara libraries in 2021
FOUNDED_ON: Final = date(2014, 1, 1)
KUORTTI_CLOSED_ON: Final = date(2025, 5, 31)


@dataclass(frozen=True, slots=True)
class Library:
    """``size``: the share of the collection and of the visitors that it has."""

    code: str
    fi: str
    sv: str
    en: str
    size: int
    hours: str = "branch"
    closed_on: date | None = None
    street: str = ""

    @property
    def is_main(self) -> bool:
        return self.hours in {"main", "town"}


@dataclass(frozen=True, slots=True)
class Municipality:
    code: str
    number: str  # Statistics Finland's municipality code
    fi: str
    sv: str
    postal_code: str
    libraries: tuple[Library, ...]
    left_on: date | None = None


MUNICIPALITIES: Final = (
    Municipality(
        "MIKKELI",
        "491",
        "Mikkeli",
        "S:t Michel",
        "50100",
        (
            Library(
                "MLI",
                "Mikkelin pääkirjasto",
                "S:t Michels huvudbibliotek",
                "Mikkeli Main Library",
                230,
                "main",
                street="Raatihuoneenkatu 6",
            ),
            Library(
                "MAN", "Anttolan kirjasto", "Anttola bibliotek", "Anttola Library", 16
            ),
            Library(
                "MHA",
                "Haukivuoren kirjasto",
                "Haukivuori bibliotek",
                "Haukivuori Library",
                18,
            ),
            Library("MOT", "Otavan kirjasto", "Otava bibliotek", "Otava Library", 18),
            Library(
                "MRA",
                "Rantakylän kirjasto",
                "Rantakylä bibliotek",
                "Rantakylä Library",
                32,
                "self-service",
            ),
            Library(
                "MRI",
                "Ristiinan kirjasto",
                "Kristina bibliotek",
                "Ristiina Library",
                36,
                "self-service",
            ),
            Library(
                "MSU",
                "Suomenniemen kirjasto",
                "Suomenniemi bibliotek",
                "Suomenniemi Library",
                9,
            ),
            Library(
                "MAU",
                "Mikkelin kirjastoauto",
                "S:t Michels bokbuss",
                "Mikkeli Mobile Library",
                26,
                "mobile",
            ),
        ),
    ),
    Municipality(
        "SAVONLINNA",
        "740",
        "Savonlinna",
        "Nyslott",
        "57100",
        (
            Library(
                "SLN",
                "Savonlinnan pääkirjasto",
                "Nyslotts huvudbibliotek",
                "Savonlinna Main Library",
                150,
                "main",
                street="Tottinkatu 6",
            ),
            Library(
                "SKE",
                "Kerimäen kirjasto",
                "Kerimäki bibliotek",
                "Kerimäki Library",
                26,
                "self-service",
            ),
            Library(
                "SPU",
                "Punkaharjun kirjasto",
                "Punkaharju bibliotek",
                "Punkaharju Library",
                24,
            ),
            Library(
                "SSR",
                "Savonrannan kirjasto",
                "Savonranta bibliotek",
                "Savonranta Library",
                9,
            ),
            Library(
                "SAU",
                "Savonlinnan kirjastoauto",
                "Nyslotts bokbuss",
                "Savonlinna Mobile Library",
                20,
                "mobile",
            ),
        ),
    ),
    Municipality(
        "PIEKSAMAKI",
        "593",
        "Pieksämäki",
        "Pieksämäki",
        "76100",
        (
            Library(
                "PIE",
                "Pieksämäen pääkirjasto",
                "Pieksämäki huvudbibliotek",
                "Pieksämäki Main Library",
                95,
                "town",
            ),
            Library(
                "PJA", "Jäppilän kirjasto", "Jäppilä bibliotek", "Jäppilä Library", 10
            ),
            Library(
                "PNA",
                "Naarajärven kirjasto",
                "Naarajärvi bibliotek",
                "Naarajärvi Library",
                14,
                "self-service",
            ),
            Library(
                "PVI",
                "Virtasalmen kirjasto",
                "Virtasalmi bibliotek",
                "Virtasalmi Library",
                10,
            ),
            Library(
                "PAU",
                "Pieksämäen kirjastoauto",
                "Pieksämäki bokbuss",
                "Pieksämäki Mobile Library",
                14,
                "mobile",
            ),
        ),
    ),
    Municipality(
        "VARKAUS",
        "915",
        "Varkaus",
        "Varkaus",
        "78200",
        (
            Library(
                "VAR",
                "Varkauden pääkirjasto",
                "Varkaus huvudbibliotek",
                "Varkaus Main Library",
                105,
                "town",
            ),
            Library(
                "VKA",
                "Kangaslammin kirjasto",
                "Kangaslampi bibliotek",
                "Kangaslampi Library",
                10,
            ),
            Library(
                "VAU",
                "Varkauden kirjastoauto",
                "Varkaus bokbuss",
                "Varkaus Mobile Library",
                12,
                "mobile",
            ),
        ),
    ),
    Municipality(
        "MANTYHARJU",
        "507",
        "Mäntyharju",
        "Mäntyharju",
        "52700",
        (
            Library(
                "MHJ",
                "Mäntyharjun kirjasto",
                "Mäntyharju bibliotek",
                "Mäntyharju Library",
                48,
                "town",
            ),
            Library(
                "MHP",
                "Pertunmaan kirjasto",
                "Pertunmaa bibliotek",
                "Pertunmaa Library",
                14,
                "self-service",
            ),
            Library(
                "MHK",
                "Kuortin kirjasto",
                "Kuortti bibliotek",
                "Kuortti Library",
                0,
                closed_on=KUORTTI_CLOSED_ON,
            ),
        ),
    ),
    Municipality(
        "JOROINEN",
        "171",
        "Joroinen",
        "Jorois",
        "79600",
        (
            Library(
                "JOR",
                "Joroisten kirjasto",
                "Jorois bibliotek",
                "Joroinen Library",
                36,
                "town",
            ),
        ),
    ),
    Municipality(
        "ENONKOSKI",
        "046",
        "Enonkoski",
        "Enonkoski",
        "58175",
        (
            Library(
                "ENO",
                "Enonkosken kirjasto",
                "Enonkoski bibliotek",
                "Enonkoski Library",
                15,
                "self-service",
            ),
        ),
    ),
    Municipality(
        "HEINAVESI",
        "090",
        "Heinävesi",
        "Heinävesi",
        "79700",
        (
            Library(
                "HEI",
                "Heinäveden kirjasto",
                "Heinävesi bibliotek",
                "Heinävesi Library",
                0,
                closed_on=LEFT_ON,
            ),
        ),
        left_on=LEFT_ON,
    ),
)

LIBRARIES: Final = tuple(one for town in MUNICIPALITIES for one in town.libraries)
IN_USE: Final = tuple(library for library in LIBRARIES if library.size)


def _days(first: int, last: int, opens: int, closes: int) -> tuple[Hours, ...]:
    return tuple(
        Hours(day, time(opens), time(closes)) for day in range(first, last + 1)
    )


def _self(first: int, last: int, opens: int, closes: int) -> tuple[Hours, ...]:
    return tuple(
        Hours(day, time(opens), time(closes), self_service=True)
        for day in range(first, last + 1)
    )


# Weekdays: 0 is Monday.
HOURS: Final[Mapping[str, tuple[Hours, ...]]] = MappingProxyType(
    {
        "main": (
            *_self(0, 4, 7, 9),
            *_days(0, 3, 9, 19),
            *_days(4, 4, 9, 17),
            *_days(5, 5, 10, 15),
        ),
        "town": (*_days(0, 3, 10, 19), *_days(4, 4, 10, 16), *_days(5, 5, 10, 14)),
        "branch": (
            *_days(0, 0, 12, 19),
            *_days(1, 1, 10, 15),
            *_days(2, 2, 12, 18),
            *_days(3, 3, 10, 15),
        ),
        "self-service": (
            *_self(0, 4, 6, 12),
            *_days(0, 3, 12, 18),
            *_days(4, 4, 12, 15),
            *_self(0, 3, 18, 22),
            *_self(4, 4, 15, 22),
            *_self(5, 6, 6, 22),
        ),
        "mobile": (*_days(0, 3, 9, 19), *_days(4, 4, 9, 14)),
    }
)
SUMMER: Final[tuple[Hours, ...]] = (*_days(0, 3, 10, 18), *_days(4, 4, 10, 16))

DESKS: Final = (
    ("1", "Lainauspalvelu", "Låneservice", "Service desk"),
    ("2", "Lastenosasto", "Barnavdelningen", "Children's desk"),
    ("3", "Takahuone", "Bakrum", "Back room"),
)


def library(code: str) -> Library:
    """The library with this code. Raises KeyError."""
    return _BY_CODE[code]


_BY_CODE: Final = {one.code: one for one in LIBRARIES}
