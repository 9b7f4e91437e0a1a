"""What codes are called on a page: materials, languages, libraries, shelves.

What the libraries have named themselves comes from their coded values; the words
here are for codes that nobody has named.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from kortisto.core.names import in_language
from kortisto.core.versions import Compiled, configuration_number
from kortisto.domain.catalogue.description.kinds import Material
from kortisto.domain.catalogue.models import CodedValue
from kortisto.domain.org.queries import Organisation, organisation

Coded = Mapping[tuple[str, str], Mapping[str, str]]

MATERIALS: Final[Mapping[Material, tuple[str, Promise]]] = {
    Material.BOOK: ("book", gettext_lazy("Book")),
    Material.EASY_READING: ("book", gettext_lazy("Easy-language book")),
    Material.EBOOK: ("e-book", gettext_lazy("E-book")),
    Material.AUDIOBOOK: ("audiobook", gettext_lazy("Audiobook")),
    Material.E_AUDIOBOOK: ("audiobook", gettext_lazy("E-audiobook")),
    Material.ARTICLE: ("magazine", gettext_lazy("Article")),
    Material.MAGAZINE: ("magazine", gettext_lazy("Magazine")),
    Material.NEWSPAPER: ("magazine", gettext_lazy("Newspaper")),
    Material.SCORE: ("score", gettext_lazy("Sheet music")),
    Material.CD: ("music", pgettext_lazy("material", "CD")),
    Material.LP: ("music", pgettext_lazy("material", "LP")),
    Material.DVD: ("film", pgettext_lazy("material", "DVD")),
    Material.BLURAY: ("film", pgettext_lazy("material", "Blu-ray")),
    Material.GAME: ("game", gettext_lazy("Video game")),
    Material.BOARD_GAME: ("game", gettext_lazy("Board game")),
    Material.MAP: ("map", gettext_lazy("Map")),
    Material.PICTURE: ("thing", gettext_lazy("Picture")),
    Material.THING: ("thing", gettext_lazy("Thing to borrow")),
    Material.ONLINE: ("e-book", gettext_lazy("Online material")),
    Material.OTHER: ("thing", gettext_lazy("Other material")),
}

LANGUAGES: Final[Mapping[str, Promise]] = {
    "fin": gettext_lazy("Finnish"),
    "swe": gettext_lazy("Swedish"),
    "eng": gettext_lazy("English"),
    "sme": gettext_lazy("Northern Sámi"),
    "smn": gettext_lazy("Inari Sámi"),
    "sms": gettext_lazy("Skolt Sámi"),
    "smi": gettext_lazy("Sámi languages"),
    "rus": gettext_lazy("Russian"),
    "est": gettext_lazy("Estonian"),
    "ger": gettext_lazy("German"),
    "fre": gettext_lazy("French"),
    "spa": gettext_lazy("Spanish"),
    "ita": gettext_lazy("Italian"),
    "por": gettext_lazy("Portuguese"),
    "dan": gettext_lazy("Danish"),
    "nor": gettext_lazy("Norwegian"),
    "nob": gettext_lazy("Norwegian Bokmål"),
    "nno": gettext_lazy("Norwegian Nynorsk"),
    "ice": gettext_lazy("Icelandic"),
    "dut": gettext_lazy("Dutch"),
    "pol": gettext_lazy("Polish"),
    "cze": gettext_lazy("Czech"),
    "hun": gettext_lazy("Hungarian"),
    "lav": gettext_lazy("Latvian"),
    "lit": gettext_lazy("Lithuanian"),
    "ukr": gettext_lazy("Ukrainian"),
    "bul": gettext_lazy("Bulgarian"),
    "rum": gettext_lazy("Romanian"),
    "gre": gettext_lazy("Greek"),
    "grc": gettext_lazy("Ancient Greek"),
    "lat": gettext_lazy("Latin"),
    "heb": gettext_lazy("Hebrew"),
    "ara": gettext_lazy("Arabic"),
    "per": gettext_lazy("Persian"),
    "kur": gettext_lazy("Kurdish"),
    "som": gettext_lazy("Somali"),
    "tur": gettext_lazy("Turkish"),
    "chi": gettext_lazy("Chinese"),
    "jpn": gettext_lazy("Japanese"),
    "kor": gettext_lazy("Korean"),
    "tha": gettext_lazy("Thai"),
    "vie": gettext_lazy("Vietnamese"),
    "alb": gettext_lazy("Albanian"),
    "krl": gettext_lazy("Karelian"),
    "rom": gettext_lazy("Romani"),
    "epo": gettext_lazy("Esperanto"),
    "sgn": gettext_lazy("Sign language"),
    "mul": gettext_lazy("Several languages"),
    "und": gettext_lazy("Language not known"),
    "zxx": gettext_lazy("No language"),
}


@dataclass(frozen=True)
class Names:
    """Everything that has a name, as of one configuration: read once for a page."""

    number: int

    @cached_property
    def tree(self) -> Organisation:
        return organisation(self.number)

    @cached_property
    def _coded(self) -> Coded:
        return _coded_values.get(self.number)

    def coded(self, kind: CodedValue.List, code: str) -> str:
        """What a code of the libraries is called; the code itself when unnamed."""
        if not code:
            return ""
        names = self._coded.get((kind.value, code.upper()))
        return in_language(dict(names)) if names else code

    def material(self, code: str) -> str:
        named = self._coded.get((CodedValue.List.MATERIAL.value, code.upper()))
        if named:
            return in_language(dict(named))
        known = MATERIALS.get(code)  # type: ignore[call-overload]
        return str(known[1]) if known else _("Other material")

    def library(self, code: str) -> str:
        try:
            return self.tree.by_code(code).name
        except KeyError:
            return code


def names_now() -> Names:
    return Names(configuration_number())


def material_kind(code: str) -> str:
    """The kind of picture that stands for a material."""
    known = MATERIALS.get(code)  # type: ignore[call-overload]
    return known[0] if known else "book"


def language_name(code: str) -> str:
    """A MARC language code in words; the code itself when it is a rare one."""
    return str(LANGUAGES.get(code, code))


def _build() -> Coded:
    return {
        (value.list, value.code.upper()): value.names
        for value in CodedValue.objects.all()
    }


_coded_values: Final = Compiled(_build)
