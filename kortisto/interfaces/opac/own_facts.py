"""What the library holds about a patron, as the patron reads it (S9).

Each value comes with where it came from and when.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kortisto.domain.org.queries import Organisation
from kortisto.domain.org.settings import EXPIRED_EFFECT
from kortisto.domain.patrons.actions.change_requests import asked_by_guardian
from kortisto.domain.patrons.contacts import readable_number
from kortisto.domain.patrons.fields import label_of
from kortisto.domain.patrons.hold_identifiers import grouped
from kortisto.domain.patrons.models import Card, Patron, RequestedChange, Source
from kortisto.domain.patrons.records import PatronRecord, Provenance
from kortisto.ui.formats import day

SHOWN_DIGITS: Final = 4
NUMBERS: Final = frozenset({"phone", "second_phone", "sms_number"})
SAID_BY: Final[Mapping[str, Promise]] = {
    Source.DESK: gettext_lazy("at the library, {day}"),
    Source.ONLINE: gettext_lazy("you, on the web, {day}"),
    Source.GUARDIAN: gettext_lazy("your guardian, {day}"),
    Source.POPULATION_REGISTER: gettext_lazy("the population register, {day}"),
    Source.MIGRATION: gettext_lazy("the earlier library system, {day}"),
    Source.JOB: gettext_lazy("Kortisto by itself, {day}"),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One value with its name, and quietly where it came from."""

    label: str
    value: str
    came_from: str = ""
    kind: str = ""  # "code" for numbers that are read digit by digit


