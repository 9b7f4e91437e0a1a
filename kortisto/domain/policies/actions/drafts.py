"""Prepare the next version of the lending rules. Nothing here is in force yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.domain.org.queries import organisation
from kortisto.domain.policies.events import RuleDraftChanged, RulesDrafted
from kortisto.domain.policies.models import RuleRow, RuleVersion
from kortisto.domain.policies.parameter import Parameter
from kortisto.domain.policies.parameters import parameter
from kortisto.domain.policies.permissions import PolicyPermission
from kortisto.domain.policies.reasons import Reason, refused


@dataclass(frozen=True, slots=True)
class Place:
    """Which row is meant; None stands for all."""

    library_id: int | None = None
    category_id: int | None = None
    item_type_id: int | None = None

    @property
    def columns(self) -> dict[str, int | None]:
        return {
            "library_id": self.library_id,
            "category_id": self.category_id,
            "item_type_id": self.item_type_id,
        }


@transaction.atomic
def draft_rules(*, by: Actor, now: datetime, note: str = "") -> RuleVersion:
    """The draft: the one there is, or a new copy of the latest published version."""
    require_common(by)
    there = RuleVersion.objects.filter(state=RuleVersion.State.DRAFT).first()
    if there is not None:
        return there
    latest = (
        RuleVersion.objects.filter(state=RuleVersion.State.PUBLISHED)
        .order_by("-starts_on", "-number")
        .first()
    )
    draft = RuleVersion.objects.create(
        number=next_number(), note=note, made_by=by.label, made_at=now
    )
    if latest is not None:
        copy_rows(latest, draft)
    event = RulesDrafted(
        version=draft.number, copied_from=None if latest is None else latest.number
    )
    publish(event, by=by, at=now)
    return draft


@transaction.atomic
def discard_draft(*, by: Actor, now: datetime) -> None:
    """Throw the draft away. Does nothing when there is none."""
    require_common(by)
    draft = RuleVersion.objects.filter(state=RuleVersion.State.DRAFT).first()
    if draft is None:
        return
    number = draft.number
    draft.delete()
    publish(RulesDrafted(version=number, discarded=True), by=by, at=now)


@transaction.atomic
def set_value(
    place: Place, key: str, *, text: str, by: Actor, now: datetime
) -> RuleRow:
    """Fill one cell of the draft with what somebody typed.

    Refused when the text is no value of the parameter; raises LookupError when there
    is no such parameter. Common rows need the permission at the top of the
    organisation, a library's rows at the library.
    """
    wanted: Parameter[Any] = parameter(key)
    try:
        value = wanted.parse(text)
    except ValueError as error:
        raise refused(Reason.BAD_VALUE, why=str(error)) from error
    return set_values(place, {key: value}, by=by, now=now)


@transaction.atomic
def set_values(
    place: Place, values: Mapping[str, Any], *, by: Actor, now: datetime
) -> RuleRow:
    """Fill cells of the draft with typed values, by parameter key."""
    _require(place, by)
    row = _row(place) or RuleRow(version=_draft(), **place.columns)
    for key, value in values.items():
        stored = _stored(parameter(key), value)
        _tell(row, key, before=row.values.get(key), after=stored, by=by, now=now)
        row.values[key] = stored
    row.save()
    return row


@transaction.atomic
def clear_value(place: Place, key: str, *, by: Actor, now: datetime) -> None:
    """Empty a cell of the draft, so that it inherits. An empty one stays as it is."""
    _require(place, by)
    row = _existing(place)
    if key not in row.values:
        return
    before = row.values.pop(key)
    row.save(update_fields=["values"])
    _tell(row, key, before=before, after=None, by=by, now=now)


@transaction.atomic
def remove_row(place: Place, *, by: Actor, now: datetime) -> None:
    """Remove a whole row of the draft. Refused when there is none."""
    _require(place, by)
    row = _existing(place)
    _tell(row, None, before=row.values, after=None, by=by, now=now)
    row.delete()


@transaction.atomic
def copy_row(source: Place, target: Place, *, by: Actor, now: datetime) -> RuleRow:
    """Give another place the values of a row; its own other cells go."""
    _require(target, by)
    values = dict(_existing(source).values)
    row = _row(target) or RuleRow(version=_draft(), **target.columns)
    before, row.values = row.values, values
    row.save()
    _tell(row, None, before=before, after=values, by=by, now=now)
    return row


def require_common(by: Actor) -> None:
    """The permission to change what is common: at the top of the organisation."""
    roots = organisation().children(None)
    by.require(PolicyPermission.EDIT, at=roots[0].id if roots else None)


def next_number() -> int:
    latest = RuleVersion.objects.aggregate(latest=Max("number"))["latest"]
    return (latest or 0) + 1


def copy_rows(source: RuleVersion, target: RuleVersion) -> None:
    RuleRow.objects.bulk_create(
        RuleRow(
            version=target,
            library_id=row.library_id,
            category_id=row.category_id,
            item_type_id=row.item_type_id,
            values=row.values,
            note=row.note,
        )
        for row in source.rows.order_by("pk")
    )


def _require(place: Place, by: Actor) -> None:
    if place.library_id is None:
        require_common(by)
    else:
        by.require(PolicyPermission.EDIT, at=place.library_id)


def _draft() -> RuleVersion:
    draft = RuleVersion.objects.filter(state=RuleVersion.State.DRAFT).first()
    if draft is None:
        raise refused(Reason.NO_DRAFT)
    return draft


def _row(place: Place) -> RuleRow | None:
    return RuleRow.objects.filter(
        version=_draft(),
        library=place.library_id,
        category=place.category_id,
        item_type=place.item_type_id,
    ).first()


def _existing(place: Place) -> RuleRow:
    row = _row(place)
    if row is None:
        raise refused(Reason.NO_SUCH_ROW)
    return row


def _stored(wanted: Parameter[Any], value: object) -> object:
    """The stored form, when it can be read back; so nothing out of range gets in."""
    stored = wanted.write(value)
    try:
        wanted.read(stored)
    except ValueError as error:
        raise refused(Reason.BAD_VALUE, why=str(error)) from error
    return stored


def _tell(
    row: RuleRow,
    key: str | None,
    *,
    before: object,
    after: object,
    by: Actor,
    now: datetime,
) -> None:
    event = RuleDraftChanged(
        version=row.version.number,
        library_id=row.library_id,
        category_id=row.category_id,
        item_type_id=row.item_type_id,
        parameter=key,
        before=before,
        after=after,
    )
    publish(event, by=by, at=now)
