"""Who may what where: tables over everybody, for people who answer for it (PER-1)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from kortisto.core.actors import Actor, ActorKind
from kortisto.core.permissions import Permission, all_permissions
from kortisto.domain.org.models import Grant, Role, Staff
from kortisto.domain.org.queries import Node, organisation
from kortisto.domain.org.why import Held, about, counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What of the table is asked for; what is left out means all.

    ``place``: roles given there, above it (they reach it) and below it.
    """

    place: int | None = None
    text: str = ""
    role_id: int | None = None
    permission: Permission | None = None


def grants_wanted(wanted: Wanted, *, today: date) -> QuerySet[Grant]:
    """Roles of people with an open account, in force or coming, by person."""
    found = Grant.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=today), staff__is_active=True
    )
    if wanted.place is not None:
        tree = organisation()
        places = {*tree.path(wanted.place), *tree.descendants(wanted.place)}
        found = found.filter(unit_id__in=places)
    if wanted.text:
        name = Q(staff__full_name__contains=wanted.text)
        found = found.filter(name | Q(staff__username__startswith=wanted.text.lower()))
    if wanted.role_id is not None:
        found = found.filter(role_id=wanted.role_id)
    if wanted.permission is not None:
        found = found.filter(role_id__in=roles_with(wanted.permission))
    return found.select_related("staff", "role").order_by(
        "staff__full_name", "staff_id", "unit__path", "pk"
    )


def roles_with(permission: Permission) -> list[int]:
    """Ids of the roles that give a permission."""
    rows = Role.objects.values_list("pk", "permissions")
    return [pk for pk, permissions in rows if permission.value in permissions]


def given_by_no_role() -> list[Permission]:
    """Permissions that nobody can have: they came with a newer version (PER-5)."""
    given = {
        value
        for permissions in Role.objects.values_list("permissions", flat=True)
        for value in permissions
    }
    return [one for one in all_permissions() if one.value not in given]


def people_at(place: int, *, today: date) -> QuerySet[Staff]:
    """Whoever has a role that reaches a place, today or later, by name."""
    reaching = Grant.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=today), unit_id__in=organisation().path(place)
    )
    people = Staff.objects.filter(is_active=True, pk__in=reaching.values("staff_id"))
    return people.order_by("full_name", "pk")


@dataclass(frozen=True, slots=True)
class Cell:
    """May one person do one thing at the place, and why: a sentence for each role."""

    permission: Permission
    allowed: bool
    sentences: tuple[str, ...]


def cells_of(
    people: Iterable[Staff],
    permissions: Sequence[Permission],
    *,
    place: Node,
    today: date,
) -> list[tuple[Staff, tuple[Cell, ...]]]:
    """A row for each person, a cell for each permission. One statement."""
    rows = list(people)
    held = _held_by(rows)
    return [
        (one, tuple(_cell(what, held[one.pk], place, today) for what in permissions))
        for one in rows
    ]


def _held_by(people: Sequence[Staff]) -> dict[int, list[tuple[frozenset[str], Held]]]:
    """Every role of all times, with what it allows."""
    tree = organisation()
    grants = Grant.objects.filter(staff__in=people).select_related("role")
    held: dict[int, list[tuple[frozenset[str], Held]]] = defaultdict(list)
    for grant in grants.order_by("starts_on", "pk"):
        given = Held(
            grant.role.names, tree.unit(grant.unit_id), grant.starts_on, grant.ends_on
        )
        held[grant.staff_id].append((frozenset(grant.role.permissions), given))
    return held


def _cell(
    permission: Permission,
    held: Sequence[tuple[frozenset[str], Held]],
    place: Node,
    today: date,
) -> Cell:
    giving = [given for allows, given in held if permission.value in allows]
    return Cell(
        permission,
        any(counts(given, place, today) for given in giving),
        tuple(about(given, place, today) for given in giving),
    )


def as_if_with_role(role: Role, unit_id: int, library_id: int) -> Actor:
    """Somebody whose only role is this one, given at a unit. Acts for nobody."""
    below = organisation().descendants(unit_id)
    return Actor(
        kind=ActorKind.STAFF,
        library_id=library_id,
        grants=dict.fromkeys(role.permissions, below),
    )
