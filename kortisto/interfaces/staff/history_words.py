"""What a record said before and after each change, in words."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.fields import EDITABLE
from kortisto.domain.patrons.models import (
    FieldChange,
    Guardianship,
    Patron,
    PatronCategory,
    Source,
    Transport,
)
from kortisto.interfaces.staff.audit_codes import field_words
from kortisto.interfaces.staff.job_words import actor_names
from kortisto.interfaces.staff.patron_facts import ICONS
from kortisto.ui.formats import day, moment

NOTHING: Final = "–"
FLAGS: Final = frozenset(
    {"card_lost", "is_protected", *(name for name in EDITABLE if "check_" in name)}
)
SECRET: Final = frozenset({"pin", "identity_key"})
"""Fields of which it is kept that they changed, and never what they were."""
OF_GUARDIANS: Final[Mapping[str, Promise]] = {
    "guardian": gettext_lazy("Guardian"),
    "guardian_order": gettext_lazy("Order of the guardians"),
    "guardian_sees_loans": gettext_lazy("A guardian sees the loans"),
    "guardian_sees_charges": gettext_lazy("A guardian sees the charges"),
}
LINK: Final = re.compile(r"(\d+)(\*?)(?:: (yes|no))?")
"""A link to a guardian as the history has it: ``12``, ``12*`` (pays), ``12: yes``."""
WAY: Final = re.compile(r"([a-z]+)( \d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldChange:
    """One line. ``secret``: never told to anybody; ``hidden``: not to this reader."""

    at: datetime
    label: str
    old: str
    new: str
    secret: bool
    hidden: bool
    source: str
    icon: str
    by: str


def tell_changes(
    changes: Iterable[FieldChange], *, hidden: frozenset[str]
) -> list[ToldChange]:
    """Three statements, however many changes there are."""
    some = list(changes)
    names = actor_names({one.actor for one in some} - {""})
    reader = _Reader(some)
    return [
        ToldChange(
            at=one.at,
            label=label_words(one.field),
            old="" if one.field in hidden else reader.words(one.field, one.old),
            new="" if one.field in hidden else reader.words(one.field, one.new),
            secret=one.field in SECRET,
            hidden=one.field in hidden,
            source=str(Source(one.source).label),
            icon=ICONS[Source(one.source)],
            by=names.get(one.actor, one.actor),
        )
        for one in some
    ]


def label_words(field: str) -> str:
    """What a field that has changed is called."""
    return str(OF_GUARDIANS.get(field) or field_words(field))


class _Reader:
    """Reads values as the history keeps them; knows the names they point at."""

    def __init__(self, changes: Iterable[FieldChange]) -> None:
        of_guardians = [one for one in changes if one.field in OF_GUARDIANS]
        links = {
            int(link)
            for one in of_guardians
            for link, _pays, _seen in LINK.findall(f"{one.old} {one.new}")
        }
        found = Guardianship.objects.filter(pk__in=links).select_related("guardian")
        self._guardians = {
            link.pk: link.guardian.full_name if link.guardian else link.name
            for link in found
        }
        categories = PatronCategory.objects.all()
        self._categories = {one.code: one.name for one in categories}

    def words(self, field: str, text: str) -> str:
        """A value as people read it; one that this version cannot read as it is."""
        if field in FLAGS:
            return _("Yes") if text else _("No")
        if not text:
            return NOTHING
        read = self._way_to_read(field)
        try:
            return read(text)
        except (KeyError, ValueError):
            return text

    def _way_to_read(self, field: str) -> Callable[[str], str]:
        if field in OF_GUARDIANS:
            return self._guardian
        if field.startswith("message:"):
            return _ways
        if field.endswith("_on"):
            return lambda text: day(date.fromisoformat(text))
        return {
            "category": lambda text: self._categories[text],
            "home_library": lambda text: organisation().by_code(text).name,
            "language": lambda text: str(dict(settings.LANGUAGES)[text]),
            "history": lambda text: str(Patron.History(text).label),
            "binned_at": lambda text: moment(datetime.fromisoformat(text)),
            "merged": lambda text: f"#{text}",
        }.get(field, str)

    def _guardian(self, text: str) -> str:
        return ", ".join(self._link(*found) for found in LINK.findall(text))

    def _link(self, number: str, pays: str, seen: str) -> str:
        name = self._guardians.get(int(number), _("a guardian who is gone"))
        if pays:
            return _("{name} (gets the bills)").format(name=name)
        if seen:
            yes = _("Yes") if seen == "yes" else _("No")
            return _("{name}: {answer}").format(name=name, answer=yes)
        return name


def _ways(text: str) -> str:
    """``email 3, sms 3``: the ways in words, with the days ahead."""
    return ", ".join(f"{Transport(way).label}{days}" for way, days in WAY.findall(text))
