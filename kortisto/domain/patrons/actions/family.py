"""Guardians: add, end, put in order; a link that has ended is kept (PAT-11, PAT-12)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Max, Q, QuerySet
from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.refusals import Refusal
from kortisto.core.text import tidy
from kortisto.domain.patrons.actions.writing import locked, to_change, write_changes
from kortisto.domain.patrons.category_kinds import NAMED_AS_PEOPLE
from kortisto.domain.patrons.contacts import email_address, phone_number
from kortisto.domain.patrons.fields import longest, too_long
from kortisto.domain.patrons.frozen import refuse_if_frozen
from kortisto.domain.patrons.models import Guardianship, Patron, Source
from kortisto.domain.patrons.new_patron import NewGuardian
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.queries import terms_of
from kortisto.domain.patrons.reasons import Reason, about, raise_if_unfit, unfit
from kortisto.domain.patrons.rules import guardians_may_be, is_minor

FIELD: Final = "guardians"
CONSENTS: Final = ("sees_loans", "sees_charges")


@transaction.atomic
def add_guardian(
    patron_id: int,
    guardian: NewGuardian,
    *,
    by: Actor,
    now: datetime,
    source: Source | None = None,
) -> Guardianship:
    """Add a guardian or another contact of a patron, last in the order. Raises Unfit.

    The bills go to the first who answers for the patron, unless somebody is chosen.
    Somebody who is not registered yet is registered first, by ``register``.
    """
    by.require(PatronPermission.EDIT)
    patron = to_change(patron_id, source=source)
    today = localdate(now)
    wrong = why_not_guardian(guardian, field=FIELD, today=today)
    if not patron.category.may_have_guardian:
        wrong.append(about(FIELD, Reason.HAS_NO_GUARDIANS))
    if guardian.patron_id == patron_id:
        wrong.append(about(FIELD, Reason.OWN_GUARDIAN))
    if guardian.starts_on is not None and guardian.starts_on > today:
        wrong.append(about(f"{FIELD}.starts_on", Reason.GUARDS_LATER))
    if guardian.ends_on is not None and guardian.ends_on < today:
        wrong.append(about(f"{FIELD}.ends_on", Reason.GUARD_ENDED_BEFORE))
    links = in_force(patron_id, today)
    same = guardian.patron_id
    if same is not None and going_on(patron_id, today).filter(guardian=same).exists():
        wrong.append(about(FIELD, Reason.GUARDED_ALREADY))
    raise_if_unfit(wrong)
    first = guardian.answers and not links.filter(gets_bills=True).exists()
    pays = guardian.gets_bills or first
    if pays:
        _bills_to_nobody(patron_id, today)
    order = (links.aggregate(last=Max("order"))["last"] or 0) + 1
    try:
        with transaction.atomic():
            link = link_guardian(
                patron, guardian, order=order, today=today, gets_bills=pays
            )
    except IntegrityError as error:
        raise unfit(about(FIELD, Reason.GUARDED_ALREADY)) from error
    told = {"guardian": ("", str(link.pk))}
    write_changes(patron, {}, beside=told, by=by, now=now, source=source)
    return link


@transaction.atomic
def end_guardian(
    link_id: int,
    *,
    by: Actor,
    now: datetime,
    last_day: date | None = None,
    source: Source | None = None,
) -> None:
    """End a link: today, or by itself on a later ``last_day``.

    From that day on nothing is seen by it; the day itself is still paid for. It may
    end although the processing of the data is restricted: who lost a child to another
    guardian sees what is not theirs to see.

    The bills then go to the next in the order, at the latest the night after. Refused
    (last-guardian) when a minor, whose category demands one, would be left without.
    """
    today = localdate(now)
    day = last_day or today
    if day < today:
        raise unfit(about("last_day", Reason.GUARD_ENDED_BEFORE))
    _set_last_day(link_id, day, by=by, now=now, source=source)


@transaction.atomic
def let_guardian_go_on(link_id: int, *, by: Actor, now: datetime) -> None:
    """Take back the last day of a link that has not ended yet."""
    _set_last_day(link_id, None, by=by, now=now, source=None)


def _set_last_day(
    link_id: int,
    day: date | None,
    *,
    by: Actor,
    now: datetime,
    source: Source | None,
) -> None:
    by.require(PatronPermission.EDIT)
    link = Guardianship.objects.get(pk=link_id)
    patron = locked(link.dependant_id)
    link.refresh_from_db()
    today = localdate(now)
    if link.ends_on == day:
        return
    sooner = day is not None and (link.ends_on is None or day < link.ends_on)
    if not sooner:
        refuse_if_frozen(patron.pk)
    if link.ends_on is not None and link.ends_on <= today:
        raise unfit(about("last_day", Reason.GUARD_HAS_ENDED))
    others = answering(patron.pk, today).exclude(pk=link_id)
    refusal = guardians_may_be(
        terms_of(patron.category),
        born_on=patron.born_on,
        last_days=[day, *others.values_list("ends_on", flat=True)],
        today=today,
    )
    raise_if_unfit([refusal] if refusal is not None and link.answers else [])
    before = link.ends_on
    link.ends_on = day
    link.save(update_fields=["ends_on"])
    if day == today and link.gets_bills:
        give_bills_to_next(others)
    told = {"guardian": (_until(link, before), _until(link, day))}
    write_changes(patron, {}, beside=told, by=by, now=now, source=source)


def give_bills_to_next(links: "QuerySet[Guardianship]") -> Guardianship | None:
    """The first in the order gets the bills from now on; None: there is nobody."""
    heir = links.order_by("order", "pk").first()
    if heir is not None:
        heir.gets_bills = True
        heir.save(update_fields=["gets_bills"])
    return heir


@transaction.atomic
def order_guardians(
    patron_id: int,
    link_ids: Sequence[int],
    *,
    bills_to: int,
    by: Actor,
    now: datetime,
) -> None:
    """Put the guardians in this order; ``bills_to`` is the link that gets the bills.

    Raises Unfit unless the ids are those of the links in force.
    """
    by.require(PatronPermission.EDIT)
    patron = to_change(patron_id)
    links = {link.pk: link for link in going_on(patron_id, localdate(now))}
    if sorted(link_ids) != sorted(links) or bills_to not in links:
        raise unfit(about(FIELD, Reason.NOT_THE_GUARDIANS))
    before = sorted(links, key=lambda pk: (links[pk].order, pk))
    paid = [pk for pk, link in links.items() if link.gets_bills]
    _bills_to_nobody(patron_id, localdate(now))
    for order, pk in enumerate(link_ids, 1):
        links[pk].order, links[pk].gets_bills = order, pk == bills_to
        links[pk].save(update_fields=["order", "gets_bills"])
    if list(link_ids) == before and paid == [bills_to]:
        return
    told = {"guardian_order": (_listed(before, paid), _listed(link_ids, [bills_to]))}
    write_changes(patron, {}, beside=told, by=by, now=now)


@transaction.atomic
def arrange_guardians(
    patron_id: int,
    link_ids: Sequence[int],
    *,
    bills_to: int,
    consents: Mapping[int, Mapping[str, bool]],
    by: Actor,
    now: datetime,
) -> None:
    """The order, the bills and what each may see, all at once. Raises Unfit."""
    order_guardians(patron_id, link_ids, bills_to=bills_to, by=by, now=now)
    for link_id in link_ids:
        set_consent(link_id, consents.get(link_id, {}), by=by, now=now)


@transaction.atomic
def set_consent(
    link_id: int, consents: Mapping[str, bool], *, by: Actor, now: datetime
) -> None:
    """Let a guardian see loans or charges, or no more (PAT-18).

    ``consents`` has ``sees_loans`` and ``sees_charges``; the dependant may decide. It
    is taken back at any time, and not given while the processing is restricted.
    """
    link = Guardianship.objects.select_related("dependant").get(pk=link_id)
    if not by.is_patron(link.dependant_id):
        by.require(PatronPermission.EDIT)
    patron = locked(link.dependant_id)
    link.refresh_from_db()
    changes: dict[str, tuple[str, str]] = {}
    for name in CONSENTS:
        before, after = getattr(link, name), consents.get(name, getattr(link, name))
        if before != after:
            if after:
                refuse_if_frozen(patron.pk)
            setattr(link, name, after)
            changes[f"guardian_{name}"] = (_yes(link, before), _yes(link, after))
    if changes:
        link.save(update_fields=list(CONSENTS))
        write_changes(patron, {}, beside=changes, by=by, now=now)


def why_not_guardian(
    guardian: NewGuardian, *, field: str, today: date
) -> list[Refusal]:
    """What is wrong with what was told of a guardian."""
    wrong = []
    if guardian.patron_id is not None:
        known = Patron.objects.filter(pk=guardian.patron_id, binned_at=None)
        patron = known.select_related("category").first()
        if patron is None:
            wrong.append(about(field, Reason.UNKNOWN_PATRON))
        elif guardian.answers:
            wrong += _may_answer(patron.category.kind, patron.born_on, field, today)
    elif guardian.person is not None:
        if guardian.answers and is_minor(guardian.person.born_on, today):
            wrong.append(about(f"{field}.born_on", Reason.GUARDIAN_IS_MINOR))
    elif not guardian.name.strip():
        wrong.append(about(f"{field}.name", Reason.GUARDIAN_NEEDS_NAME))
    for name in ("name", "phone", "email", "address"):
        try:
            _clean(guardian, name)
        except ValueError as error:
            wrong.append(about(f"{field}.{name}", Reason.BAD_VALUE, why=str(error)))
    return wrong


def _may_answer(
    kind: str, born_on: date | None, field: str, today: date
) -> list[Refusal]:
    """Who answers for somebody is a person who has come of age."""
    if kind not in NAMED_AS_PEOPLE:
        return [about(field, Reason.GUARDIAN_IS_NO_PERSON)]
    minor = is_minor(born_on, today)
    return [about(field, Reason.GUARDIAN_IS_MINOR)] if minor else []


def link_guardian(
    patron: Patron,
    guardian: NewGuardian,
    *,
    order: int,
    today: date,
    gets_bills: bool | None = None,
) -> Guardianship:
    """Write a link that has been found right, inside the caller's transaction."""
    is_patron = guardian.patron_id is not None
    return Guardianship.objects.create(
        guardian_id=guardian.patron_id,
        dependant=patron,
        name="" if is_patron else _clean(guardian, "name"),
        phone="" if is_patron else _clean(guardian, "phone"),
        email="" if is_patron else _clean(guardian, "email"),
        address="" if is_patron else _clean(guardian, "address"),
        kind=Guardianship.Kind(guardian.kind),
        order=order,
        gets_bills=guardian.gets_bills if gets_bills is None else gets_bills,
        sees_loans=guardian.sees_loans,
        sees_charges=guardian.sees_charges,
        starts_on=guardian.starts_on or today,
        ends_on=guardian.ends_on,
    )


