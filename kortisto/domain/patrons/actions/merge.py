"""Make one patron of two records of the same person, and two again (PAT-14)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.models import UndoStep
from kortisto.core.refusals import Reason, Refusal, Refused
from kortisto.core.undo import latest, may_undo, remember, undo, undoes
from kortisto.domain.patrons import merging
from kortisto.domain.patrons.actions.family import going_on
from kortisto.domain.patrons.actions.writing import write_changes
from kortisto.domain.patrons.category_kinds import PEOPLE
from kortisto.domain.patrons.events import (
    MergeUndone,
    PatronsMerged,
    PatronViewed,
)
from kortisto.domain.patrons.frozen import is_frozen, refuse_if_frozen
from kortisto.domain.patrons.models import Card, Guardianship, Patron, RequestedChange
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.queries import MERGED

KIND: Final = "patrons.merge"
WINDOW: Final = timedelta(days=30)
BIN_REASON: Final = MERGED + "{survivor}"


class MergeReason(Reason):
    SAME_RECORD = "same-record", _("This is the same record.")
    NOT_THERE = "not-there", _("One of the records is not in the register any more.")
    DIFFERENT_CODES = (
        "different-identities",
        _("The two have different personal identity codes: they are not one person."),
    )
    ONE_GUARDS_THE_OTHER = (
        "guardian-of-the-other",
        _("One is the guardian of the other: they are not one person."),
    )
    WRONG_KIND = (
        "different-kinds",
        _("One is a person and the other is not. Only records of one kind are merged."),
    )
    PROCESSING_RESTRICTED = (
        "processing-restricted",
        _("The processing of the data of one of them is restricted."),
    )
    NOTHING_TO_UNDO = "nothing-to-undo", _("There is no merge to take back.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """Both records, what would move (``circulation.loan.patron`` → how many), why not.

    ``kept`` has how many of each the survivor has already.
    """

    survivor: Patron
    other: Patron
    moves: Mapping[str, int]
    kept: Mapping[str, int]
    cards: tuple[Card, ...]
    refusals: tuple[Refusal, ...]


def preview_merge(
    survivor_id: int, other_id: int, *, by: Actor, now: datetime
) -> Preview:
    """What a merge would do. Both records have been looked at, and that is logged.

    Raises DoesNotExist, NotPermitted.
    """
    by.require(PatronPermission.MERGE)
    rows = Patron.objects.select_related("category", "home_library")
    found = rows.filter(binned_at=None).in_bulk([survivor_id, other_id])
    if len(found) != len({survivor_id, other_id}):
        raise Patron.DoesNotExist
    for patron_id in found:
        publish(PatronViewed(patron_id=patron_id, page="merge"), by=by, at=now)
    survivor, other = found[survivor_id], found[other_id]
    every = list(merging.columns())
    moves = {one.name: one.of(other_id).count() for one in every}
    guards = _links(other_id).exclude(ends_on__lt=localdate(now)).count()
    return Preview(
        survivor=survivor,
        other=other,
        moves={**moves, "guardians": guards},
        kept={one.name: one.of(survivor_id).count() for one in every},
        cards=tuple(Card.objects.filter(patron_id=other_id).order_by("-active", "pk")),
        refusals=tuple(why_not(survivor, other, today=localdate(now))),
    )


def why_not(survivor: Patron, other: Patron, *, today: date) -> list[Refusal]:
    """Every reason why two records cannot become one."""
    if survivor.pk == other.pk:
        return [Refusal(MergeReason.SAME_RECORD)]
    wrong = []
    if survivor.binned_at is not None or other.binned_at is not None:
        wrong.append(MergeReason.NOT_THERE)
    keys = {survivor.identity_key, other.identity_key} - {None}
    if len(keys) > 1:
        wrong.append(MergeReason.DIFFERENT_CODES)
    if _is_person(survivor) is not _is_person(other):
        wrong.append(MergeReason.WRONG_KIND)
    pair = (survivor.pk, other.pk)
    links = Guardianship.objects.filter(guardian__in=pair, dependant__in=pair)
    if links.exclude(ends_on__lt=today).exists():
        wrong.append(MergeReason.ONE_GUARDS_THE_OTHER)
    if is_frozen(*pair):
        wrong.append(MergeReason.PROCESSING_RESTRICTED)
    return [Refusal(reason) for reason in wrong]


@transaction.atomic
def merge(survivor_id: int, other_id: int, *, by: Actor, now: datetime) -> UndoStep:
    """Move everything of ``other`` to ``survivor``; ``other`` goes into the bin.

    What the survivor's record says stays as it is; a protection order of either holds
    on, and so does a death. The other's cards become old cards, unless the survivor
    has none; one that has been reported lost comes as lost. The identity key is the
    survivor's if that has none. Can be undone for a month.

    Raises Refused with every reason, DoesNotExist, NotPermitted.
    """
    by.require(PatronPermission.MERGE)
    both = _locked(survivor_id, other_id)
    survivor, other = both[survivor_id], both[other_id]
    today = localdate(now)
    if wrong := why_not(survivor, other, today=today):
        raise Refused(wrong)
    moved = {
        one.name: one.move(
            list(one.of(other_id).values_list("pk", flat=True)), survivor_id
        )
        for one in merging.columns()
    }
    data: dict[str, Any] = {
        "other": other_id,
        "moved": {name: pks for name, pks in moved.items() if pks},
        "cards": _move_cards(survivor, other, today=today),
        "links": _move_links(survivor_id, other_id, today=today),
        "gave_key": _give_key(survivor, other, by=by, now=now),
        "gave_death": survivor.died_on is None and other.died_on is not None,
    }
    _withdraw_requests(other_id, by=by, now=now)
    values: dict[str, Any] = {"is_protected": True} if other.is_protected else {}
    if data["gave_death"]:
        values["died_on"] = other.died_on
    told = {"merged": ("", str(other_id))}
    write_changes(survivor, values, beside=told, by=by, now=now)
    reason = BIN_REASON.format(survivor=survivor_id)
    binned = {"binned_at": now, "bin_reason": reason}
    write_changes(other, binned, by=by, now=now)
    event = PatronsMerged(patron_id=survivor_id, merged_id=other_id)
    publish(event, by=by, at=now)
    return remember(KIND, survivor_id, data, by=by, at=now, window=WINDOW)


def merge_to_undo(patron_id: int, *, now: datetime) -> UndoStep | None:
    """The newest merge into a patron, while it can be taken back."""
    step = latest(KIND, patron_id)
    return None if step is None or may_undo(step, now=now) else step


def undo_merge(patron_id: int, *, by: Actor, now: datetime) -> int:
    """Make two records again; the id of the one that comes back.

    What has happened since stays with the survivor. Raises Refused with the reason.
    """
    by.require(PatronPermission.MERGE)
    step = latest(KIND, patron_id)
    if step is None:
        raise Refused([Refusal(MergeReason.NOTHING_TO_UNDO)])
    undo(step.pk, by=by, now=now, needs=PatronPermission.MERGE)
    return int(step.data["other"])


@undoes(KIND)
def take_back(step: UndoStep, *, by: Actor, now: datetime) -> None:
    """Rows that are still the survivor's go back; what is gone is left out."""
    survivor_id, other_id = step.subject_id, int(step.data["other"])
    both = _locked(survivor_id, other_id)
    survivor, other = both[survivor_id], both[other_id]
    if other.binned_at is None or survivor.binned_at is not None:
        raise Refused([Refusal(MergeReason.NOT_THERE)])
    refuse_if_frozen(survivor_id, other_id)
    for name, pks in step.data["moved"].items():
        column = merging.column(name)
        still = column.of(survivor_id).filter(pk__in=pks)
        column.move(list(still.values_list("pk", flat=True)), other_id)
    merging.mend(survivor_id, other_id)
    _cards_back(step.data["cards"], survivor_id, other)
    _links_back(step.data["links"])
    if step.data["gave_key"]:
        _give_key(other, survivor, by=by, now=now)
    theirs = step.data.get("gave_death") and survivor.died_on == other.died_on
    values: dict[str, Any] = {"died_on": None} if theirs else {}
    told = {"merged": (str(other_id), "")}
    write_changes(survivor, values, beside=told, by=by, now=now)
    write_changes(other, {"binned_at": None, "bin_reason": ""}, by=by, now=now)
    event = MergeUndone(patron_id=survivor_id, merged_id=other_id)
    publish(event, by=by, at=now)


