"""Register patrons: the record, the card, the family, the messages, all or nothing."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.refusals import Refusal
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.actions.cards import give_card, number_in_order
from kortisto.domain.patrons.actions.choices import reach_of, write_ticks, wrong_with
from kortisto.domain.patrons.actions.family import link_guardian, why_not_guardian
from kortisto.domain.patrons.actions.hold_identifiers import (
    new_hold_identifier,
    why_not,
)
from kortisto.domain.patrons.actions.notes import write_note
from kortisto.domain.patrons.actions.pin import give_pin, pin_owner, weakness_for
from kortisto.domain.patrons.actions.writing import (
    keep_words,
    remember,
    source_of,
    text_in_history,
)
from kortisto.domain.patrons.category_places import why_not_here
from kortisto.domain.patrons.duplicates import same_people
from kortisto.domain.patrons.events import PatronRegistered
from kortisto.domain.patrons.fields import EDITABLE, clean
from kortisto.domain.patrons.models import (
    CategoryMessage,
    Patron,
    PatronCategory,
    PatronNote,
    Source,
)
from kortisto.domain.patrons.new_patron import Identify, NewGuardian, NewPatron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.queries import (
    cards_numbered,
    months_of_validity,
    patrons_holding,
    terms_of,
)
from kortisto.domain.patrons.reasons import Reason, Unfit, about, raise_if_unfit, unfit
from kortisto.domain.patrons.rules import Tick, category_fits, expiry

TAKEN: Final = about("hold_identifier", Reason.HOLD_IDENTIFIER_TAKEN)
AGAIN: Final = 5  # times that a generated hold identifier may be taken by somebody


@transaction.atomic
def register(
    new: NewPatron,
    *,
    by: Actor,
    now: datetime,
    confirmed: Collection[str] = (),
    identify: Identify | None = None,
) -> Patron:
    """Add a patron, with guardians, card, PIN, notes and messages in one step.

    ``confirmed`` has the codes of reasons that were asked about and set aside
    (``same-person``). ``identify`` stores the key of the personal identity code and
    gets the patron's id; what it raises undoes everything. Raises Unfit with every
    reason and its field (of a guardian to be registered beside: ``guardians.0.email``),
    CardInUse when the card is the only one.
    """
    by.require(PatronPermission.EDIT)
    category = PatronCategory.objects.filter(code=new.category).first()
    values, wrong = clean(new.columns())
    if category is None:
        wrong.append(about("category", Reason.UNKNOWN_CATEGORY))
    if new.home_library_id not in organisation().units:
        wrong.append(about("home_library", Reason.UNKNOWN_LIBRARY))
    if category is None or wrong:
        required = category is not None and category.card_required
        raise unfit([*wrong, *_card_is_free(new.card_number, required=required)])
    ticks = _first_ticks(new, category, values)
    wrong += _why_not(new, category, values, ticks, today=localdate(now))
    if category.needs_identity and identify is None:
        wrong.append(about("identity", Reason.NEEDS_IDENTITY))
    raise_if_unfit(each for each in wrong if not each.set_aside_by(by, confirmed))

    patron = _create(new, category, values, by=by, now=now)
    keep_words(patron)
    _keep_what_the_register_told(patron, new, by=by, now=now)
    if new.card_number:
        give_card(patron, new.card_number, today=localdate(now), by=by)
    if new.pin:
        give_pin(patron, new.pin)
    write_ticks(patron, ticks)
    for audience in PatronNote.Audience:
        text = new.staff_note if audience == "staff" else new.public_note
        if text:
            write_note(patron.pk, text, audience=audience, by=by, now=now)
    _link_guardians(patron, new, by=by, now=now, confirmed=confirmed)
    if identify is not None:
        identify(patron.pk)
    publish(PatronRegistered(patron_id=patron.pk), by=by, at=now)
    return patron


def _why_not(
    new: NewPatron,
    category: PatronCategory,
    values: dict[str, Any],
    ticks: Collection[Tick],
    *,
    today: date,
) -> list[Refusal]:
    """Every reason against it that can be known before anything is written."""
    wrong = category_fits(
        terms_of(category),
        born_on=values["born_on"],
        guardians=sum(one.answers for one in new.guardians),
        today=today,
    )
    wrong += why_not_here(category, new.home_library_id)
    wrong += _card_is_free(new.card_number, required=category.card_required)
    if identifier := values.get("hold_identifier"):
        wrong += why_not(identifier, patron_id=None)
    if new.pin:
        owner = pin_owner(Patron(**values), card=new.card_number)
        weak = weakness_for(category, new.home_library_id, new.pin, owner)
        wrong += [] if weak is None else [about("pin", Reason.BAD_VALUE, why=weak)]
    wrong += wrong_with(ticks, reach_of(Patron(**values)))
    for number, guardian in enumerate(new.guardians):
        wrong += why_not_guardian(guardian, field=f"guardians.{number}", today=today)
    return wrong + _same_person(values)


def _card_is_free(number: str, *, required: bool) -> list[Refusal]:
    if not number and not required:
        return []
    try:
        code = number_in_order(number)
    except Unfit as wrong:
        return list(wrong.refusals)
    if cards_numbered(code).exists() or patrons_holding(code).exists():
        return [about("card_number", Reason.CARD_IN_USE)]
    return []


def _same_person(values: dict[str, Any]) -> list[Refusal]:
    """Others with the name and the birth date, to be asked about (PAT-6)."""
    names = values["surname"], values["first_names"]
    same = same_people(*names, values["born_on"])
    if not same:
        return []
    edit = PatronPermission.EDIT
    return [about("surname", Reason.SAME_PERSON, override=edit, patron_ids=same)]


def _first_ticks(
    new: NewPatron, category: PatronCategory, values: dict[str, Any]
) -> tuple[Tick, ...]:
    """What was ticked; else what the category begins with, as far as it can work."""
    if new.messages is not None:
        return new.messages
    rows = CategoryMessage.objects.filter(category=category)
    ticks = [Tick(*row) for row in rows.values_list("kind", "transport", "days")]
    reach = reach_of(Patron(**values))
    return tuple(tick for tick in ticks if reach.by(tick.transport))


def _create(
    new: NewPatron,
    category: PatronCategory,
    values: dict[str, Any],
    *,
    by: Actor,
    now: datetime,
) -> Patron:
    """The row. A generated hold identifier that is taken meanwhile is made anew."""
    today = localdate(now)
    row: dict[str, Any] = {
        "history": category.history,
        **values,
        "category": category,
        "home_library_id": new.home_library_id,
        "registered_on": today,
        "registered_by": by.label,
        "source": new.source or source_of(by),
        "expires_on": expiry(today, months_of_validity(category, new.home_library_id)),
    }
    chosen = row.get("hold_identifier")
    for _attempt in range(AGAIN):
        row["hold_identifier"] = chosen or new_hold_identifier(new.home_library_id)
        try:
            with transaction.atomic():
                return Patron.objects.create(**row)
        except IntegrityError as error:
            if not patrons_holding(row["hold_identifier"]).exists():
                raise
            if chosen:
                raise unfit(TAKEN) from error
    raise unfit(TAKEN)


def _keep_what_the_register_told(
    patron: Patron, new: NewPatron, *, by: Actor, now: datetime
) -> None:
    """Where these values came from, beside the source of the whole record (S9)."""
    told = {
        name: ("", text_in_history(name, getattr(patron, name)))
        for name in sorted(new.told_by_register & EDITABLE.keys())
        if getattr(patron, name)
    }
    source = Source.POPULATION_REGISTER
    remember(patron, told, by=by, now=now, source=source)


def _link_guardians(
    patron: Patron,
    new: NewPatron,
    *,
    by: Actor,
    now: datetime,
    confirmed: Collection[str],
) -> None:
    pays = _who_pays(new.guardians)
    for number, guardian in enumerate(new.guardians):
        told = guardian
        if guardian.person is not None:
            try:
                made = register(
                    guardian.person,
                    by=by,
                    now=now,
                    confirmed=confirmed,
                    identify=guardian.identify,
                )
            except Unfit as wrong:
                prefix = f"guardians.{number}"
                beside = [_beside(each, prefix) for each in wrong.refusals]
                raise unfit(beside) from wrong
            told = replace(guardian, person=None, patron_id=made.pk)
        if guardian is pays:
            told = replace(told, gets_bills=True)
        link_guardian(patron, told, order=number + 1, today=localdate(now))


def _who_pays(guardians: Sequence[NewGuardian]) -> NewGuardian | None:
    """Whoever is chosen, else the first who answers for the patron."""
    chosen = (one for one in guardians if one.gets_bills)
    return next(chosen, next((one for one in guardians if one.answers), None))


def _beside(refusal: Refusal, prefix: str) -> Refusal:
    field = refusal.facts.get("field")
    name = prefix if field is None else f"{prefix}.{field}"
    return replace(refusal, facts={**refusal.facts, "field": name})