def end_link(link: Guardianship, *, last_day: date) -> None:
    """A link that began after ``last_day`` ends on the day it began."""
    link.ends_on = max(last_day, link.starts_on or last_day)
    link.save(update_fields=["ends_on"])


def in_force(patron_id: int, day: date) -> "QuerySet[Guardianship]":
    """Links of a dependant on a day; the last day is in force."""
    return links_in_force(day).filter(dependant_id=patron_id)


def links_in_force(day: date) -> "QuerySet[Guardianship]":
    begun = Guardianship.objects.filter(Q(starts_on=None) | Q(starts_on__lte=day))
    return begun.exclude(ends_on__lt=day)


def going_on(patron_id: int, day: date) -> "QuerySet[Guardianship]":
    """Links of a dependant in force on a day that will still be so the next one."""
    return in_force(patron_id, day).exclude(ends_on=day)


def answering(patron_id: int, day: date) -> "QuerySet[Guardianship]":
    """Links that go on to those who answer for a dependant."""
    return going_on(patron_id, day).filter(kind__in=Guardianship.ANSWERING)


def _bills_to_nobody(patron_id: int, today: date) -> None:
    going_on(patron_id, today).filter(gets_bills=True).update(gets_bills=False)


def _clean(guardian: NewGuardian, name: str) -> str:
    """One field of a guardian without a card. Raises ValueError in words."""
    reading: dict[str, Any] = {"phone": phone_number, "email": email_address}
    value: str = reading.get(name, tidy)(getattr(guardian, name))
    too_long(value, longest(Guardianship, name))
    return value


def _until(link: Guardianship, day: date | None) -> str:
    """A link in the history: ``7``, or ``7 (2027-06-30)`` with its last day."""
    return str(link.pk) if day is None else f"{link.pk} ({day.isoformat()})"


def _listed(link_ids: Sequence[int], paying: Sequence[int]) -> str:
    return ", ".join(f"{pk}*" if pk in paying else str(pk) for pk in link_ids)


def _yes(link: Guardianship, seen: bool) -> str:  # noqa: FBT001
    return f"{link.pk}: {'yes' if seen else 'no'}"
