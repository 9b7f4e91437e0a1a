"""Ask about the organisation. What is asked often is compiled once per process."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, time
from typing import Any

from django.db.models import Q, QuerySet

from kortisto.core.actors import Actor, ActorKind, Channel
from kortisto.core.permissions import Permission
from kortisto.core.sql import all_rows, from_json
from kortisto.core.versions import Compiled
from kortisto.domain.org.models import (
    CalendarException,
    Closure,
    Grant,
    LibraryGroup,
    Role,
    SettingValue,
    Staff,
    Unit,
    WeeklyHours,
)
from kortisto.domain.org.rules import (
    ClosedPeriod,
    ExceptionDays,
    Opening,
    OtherPremises,
    WeeklyOpening,
)
from kortisto.domain.org.settings import Setting
from kortisto.domain.org.tree import Level, Node, Organisation
from kortisto.domain.org.why import Explanation, Held, explain

__all__ = [
    "Explanation",
    "Level",
    "Node",
    "Organisation",
    "explain_setting",
    "grants_in_force",
    "grants_of",
    "has_second_factor",
    "managers_of",
    "may_work_at",
    "needs_second_factor",
    "organisation",
    "premises_of",
    "staff_actor",
    "targets",
    "top_of_organisation",
    "why_may_i_not",
]
MANAGE_STAFF = "org.manage-staff"
GRANTS = """
    SELECT g.unit_id, r.permissions
    FROM role_grant g JOIN role r ON r.id = g.role_id JOIN staff s ON s.id = g.staff_id
    WHERE g.staff_id = %(staff)s AND s.is_active AND g.starts_on <= %(today)s
        AND (g.ends_on IS NULL OR g.ends_on >= %(today)s)
"""  # as grants_in_force, for every request of a member of staff


def organisation(number: int | None = None) -> Organisation:
    """The organisation as of the configuration ``number`` (read when not given)."""
    return _compiled.get(number)


def explain_setting(setting: Setting[Any], unit_id: int) -> tuple[Level, ...]:
    """Where a setting's value at a unit comes from, nearest level first."""
    return organisation().explain_setting(setting, unit_id)


def setting_in_words(setting: Setting[Any]) -> str:
    """What the consortium has decided, as people say it: "90 days"."""
    return setting.kind.show(organisation().setting(setting, None).value)


def top_of_organisation() -> int:
    """The consortium. Raises Unit.DoesNotExist before there is any."""
    tops = Unit.objects.filter(parent=None, kind=Unit.Kind.CONSORTIUM).order_by("pk")
    return tops.values_list("pk", flat=True)[:1].get()


def targets(unit_id: int | None = None, *, group: str | None = None) -> tuple[int, ...]:
    """Ids of the libraries that an editor means: of a group, below a unit, or all."""
    if group is not None:
        libraries = Unit.objects.filter(library_groups__code=group)
        return tuple(libraries.order_by("pk").values_list("pk", flat=True))
    return tuple(node.id for node in organisation().libraries(unit_id))


def grants_in_force(today: date) -> QuerySet[Grant]:
    """Grants of active people on a day; the last day is in force."""
    return Grant.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=today),
        starts_on__lte=today,
        staff__is_active=True,
    )


def grants_of(staff_id: int, today: date) -> Mapping[str, frozenset[int]]:
    """Each permission's places, units below the place of the grant included."""
    tree = organisation()
    places: dict[str, set[int]] = defaultdict(set)
    for unit_id, permissions in all_rows(GRANTS, {"staff": staff_id, "today": today}):
        below = tree.descendants(unit_id)
        for value in from_json(permissions):
            places[value] |= below
    return {value: frozenset(units) for value, units in places.items()}


def staff_actor(
    staff: Staff, library_id: int | None, *, desk_id: int | None = None, today: date
) -> Actor:
    """A member of staff at work: what they may do today, and where they are."""
    return Actor(
        kind=ActorKind.STAFF,
        id=staff.pk,
        library_id=library_id,
        desk_id=desk_id,
        channel=Channel.STAFF,
        grants=grants_of(staff.pk, today),
    )


def may_work_at(staff_id: int, today: date) -> tuple[Node, ...]:
    """The libraries in use where somebody has any permission, by name."""
    places: set[int] = set()
    for units in grants_of(staff_id, today).values():
        places |= units
    return tuple(
        node for node in organisation().libraries(on=today) if node.id in places
    )


def needs_second_factor(staff_id: int, today: date) -> bool:
    """Whether a role in force asks for it (administrators: PER-3)."""
    return (
        grants_in_force(today)
        .filter(staff_id=staff_id, role__needs_second_factor=True)
        .exists()
    )


def has_second_factor(staff: Staff) -> bool:
    """Whether the account has a code generator or a passkey."""
    return bool(staff.totp_secret) or staff.passkeys.exists()


def why_may_i_not(
    staff_id: int, permission: Permission, unit_id: int, today: date
) -> Explanation:
    """Why somebody may, or may not, do something at a unit: in whole sentences."""
    tree = organisation()
    grants = Grant.objects.filter(staff_id=staff_id).select_related("role")
    roles = [
        role.names
        for role in Role.objects.order_by("code")
        if permission.value in role.permissions
    ]
    return explain(
        permission,
        active=Staff.objects.filter(pk=staff_id, is_active=True).exists(),
        place=tree.unit(unit_id),
        held=[
            Held(
                grant.role.names,
                tree.unit(grant.unit_id),
                grant.starts_on,
                grant.ends_on,
            )
            for grant in grants.order_by("starts_on", "pk")
            if permission.value in grant.role.permissions
        ],
        roles=roles,
        managers=_managers(tree.path(unit_id), today),
        today=today,
    )


