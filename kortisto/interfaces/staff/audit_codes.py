"""What the codes inside events are called, for the sentences of the audit log."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kortisto.core.days import written
from kortisto.domain.acquisitions.models import Suggestion
from kortisto.domain.circulation.losses import Lost, Mark
from kortisto.domain.circulation.models import Claim
from kortisto.domain.closures.models import Shift
from kortisto.domain.fees.models import ChargeType
from kortisto.domain.holds.models import Transit
from kortisto.domain.notices.kinds import title_of
from kortisto.domain.notices.models import Transport
from kortisto.domain.patrons.category_fields import FIELDS, OTHER_PARTS
from kortisto.domain.patrons.fields import label_of
from kortisto.domain.patrons.models import (
    MessageKind,
    PatronNote,
    RestrictionType,
)
from kortisto.domain.patrons.restriction_types import TITLES
from kortisto.interfaces.staff.entry_words import outcome_words

Words = Mapping[str, "Promise | str"]

VIEWED: Final[Words] = {
    "patron": gettext_lazy("the patron's page"),
    "search": gettext_lazy("a search"),
    "desk": gettext_lazy("the desk"),
    "renewal": gettext_lazy("a renewal"),
    "guardian": gettext_lazy("the pages of a guardian"),
    "entry": gettext_lazy("the page of open libraries"),
    "home-delivery": gettext_lazy("the page of home delivery"),
    "online-registrations": gettext_lazy("the list of registrations on the web"),
    "edit": gettext_lazy("the form of the record"),
    "guardians": gettext_lazy("the page of guardians"),
    "messages": gettext_lazy("the choice of messages"),
    "bin": gettext_lazy("the bin"),
    "change": gettext_lazy("a short form about the patron"),
    "delete": gettext_lazy("the page of deleting"),
    "door": gettext_lazy("the list of who wanted to enter"),
    "erasing": gettext_lazy("the page of erasing"),
    "sent-messages": gettext_lazy("the list of messages"),
    "sent-message": gettext_lazy("a message that was sent"),
    "write": gettext_lazy("the page to write to the patron"),
    "data": gettext_lazy("the page of all the data"),
    "identity": gettext_lazy("found by the personal identity code"),
    "change-requests": gettext_lazy("the list of change requests"),
    "merge": gettext_lazy("the page of merging"),
    "registration": gettext_lazy(
        "the form of registration, for somebody of the family"
    ),
    "hold": gettext_lazy("a hold of the patron"),
    "queue": gettext_lazy("the queue for a title"),
    "loan": gettext_lazy("a loan of the patron"),
    "history": gettext_lazy("the history of the record"),
}
"""Where a patron was looked at."""

ACCOUNTS: Final[Words] = {
    "created": gettext_lazy("opened"),
    "changed": gettext_lazy("data changed"),
    "deactivated": gettext_lazy("account closed"),
    "reactivated": gettext_lazy("opened again"),
    "password": gettext_lazy("new password"),
    "unlocked": gettext_lazy("unlocked"),
    "second-factor": gettext_lazy("second factor set up"),
    "second-factor-removed": gettext_lazy("second factor taken away"),
    "sessions-ended": gettext_lazy("sessions ended"),
    "passkey": gettext_lazy("passkey added"),
    "sign-in-linked": gettext_lazy("linked to an account of the municipality"),
    "sign-in-unlinked": gettext_lazy("link to an account of the municipality ended"),
    "passkey-removed": gettext_lazy("passkey taken away"),
    "removed": gettext_lazy("removed; the name stays"),
}
"""What became of a staff account (StaffChanged)."""

WORKSTATIONS: Final[Words] = {
    "added": gettext_lazy("added"),
    "code": gettext_lazy("new code"),
    "enrolled": gettext_lazy("enrolled"),
    "removed": gettext_lazy("taken out of use"),
    "stolen": gettext_lazy("lost or stolen"),
}
"""What became of a workstation (WorkstationChanged)."""

CALENDARS: Final[Words] = {
    "weekly-hours": gettext_lazy("weekly hours"),
    "exception-added": gettext_lazy("days that differ"),
    "exception-removed": gettext_lazy("days that differ, removed"),
    "holidays": gettext_lazy("holidays of {year}"),
    "copied": gettext_lazy("copied from {year}"),
}
DOORS: Final[Words] = {
    "added": gettext_lazy("added"),
    "removed": gettext_lazy("removed"),
}
FAILURES: Final[Words] = {
    "no-account": gettext_lazy("no such account"),
    "locked": gettext_lazy("the account is locked"),
    "password": gettext_lazy("wrong password"),
    "second-factor": gettext_lazy("wrong second factor"),
}
ANSWERS: Final[Words] = {
    "yes": gettext_lazy("yes"),
    "no": gettext_lazy("no"),
    "": gettext_lazy("not in force any more"),
}
SUGGESTIONS: Final[Words] = {
    state.value: Suggestion.State(state).label for state in Suggestion.State
}
ENDINGS: Final[Words] = {
    "done": gettext_lazy("done"),
    "dropped": gettext_lazy("nothing to be done"),
}
REASONS_TO_EMPTY: Final[Words] = {
    "forgotten": gettext_lazy("loans were forgotten"),
    "erased": gettext_lazy("a patron was erased"),
    "archived": gettext_lazy("the month was archived"),
}
OTHER_FIELDS: Final[Words] = {
    "pin": gettext_lazy("PIN"),
    "card": gettext_lazy("Card"),
    "identity_key": gettext_lazy("Personal identity code"),
    "category": gettext_lazy("Patron category"),
    "home_library": gettext_lazy("Home library"),
    "merged": gettext_lazy("Merged with the record"),
    "binned_at": gettext_lazy("Deleted"),
    "bin_reason": gettext_lazy("Why it was deleted"),
    "identity_skipped": gettext_lazy("Why there is no personal identity code"),
}
"""What changes of a patron beside the fields of the form."""


def code_words(
    kind: str, place: str, value: Any, *, types: Mapping[str, str]
) -> str | None:
    """What a code of an event is called; None: it is to be shown as it is.

    ``types`` are the names of charges and restrictions, by their codes.
    """
    if place == "fields" and kind == "PatronChanged":
        return ", ".join(field_words(str(one)) for one in value)
    if place == "fields" and kind == "CategoryChanged":
        return ", ".join(category_field_words(str(one)) for one in value)
    if place == "fields" and kind == "RestrictionTypeChanged":
        return ", ".join(str(TITLES.get(one, one)) for one in value)
    told = PLACES.get((kind, place))
    return None if told is None else told(str(value), types)


def field_words(name: str) -> str:
    """A field of a patron's record as the pages call it."""
    whole, _colon, detail = name.partition(":")
    if whole == "message" and detail in MessageKind.values:
        return str(MessageKind(detail).label)
    if whole.startswith("guardian"):
        return _("Guardian")
    if whole in OTHER_FIELDS:
        return str(OTHER_FIELDS[whole])
    return label_of(whole)


