"""What kind of thing a title is, told from the record."""

from __future__ import annotations

from kortisto.domain.catalogue.description.fields import Fields, part
from kortisto.domain.catalogue.description.kinds import Material

ALIASES = {
    "CDMUSA": Material.CD,
    "CDMUSIIKKI": Material.CD,
    "CD-LEVY": Material.CD,
    "LPLEVY": Material.LP,
    "LP-LEVY": Material.LP,
    "CDPUHE": Material.AUDIOBOOK,
    "KONSPELI": Material.GAME,
    "KONSOLIPEL": Material.GAME,
    "KONSOLIPELI": Material.GAME,
    "TIETOKPELI": Material.GAME,
    "BLU-RAY": Material.BLURAY,
    "SELKOKIRJA": Material.EASY_READING,
    "AIKAKAUSLEHTI": Material.MAGAZINE,
    "SLEHTI": Material.NEWSPAPER,
    "VERKKOAINEISTO": Material.ONLINE,
    "EAANIKIRJ": Material.E_AUDIOBOOK,
}
"""Other codes of 942 $c in use, and what they are here."""

_ONLINE_FORMS = frozenset("oqs")  # 008/23 or 29: online, direct electronic, electronic
_FORM_AT_29 = "efgkor"  # leader/06 whose form of item stands in 008/29
_GAME_WORDS = ("videopeli", "konsolipeli", "tietokonepeli", "dataspel", "tv-spel",
               "video game", "computer game", "digitaaliset pelit")  # fmt: skip
_BOARD_GAME_WORDS = ("lautapeli", "korttipeli", "brädspel", "board game")
_EASY_WORDS = ("selkokirja", "lättlästa böcker", "selkokieli")
_PLAIN = {
    "c": Material.SCORE,
    "d": Material.SCORE,
    "e": Material.MAP,
    "f": Material.MAP,
    "k": Material.PICTURE,
}
_DIGITAL_DISC_YEAR = 1985  # before it, a music disc is vinyl


def material(fields: Fields, fixed: str, year: int | None) -> Material:
    """The kind by 942 $c where that is a known code, else by the coded fields.

    Leader/06 gives the family, 007, 008, 337-338 and 300 the carrier, 655 what no
    code tells (games, easy reading).
    """
    stated = local_code(fields)
    known = ALIASES.get(stated.upper())
    if known is None and stated.upper() in Material.__members__.values():
        known = Material(stated.upper())
    return known or _Clues(fields, fixed, year).material()


def local_code(fields: Fields) -> str:
    for field in fields.data("942"):
        if code := part(field, "c"):
            return code
    return ""


class _Clues:
    """The signs that tell one carrier from another, looked up when asked for."""

    def __init__(self, fields: Fields, fixed: str, year: int | None) -> None:
        self.fields = fields
        self.fixed = fixed
        self.year = year
        self.kind, self.level = fields.leader[6], fields.leader[7]
        self.carriers = fields.values("338", "b")
        self.physical = fields.control.get("007", [])

    def material(self) -> Material:
        match self.kind:
            case "a" | "t":
                return self._text()
            case "g":
                return self._film()
            case "i":
                return Material.E_AUDIOBOOK if self.is_online() else Material.AUDIOBOOK
            case "j":
                return self._music()
            case "m":
                return self._electronic()
            case "r":
                return self._object()
            case kind:
                return _PLAIN.get(kind, Material.OTHER)

    def is_online(self) -> bool:
        at = 29 if self.kind in _FORM_AT_29 else 23
        return (
            "cr" in self.carriers
            or any(text.startswith("cr") for text in self.physical)
            or self.fixed[at : at + 1] in _ONLINE_FORMS
        )

    def _text(self) -> Material:
        if self.level in ("a", "b"):
            return Material.ARTICLE
        if self.level == "s":
            is_news = self.fixed[21:22] == "n"
            return Material.NEWSPAPER if is_news else Material.MAGAZINE
        if self.level == "i":
            return Material.ONLINE
        if self.is_online():
            return Material.EBOOK
        return Material.EASY_READING if self._says(_EASY_WORDS) else Material.BOOK

    def _film(self) -> Material:
        """DVD and Blu-ray by 007/04, else by words; 007 g and k are pictures."""
        formats = {text[4:5] for text in self.physical if text.startswith("vd")}
        words = self._carrier_words()
        if "s" in formats or "blu-ray" in words or "bluray" in words:
            return Material.BLURAY
        if "v" in formats or "dvd" in words or "vd" in self.carriers:
            return Material.DVD
        if self.is_online():
            return Material.ONLINE
        if any(text[:1] in ("g", "k") for text in self.physical):
            return Material.PICTURE
        return Material.OTHER

    def _music(self) -> Material:
        """CD and LP by 007/03 (speed), else by words, else by year."""
        speeds = {text[3:4] for text in self.physical if text.startswith("sd")}
        words = self._carrier_words()
        if "f" in speeds or "cd" in words or "compact" in words:
            return Material.CD
        if speeds & set("abcd") or "lp" in words.split() or "33 1/3" in words:
            return Material.LP
        if self.is_online():
            return Material.ONLINE
        is_disc = bool(speeds) or "sd" in self.carriers
        if "lp-" in words or (is_disc and (self.year or 9999) < _DIGITAL_DISC_YEAR):
            return Material.LP
        return Material.CD if is_disc or "levy" in words else Material.OTHER

    def _electronic(self) -> Material:
        is_game = self.fixed[26:27] == "g" or self._says(_GAME_WORDS)
        if is_game or any(
            text.startswith("79.8") for text in self.fields.values("084", "a")
        ):
            return Material.GAME
        return Material.ONLINE if self.is_online() else Material.OTHER

    def _object(self) -> Material:
        is_game = self.fixed[33:34] == "g" or self._says(_BOARD_GAME_WORDS)
        return Material.BOARD_GAME if is_game else Material.THING

    def _says(self, words: tuple[str, ...]) -> bool:
        texts = self.fields.values("655", "a") + self.fields.values("650", "a")
        return any(text.lower().startswith(words) for text in texts)

    def _carrier_words(self) -> str:
        texts = [
            text for tag, codes in _CARRIER for text in self.fields.values(tag, codes)
        ]
        return " ".join(texts).lower()


_CARRIER = (("300", "ab"), ("347", "b"), ("538", "a"), ("340", "a"), ("338", "a"))