def _is_person(patron: Patron) -> bool:
    return patron.category.kind in PEOPLE


def _locked(*ids: int) -> dict[int, Patron]:
    """Both rows, locked in the order of their ids. Raises DoesNotExist."""
    rows = Patron.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    found = {patron.pk: patron for patron in rows}
    if len(found) != len(set(ids)):
        raise Patron.DoesNotExist
    return found


# --- cards --------------------------------------------------------------------------


def _move_cards(survivor: Patron, other: Patron, *, today: date) -> list[list[Any]]:
    """What each card was: id, active, last day, ending."""
    has_card = Card.objects.filter(patron=survivor, active=True).exists()
    kept = []
    for card in Card.objects.filter(patron=other).order_by("active", "pk"):
        day = None if card.until_on is None else card.until_on.isoformat()
        kept.append([card.pk, card.active, day, card.ending])
        card.patron = survivor
        if card.active and (has_card or other.card_lost):
            card.active, card.until_on = False, today
            card.ending = _ending(other)
        card.save(update_fields=["patron", "active", "until_on", "ending"])
    return kept


def _ending(other: Patron) -> Card.Ending:
    """How the card ends of whoever is merged away: a lost one opens nothing again."""
    return Card.Ending.LOST if other.card_lost else Card.Ending.REPLACED


