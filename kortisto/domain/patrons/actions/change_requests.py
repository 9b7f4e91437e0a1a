"""Changes that patrons ask for on the web (PAT-15).

The web door calls ``request_changes``: fields whose setting says so take effect at
once, the others wait for staff, who answer each with ``answer_changes``. A field waits
for one change: whoever asks again asks for something else instead.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localdate

from kortisto.core.actors import Actor, ActorKind, NotPermitted
from kortisto.core.events import publish
from kortisto.core.refusals import Refusal, Refused
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.actions.change import write_fields
from kortisto.domain.patrons.actions.viewing import note_views
from kortisto.domain.patrons.actions.writing import text_in_history
from kortisto.domain.patrons.events import (
    ChangesAnswered,
    ChangesRequested,
    PatronViewed,
)
from kortisto.domain.patrons.fields import clean, kept_text, longest
from kortisto.domain.patrons.frozen import frozen_patrons
from kortisto.domain.patrons.models import Patron, RequestedChange, Source
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.queries import queued_at
from kortisto.domain.patrons.reasons import Reason, about, raise_if_unfit
from kortisto.domain.patrons.records import dependants_of
from kortisto.domain.patrons.settings import ADDRESS_FIELDS, ANSWERED_DAYS, AT_ONCE

State = RequestedChange.State
LONGEST_NOTE: Final = longest(RequestedChange, "note")
MOST_LISTED: Final = 200  # patrons of a queue on one page


@dataclass(frozen=True, slots=True)
class Requested:
    """Names of the fields that hold the new value now, and of those that wait."""

    applied: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()


class Answer(StrEnum):
    """What staff say to one field. LATER leaves it in the queue."""

    ACCEPT = "accept"
    DENY = "deny"
    LATER = "later"


@transaction.atomic
def request_changes(
    patron_id: int, changes: Mapping[str, Any], *, by: Actor, now: datetime
) -> Requested:
    """Ask that fields hold these values, as typed. The names are those of ``AT_ONCE``.

    ``by`` is the patron, or a guardian who may see the patron's details today; nobody
    else may (NotPermitted). A value that the record holds already asks for nothing, and
    takes back what waits for that field.

    What the settings of the home library let through is written at once, with the web
    as its source. Raises Unfit with every reason and its field (an address under
    protection is changed at the library only); nothing has been written or asked then.
    """
    source = _may_ask(patron_id, by=by, now=now)
    patron = _locked(patron_id)
    wanted, wrong = clean({n: v for n, v in changes.items() if n in AT_ONCE})
    wrong += [about(n, Reason.NOT_ONLINE) for n in changes if n not in AT_ONCE]
    if patron.is_protected:
        addressed = [name for name in ADDRESS_FIELDS if name in wanted]
        wrong += [about(name, Reason.ADDRESS_IS_PROTECTED) for name in addressed]
    raise_if_unfit(wrong)

    new = {
        name: value for name, value in wanted.items() if getattr(patron, name) != value
    }
    _end(_waiting(patron_id).filter(field__in=wanted), State.WITHDRAWN, by=by, now=now)
    tree = organisation()
    at_once = {
        name: value
        for name, value in new.items()
        if tree.setting(AT_ONCE[name], patron.home_library_id).value
    }
    applied = write_fields(patron_id, at_once, by=by, now=now, source=source)
    asked = tuple(name for name in new if name not in at_once)
    RequestedChange.objects.bulk_create(
        RequestedChange(
            patron_id=patron_id,
            field=name,
            old=text_in_history(name, getattr(patron, name)),
            new=text_in_history(name, new[name]),
            asked_by=by.label,
            asked_at=now,
        )
        for name in asked
    )
    if asked:
        publish(ChangesRequested(patron_id=patron_id, fields=asked), by=by, at=now)
    return Requested(applied, asked)


@transaction.atomic
def withdraw_change(change_id: int, *, by: Actor, now: datetime) -> None:
    """The patron does not want it after all. Once it was answered, nothing happens.

    Raises DoesNotExist, NotPermitted.
    """
    found = RequestedChange.objects.get(pk=change_id)
    _may_ask(found.patron_id, by=by, now=now)
    _locked(found.patron_id)
    _end(
        _waiting(found.patron_id).filter(pk=change_id), State.WITHDRAWN, by=by, now=now
    )


@transaction.atomic
def answer_changes(
    patron_id: int,
    answers: Mapping[int, Answer],
    *,
    by: Actor,
    now: datetime,
    note: str = "",
    edition: int | None = None,
) -> tuple[str, ...]:
    """Accept and deny what a patron has asked for; the fields that have changed.

    ``answers`` has ids of requested changes; those that are not named stay in the
    queue. ``note`` tells the patron why something was denied. ``edition`` is the
    patron's when the page was opened, as for ``change``.

    Raises Refused (ANSWERED_ALREADY) when one of them waits no more, Unfit when a
    value or the note cannot be written; then nothing has been answered.
    """
    by.require(PatronPermission.EDIT)
    _locked(patron_id)
    note = kept_text(note, LONGEST_NOTE, field="note")
    decided = {pk: each for pk, each in answers.items() if each is not Answer.LATER}
    rows = list(_waiting(patron_id).filter(pk__in=decided).order_by("pk"))
    if len(rows) != len(decided):
        raise Refused([Refusal(Reason.ANSWERED_ALREADY)])
    accepted = [row for row in rows if decided[row.pk] is Answer.ACCEPT]
    denied = [row for row in rows if decided[row.pk] is Answer.DENY]
    changed: list[str] = []
    for source in (Source.ONLINE, Source.GUARDIAN):
        values = {row.field: row.new for row in accepted if _source(row) is source}
        changed += write_fields(
            patron_id, values, by=by, now=now, edition=edition, source=source
        )
    _end(_among(accepted), State.ACCEPTED, by=by, now=now)
    _end(_among(denied), State.DENIED, by=by, now=now, note=note)
    if rows:
        event = ChangesAnswered(
            patron_id=patron_id,
            accepted=tuple(row.field for row in accepted),
            denied=tuple(row.field for row in denied),
        )
        publish(event, by=by, at=now)
    return tuple(changed)


@dataclass(frozen=True, slots=True)
class Asking:
    """A patron in the queue: who, since when, and for which fields.

    ``guarded`` when a guardian has asked for some of them.
    """

    patron: Patron
    since: datetime
    fields: tuple[str, ...]
    guarded: bool


def view_queue(*, units: Collection[int], by: Actor, now: datetime) -> list[Asking]:
    """Who waits for an answer at these home libraries, the longest first.

    At most ``MOST_LISTED``. Each who is listed has been looked at (LOG-1).
    """
    by.require(PatronPermission.EDIT)
    rows = waiting_at(units).select_related("patron__home_library")
    found: dict[int, list[RequestedChange]] = {}
    for row in rows.order_by("asked_at", "pk"):
        found.setdefault(row.patron_id, []).append(row)
        if len(found) == MOST_LISTED:
            break
    note_views(found, page="change-requests", by=by, now=now)
    return [
        Asking(
            patron=own[0].patron,
            since=own[0].asked_at,
            fields=tuple(row.field for row in own),
            guarded=any(asked_by_guardian(row) for row in own),
        )
        for own in found.values()
    ]


def view_requested(
    patron_id: int, *, by: Actor, now: datetime
) -> tuple[Patron, list[RequestedChange]]:
    """A patron and what they wait for, in the order of asking. The look is logged."""
    by.require(PatronPermission.EDIT)
    patrons = Patron.objects.select_related("category", "home_library")
    patron = patrons.get(pk=patron_id, binned_at=None)
    publish(PatronViewed(patron_id=patron_id, page="change-requests"), by=by, at=now)
    return patron, list(_waiting(patron_id).order_by("pk"))


def waiting_at(units: Collection[int]) -> "QuerySet[RequestedChange]":
    """What waits for staff, of patrons of these home libraries and protected ones."""
    return RequestedChange.objects.filter(
        queued_at(units, of="patron__"), state=State.WAITING, patron__binned_at=None
    )


def requests_of(patron_id: int, *, now: datetime) -> "QuerySet[RequestedChange]":
    """What a patron has asked for lately, the newest first, for their own pages."""
    rows = RequestedChange.objects.filter(patron_id=patron_id)
    rows = rows.exclude(state=State.WITHDRAWN).exclude(
        answered_at__lt=now - _remembered()
    )
    return rows.order_by("-pk")


def forget_answered(*, now: datetime) -> int:
    """Forget requests that were answered long ago; how many."""
    return due_answered(now).delete()[0]


def due_answered(now: datetime) -> "QuerySet[RequestedChange]":
    """Requests that were answered long enough ago to be forgotten."""
    answered = RequestedChange.objects.filter(answered_at__lt=now - _remembered())
    return answered.exclude(patron__in=frozen_patrons())


def _remembered() -> timedelta:
    """How long a patron sees what was answered."""
    return timedelta(days=organisation().setting(ANSWERED_DAYS, None).value)


def _may_ask(patron_id: int, *, by: Actor, now: datetime) -> Source:
    """Where the words come from. Raises NotPermitted."""
    if by.kind is not ActorKind.PATRON or by.id is None:
        raise NotPermitted(PatronPermission.EDIT)
    if by.id == patron_id:
        return Source.ONLINE
    for each in dependants_of(by.id, localdate(now)):
        if each.link.dependant_id == patron_id and each.sees_details:
            return Source.GUARDIAN
    raise NotPermitted(PatronPermission.EDIT)


def asked_by_guardian(row: RequestedChange) -> bool:
    """Whether somebody who answers for the patron has asked, and not the patron."""
    return row.asked_by != f"{ActorKind.PATRON.value}:{row.patron_id}"


def _source(row: RequestedChange) -> Source:
    return Source.GUARDIAN if asked_by_guardian(row) else Source.ONLINE


def _locked(patron_id: int) -> Patron:
    """Whoever asks or answers about a patron waits for the other."""
    return Patron.objects.select_for_update().get(pk=patron_id, binned_at=None)


def _waiting(patron_id: int) -> "QuerySet[RequestedChange]":
    return RequestedChange.objects.filter(patron_id=patron_id, state=State.WAITING)


def _among(rows: Collection[RequestedChange]) -> "QuerySet[RequestedChange]":
    return RequestedChange.objects.filter(pk__in=[row.pk for row in rows])


def _end(
    rows: "QuerySet[RequestedChange]",
    state: RequestedChange.State,
    *,
    by: Actor,
    now: datetime,
    note: str = "",
) -> None:
    rows.update(
        state=state,
        answered_by=by.label,
        answered_at=now,
        note=note,
    )
