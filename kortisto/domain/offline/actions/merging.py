"""Take what a desk did without a connection: each thing once, at its own time.

Every one is a transaction of its own, in the order in which it happened. The key that
the desk made is unique in the database, so that the same batch sent twice, at once or
a week later, does nothing more. What cannot be recorded becomes a task for a person.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models.functions import Upper
from django.utils.functional import Promise
from django.utils.timezone import localtime

from kortisto.core.actors import Actor
from kortisto.core.days import written
from kortisto.core.errands import NewErrand, ask
from kortisto.core.events import publish
from kortisto.core.refusals import Refusal, Refused
from kortisto.core.text import without_places
from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.actions.checkin import Returned, checkin
from kortisto.domain.circulation.actions.checkout import Lent, TooBusy, checkout
from kortisto.domain.circulation.models import Loan
from kortisto.domain.circulation.permissions import LendingPermission as May
from kortisto.domain.circulation.reasons import Reason
from kortisto.domain.circulation.return_facts import hold_item_row
from kortisto.domain.offline.errands import CONFLICT, OTHER_DAY
from kortisto.domain.offline.events import OfflineWorkSent
from kortisto.domain.offline.models import Deed, Kit
from kortisto.domain.offline.reasons import OfflineReason
from kortisto.domain.offline.rules import (
    CHECKOUT,
    MOST_OF_A_KIT,
    Done,
    Unclear,
    happened_while_at_work,
)
from kortisto.domain.patrons.models import Card

SALT: Final = "kortisto.offline"
UNTOLD: Final = frozenset({"restrictions"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the desk is told of one thing. ``again``: too busy, send it once more."""

    key: str
    state: str
    title: str = ""
    due_on: str = ""
    words: tuple[str, ...] = ()
    again: bool = False


def ticket_of(kit: Kit) -> str:
    """What a workstation shows to be believed: only this installation can sign it."""
    return signing.dumps(kit.pk, salt=SALT)


def kit_of(ticket: str, *, by: Actor, now: datetime) -> Kit:
    """The kit of a ticket, when something can still be sent with it.

    Raises Refused (not-ours, workstation-is-out, sent-too-late), NotPermitted.
    """
    try:
        kit_id = signing.loads(ticket, salt=SALT)
    except signing.BadSignature as nothing:
        raise Refused([Refusal(OfflineReason.NOT_OURS)]) from nothing
    kit = Kit.objects.select_related("workstation").filter(pk=kit_id).first()
    if kit is None:
        raise Refused([Refusal(OfflineReason.NOT_OURS)])
    by.require(May.WORK_OFFLINE, at=kit.library_id)
    if kit.workstation.removed_at is not None:
        raise Refused([Refusal(OfflineReason.WORKSTATION_IS_OUT)])
    if now > kit.send_until:
        until = written_moment(kit.send_until)
        raise Refused([Refusal(OfflineReason.SENT_TOO_LATE, facts={"until": until})])
    return kit


def merge(
    ticket: str, work: Sequence[Done | Unclear], *, by: Actor, now: datetime
) -> list[Answer]:
    """Record it all, each at the time when it happened; the answers in that order.

    Raises Refused when nothing can be taken from this desk, NotPermitted.
    """
    kit = kit_of(ticket, by=by, now=now)
    here = replace(by, library_id=kit.library_id, desk_id=None)
    here.require(May.LEND)
    if kit.deeds.count() + len(work) > MOST_OF_A_KIT:
        most = {"most": MOST_OF_A_KIT}
        raise Refused([Refusal(OfflineReason.TOO_MUCH, facts=most)])
    answers = [_taken(kit, one, by=here, now=now) for one in work]
    done = sum(each.state == Deed.State.DONE for each in answers)
    stuck = sum(each.state == Deed.State.STUCK for each in answers)
    event = OfflineWorkSent(kit_id=kit.pk, done=done, stuck=stuck)
    publish(event, by=here, at=now)
    return answers


def _taken(kit: Kit, one: Done | Unclear, *, by: Actor, now: datetime) -> Answer:
    if isinstance(one, Unclear):
        sentence = Refusal(OfflineReason.NOT_READABLE).message
        return Answer(key=str(one.key), state="unclear", words=(sentence,))
    try:
        return _once(kit, one, by=by, now=now)
    except TooBusy:  # nothing of it was written
        return Answer(key=str(one.key), state="", again=True)


@transaction.atomic
def _once(kit: Kit, one: Done, *, by: Actor, now: datetime) -> Answer:
    try:
        with transaction.atomic():
            deed = Deed.objects.create(
                key=one.key,
                kit=kit,
                kind=one.kind,
                happened_at=one.at,
                barcode=one.barcode,
                told_due_on=one.told_due_on,
                received_at=now,
                received_by=by.label,
                state=Deed.State.NOTHING,
            )
    except IntegrityError:  # it has come before; who came first has committed
        return _as_before(Deed.objects.get(key=one.key), one)
    try:
        _in_time(kit, one, now=now)
        work = _lend if one.kind == CHECKOUT else _take_back
        answer = work(deed, one, by=by, now=now)
    except Refused as refused:
        answer = _stuck(deed, one, refused.refusals, by=by, now=now)
    deed.state = answer.state
    deed.answer = {
        "title": answer.title,
        "due_on": answer.due_on,
        "words": list(answer.words),
    }
    deed.save()
    return answer


