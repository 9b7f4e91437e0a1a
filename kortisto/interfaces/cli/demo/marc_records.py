"""Facts as MARC 21 records, as Finnish public libraries catalogue (RDA)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from kortisto.domain.catalogue.marc.record import DataField, Field, Marc, Subfield
from kortisto.interfaces.cli.demo.facts import Fact
from kortisto.interfaces.cli.demo.forms import FORMS, Form, country_of

SOURCE: Final = "FI-LUMME"
MADE_UP_ISBN: Final = "97899999"  # no publisher has this range
ISBNS: Final = 10_000
PART: Final = re.compile(r"^(.+?)\. (\d[\d, –-]*), (.+)$")
ARTICLES: Final = {
    "eng": ("The ", "A ", "An "),
    "swe": ("En ", "Ett "),
    "ger": ("Der ", "Die ", "Das ", "Ein ", "Eine "),
    "fre": ("Le ", "La ", "Les ", "L'", "Un ", "Une "),
    "spa": ("El ", "La ", "Los ", "Las "),
}
CLASSIC: Final = 1950  # older works stand on the shelf as later editions
CODED_TIME: Final = re.compile(r"^\d{4}-luku")


@dataclass(frozen=True, slots=True)
class Made:
    """A record, and the year of the edition that it describes."""

    marc: Marc
    year: int | None


def record(fact: Fact, *, number: int, entered_on: date) -> Made:
    """The record of title ``number`` (from 1), catalogued on a day."""
    form = FORMS[fact.material]
    edition = _edition_year(fact, form, number)
    fields: list[Field] = [
        ("001", f"{number:08d}"),
        ("003", SOURCE),
        ("005", f"{entered_on:%Y%m%d}120000.0"),
    ]
    if form.physical:
        fields.append(("007", form.physical))
    fields.append(("008", _fixed(fact, form, edition, entered_on)))
    fields += _head(fact, form, number)
    fields += _body(fact, form, edition)
    fields += _about(fact)
    fields.append(("942", "  ", (("c", fact.material),)))
    leader = f"00000n{form.leader} a22000004i 4500"
    return Made(Marc(leader, tuple(fields)), edition)


def isbn(number: int) -> str:
    """A valid ISBN-13 of the made-up range: the n-th of ten thousand."""
    digits = f"{MADE_UP_ISBN}{number % ISBNS:04d}"
    total = sum(int(digit) * (3 if n % 2 else 1) for n, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def _edition_year(fact: Fact, form: Form, number: int) -> int | None:
    """The year of a work that the carrier, or the shelf, cannot be as old as."""
    if fact.year is None or fact.material == "LEHTI":
        return fact.year
    if fact.year >= form.first_year and not (
        fact.year < CLASSIC and fact.material == "KIRJA"
    ):
        return fact.year
    earliest = max(form.first_year, 1988)
    return earliest + number % (2024 - earliest)


def _fixed(fact: Fact, form: Form, year: int | None, entered_on: date) -> str:
    """Field 008, 40 characters."""
    dates = f"{'s' if year else 'n'}{year or 'uuuu'}    "
    if year and fact.year and year != fact.year:
        dates = f"{'p' if form.leader[0] == 'g' else 'r'}{year}{fact.year}"
    if fact.material == "LEHTI":
        dates = f"c{year or 'uuuu'}9999"
    start = f"{entered_on:%y%m%d}{dates}{country_of(fact):<3}"
    return f"{start}{form.coded(fact)}{fact.language:<3} c"


def _head(fact: Fact, form: Form, number: int) -> Iterator[Field]:
    if number <= ISBNS and fact.material in {"KIRJA", "AANIKIRJA", "SELKO"}:
        text = isbn(number)
        yield _data("020", "  ", a=f"978-99999-{text[8:12]}-{text[12]}")
    yield _data("040", "  ", a=SOURCE, b="fin", e="rda")
    yield from _languages(fact, form)
    if fact.age:
        yield _data("049", "  ", c=fact.age)
    if fact.ykl:
        yield ("084", "  ", (("a", fact.ykl), ("2", "ykl")))
    if fact.author:
        yield _name("1", fact.author, form.main_role)
    if fact.original_title:
        yield _data("240", "10", a=fact.original_title)
    yield _title(fact)


def _languages(fact: Fact, form: Form) -> Iterator[Field]:
    parts: list[Subfield] = [("a", fact.language)]
    if form.leader[0] == "g" and fact.language not in {"fin", "zxx"}:
        parts += [("j", "fin"), ("j", "swe")]
    if fact.original_language:
        parts.append(("h", fact.original_language))
    if len(parts) > 1:
        yield ("041", "1 " if fact.original_language else "0 ", tuple(parts))


def _title(fact: Fact) -> DataField:
    parts: list[Subfield] = []
    found = PART.match(fact.title)
    if found is None:
        parts.append(("a", fact.title))
    else:
        parts += [("a", f"{found[1]}."), ("n", f"{found[2]},"), ("p", found[3])]
    if fact.subtitle:
        parts[-1] = (parts[-1][0], f"{parts[-1][1]} :")
        parts.append(("b", fact.subtitle))
    said = _responsibility(fact)
    if said:
        parts[-1] = (parts[-1][0], f"{parts[-1][1]} /")
        parts.append(("c", f"{said}."))
    skipped = next(
        (
            len(article)
            for article in ARTICLES.get(fact.language, ())
            if fact.title.startswith(article)
        ),
        0,
    )
    return ("245", f"{'1' if fact.author else '0'}{skipped}", tuple(parts))


def _responsibility(fact: Fact) -> str:
    said = [_straight(fact.author)] if fact.author else []
    said += [f"{role} {_straight(name)}" for role, name in fact.others if role]
    return " ; ".join(said)


def _straight(name: str) -> str:
    surname, comma, names = name.partition(", ")
    return f"{names} {surname}" if comma else name


def _name(group: str, name: str, role: str) -> DataField:
    """1XX or 7XX; a name without a comma is a body when it plays or makes."""
    parts = (("a", f"{name}," if role else name), *((("e", role),) if role else ()))
    is_person = ", " in name
    if not is_person and role in {"esittäjä", "tuottaja"}:
        return (f"{group}10", "2 ", parts)
    return (f"{group}00", "1 " if is_person else "0 ", parts)


def _body(fact: Fact, form: Form, year: int | None) -> Iterator[Field]:
    published: list[Subfield] = []
    if fact.place:
        published.append(("a", f"{fact.place} :" if fact.publisher else fact.place))
    if fact.publisher:
        published.append(("b", f"{fact.publisher}," if year else fact.publisher))
    if year:
        going_on = "-" if fact.material == "LEHTI" else ""
        published.append(("c", f"{year}{going_on}"))
    if published:
        yield ("264", " 1", tuple(published))
    yield _data("300", "  ", a=fact.extent or form.extent)
    for tag, (term, code), scheme in (
        ("336", form.content, "rdacontent"),
        ("337", form.media, "rdamedia"),
        ("338", form.carrier, "rdacarrier"),
    ):
        yield (tag, "  ", (("a", term), ("b", code), ("2", scheme)))
    name, number = fact.series
    if name:
        parts = (("a", f"{name} ;"), ("v", number)) if number else (("a", name),)
        yield ("490", "0 ", parts)
    if year and fact.year and year != fact.year:
        yield _data("500", "  ", a=f"Teoksen alkuperäinen vuosi: {fact.year}.")
    if fact.note:
        yield _data("500", "  ", a=fact.note)
    if fact.age:
        yield _data("521", "8 ", a=fact.age)


def _about(fact: Fact) -> Iterator[Field]:
    for term in fact.subjects:
        yield _subject(term)
    for genre in fact.genres:
        yield ("655", " 7", (("a", genre), ("2", "slm/fin")))
    for role, name in fact.others:
        yield _name("7", name, role)


def _subject(term: str) -> DataField:
    """A person, a time, a place or a topic, by the look of the term."""
    if ", " in term and term[:1].isupper():
        return ("600", "14", (("a", term),))
    if CODED_TIME.match(term):
        return ("648", " 7", (("a", term), ("2", "yso/fin")))
    is_place = term[:1].isupper() and " " not in term and term.isalpha()
    return ("651" if is_place else "650", " 7", (("a", term), ("2", "yso/fin")))


def _data(tag: str, indicators: str, **parts: str) -> DataField:
    return (tag, indicators, tuple(parts.items()))
