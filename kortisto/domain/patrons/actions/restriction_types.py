"""Decide which types of restrictions there are (S26). One set for the consortium.

A type is never deleted: restrictions of it stay in the record. It is taken out of use.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db import transaction

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.refusals import Refusal
from kortisto.domain.org.consortium import require_for_everybody
from kortisto.domain.patrons.events import RestrictionTypeChanged
from kortisto.domain.patrons.fields import kept_text, longest
from kortisto.domain.patrons.models import RestrictionType
from kortisto.domain.patrons.reasons import Reason, about, raise_if_unfit
from kortisto.domain.patrons.restriction_types import (
    MOST_DAYS,
    NAMES,
    OF_THE_PROGRAM,
    READY_TYPES,
    TITLES,
    Removal,
    type_with,
)

CODE: Final = re.compile(r"[A-ZÅÄÖ0-9_-]{1,20}")
MEANING: Final = tuple(name for name in TITLES if name not in NAMES)


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeTold:
    """All that is decided of a type. ``days``: how long, unless something else is told.

    ``binding``: nobody lends past it. ``shuts_doors``: of open libraries too, where
    their setting says that restrictions do. ``in_use``: it can be chosen.
    """

    names: Mapping[str, str] = field(default_factory=dict)  # of the columns
    removal: str = Removal.BY_HAND
    days: int | None = None
    binding: bool = False
    shuts_doors: bool = True
    in_use: bool = True


@transaction.atomic
def add_type(code: str, told: TypeTold, *, by: Actor, now: datetime) -> RestrictionType:
    """Make a type. Its code never changes. Raises Unfit with every field."""
    require_for_everybody(by)
    code = code.strip().upper()
    wrong = []
    if not CODE.fullmatch(code):
        wrong.append(about("code", Reason.BAD_CODE))
    elif code.lower() in READY_TYPES or _is_taken(code):
        wrong.append(about("code", Reason.TYPE_CODE_TAKEN))
    return _write(RestrictionType(code=code), told, wrong, by=by, now=now)


@transaction.atomic
def change_type(
    code: str, told: TypeTold, *, by: Actor, now: datetime
) -> RestrictionType:
    """Decide anew about a type; restrictions in force go by it from now on.

    How long those last stays as it was told. Of a type of the program only the names
    change. Raises RestrictionType.DoesNotExist, and Unfit with every field.
    """
    require_for_everybody(by)
    row_of_type(code)
    type_ = RestrictionType.objects.select_for_update().get(code=code)
    return _write(type_, told, list(_why_not_of_program(type_, told)), by=by, now=now)


def row_of_type(code: str) -> RestrictionType:
    """The type with a code; a ready one gets its row at first use.

    Raises RestrictionType.DoesNotExist.
    """
    found = type_with(code)
    if found.pk is not None:
        return found
    decided = {name: getattr(found, name) for name in TITLES}
    return RestrictionType.objects.get_or_create(code=code, defaults=decided)[0]


def _write(
    type_: RestrictionType,
    told: TypeTold,
    wrong: list[Refusal],
    *,
    by: Actor,
    now: datetime,
) -> RestrictionType:
    raise_if_unfit([*wrong, *_why_not(told)])
    most = longest(RestrictionType, "name_fi")
    names = {
        name: kept_text(told.names.get(name, ""), most, field=name) for name in NAMES
    }
    decided = {**names, **{name: getattr(told, name) for name in MEANING}}
    is_new = type_.pk is None
    changed = tuple(
        name for name in decided if is_new or getattr(type_, name) != decided[name]
    )
    if changed:
        for name in changed:
            setattr(type_, name, decided[name])
        type_.save()
        event = RestrictionTypeChanged(kind=type_.code, fields=changed)
        publish(event, by=by, at=now)
    return type_


def _why_not(told: TypeTold) -> Iterator[Refusal]:
    if not told.names.get("name_fi", "").strip():
        yield about("name_fi", Reason.TYPE_NEEDS_NAME)
    if told.removal not in Removal.values:
        yield about("removal", Reason.UNKNOWN_REMOVAL)
    if told.days is not None and not 1 <= told.days <= MOST_DAYS:
        yield about("days", Reason.TYPE_DAYS_OUT_OF_RANGE, most=MOST_DAYS)


def _why_not_of_program(type_: RestrictionType, told: TypeTold) -> Iterator[Refusal]:
    if type_.code in OF_THE_PROGRAM:
        for name in MEANING:
            if getattr(told, name) != getattr(type_, name):
                yield about(name, Reason.TYPE_OF_THE_PROGRAM)


def _is_taken(code: str) -> bool:
    return RestrictionType.objects.filter(code=code).exists()
