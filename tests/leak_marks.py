"""Give every secret field of every row a value of its own, and find it again anywhere.

What is secret is what ``kortisto/core/secrecy.py`` says, so that a new field is marked
by itself. A text of which no row of the stage has a mark stands in ``missed``.
"""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from io import BytesIO
from typing import Any, Final

from django.db import IntegrityError, models, transaction
from pypdf import PdfReader
from typing_extensions import override

from kortisto.core.models import LoggedEvent
from kortisto.core.secrecy import Secrecy, fields_of, our_models, secrecy_of
from kortisto.domain.patrons.models import Patron

SHORTEST: Final = 8  # characters that a mark needs
NUMBERS: Final = "+358509"  # none of them is anybody's: seven more digits follow
FAR: Final = 2150  # the year of ends that are marked

WORDS_OF_CODE: Final = frozenset(
    {"kind", "code", "field", "scope", "key", "queue", "unique_key", "channel", "law"}
    | {"cron", "digest", "fingerprint", "language", "previous_digest", "profile"}
    | {"reject_file", "service", "worker"}
)
"""What the code itself says and looks for: another word there breaks it."""

VALUES_OF_CODE: Final = frozenset({"Move.before", "Move.after", "Move.origin"})
"""The same of one model: moments, days and keys that the code writes as text."""

LABELS: Final = re.compile(r"actor|author|\w+_by")
"""Who did it, as ``staff:7``: the mark is the number."""


@dataclass(frozen=True, slots=True)
class Secret:
    """What a mark was written into. ``owners`` are the patrons whom it is about."""

    field: str
    secrecy: Secrecy
    owners: frozenset[int]

    @override
    def __str__(self) -> str:
        return f"{self.field} ({self.secrecy}, of {sorted(self.owners) or 'staff'})"


MARK: Final = re.compile(r"zqw\d{4}x", re.IGNORECASE)  # no token has one by chance
NUMBER: Final = re.compile(r"509\d{7}")
DAY: Final = re.compile(r"\b(\d{1,2})\.(\d{1,2})\.(\d{4})\b")
ISO: Final = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
PDF: Final = b"%PDF"


@dataclass(slots=True)
class Marks:
    """Every mark that has been written, and what it stands for."""

    secrets: dict[str, Secret] = field(default_factory=dict)
    covered: set[str] = field(default_factory=set)
    missed: set[str] = field(default_factory=set)

    def in_text(self, text: str) -> set[Secret]:
        """Whatever stands in a text, however numbers and days are written there."""
        dense = re.sub(r"\s", "", text)
        found = [one.lower() for one in MARK.findall(text)]
        found += NUMBER.findall(dense)
        found += [_iso(y, m, d) for d, m, y in DAY.findall(text)]
        found += [_iso(*parts) for parts in ISO.findall(text)]
        return {self.secrets[one] for one in found if one in self.secrets}

    def in_bytes(self, body: bytes) -> set[Secret]:
        """The same of a file, also of a PDF as people read it."""
        if body.startswith(PDF):
            pages = PdfReader(BytesIO(body)).pages
            return self.in_text("\n".join(page.extract_text() for page in pages))
        return self.in_text(body.decode("utf-8", errors="replace"))


def _iso(year: str, month: str, day: str) -> str:
    return f"{year}-{int(month):02}-{int(day):02}"


def mark_everything() -> Marks:
    """Write a mark into every secret field of every row that is there now."""
    marks = Marks()
    for model in our_models():
        if model is not LoggedEvent:  # never changed: see test_the_log_names_nobody
            for each in fields_of(model):
                _mark_field(model, each, marks)
    return marks


def _mark_field(
    model: type[models.Model], each: "models.Field[Any, Any]", marks: Marks
) -> None:
    said = secrecy_of(model, each.name)
    if said is Secrecy.PUBLIC or not _can_bear(each):
        return
    name = f"{model.__name__}.{each.name}"
    for row in model._default_manager.order_by("pk"):  # noqa: SLF001
        mark = _mark(each, getattr(row, each.name), len(marks.secrets))
        if mark is None or not _written(model, row, each, mark):
            continue
        marks.secrets[_as_found(mark)] = Secret(name, said, owners_of(row))
        marks.covered.add(name)
    if name not in marks.covered and not _may_be_missing(each):
        marks.missed.add(name)


def _may_be_missing(each: "models.Field[Any, Any]") -> bool:
    """A day or a doer that no row has: the texts beside it tell more."""
    return isinstance(each, models.DateField) or bool(LABELS.fullmatch(each.name))


def _can_bear(each: "models.Field[Any, Any]") -> bool:
    """Texts and days; a number, a yes or a link tells nothing without them."""
    if each.primary_key or each.choices or each.name in WORDS_OF_CODE:
        return False
    if f"{each.model.__name__}.{each.name}" in VALUES_OF_CODE:
        return False
    return type(each) in {
        models.CharField,
        models.TextField,
        models.EmailField,
        models.DateField,
    }


def _mark(each: "models.Field[Any, Any]", value: Any, number: int) -> Any:
    """A value for the field that no other row has; None when it stays as it is."""
    if isinstance(each, models.DateField):
        return _day(each.name, value, number)
    if "phone" in each.name or each.name == "sms_number":
        return f"{NUMBERS}{number:07}"
    if isinstance(each, models.EmailField):
        return f"zqw{number:04}x@x.example"
    if LABELS.fullmatch(each.name):
        return f"staff:509{number:07}" if value else None
    if each.max_length is not None and each.max_length < SHORTEST:
        return None
    return f"zqw{number:04}x"


def _day(name: str, value: date | None, number: int) -> date | None:
    """Days near today stand on many pages: only far ones are marks."""
    if value is None:
        return None
    if name == "born_on":
        return value.replace(day=1 + number % 28)  # as old as before
    if name.endswith(("until_on", "ends_on", "expires_on")):
        return date(FAR, 1, 1) + timedelta(days=number)
    return None


def _written(
    model: type[models.Model],
    row: models.Model,
    each: "models.Field[Any, Any]",
    mark: Any,
) -> bool:
    """False where a promise of the database is against it."""
    try:
        with transaction.atomic():
            model._default_manager.filter(pk=row.pk).update(  # noqa: SLF001
                **{each.name: mark}
            )
    except IntegrityError:
        return False
    return True


def _as_found(mark: Any) -> str:
    if isinstance(mark, date):
        return mark.isoformat()
    text = str(mark)
    number = NUMBER.search(text)
    return number.group() if number else MARK.search(text).group()  # type: ignore[union-attr]


def owners_of(row: models.Model) -> frozenset[int]:
    """The patrons whom a row is about."""
    if isinstance(row, Patron):
        return frozenset({row.pk})
    return frozenset(
        owner
        for each in fields_of(type(row))
        if each.related_model is Patron and (owner := getattr(row, each.attname))
    )
