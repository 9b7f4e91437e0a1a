"""How each kind of material is coded in MARC 21 and shelved."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from kortisto.interfaces.cli.demo.facts import Fact

AUDIENCE: Final = {"A": "e", "J": "j", "Y": "d"}
Term = tuple[str, str]  # RDA term in Finnish and its code
TEXT: Final = ("teksti", "txt")
MUSIC: Final = ("esitetty musiikki", "prm")
SPEECH: Final = ("puhe", "spw")
FILM: Final = ("kaksiulotteinen liikkuva kuva", "tdi")
UNMEDIATED: Final = ("käytettävissä ilman laitetta", "n")
AUDIO: Final = ("audio", "s")
VIDEO: Final = ("video", "v")
VOLUME: Final = ("nide", "nc")
SOUND_DISC: Final = ("äänilevy", "sd")
VIDEO_DISC: Final = ("videolevy", "vd")


@dataclass(frozen=True, slots=True)
class Form:
    """``leader``: positions 6 and 7. ``first_year``: the carrier is no older."""

    leader: str
    extent: str
    content: Term
    media: Term
    carrier: Term
    main_role: str
    item_type: str = "28VRK"
    physical: str = ""  # 007
    first_year: int = 0
    price_cents: int = 2800

    def coded(self, fact: Fact) -> str:
        """008/18-34: 17 characters whose meaning depends on the material."""
        audience = AUDIENCE[fact.audience]
        match self.leader[0]:
            case "a" if self.leader[1] == "s":
                return "mr p       0    0"
            case "a":
                fiction = fact.ykl.startswith(("80", "81", "82", "83", "84", "85"))
                return f"    {audience}      000 {1 if fiction else 0} "
            case "g":
                minutes = fact.extent.split(" ")[0]
                length = minutes if minutes.isdigit() and len(minutes) < 4 else "---"
                return f"{length:0>3} {audience}           v"
            case "m":
                return f"    {audience}   g        "
            case "r":
                return f"nnn {audience}          g "
            case _:
                return f"   |{audience}|||||||||| |"[:17]


_BOOK: Final = Form("am", "1 nide", TEXT, UNMEDIATED, VOLUME, "kirjoittaja")

FORMS: Final[Mapping[str, Form]] = MappingProxyType(
    {
        "KIRJA": _BOOK,
        "SELKO": _BOOK,
        "AANIKIRJA": Form(
            "im",
            "CD-levyjä",
            SPEECH,
            AUDIO,
            SOUND_DISC,
            "kirjoittaja",
            physical="sd fsngnnmmned",
            first_year=1990,
        ),
        "CD": Form(
            "jm",
            "1 CD-levy",
            MUSIC,
            AUDIO,
            SOUND_DISC,
            "esittäjä",
            physical="sd fsngnnmmned",
            first_year=1986,
            price_cents=2000,
        ),
        "LP": Form(
            "jm",
            "1 LP-levy",
            MUSIC,
            AUDIO,
            SOUND_DISC,
            "esittäjä",
            physical="sd bsmennmplud",
            first_year=1955,
            price_cents=3200,
        ),
        "NUOTTI": Form(
            "cm",
            "1 nuottijulkaisu",
            ("nuottikirjoitus", "ntm"),
            UNMEDIATED,
            VOLUME,
            "säveltäjä",
            price_cents=3000,
        ),
        "DVD": Form(
            "gm",
            "1 DVD-videolevy",
            FILM,
            VIDEO,
            VIDEO_DISC,
            "ohjaaja",
            item_type="DVD",
            physical="vd cvaizq",
            first_year=2000,
            price_cents=4500,
        ),
        "BLURAY": Form(
            "gm",
            "1 Blu-ray-videolevy",
            FILM,
            VIDEO,
            VIDEO_DISC,
            "ohjaaja",
            item_type="BLURAY",
            physical="vd csaizq",
            first_year=2008,
            price_cents=5000,
        ),
        "PELI": Form(
            "mm",
            "1 pelilevy",
            ("tietokoneohjelma", "cop"),
            ("tietokonekäyttöinen", "c"),
            ("tietolevy", "cd"),
            "suunnittelija",
            item_type="KONSPELI",
            price_cents=6000,
        ),
        "LAUTAPELI": Form(
            "rm",
            "1 peli",
            ("kolmiulotteinen muoto", "tdf"),
            UNMEDIATED,
            ("esine", "nr"),
            "suunnittelija",
            item_type="LAUTAPELI",
            price_cents=4500,
        ),
        "LEHTI": Form(
            "as",
            "numeroita",
            TEXT,
            UNMEDIATED,
            VOLUME,
            "",
            item_type="14VRK",
            price_cents=900,
        ),
    }
)

PLACES: Final = {
    "Stockholm": "sw",
    "Tukholma": "sw",
    "Malmö": "sw",
    "Göteborg": "sw",
    "London": "xxk",
    "Lontoo": "xxk",
    "Москва": "ru",
    "Санкт-Петербург": "ru",
    "Tallinn": "er",
    "Tartu": "er",
    "Kárášjohka": "no",
    "Karasjok": "no",
    "Guovdageaidnu": "no",
    "Deatnu": "no",
}
LANGUAGES: Final = {"eng": "xxk", "swe": "sw", "rus": "ru", "est": "er", "sme": "no"}


def country_of(fact: Fact) -> str:
    """MARC country code by the place, else by the language of a book; xx unknown."""
    if fact.place:
        return PLACES.get(fact.place, "fi")
    if fact.language == "fin":
        return "fi"
    return LANGUAGES.get(fact.language, "xx")
