"""What is looked for in the audit log: whom, who, where, what, and between when."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from kortisto.core.models import LoggedEvent
from kortisto.core.text import without_places
from kortisto.domain.org.models import Staff
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.queries import patron_by_card
from kortisto.domain.patrons.viewings import VIEWS
from kortisto.interfaces.staff.audit_words import SENTENCES
from kortisto.ui.fields import DayField

LOOKS: Final = "looks"  # every kind of look at a patron's data
LONGEST_NUMBER: Final = 18  # digits
LAST_MINUTE: Final = time(23, 59)


class ClockField(forms.TimeField):
    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
        formats = ["%H:%M", "%H.%M", "%H:%M:%S"]
        super().__init__(widget=widget, input_formats=formats, **kwargs)


class AuditForm(forms.Form):
    """Empty fields do not matter. A clock without its day is told.

    ``units`` are those whose events may be read; None: all events there are.
    """

    card = forms.CharField(
        label=gettext_lazy("Patron's card"),
        help_text=gettext_lazy("Or # and the patron's number."),
        max_length=40,
        required=False,
    )
    staff = forms.CharField(
        label=gettext_lazy("Staff, user name"), max_length=60, required=False
    )
    unit = forms.TypedChoiceField(
        label=gettext_lazy("Where"), coerce=int, empty_value=None, required=False
    )
    kind = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    since = DayField(label=gettext_lazy("From"), required=False)
    since_at = ClockField(label=gettext_lazy("From, clock"), required=False)
    until = DayField(label=gettext_lazy("To"), required=False)
    until_at = ClockField(label=gettext_lazy("To, clock"), required=False)

    def __init__(self, data: Any, *, units: frozenset[int] | None) -> None:
        super().__init__(data)
        self._units = units
        kinds = sorted(
            (without_places(str(text)), kind) for kind, text in SENTENCES.items()
        )
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            ("", _("Everything")),
            (LOOKS, _("Every look at a patron's data")),
            *((kind, words) for words, kind in kinds),
        ]
        known = sorted(organisation().units.values(), key=lambda one: one.name)
        readable = [one for one in known if units is None or one.id in units]
        self.fields["unit"].choices = [  # type: ignore[attr-defined]
            ("", _("Everywhere") if units is None else _("Everywhere you may read")),
            *((unit.id, unit.name) for unit in readable),
        ]

    def clean_card(self) -> int | None:
        """The patron; a card that nobody has is told."""
        number = self.cleaned_data["card"].strip()
        if not number:
            return None
        found = _numbered(number[1:]) if number[0] == "#" else patron_by_card(number)
        if found is None:
            raise forms.ValidationError(_("Nobody has this card."))
        return found

    def clean_staff(self) -> int | None:
        name = self.cleaned_data["staff"].strip().lower()
        if not name:
            return None
        staff = Staff.objects.filter(username=name).values_list("pk", flat=True)
        found = staff.first()
        if found is None:
            raise forms.ValidationError(_("There is no such user name."))
        return found

    @override
    def clean(self) -> dict[str, Any]:
        asked = super().clean() or {}
        for clock in ("since_at", "until_at"):
            day = clock.removesuffix("_at")
            if asked.get(clock) and not asked.get(day) and day not in self.errors:
                self.add_error(day, _("Give the day of the time as well."))
        return asked

    def narrowed(self) -> "QuerySet[LoggedEvent]":
        """The events that were asked for; the form has been found valid."""
        events = LoggedEvent.objects.all()
        for condition in self._conditions():
            events = events.filter(**condition)
        return events

    def _conditions(self) -> Iterator[dict[str, Any]]:
        asked = self.cleaned_data
        if self._units is not None:
            yield {"unit_id__in": self._units}
        if asked["card"] is not None:
            yield {"patron_id": asked["card"]}
        if asked["staff"] is not None:
            yield {"actor": f"staff:{asked['staff']}"}
        if asked["unit"] is not None:
            yield {"unit_id": asked["unit"]}
        if asked["kind"]:
            looks = asked["kind"] == LOOKS
            yield {"kind__in": VIEWS} if looks else {"kind": asked["kind"]}
        if asked["since"]:
            yield {"happened_at__gte": _at(asked["since"], asked["since_at"] or time())}
        if asked["until"]:
            last = _at(asked["until"], asked["until_at"] or LAST_MINUTE)
            yield {"happened_at__lt": last + timedelta(minutes=1)}


def _numbered(number: str) -> int | None:
    """A patron by the number that never changes, also one who is in the bin or gone."""
    if not (number.isascii() and number.isdigit() and len(number) <= LONGEST_NUMBER):
        return None
    known = Patron.objects.filter(pk=int(number)).exists()
    told_of = LoggedEvent.objects.filter(patron_id=int(number))
    return int(number) if known or told_of.exists() else None


def _at(day: date, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))
