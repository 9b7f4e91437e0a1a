"""Ask about open libraries: who may enter, who tried to, what has been decided."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils.timezone import localtime, make_aware

from kortisto.core import tokens
from kortisto.domain.entry.conditions import conditions_of
from kortisto.domain.entry.facts import facts_of, words_of_guardians
from kortisto.domain.entry.models import (
    Ban,
    DoorDevice,
    EntryAttempt,
    GuardianPermission,
    TermsAcceptance,
)
from kortisto.domain.entry.rules import Decision, PersonFacts, decide
from kortisto.domain.org.queries import Organisation, organisation
from kortisto.domain.patrons.models import Guardianship, Patron

__all__ = [
    "Attempts",
    "Door",
    "accepted_terms",
    "attempts",
    "bans_at",
    "bans_in_force",
    "bans_of",
    "decision_for",
    "dependants_of",
    "door_by_token",
    "doors_in_use",
    "guardians_of",
    "is_guardian",
    "links_in_force",
    "word_of_guardian",
    "words_of_guardians",
    "would_enter",
]
HOURS_OF_A_DAY = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where somebody stands. ``device_id`` None: no door of the list asked."""

    library_id: int
    label: str
    device_id: int | None = None


def decision_for(
    person: PersonFacts, library_id: int, *, tree: Organisation, now: datetime
) -> Decision:
    """The decision at a library with the configuration given."""
    local = localtime(now)
    library = conditions_of(tree, library_id, [local.date()])
    return decide(person, library, local)


def would_enter(patron_id: int, library_id: int, *, at: datetime) -> Decision:
    """Whether a patron's card would open a library at a moment, and why (pain 20).

    With what is known now: a payment or a ban to come is not foreseen. The PIN and
    the card in the hand are taken to be right. Raises Patron.DoesNotExist.
    """
    person = facts_of([patron_id]).get(patron_id)
    if person is None:
        raise Patron.DoesNotExist
    return decision_for(person, library_id, tree=organisation(), now=at)


def accepted_terms(patron_id: int) -> TermsAcceptance | None:
    """The newest version that a patron has accepted."""
    rows = TermsAcceptance.objects.filter(patron_id=patron_id)
    return rows.order_by("-version").first()


def who_accepted(patron_ids: Collection[int], version: int) -> Mapping[int, datetime]:
    """When those of the patrons who have accepted a version, or a newer one, did so."""
    rows = TermsAcceptance.objects.filter(
        patron_id__in=patron_ids, version__gte=version
    ).order_by("-version")
    return dict(rows.values_list("patron_id", "accepted_at"))


def word_of_guardian(child_id: int) -> GuardianPermission | None:
    """What a guardian has said last about a child; None when nobody has."""
    rows = GuardianPermission.objects.filter(child_id=child_id, ended_at=None)
    return rows.select_related("guardian").first()


def is_guardian(guardian_id: int, child_id: int, today: date) -> bool:
    return (
        links_in_force(today)
        .filter(guardian_id=guardian_id, dependant_id=child_id)
        .exists()
    )


def dependants_of(guardian_id: int, today: date) -> list[Patron]:
    """Whose guardian a patron is today, the eldest first."""
    links = links_in_force(today).filter(guardian_id=guardian_id)
    rows = links.select_related("dependant").order_by("dependant__born_on", "pk")
    return [link.dependant for link in rows]


def guardians_of(child_id: int, today: date) -> list[Patron]:
    """Patrons who are guardians of the child today, the first to be billed first."""
    links = links_in_force(today).filter(dependant_id=child_id)
    rows = links.select_related("guardian").order_by("order", "pk")
    return [link.guardian for link in rows if link.guardian is not None]


def links_in_force(today: date) -> QuerySet[Guardianship]:
    """Who decides for whom: one whose beginning is not known has begun (S12).

    Contact persons decide nothing, and who has been ended today does not any more.
    """
    return Guardianship.objects.filter(
        Q(starts_on=None) | Q(starts_on__lte=today),
        Q(ends_on=None) | Q(ends_on__gt=today),
        kind__in=Guardianship.ANSWERING,
    )


def bans_of(patron_id: int) -> QuerySet[Ban]:
    """Every ban that is remembered, the newest first, with its libraries."""
    rows = Ban.objects.filter(patron_id=patron_id).prefetch_related("libraries")
    return rows.order_by("-starts_on", "-pk")


def bans_in_force(patron_id: int, today: date) -> QuerySet[Ban]:
    """Bans that nobody has lifted and that hold today or will."""
    return bans_of(patron_id).filter(lifted_at=None, ends_on__gte=today)


@dataclass(frozen=True, slots=True)
class Attempts:
    """Attempts at a library on some days: a page of them, and counts of all."""

    rows: QuerySet[EntryAttempt]
    by_code: tuple[tuple[str, int], ...]  # the most frequent first
    by_hour: tuple[int, ...]  # granted ones, 24 of them


def attempts(library_id: int, first: date, last: date) -> Attempts:
    """Both days are included; the newest attempt first."""
    begin = make_aware(datetime.combine(first, time()))
    end = make_aware(datetime.combine(last + timedelta(days=1), time()))
    rows = EntryAttempt.objects.filter(
        library_id=library_id, at__gte=begin, at__lt=end
    ).order_by("-at", "-pk")
    codes: Counter[str] = Counter()
    hours: Counter[int] = Counter()
    for at, code in rows.values_list("at", "code").iterator():
        codes[code] += 1
        if code == "granted":
            hours[localtime(at).hour] += 1
    return Attempts(
        rows.select_related("patron"),
        tuple(codes.most_common()),
        tuple(hours[hour] for hour in range(HOURS_OF_A_DAY)),
    )


def door_by_token(token: tokens.Token) -> Door | None:
    """The door in use that a token was given to."""
    row = DoorDevice.objects.filter(pk=token.device_id, removed_at=None).first()
    if not tokens.opens(token, None if row is None else row.token_digest):
        return None
    assert row is not None  # noqa: S101 - an unknown door opens nothing
    return Door(library_id=row.library_id, label=row.label, device_id=row.pk)


def doors_in_use() -> QuerySet[DoorDevice]:
    """By library and name."""
    rows = DoorDevice.objects.filter(removed_at=None).select_related("library")
    return rows.order_by("library__name_fi", "label")


def bans_at(today: date) -> Callable[[int], int]:
    """How many bans hold today at a library: what its doors go by."""
    in_force = Ban.objects.filter(
        lifted_at=None, starts_on__lte=today, ends_on__gte=today
    )
    everywhere = in_force.filter(everywhere=True).count()
    here: Counter[int] = Counter(
        in_force.filter(everywhere=False).values_list("libraries", flat=True)
    )
    return lambda library_id: everywhere + here[library_id]