def category_field_words(name: str) -> str:
    """A field of a patron category as its page calls it."""
    known = FIELDS.get(name)
    return str(OTHER_PARTS.get(name, name) if known is None else known.title)


def names_of_types() -> dict[str, str]:
    """Names of charges and restrictions: two statements."""
    return {
        one.code: one.name
        for model in (ChargeType, RestrictionType)
        for one in model.objects.all()
    }


def _among(words: Words) -> Callable[[str, Mapping[str, str]], str]:
    return lambda value, _types: str(words.get(value, value))


def _type(value: str, types: Mapping[str, str]) -> str:
    return types.get(value, value)


def _calendar(value: str, _types: Mapping[str, str]) -> str:
    """``holidays-2026`` and the like carry their year."""
    name, _hyphen, year = value.rpartition("-")
    if year.isdigit():
        return str(CALENDARS.get(name, value)).format(year=year)
    return str(CALENDARS.get(value, value))


def _day(value: str) -> str:
    """A day or a moment as people write it; no day: it was taken back."""
    if value == "None":
        return _("taken back")
    if "T" in value:
        return written(localdate(datetime.fromisoformat(value)))
    return written(date.fromisoformat(value))


ROTATIONS: Final[Words] = {
    "made": gettext_lazy("made"),
    "round": gettext_lazy("name or round changed"),
    "day": gettext_lazy("another day to go on"),
    "ended": gettext_lazy("ended"),
}
WAYS: Final[Words] = {
    "set": gettext_lazy("set"),
    "removed": gettext_lazy("removed"),
}
JOURNEYS: Final[Words] = {"": "", **dict(Transit.Reason.choices)}
SHIFTS: Final[Words] = dict(Shift.Kind.choices)
CHARGE_OF_A_FIND: Final[Words] = {
    "refund": gettext_lazy("refund the replacement charge"),
    "refund-and-fine": gettext_lazy("refund it and charge the overdue fine"),
    "refund-and-old-fine": gettext_lazy("refund it and restore the earlier fine"),
    "keep": gettext_lazy("keep the replacement charge"),
    "none": gettext_lazy("there was none"),
}
AUDIENCES: Final[Words] = dict(PatronNote.Audience.choices)
TRANSPORTS: Final[Words] = dict(Transport.choices)

