"""Decide what a patron category is and asks for (PAT-20). One for the consortium."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.refusals import Refusal
from kortisto.core.versions import configuration_changed
from kortisto.domain.org.consortium import require_for_everybody
from kortisto.domain.org.models import LibraryGroup, Unit
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.actions.choices import wrong_with
from kortisto.domain.patrons.category_fields import FIELDS, MONTHS
from kortisto.domain.patrons.category_terms import is_used_at
from kortisto.domain.patrons.events import CategoryChanged
from kortisto.domain.patrons.models import (
    CardValidity,
    CategoryMessage,
    PatronCategory,
)
from kortisto.domain.patrons.reasons import Reason, about, raise_if_unfit, unfit
from kortisto.domain.patrons.rules import Reach, Tick

CODE: Final = re.compile(r"[A-ZÅÄÖ0-9_-]{1,20}")
EVERYBODY: Final = Reach(sms=True, email=True, paper=True)
NAMES: Final = ("name_fi", "name_sv", "name_en")


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryTold:
    """All that a category decides. ``values``: the names of ``category_fields.FIELDS``.

    ``units``: only their patrons may be in it; none: everybody's. ``validities``:
    months by library group, where they differ. ``ticks``: what a new patron has.
    """

    names: Mapping[str, str]  # of the columns
    values: Mapping[str, Any]
    next_category: str = ""  # code; the night after the oldest age
    units: frozenset[int] = frozenset()
    validities: Mapping[int, int] = field(default_factory=dict)
    ticks: frozenset[Tick] = frozenset()


@transaction.atomic
def add_category(
    code: str, told: CategoryTold, *, by: Actor, now: datetime
) -> PatronCategory:
    """Make a category. Its code never changes. Raises Unfit with every field."""
    require_for_everybody(by)
    code = code.strip().upper()
    wrong = []
    if not CODE.fullmatch(code):
        wrong.append(about("code", Reason.BAD_CODE))
    elif PatronCategory.objects.filter(code=code).exists():
        wrong.append(about("code", Reason.CODE_TAKEN))
    return _write(PatronCategory(code=code), told, wrong, by=by, now=now)


@transaction.atomic
def change_category(
    code: str, told: CategoryTold, *, by: Actor, now: datetime
) -> PatronCategory:
    """Decide anew what a category asks for; patrons who are in it stay in it.

    Raises PatronCategory.DoesNotExist, and Unfit with every field that is wrong.
    """
    require_for_everybody(by)
    category = PatronCategory.objects.select_for_update().get(code=code)
    return _write(category, told, [], by=by, now=now)


def ticks_of_category(category: PatronCategory) -> frozenset[Tick]:
    """Which messages a new patron of the category has to begin with."""
    rows = CategoryMessage.objects.filter(category=category)
    return frozenset(
        Tick(*row) for row in rows.values_list("kind", "transport", "days")
    )


def _write(
    category: PatronCategory,
    told: CategoryTold,
    wrong: list[Refusal],
    *,
    by: Actor,
    now: datetime,
) -> PatronCategory:
    following = _next(told.next_category, wrong)
    wrong += _why_not(category, told, following)
    raise_if_unfit(wrong)
    before = _snapshot(category)
    for name, value in {**told.names, **told.values}.items():
        setattr(category, name, value)
    category.next_category = following
    category.save()
    category.units.set(told.units)
    _write_validities(category, told.validities)
    _write_ticks(category, told.ticks)
    after = _snapshot(category)
    changed = tuple(name for name in after if before.get(name) != after[name])
    if changed:
        event = CategoryChanged(category=category.code, fields=changed)
        publish(event, by=by, at=now)
        configuration_changed()
    return category


def _next(code: str, wrong: list[Refusal]) -> PatronCategory | None:
    if not code:
        return None
    found = PatronCategory.objects.filter(code=code).first()
    if found is None:
        wrong.append(about("next_category", Reason.UNKNOWN_CATEGORY))
    return found


def _why_not(
    category: PatronCategory, told: CategoryTold, following: PatronCategory | None
) -> list[Refusal]:
    values = told.values
    wrong = [
        about(name, Reason.BAD_VALUE, why=why)
        for name, value in values.items()
        if (why := _why_not_value(name, value))
    ]
    if not told.names.get("name_fi"):
        wrong.append(about("name_fi", Reason.CATEGORY_NEEDS_NAME))
    if wrong:
        return wrong
    for least, most in (("min_age", "max_age"), ("pin_length_min", "pin_length_max")):
        low, high = values[least], values[most]
        if low is not None and high is not None and high < low:
            wrong.append(about(most, Reason.LESS_THAN_LEAST))
    if values["needs_guardian"] and not values["may_have_guardian"]:
        wrong.append(about("may_have_guardian", Reason.GUARDIAN_NOT_POSSIBLE))
    wrong += _why_not_next(category, told, following)
    wrong += [
        about(f"validity-{group}", Reason.BAD_VALUE, why=why)
        for group, months in told.validities.items()
        if (why := _unreadable(MONTHS.read, months))
    ]
    known = set(Unit.objects.filter(pk__in=told.units).values_list("pk", flat=True))
    if told.units - known:
        wrong.append(about("units", Reason.UNKNOWN_LIBRARY))
    return [*wrong, *wrong_with(told.ticks, EVERYBODY)]


def _why_not_value(name: str, value: Any) -> str:
    known = FIELDS.get(name)
    if known is None:
        raise unfit(about(name, Reason.UNKNOWN_FIELD))
    if known.may_be_empty and value in (None, ""):
        return ""
    return _unreadable(known.kind.read, value)


def _unreadable(read: Any, value: object) -> str:
    try:
        read(value)
    except ValueError as error:
        return str(error)
    return ""


def _why_not_next(
    category: PatronCategory, told: CategoryTold, following: PatronCategory | None
) -> list[Refusal]:
    """Whoever outgrows the category must find the next one at their own library."""
    if following is None:
        return []
    if following.pk == category.pk:
        return [about("next_category", Reason.NEXT_IS_ITSELF)]
    if told.values["max_age"] is None:
        return [about("max_age", Reason.NEXT_NEEDS_AGE)]
    tree = organisation()
    theirs = list(following.units.values_list("pk", flat=True))
    here = told.units or {root.id for root in tree.children(None)}
    if all(is_used_at(theirs, tree.path(unit)) for unit in here if unit in tree.units):
        return []
    name = following.name
    return [about("next_category", Reason.NEXT_NOT_EVERYWHERE, category=name)]


def _snapshot(category: PatronCategory) -> dict[str, object]:
    """What is decided now, to tell what has changed."""
    if category.pk is None:
        return {}
    held: dict[str, object] = {
        name: getattr(category, name) for name in (*NAMES, *FIELDS)
    }
    held["next_category"] = category.next_category_id
    held["units"] = set(category.units.values_list("pk", flat=True))
    rows = CardValidity.objects.filter(category=category)
    held["validities"] = dict(rows.values_list("group_id", "months"))
    held["messages"] = ticks_of_category(category)
    return held


def _write_validities(category: PatronCategory, months: Mapping[int, int]) -> None:
    rows = CardValidity.objects.filter(category=category)
    rows.exclude(group_id__in=months).delete()
    known = LibraryGroup.objects.filter(pk__in=months).values_list("pk", flat=True)
    for group in known:
        rows.update_or_create(
            category=category, group_id=group, defaults={"months": months[group]}
        )


def _write_ticks(category: PatronCategory, ticks: Collection[Tick]) -> None:
    before = ticks_of_category(category)
    rows = CategoryMessage.objects.filter(category=category)
    for gone in before.difference(ticks):
        rows.filter(kind=gone.kind, transport=gone.transport).delete()
    CategoryMessage.objects.bulk_create(
        CategoryMessage(
            category=category,
            kind=tick.kind,
            transport=tick.transport,
            days=tick.days,
        )
        for tick in sorted(set(ticks) - before)
    )
