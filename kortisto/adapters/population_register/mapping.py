"""From the change service's groups to our own words."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Final, TypeVar

import msgspec
from msgspec import Raw

from kortisto.adapters.population_register import payloads as p
from kortisto.adapters.population_register.codes import born_on
from kortisto.adapters.population_register.dates import dated, day_of
from kortisto.domain.patrons.population import (
    Address,
    AddressKind,
    Change,
    Dated,
    Person,
    Protection,
    Relative,
    Topic,
)

G = TypeVar("G")

TOPICS: Final = {
    "HENKILON_NIMI": Topic.NAME,
    "NIMENMUUTOS": Topic.NAME,
    "NIMENMUUTOS_LAAJA": Topic.NAME,
    "KUTSUMANIMI": Topic.NAME,
    "TURVAKIELTO": Topic.PROTECTION,
    "VAKINAINEN_KOTIMAINEN_OSOITE": Topic.ADDRESS,
    "TILAPAINEN_KOTIMAINEN_OSOITE": Topic.ADDRESS,
    "KOTIMAINEN_POSTIOSOITE": Topic.ADDRESS,
    "VAKINAINEN_ULKOMAINEN_OSOITE": Topic.ADDRESS,
    "VAKINAINEN_KOTIMAINEN_ASUINPAIKKATUNNUS": Topic.OTHER,
    "KUOLINPAIVA": Topic.DEATH,
    "HENKILOTUNNUS_KORJAUS": Topic.CODE,
    "HUOLTAJA": Topic.GUARDIANS,
    "HUOLTAJA_SUPPEA": Topic.GUARDIANS,
    "HUOLLETTAVA": Topic.OTHER,
    "HUOLLETTAVA_SUPPEA": Topic.OTHER,
    "KOTIKUNTA": Topic.OTHER,
    "AIDINKIELI": Topic.LANGUAGE,
    "SYNTYMAPAIVA": Topic.OTHER,
}
REMOVED: Final = "POISTETTU"
CONTEXT: Final = "LISATIETO"  # sent along, and not changed
ATTRIBUTES: Final = frozenset({"LISATTY", "MUUTETTU", "KORJATTU", REMOVED, CONTEXT})
IN_FORCE: Final = "AKTIIVI"
CALLED_NOW: Final = "NYKYINEN_KUTSUMANIMI"


class Groups:
    """The groups of one person, by name.

    One with an unknown name is only named, and one that cannot be read as well: it
    never spoils the rest of the person, or of the page.
    """

    def __init__(self, raw: Iterable[Raw]) -> None:
        self.heads: list[tuple[p.Head, Raw]] = []
        self._unreadable: list[str] = []
        for one in raw:
            head = self._read(one, p.Head, "tietoryhma")
            if head is not None:
                self.heads.append((head, one))

    def _read(self, raw: Raw, kind: type[G], name: str) -> G | None:
        try:
            return msgspec.json.decode(raw, type=kind)
        except msgspec.DecodeError:  # its message could repeat what was sent
            self._unreadable.append(f"{name} unreadable")
            return None

    def all(self, names: Sequence[str], kind: type[G]) -> list[G]:
        """Every group of these names that still holds and can be read."""
        found = [
            self._read(raw, kind, head.tietoryhma)
            for head, raw in self.heads
            if head.tietoryhma in names and head.muutosattribuutti != REMOVED
        ]
        return [one for one in found if one is not None]

    def last(self, name: str, kind: type[G]) -> G | None:
        found = self.all((name,), kind)
        return found[-1] if found else None

    def mentions(self, *names: str) -> bool:
        return any(head.tietoryhma in names for head, _raw in self.heads)

    @property
    def unknown(self) -> tuple[str, ...]:
        """What this version does not know or could not read; ask when all is read."""
        groups = [h.tietoryhma for h, _ in self.heads if h.tietoryhma not in TOPICS]
        ways = [
            f"muutosattribuutti {head.muutosattribuutti}"
            for head, _raw in self.heads
            if head.muutosattribuutti and head.muutosattribuutti not in ATTRIBUTES
        ]
        named = dict.fromkeys([*groups, *ways, *self._unreadable])
        return tuple(_name(one) for one in named)

    @property
    def topics(self) -> frozenset[Topic]:
        """What changed; groups that were only sent along do not count."""
        return frozenset(
            TOPICS.get(head.tietoryhma, Topic.OTHER)
            for head, _raw in self.heads
            if head.muutosattribuutti != CONTEXT
        )


def _name(text: str) -> str:
    """A group's name as a report may show it: letters of a name, and not too many."""
    return "".join(c for c in text if c.isalnum() or c in "_ ")[:60]


def change_of(told: p.ChangeOfPerson) -> Change:
    groups = Groups(told.tietoryhmat)
    corrections = _corrections(groups)
    new = corrections[-1].aktiivinen_henkilotunnus if corrections else None
    return Change(
        code=told.henkilotunnus,
        new_code=new or "",
        earlier_codes=_earlier(corrections),
        topics=groups.topics,
        unknown=groups.unknown,
    )


def _corrections(groups: Groups) -> list[p.CodeGroup]:
    return [
        one
        for one in groups.all(("HENKILOTUNNUS_KORJAUS",), p.CodeGroup)
        if one.voimassaolo in {None, IN_FORCE}
    ]


