"""A patron's loans and charges as their own pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _

from kortisto.domain.circulation.queries import history_of, loans_of
from kortisto.domain.fees.queries import balance
from kortisto.domain.patrons.actions.erasures import asked_of
from kortisto.domain.patrons.models import Patron, Restriction
from kortisto.domain.patrons.queries import own_charges_that_bar
from kortisto.domain.patrons.records import public_notes_of, restrictions_in_force
from kortisto.interfaces.opac.hits import drawn_cover
from kortisto.interfaces.opac.told import Message
from kortisto.interfaces.opac.words import Names, material_kind
from kortisto.ui.formats import day, money

SOON: Final = timedelta(days=3)
LAST_MINUTE: Final = (23, 59)
_COLUMNS: Final = (
    "id",
    "record_id",
    "title",
    "record__author",
    "record__material",
    "library_id",
    "lent_at",
    "due_at",
    "renewals",
    "returned_at",
    "claimed_at",
    "recalled_at",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanRow:
    """One loan. ``state``: overdue, soon, open, claimed or returned.

    Claimed: the patron has told that it is not with them.
    """

    id: int
    title: str
    author: str
    url: str
    material: str
    kind: str
    cover: SafeString
    library: str
    lent_at: datetime
    due_at: datetime
    by_the_hour: bool
    renewals: int
    state: str
    returned_at: datetime | None
    recalled: bool = False


def open_rows(patron_id: int, names: Names, *, now: datetime) -> list[LoanRow]:
    """One statement for any number of loans, the first due first."""
    return [
        _row(each, names, now=now) for each in loans_of(patron_id).values(*_COLUMNS)
    ]


def past_rows(
    patron_id: int, names: Names, *, now: datetime, start: int, size: int
) -> list[LoanRow]:
    """What was returned and is remembered, the latest first."""
    found = history_of(patron_id).values(*_COLUMNS)[start : start + size]
    return [_row(each, names, now=now) for each in found]


def _row(loan: dict[str, Any], names: Names, *, now: datetime) -> LoanRow:
    kind = material_kind(loan["record__material"])
    due: datetime = loan["due_at"]
    local = localtime(due)
    return LoanRow(
        id=loan["id"],
        title=loan["title"],
        author=loan["record__author"],
        url=reverse("record", args=[loan["record_id"]]),
        material=names.material(loan["record__material"]),
        kind=kind,
        cover=drawn_cover(loan["title"], loan["record__author"], kind),
        library=names.tree.name(loan["library_id"]),
        lent_at=loan["lent_at"],
        due_at=due,
        by_the_hour=(local.hour, local.minute) != LAST_MINUTE,
        renewals=loan["renewals"],
        state=_state(loan, now=now),
        returned_at=loan["returned_at"],
        recalled=loan["recalled_at"] is not None,
    )


def _state(loan: dict[str, Any], *, now: datetime) -> str:
    due: datetime = loan["due_at"]
    if loan["returned_at"] is not None:
        return "returned"
    if loan["claimed_at"] is not None:
        return "claimed"
    if due < now:
        return "overdue"
    return "soon" if due - now <= SOON else "open"


def notices(patron: Patron, *, now: datetime) -> list[Message]:
    """What keeps a patron from borrowing, or soon will, and what to do about it."""
    today = localdate(now)
    told = [
        *_erasure(patron.pk),
        *_card(patron, today),
        *_restrictions(patron.pk, today),
    ]
    limit = own_charges_that_bar(patron.category, patron.home_library_id)
    owed = balance(patron.pk).public_cents
    if limit is not None and owed > limit:
        sentence = _(
            "You owe {owed}. Borrowing is possible again when at most {limit} is "
            "unpaid. You can pay at any library."
        )
        told.append(
            Message("stop", sentence.format(owed=money(owed), limit=money(limit)))
        )
    told += [Message("info", note) for note in public_notes_of(patron.pk)]
    return told


def _erasure(patron_id: int) -> Sequence[Message]:
    """Whoever has asked to be erased, or somebody in their name, sees it at once."""
    asked = asked_of(patron_id)
    if asked is None:
        return []
    sentence = _(
        "Your data is erased in the night after {day}. Open Privacy to take it back."
    )
    return [Message("attention", sentence.format(day=day(asked.erase_on)))]


def _card(patron: Patron, today: date) -> Sequence[Message]:
    if patron.card_lost:
        text = _("Your card has been reported lost. You get a new one at any library.")
        return [Message("stop", text)]
    if patron.expires_on < today:
        sentence = _(
            "Your card was good until {day}. Visit any library with an identity card, "
            "and it is renewed at once."
        )
        return [Message("attention", sentence.format(day=day(patron.expires_on)))]
    if patron.check_address:
        text = _("We are not sure of your address. Please tell the library.")
        return [Message("attention", text)]
    return []


def _restrictions(patron_id: int, today: date) -> Sequence[Message]:
    """Restrictions in force. What staff wrote about them is not for this page."""
    found = restrictions_in_force(patron_id, today)
    return [Message("stop", _restricted(each)) for each in found]


def _restricted(each: Restriction) -> str:
    if each.ends_on is not None:
        sentence = _("You cannot borrow until {day}: {reason}. The library knows more.")
        return sentence.format(day=day(each.ends_on), reason=each.type.name.lower())
    sentence = _("You cannot borrow now: {reason}. The library knows more.")
    return sentence.format(reason=each.type.name.lower())