def _as_before(deed: Deed, one: Done) -> Answer:
    """What the first one was told; another thing under its key is nobody's work."""
    same = (deed.kind, deed.barcode, deed.happened_at)
    if same != (one.kind, one.barcode, one.at):
        sentence = Refusal(OfflineReason.NOT_READABLE).message
        return Answer(key=str(one.key), state="unclear", words=(sentence,))
    told: dict[str, Any] = deed.answer
    return Answer(
        key=str(deed.key),
        state=deed.state,
        title=told.get("title", ""),
        due_on=told.get("due_on", ""),
        words=tuple(told.get("words", ())),
    )


def _in_time(kit: Kit, one: Done, *, now: datetime) -> None:
    if not happened_while_at_work(
        one.at, made_at=kit.made_at, expires_at=kit.expires_at, now=now
    ):
        at = {"at": written_moment(one.at)}
        raise Refused([Refusal(OfflineReason.WRONG_TIME, facts=at)])


def _lend(deed: Deed, one: Done, *, by: Actor, now: datetime) -> Answer:
    lent = lend_as_then(one.card, one.barcode, at=one.at, by=by)
    due_on = localtime(lent.due_at).date()
    if one.told_due_on not in {None, due_on}:
        assert one.told_due_on is not None  # noqa: S101 - None is in the set
        told = {
            "barcode": one.barcode,
            "told": written(one.told_due_on),
            "due": written(due_on),
        }
        errand = NewErrand(
            kind=OTHER_DAY, subject_id=lent.loan_id, unit_id=by.library_id, facts=told
        )
        ask(errand, by=by, now=now)
    return Answer(
        key=str(deed.key),
        state=Deed.State.DONE,
        title=lent.title,
        due_on=due_on.isoformat(),
    )


def lend_as_then(
    card: str,
    barcode: str,
    *,
    at: datetime,
    by: Actor,
    overriding: Sequence[str] = (),
) -> Lent:
    """Lend at an earlier time, unless the item has been in a library since.

    Raises Refused with every reason that was not set aside.
    """
    hold_item_row(barcode)
    seen = _last_seen(barcode)
    if seen is not None and seen > at:
        facts = {"seen": written_moment(seen)}
        raise Refused([Refusal(OfflineReason.CAME_BACK, facts=facts)])
    return checkout(card, barcode, by=by, now=at, overriding=overriding)


def _take_back(deed: Deed, one: Done, *, by: Actor, now: datetime) -> Answer:
    """Holds are seen to now, and the loan ends when the item came."""
    hold_item_row(one.barcode)
    if (since := _since(one)) is not None:
        sentence = (Refusal(since).message,)
        return Answer(key=str(deed.key), state=Deed.State.NOTHING, words=sentence)
    back: Returned = checkin(one.barcode, by=by, now=now, returned_at=one.at)
    return Answer(
        key=str(deed.key),
        state=Deed.State.DONE,
        title=back.title,
        words=tuple(back.sentences),
    )


def _since(one: Done) -> OfflineReason | None:
    """What has become of the item after it came back, which is newer than that."""
    loan = Loan.objects.annotate(code=Upper("item__barcode")).filter(
        code=one.barcode, returned_at=None
    )
    lent_at = loan.values_list("lent_at", flat=True).first()
    if lent_at is not None:
        return OfflineReason.LENT_SINCE if lent_at > one.at else None
    seen = _last_seen(one.barcode)
    return OfflineReason.SEEN_SINCE if seen is not None and seen > one.at else None


def _last_seen(barcode: str) -> datetime | None:
    rows = Item.objects.annotate(code=Upper("barcode")).filter(code=barcode)
    found: datetime | None = rows.values_list("last_seen_at", flat=True).first()
    return found


def _stuck(
    deed: Deed, one: Done, refusals: Sequence[Refusal], *, by: Actor, now: datetime
) -> Answer:
    """It cannot be recorded: keep what somebody needs to see to it, and ask them."""
    keep_reasons(deed, refusals)
    deed.card = one.card
    cards = Card.objects.annotate(code=Upper("number")).filter(code=one.card)
    deed.patron_id = cards.values_list("patron_id", flat=True).first()
    facts = {"barcode": one.barcode, "at": written_moment(one.at)}
    errand = NewErrand(
        kind=CONFLICT, subject_id=deed.pk, unit_id=by.library_id, facts=facts
    )
    ask(errand, by=by, now=now)
    words = tuple(told for _code, told in reasons_of(deed))
    return Answer(key=str(deed.key), state=Deed.State.STUCK, words=words)


def keep_reasons(deed: Deed, refusals: Sequence[Refusal]) -> None:
    """What staff wrote of a restriction is not kept: not everybody may read it."""
    deed.why = [
        [
            refusal.reason.value,
            {name: str(v) for name, v in refusal.facts.items() if name not in UNTOLD},
        ]
        for refusal in refusals
    ]


def reasons_of(deed: Deed) -> list[tuple[str, str]]:
    """Why it could not be recorded: public codes, and in the reader's language."""
    known: dict[str, Any] = {one.value: one for one in (*Reason, *OfflineReason)}
    return [
        (code, sentence_of(known[code].label, facts))
        for code, facts in deed.why
        if code in known
    ]


def sentence_of(label: "Promise | str", facts: Mapping[str, str]) -> str:
    try:
        return str(label).format(**facts)
    except KeyError:  # something that is not kept
        return without_places(label)


def written_moment(moment: datetime) -> str:
    """``24.12.2026 10.15``, in the library's own time."""
    local = localtime(moment)
    return f"{written(local.date())} {local:%H.%M}"