PLACES: Final[Mapping[tuple[str, str], Callable[[str, Mapping[str, str]], str]]] = {
    ("PatronViewed", "page"): _among(VIEWED),
    ("ContentTakenOut", "why"): _among(REASONS_TO_EMPTY),
    ("StaffChanged", "what"): _among(ACCOUNTS),
    ("WorkstationChanged", "what"): _among(WORKSTATIONS),
    ("CalendarChanged", "what"): _calendar,
    ("DoorChanged", "what"): _among(DOORS),
    ("StaffLoginFailed", "reason"): _among(FAILURES),
    ("GuardianAnswered", "answer"): _among(ANSWERS),
    ("ErrandEnded", "state"): _among(ENDINGS),
    ("SuggestionAnswered", "state"): _among(SUGGESTIONS),
    ("NoteWritten", "audience"): _among(AUDIENCES),
    ("MessageWritten", "transport"): _among(TRANSPORTS),
    ("MessageTextChanged", "kind"): lambda value, _types: title_of(str(value)),
    ("LoanLost", "lost"): _among(dict(Lost.choices)),
    ("ItemMarked", "mark"): _among(dict(Mark.choices)),
    ("LostItemFound", "charge"): _among(CHARGE_OF_A_FIND),
    ("LoanClaimed", "claim"): _among(dict(Claim.Kind.choices)),
    ("ClaimResolved", "resolution"): _among(dict(Claim.Resolution.choices)),
    ("RotationChanged", "what"): _among(ROTATIONS),
    ("TransferLimitChanged", "what"): _among(WAYS),
    ("ItemSent", "why"): _among(JOURNEYS),
    ("ChargeMade", "type"): _type,
    ("RestrictionAdded", "kind"): _type,
    ("RestrictionTypeChanged", "kind"): _type,
    ("ShiftAsked", "what"): _among(SHIFTS),
    ("ShiftWithdrawn", "what"): _among(SHIFTS),
    ("ShiftCarriedOut", "what"): _among(SHIFTS),
    ("ClosureSet", "starts_on"): lambda value, _types: _day(value),
    ("ClosureSet", "ends_on"): lambda value, _types: _day(value),
    ("PremisesSet", "starts_on"): lambda value, _types: _day(value),
    ("PremisesSet", "ends_on"): lambda value, _types: _day(value),
    ("LoanDueMoved", "before"): lambda value, _types: _day(value),
    ("LoanDueMoved", "due_at"): lambda value, _types: _day(value),
    ("EntryAttempted", "code"): lambda value, _types: outcome_words(value),
}