def managers_of(unit_id: int, today: date, *, but: int | None = None) -> list[str]:
    """Who can give roles at a unit, one account left out; the nearest first."""
    return _managers(organisation().path(unit_id), today, but=but)


def _managers(
    places: tuple[int, ...], today: date, *, but: int | None = None
) -> list[str]:
    """Who can give roles at a place: names, those nearest to it first."""
    rows = grants_in_force(today).filter(unit_id__in=places)
    if but is not None:
        rows = rows.exclude(staff_id=but)
    found = [
        (places.index(unit_id), name)
        for unit_id, name, permissions in rows.values_list(
            "unit_id", "staff__full_name", "role__permissions"
        )
        if MANAGE_STAFF in permissions
    ]
    nearest_first = sorted(found, key=lambda one: (-one[0], one[1]))
    return list(dict.fromkeys(name for _place, name in nearest_first))


def _build() -> Organisation:
    return Organisation(
        units={unit.pk: _node(unit) for unit in Unit.objects.order_by("path")},
        decided=_decided(),
        weekly=_weekly(),
        exceptions=_exceptions(),
        groups=_groups(),
        closures=_closures(),
        premises=_premises(),
    )


def _node(unit: Unit) -> Node:
    return Node(
        id=unit.pk,
        code=unit.code,
        kind=unit.kind,
        names=unit.names,
        parent_id=unit.parent_id,
        path=unit.ancestry,
        hue=unit.hue,
        mobile=unit.mobile,
        self_service=unit.self_service,
        municipality_code=unit.municipality_code,
        opened_on=unit.opened_on,
        closed_on=unit.closed_on,
    )


def _decided() -> dict[str, dict[int, object]]:
    decided: dict[str, dict[int, object]] = defaultdict(dict)
    for key, unit_id, value in SettingValue.objects.values_list(
        "key", "unit_id", "value"
    ):
        decided[key][unit_id] = value
    return dict(decided)


def _groups() -> dict[str, dict[int, frozenset[int]]]:
    """Purpose, library, and the groups of that purpose that it belongs to."""
    found: dict[str, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    rows = LibraryGroup.objects.exclude(libraries=None)
    for group, purpose, library in rows.values_list("pk", "purpose", "libraries"):
        found[purpose][library].add(group)
    return {
        purpose: {library: frozenset(groups) for library, groups in of.items()}
        for purpose, of in found.items()
    }


def _weekly() -> dict[int, tuple[WeeklyOpening, ...]]:
    weekly: dict[int, list[WeeklyOpening]] = defaultdict(list)
    for row in WeeklyHours.objects.order_by("library", "weekday", "opens"):
        weekly[row.library_id].append(
            WeeklyOpening(
                weekday=row.weekday,
                opening=Opening(row.opens, row.closes, row.self_service),
                starts_on=row.starts_on,
                ends_on=row.ends_on,
            )
        )
    return {library: tuple(rows) for library, rows in weekly.items()}


def _exceptions() -> dict[int, tuple[ExceptionDays, ...]]:
    found: dict[int, list[ExceptionDays]] = defaultdict(list)
    for row in CalendarException.objects.order_by("unit", "starts_on"):
        found[row.unit_id].append(
            ExceptionDays(
                unit_id=row.unit_id,
                starts_on=row.starts_on,
                ends_on=row.ends_on,
                names=row.names,
                weekday=row.weekday,
                yearly=row.yearly,
                open=row.open,
                opening=_other_hours(row),
            )
        )
    return {unit: tuple(rows) for unit, rows in found.items()}


def _closures() -> dict[int, tuple[ClosedPeriod, ...]]:
    """Each library's own closures that are in force, the first first."""
    found: dict[int, list[ClosedPeriod]] = defaultdict(list)
    rows = Closure.objects.filter(state=Closure.State.IN_FORCE, premises=None)
    for row in rows.order_by("starts_on", "pk").prefetch_related("libraries"):
        period = ClosedPeriod(
            closure_id=row.pk,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            names=row.texts,
            pickup_id=row.pickup_id,
            returns_here=row.returns == Closure.Returns.HERE,
        )
        for library in row.libraries.all():
            found[library.pk].append(period)
    return {library: tuple(periods) for library, periods in found.items()}


def _premises() -> dict[int, tuple[OtherPremises, ...]]:
    """Where each library works when not in its own house, the first first."""
    found: dict[int, list[OtherPremises]] = defaultdict(list)
    rows = Closure.objects.filter(state=Closure.State.IN_FORCE).exclude(premises=None)
    rows = rows.select_related("premises").prefetch_related("libraries")
    for row in rows.order_by("starts_on", "pk"):
        for library in row.libraries.all():
            found[library.pk].append(premises_of(row, row.ends_on))
    return {library: tuple(periods) for library, periods in found.items()}


def premises_of(closure: Closure, ends_on: date) -> OtherPremises:
    """What a closure with other premises says, if it lasts until a day."""
    told = closure.premises
    return OtherPremises(
        closure_id=closure.pk,
        starts_on=closure.starts_on,
        ends_on=ends_on,
        names=closure.texts,
        street=told.street,
        postal_code=told.postal_code,
        city=told.city,
        phone=told.phone,
        van_note=told.van_note,
        weekly=tuple(
            WeeklyOpening(
                weekday=weekday,
                opening=Opening(
                    time.fromisoformat(opens), time.fromisoformat(closes), alone
                ),
                starts_on=closure.starts_on,
                ends_on=ends_on,
            )
            for weekday, opens, closes, alone in told.hours
        ),
    )


def _other_hours(row: CalendarException) -> Opening | None:
    if not row.open or row.opens is None or row.closes is None:
        return None
    return Opening(row.opens, row.closes)


_compiled = Compiled(_build)