def _earlier(corrections: Iterable[p.CodeGroup]) -> tuple[str, ...]:
    codes = [code for one in corrections for code in one.edelliset_henkilotunnukset]
    return tuple(dict.fromkeys(codes))


def person_of(told: p.BaseOfPerson) -> Person:
    groups = Groups(told.tietoryhmat)
    name = groups.last("HENKILON_NIMI", p.NameGroup) or p.NameGroup()
    home = groups.last("KOTIKUNTA", p.MunicipalityGroup)
    tongue = groups.last("AIDINKIELI", p.LanguageGroup)
    return Person(
        code=told.henkilotunnus,
        surname=name.last_in_full or name.sukunimi or "",
        first_names=name.first_in_full or name.etunimi or "",
        called_name=_called(groups),
        born_on=_born(groups, told.henkilotunnus),
        addresses=tuple(_addresses(groups)),
        protection=_protection(groups),
        death=_death(groups),
        home_municipality=(home and home.kuntakoodi) or "",
        language=((tongue and tongue.kielikoodi) or "").lower(),
        guardians=_relatives(groups, "HUOLTAJA", lambda care: care.huoltaja),
        dependants=_relatives(groups, "HUOLLETTAVA", lambda care: care.huollettava),
        earlier_codes=_earlier(_corrections(groups)),
        unknown=groups.unknown,
    )


def _called(groups: Groups) -> str:
    names = groups.all(("KUTSUMANIMI",), p.CalledNameGroup)
    now = [one.nimi for one in names if one.nimilaji in {None, CALLED_NOW} and one.nimi]
    return now[-1] if now else ""


def _born(groups: Groups, code: str) -> date | None:
    told = groups.last("SYNTYMAPAIVA", p.BirthGroup)
    day = None if told is None else day_of(told.syntymapv)
    return day or born_on(code)


def _protection(groups: Groups) -> Protection | None:
    """An order that cannot be read counts as one in force."""
    told = groups.last("TURVAKIELTO", p.ProtectionGroup)
    if told is None:
        return Protection(active=True) if groups.mentions("TURVAKIELTO") else None
    return Protection(told.turvakielto_aktiivinen, dated(told.turva_loppu_pv))


def _death(groups: Groups) -> Dated | None:
    told = groups.last("KUOLINPAIVA", p.DeathGroup)
    if told is None or not told.kuollut:
        return None
    return dated(told.kuolinpv or p.Moment())


def _addresses(groups: Groups) -> Iterable[Address]:
    for kind, name in (
        (AddressKind.PERMANENT, "VAKINAINEN_KOTIMAINEN_OSOITE"),
        (AddressKind.TEMPORARY, "TILAPAINEN_KOTIMAINEN_OSOITE"),
    ):
        for home in groups.all((name,), p.DomesticGroup):
            yield _domestic(kind, home)
    for box in groups.all(("KOTIMAINEN_POSTIOSOITE",), p.PostalGroup):
        street, city = box.postiosoite or p.InTwo(), box.postitoimipaikka or p.InTwo()
        yield _placed(AddressKind.POSTAL, box, street, box.postinumero, city)
    for far in groups.all(("VAKINAINEN_ULKOMAINEN_OSOITE",), p.ForeignGroup):
        street, city = p.InTwo(fi=far.lahiosoite), p.InTwo(fi=far.paikkakunta)
        yield _placed(AddressKind.FOREIGN, far, street, "", city, far.valtiokoodi or "")


def _domestic(kind: AddressKind, home: p.DomesticGroup) -> Address:
    name = home.katunimi or p.InTwo()
    tail = [
        home.katunumero,
        home.huoneistokirjain,
        (home.huoneistonumero or "").lstrip("0"),
        home.jakokirjain,
    ]
    street = p.InTwo(fi=_joined(name.fi, tail), sv=_joined(name.sv, tail))
    city = home.postitoimipaikka or p.InTwo()
    return _placed(kind, home, street, home.postinumero, city)


def _joined(name: str | None, tail: Sequence[str | None]) -> str:
    """``Vanhakatu 10 B 3``; nothing when there is no street."""
    if not name:
        return ""
    return " ".join(part.strip() for part in (name, *tail) if part and part.strip())


def _placed(
    kind: AddressKind,
    group: p.Placed,
    street: p.InTwo,
    postal_code: str | None,
    city: p.InTwo,
    country: str = "",
) -> Address:
    return Address(
        kind=kind,
        street=street.fi or street.sv or "",
        street_sv=street.sv or "",
        postal_code=postal_code or "",
        city=city.fi or city.sv or "",
        city_sv=city.sv or "",
        country=country,
        starts_on=day_of(group.alkupv),
        ends_on=day_of(group.loppupv),
        withheld=bool(group.turvakiellon_alaiset_kentat),
    )


def _relatives(
    groups: Groups, name: str, which: Callable[[p.CareGroup], p.Related | None]
) -> tuple[Relative, ...] | None:
    """None when nothing was told of them."""
    names = (name, f"{name}_SUPPEA")
    if not groups.mentions(*names):
        return None
    found = [(which(care), care) for care in groups.all(names, p.CareGroup)]
    return tuple(
        Relative(
            one.henkilotunnus,
            one.sukunimi or "",
            one.etunimet or "",
            ends_on=day_of(care.huoltosuhteen_loppupv),
        )
        for one, care in found
        if one is not None and one.henkilotunnus
    )
