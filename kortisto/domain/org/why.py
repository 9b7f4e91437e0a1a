"""Why somebody may, or may not, do something at a place. Pure: sentences for people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from kortisto.core.days import written
from kortisto.core.names import in_language
from kortisto.core.permissions import Permission
from kortisto.domain.org.tree import Node


@dataclass(frozen=True, slots=True)
class Held:
    """A role with the permission in question, given to the person at some time."""

    role: Mapping[str, str]
    unit: Node
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer, and what to do about it."""

    allowed: bool
    sentences: tuple[str, ...]
    roles: tuple[str, ...] = ()  # names of roles that would give it
    managers: tuple[str, ...] = ()  # who can give them there, the nearest first


def explain(
    permission: Permission,
    *,
    active: bool,
    place: Node,
    held: Sequence[Held],
    roles: Sequence[Mapping[str, str]],
    managers: Sequence[str],
    today: date,
) -> Explanation:
    """Say it: every grant that counts is named, in force or not."""
    what = str(permission.label)
    sentences = [about(one, place, today) for one in held]
    allowed = active and any(counts(one, place, today) for one in held)
    if not active:
        sentences.insert(0, _("The account is closed."))
    elif not held:
        sentences.append(
            _("None of the roles gives the permission “{permission}” anywhere.").format(
                permission=what
            )
        )
    named = tuple(in_language(dict(names)) for names in roles)
    if not allowed:
        sentences.extend(_advice(what, place, named, managers))
    return Explanation(
        allowed=allowed,
        sentences=tuple(sentences),
        roles=() if allowed else named,
        managers=() if allowed else tuple(managers),
    )


def counts(one: Held, place: Node, today: date) -> bool:
    """Whether a role is in force on the day, and reaches the place."""
    in_force = one.starts_on <= today and (one.ends_on is None or today <= one.ends_on)
    return in_force and one.unit.id in place.path


def about(one: Held, place: Node, today: date) -> str:
    """What one role has to do with a place, in a sentence."""
    facts = {
        "role": in_language(dict(one.role)),
        "unit": one.unit.name,
        "place": place.name,
        "starts_on": _words(one.starts_on),
        "ends_on": _words(one.ends_on),
    }
    if one.ends_on is not None and one.ends_on < today:
        return _("The role {role} at {unit} ended on {ends_on}.").format(**facts)
    if today < one.starts_on:
        return _("The role {role} at {unit} starts on {starts_on}.").format(**facts)
    if one.unit.id not in place.path:
        return _(
            "The role {role} gives it at {unit}, which {place} does not belong to."
        ).format(**facts)
    if one.ends_on is not None:
        return _("The role {role} at {unit} gives it until {ends_on}.").format(**facts)
    return _("The role {role} at {unit} gives it.").format(**facts)


def _advice(
    what: str, place: Node, roles: Sequence[str], managers: Sequence[str]
) -> list[str]:
    told = []
    if roles:
        told.append(
            _("These roles give “{permission}”: {roles}.").format(
                permission=what, roles=", ".join(roles)
            )
        )
    else:
        told.append(_("No role gives “{permission}”.").format(permission=what))
    if managers:
        told.append(
            _("Roles at {place} are given by: {managers}.").format(
                place=place.name, managers=", ".join(managers)
            )
        )
    return told


def _words(day: date | None) -> str:
    return "" if day is None else written(day)
