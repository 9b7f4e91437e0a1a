"""Change what is known of a patron: any fields, with who changed what from what."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.refusals import Refusal
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.actions.choices import reach_of, ticks_left_hanging
from kortisto.domain.patrons.actions.family import answering
from kortisto.domain.patrons.actions.hold_identifiers import why_not
from kortisto.domain.patrons.actions.writing import (
    attribute_of,
    locked,
    text_in_history,
    to_change,
    write_changes,
)
from kortisto.domain.patrons.category_places import why_not_here
from kortisto.domain.patrons.fields import EDITABLE, clean, label_of
from kortisto.domain.patrons.models import FieldChange, Patron, PatronCategory, Source
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.queries import patrons_holding, terms_of
from kortisto.domain.patrons.reasons import Reason, about, raise_if_unfit, unfit
from kortisto.domain.patrons.rules import Reach, category_fits, dates_fit, three_way

LINKS: Final = frozenset({"category", "home_library"})
LOST: Final = {"card_lost": True}
FLAGS: Final = frozenset({"card_lost", "check_address", "check_phone", "check_email"})


@transaction.atomic
def change(
    patron_id: int,
    values: Mapping[str, Any],
    *,
    by: Actor,
    now: datetime,
    edition: int | None = None,
    overwrite: Collection[str] = (),
    source: Source | None = None,
) -> tuple[str, ...]:
    """Give fields new values; the names of those that have really changed.

    ``values`` as typed: the names of ``fields.EDITABLE``, ``category`` by code and
    ``home_library`` by id. ``edition`` is that of the patron when the form was opened:
    what somebody else has changed since and this form left alone stays theirs; what
    both have changed is refused (changed-meanwhile, one for each field) unless named
    in ``overwrite``. A patron may change the fields that are their own (S11); who
    lifts a protection must be allowed to see what it hides (GDP-5).

    Raises Unfit with every reason and its field; nothing has then been written.
    """
    _may(patron_id, values, by=by)
    return write_fields(
        patron_id,
        values,
        by=by,
        now=now,
        edition=edition,
        overwrite=overwrite,
        source=source,
    )


def write_fields(
    patron_id: int,
    values: Mapping[str, Any],
    *,
    by: Actor,
    now: datetime,
    edition: int | None = None,
    overwrite: Collection[str] = (),
    source: Source | None = None,
) -> tuple[str, ...]:
    """As ``change``, inside the transaction of an action that has asked who may."""
    patron = to_change(patron_id, source=source)
    wanted, wrong = _read(values)
    wanted = _merged(patron, wanted, edition, overwrite, wrong)
    raise_if_unfit(wrong)
    if patron.is_protected and wanted.get("is_protected") is False:
        by.require(PatronPermission.SEE_PROTECTED)
    if not wanted.get("is_protected", patron.is_protected):
        wanted["protected_until_on"] = None
    before, was = _held(patron, wanted), reach_of(patron)
    for name, value in wanted.items():
        setattr(patron, attribute_of(name), value)
    raise_if_unfit(_why_not(patron, wanted, before, was, now=now))
    for name, value in before.items():
        setattr(patron, attribute_of(name), value)
    try:
        with transaction.atomic():
            return write_changes(patron, wanted, by=by, now=now, source=source)
    except IntegrityError as error:
        taken = patrons_holding(wanted.get("hold_identifier", ""))
        if taken.exclude(pk=patron_id).exists():
            raise unfit(
                about("hold_identifier", Reason.HOLD_IDENTIFIER_TAKEN)
            ) from error
        raise


def set_hold_identifier(
    patron_id: int, identifier: str, *, by: Actor, now: datetime
) -> None:
    """Take another hold identifier; a patron may choose their own (S23)."""
    change(patron_id, {"hold_identifier": identifier}, by=by, now=now)


def set_flags(
    patron_id: int, flags: Mapping[str, bool], *, by: Actor, now: datetime
) -> None:
    """Set ``card_lost``, ``check_address`` and the other flags (S25).

    That a card is lost is written whatever else: somebody may have found it.
    """
    unknown = set(flags) - FLAGS
    if unknown:
        message = f"no such flags: {sorted(unknown)}"
        raise ValueError(message)
    if dict(flags) == LOST:
        by.require(PatronPermission.EDIT)
        with transaction.atomic():
            write_changes(locked(patron_id), LOST, by=by, now=now)
    else:
        change(patron_id, flags, by=by, now=now)


def set_history_choice(
    patron_id: int, choice: Patron.History, *, by: Actor, now: datetime
) -> None:
    """How long loans are remembered (S35); ``circulation`` forgets what must go."""
    change(patron_id, {"history": choice.value}, by=by, now=now)


def _may(patron_id: int, values: Mapping[str, Any], *, by: Actor) -> None:
    """The patron may change their own fields; everything else needs the permission."""
    themself = by.is_patron(patron_id)
    own = {name for name, field in EDITABLE.items() if field.own}
    if not (themself and own.issuperset(values)):
        by.require(PatronPermission.EDIT)


def _read(values: Mapping[str, Any]) -> tuple[dict[str, Any], list[Refusal]]:
    wanted, wrong = clean({n: v for n, v in values.items() if n not in LINKS})
    if "category" in values:
        category = PatronCategory.objects.filter(code=values["category"]).first()
        if category is None:
            wrong.append(about("category", Reason.UNKNOWN_CATEGORY))
        else:
            wanted["category"] = category
    if "home_library" in values:
        wanted["home_library"] = values["home_library"]
        if values["home_library"] not in organisation().units:
            wrong.append(about("home_library", Reason.UNKNOWN_LIBRARY))
    return wanted, wrong


def _merged(
    patron: Patron,
    wanted: dict[str, Any],
    edition: int | None,
    overwrite: Collection[str],
    wrong: list[Refusal],
) -> dict[str, Any]:
    """What is to be written when others have saved since the form was opened."""
    if edition is None or edition == patron.edition or wrong:
        return wanted
    later = FieldChange.objects.filter(
        patron=patron, edition__gt=edition, field__in=set(wanted) - set(overwrite)
    )
    base = dict(later.order_by("-pk").values_list("field", "old"))  # the oldest wins
    merge = three_way(
        {name: text_in_history(name, value) for name, value in wanted.items()},
        base=base,
        theirs={
            name: text_in_history(name, getattr(patron, attribute_of(name)))
            for name in base
        },
    )
    wrong += [
        about(name, Reason.CHANGED_MEANWHILE, label=label_of(name))
        for name in merge.clashes
    ]
    return {name: wanted[name] for name in merge.write}


def _why_not(
    patron: Patron,
    wanted: Mapping[str, Any],
    before: Mapping[str, Any],
    was: Reach,
    *,
    now: datetime,
) -> list[Refusal]:
    """Asked of the patron as it would be."""
    changed = {name for name, value in wanted.items() if before[name] != value}
    wrong = dates_fit(
        registered_on=patron.registered_on,
        expires_on=patron.expires_on,
        second_from_on=patron.second_from_on,
        second_until_on=patron.second_until_on,
    )
    if {"category", "born_on"} & changed:
        today = localdate(now)
        wrong += category_fits(
            terms_of(patron.category),
            born_on=patron.born_on,
            guardians=answering(patron.pk, today).count(),
            today=today,
        )
    if {"category", "home_library"} & changed:
        wrong += why_not_here(patron.category, patron.home_library_id)
    if "hold_identifier" in changed:
        wrong += why_not(patron.hold_identifier, patron_id=patron.pk)
    return wrong + ticks_left_hanging(patron, was)


def _held(patron: Patron, names: Mapping[str, Any]) -> dict[str, Any]:
    return {name: getattr(patron, attribute_of(name)) for name in names}