def _cards_back(kept: list[list[Any]], survivor_id: int, other: Patron) -> None:
    """A card that has been replaced meanwhile comes back as an old one."""
    for pk, active, day, ending in kept:
        card = Card.objects.filter(pk=pk, patron_id=survivor_id).first()
        if card is None:
            continue
        card.patron_id = other.pk
        if active and card.ending in {"", _ending(other)}:
            until_on = None if day is None else date.fromisoformat(day)
            card.active, card.until_on, card.ending = True, until_on, ending
        card.save(update_fields=["patron", "active", "until_on", "ending"])


# --- guardians ------------------------------------------------------------------------


def _links(patron_id: int) -> "QuerySet[Guardianship]":
    """Of both sides."""
    own = Guardianship.objects.filter(guardian_id=patron_id)
    return own | Guardianship.objects.filter(dependant_id=patron_id)


def _move_links(
    survivor_id: int, other_id: int, *, today: date
) -> list[dict[str, Any]]:
    """Links of both sides, and what each was. One that the survivor has too ends."""
    kept = []
    pays = going_on(survivor_id, today).filter(gets_bills=True).exists()
    for link in _links(other_id).order_by("pk"):
        was = {
            "id": link.pk,
            "guardian": link.guardian_id,
            "dependant": link.dependant_id,
            "gets_bills": link.gets_bills,
            "ended": False,
            "paid_by": None,
        }
        if link.dependant_id == other_id:
            link.dependant_id = survivor_id
            link.gets_bills = link.gets_bills and not pays
        else:
            link.guardian_id = survivor_id
        twin = _twin(link)
        if twin is not None:
            link.ends_on = max(today, link.starts_on or today)
            was["ended"] = True
        link.save()
        if twin is not None and link.gets_bills:  # somebody has to get them
            was["paid_by"] = twin.pk
            Guardianship.objects.filter(pk=twin.pk).update(gets_bills=True)
        kept.append(was)
    return kept


def _twin(link: Guardianship) -> Guardianship | None:
    """The open link of the same two people, when this one is open as well."""
    if link.guardian_id is None or link.ends_on is not None:
        return None
    same = Guardianship.objects.filter(
        guardian_id=link.guardian_id, dependant_id=link.dependant_id, ends_on=None
    )
    return same.exclude(pk=link.pk).first()


def _links_back(kept: list[dict[str, Any]]) -> None:
    """A link that somebody has ended meanwhile stays ended."""
    for was in kept:
        link = Guardianship.objects.filter(pk=was["id"]).first()
        if link is None:
            continue
        Guardianship.objects.filter(pk=was["paid_by"]).update(gets_bills=False)
        link.guardian_id, link.dependant_id = was["guardian"], was["dependant"]
        link.gets_bills = was["gets_bills"]
        if was["ended"]:
            link.ends_on = None
        link.save()


# --- what else -----------------------------------------------------------------------


def _give_key(patron: Patron, giver: Patron, *, by: Actor, now: datetime) -> bool:
    """The identity key goes over to whoever has none; whether it did."""
    key = giver.identity_key
    if key is None or patron.identity_key is not None:
        return False
    write_changes(giver, {"identity_key": None}, by=by, now=now)
    values = {"identity_key": key, "identity_skipped": ""}
    write_changes(patron, values, by=by, now=now)
    return True


def _withdraw_requests(patron_id: int, *, by: Actor, now: datetime) -> None:
    state = RequestedChange.State
    waiting = RequestedChange.objects.filter(patron_id=patron_id, state=state.WAITING)
    waiting.update(state=state.WITHDRAWN, answered_by=by.label, answered_at=now)