@dataclass(frozen=True, slots=True)
class Expiry:
    """Until when the card is good, and what happens then."""

    on: date
    is_over: bool
    what_happens: str


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One field that was asked to be changed, and what has become of it."""

    id: int
    label: str
    value: str
    state: str
    kind: str
    asked_on: date
    note: str
    waits: bool
    by_guardian: bool


KIND_OF_STATE: Final = {"waiting": "info", "accepted": "ok", "denied": "attention"}

Provenances = Mapping[str, Provenance]


def contact_facts(patron: Patron, came: Provenances) -> list[Fact]:
    """Names and how the patron is reached; what is empty is told to be so."""
    first = _fact(_("First names"), patron.first_names, came.get("first_names"))
    called = _fact(_("Called name"), patron.called_name, came.get("called_name"))
    names = [_fact(_("Surname"), patron.surname, came.get("surname"))]
    if patron.first_names:
        names.append(first)
    if patron.called_name:
        names.append(called)
    return [
        *names,
        *_addresses(patron, came),
        _fact(_("Phone"), readable_number(patron.phone), came.get("phone")),
        *_if(
            patron.second_phone,
            _fact(
                _("Second phone"),
                readable_number(patron.second_phone),
                came.get("second_phone"),
            ),
        ),
        _fact(_("E-mail"), patron.email, came.get("email")),
        *_if(
            patron.second_email,
            _fact(_("Second e-mail"), patron.second_email, came.get("second_email")),
        ),
    ]


def other_facts(record: PatronRecord, came: Provenances) -> list[Fact]:
    """What is seldom asked for, and yours to see all the same."""
    patron = record.patron
    category = patron.category.name
    facts = [
        *_day_of(_("Date of birth"), patron.born_on, came.get("born_on")),
        *_if(patron.business_id, _fact(_("Business ID"), patron.business_id, None)),
        *_if(
            patron.contact_person,
            _fact(_("Contact person"), patron.contact_person, None),
        ),
        _fact(_("Kind of customer"), category, came.get("category")),
        *_day_of(_("Customer since"), patron.registered_on, None),
        *_day_of(
            _("Terms of use accepted"),
            patron.terms_accepted_on,
            came.get("terms_accepted_on"),
        ),
        _fact(_("Loan history"), patron.get_history_display(), came.get("history")),
        _fact(_("PIN"), _pin(patron), came.get("pin") if patron.pin_hash else None),
        _fact(_("Personal identity code"), _identity(patron), None),
    ]
    if patron.is_protected:
        facts.append(_fact(_("Non-disclosure"), _protected(patron), None))
    return facts


def card_facts(record: PatronRecord) -> list[Fact]:
    """Cards by their last digits: enough to know which, too little to be copied."""
    if record.card is None:
        active = _fact(_("Library card"), _("You have no card yet."), None)
    else:
        active = Fact(
            _("Library card"), ending(record.card), _given(record.card), kind="code"
        )
    old = [
        Fact(
            _("Earlier card"),
            ending(card),
            ", ".join(filter(None, (str(card.get_ending_display()), _until(card)))),
            kind="code",
        )
        for card in record.old_cards
    ]
    return [active, *old]


def ending(card: Card) -> str:
    """``•••• 0042``."""
    return f"•••• {card.number[-SHOWN_DIGITS:]}"


def hold_fact(patron: Patron, came: Provenances) -> Fact:
    value = grouped(patron.hold_identifier)
    label = _("Hold identifier")
    return Fact(label, value, said(came.get("hold_identifier")), kind="code")


def request_rows(rows: Iterable[RequestedChange]) -> list[RequestRow]:
    """What was asked for lately, as the page lists it."""
    return [
        RequestRow(
            id=row.pk,
            label=label_of(row.field),
            value=_asked(row) or _("nothing"),
            state=str(row.get_state_display()),
            kind=KIND_OF_STATE[row.state],
            asked_on=localdate(row.asked_at),
            note=row.note,
            waits=row.state == RequestedChange.State.WAITING,
            by_guardian=asked_by_guardian(row),
        )
        for row in rows
    ]


def _asked(row: RequestedChange) -> str:
    return readable_number(row.new) if row.field in NUMBERS else row.new


def expiry_of(record: PatronRecord, tree: Organisation) -> Expiry:
    """What the end of validity means for this patron (S15, S16)."""
    patron = record.patron
    effect = (
        patron.category.expired_effect
        or tree.setting(EXPIRED_EFFECT, patron.home_library_id).value
    )
    if effect == "block":
        words = _(
            "After that you cannot borrow until your details have been checked. Visit "
            "any library with an identity card: it takes a moment, and it is free."
        )
    else:
        words = _(
            "After that your details are checked when you next visit a library: take "
            "an identity card with you. You can borrow as usual until then."
        )
    return Expiry(patron.expires_on, record.expired, words)


def said(provenance: Provenance | None) -> str:
    """``you, on the web, 3.2.2027``; empty when it is not known."""
    if provenance is None or provenance.at is None:
        return ""
    sentence = SAID_BY.get(provenance.source)
    return "" if sentence is None else str(sentence).format(day=day(provenance.at))


def _fact(label: str, value: str, provenance: Provenance | None) -> Fact:
    if not value:
        return Fact(label, _("not given"))
    return Fact(label, value, said(provenance))


def _if(value: object, fact: Fact) -> Sequence[Fact]:
    return [fact] if value else []


def _day_of(
    label: str, value: date | None, provenance: Provenance | None
) -> Iterator[Fact]:
    if value is not None:
        yield _fact(label, day(value), provenance)


def _addresses(patron: Patron, came: Provenances) -> Sequence[Fact]:
    """A protected one is not shown: somebody else may know the PIN (GDP-5)."""
    if patron.is_protected:
        return [Fact(_("Address"), hidden())]
    return [
        _fact(_("Address"), _address(patron), _newest(came, "street", "city")),
        *_second_address(patron, came),
    ]


def hidden() -> str:
    return _("Kept, but not shown on the web, to protect you.")


def _address(patron: Patron) -> str:
    town = f"{patron.postal_code} {patron.city}".strip()
    return ", ".join(part for part in (patron.street, town, patron.country) if part)


def _second_address(patron: Patron, came: Provenances) -> Sequence[Fact]:
    town = f"{patron.second_postal_code} {patron.second_city}".strip()
    parts = (patron.second_street, town, patron.second_country)
    value = ", ".join(part for part in parts if part)
    return _if(value, _fact(_("Second address"), value, _newest(came, "second_street")))


def _newest(came: Provenances, *names: str) -> Provenance | None:
    """Where the part that was changed last came from."""
    dated = [came[name] for name in names if name in came and came[name].at]
    return max(dated, key=lambda one: str(one.at), default=None)


def _pin(patron: Patron) -> str:
    return _("You have one. Nobody can read it.") if patron.pin_hash else _("none")


def _identity(patron: Patron) -> str:
    if patron.identity_key:
        return _("Kept apart from everything else, in a guarded register of its own")
    return _("not kept")


def _protected(patron: Patron) -> str:
    if patron.protected_until_on is None:
        return _("Your address is shown to nobody without a reason that is recorded.")
    sentence = _(
        "Until {day} your address is shown to nobody without a reason that is recorded."
    )
    return sentence.format(day=day(patron.protected_until_on))


def _given(card: Card) -> str:
    if card.since_on is None:
        return ""
    return _("in use since {day}").format(day=day(card.since_on))


def _until(card: Card) -> str:
    if card.until_on is None:
        return ""
    return _("until {day}").format(day=day(card.until_on))
