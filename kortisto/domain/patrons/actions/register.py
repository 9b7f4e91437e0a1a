"""Register patrons and change what lending needs of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from dateutil.relativedelta import relativedelta
from django.db import IntegrityError, transaction
from django.db.models import F, Model
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.text import card_code, tidy
from kortisto.domain.org.queries import organisation
from kortisto.domain.org.settings import VALIDITY_MONTHS
from kortisto.domain.patrons.events import (
    PatronChanged,
    PatronRegistered,
    RestrictionAdded,
    RestrictionLifted,
)
from kortisto.domain.patrons.models import (
    Card,
    Patron,
    PatronCategory,
    PatronWord,
    Restriction,
)
from kortisto.domain.patrons.name_keys import name_keys
from kortisto.domain.patrons.permissions import PatronPermission

LANGUAGES: Final = frozenset({"fi", "sv", "en"})  # as the table's own check


class CardInUse(ValueError):
    """Another patron has, or has had, the card number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPatron:
    """What registering needs; the rest can be filled in later."""

    card_number: str
    surname: str
    category: str  # code
    home_library_id: int
    first_names: str = ""
    born_on: date | None = None
    language: str = "fi"
    phone: str = ""
    email: str = ""


@transaction.atomic
def register(new: NewPatron, *, by: Actor, now: datetime) -> Patron:
    """Add a patron with a card, good for the months that the home library has set.

    Raises ValueError in words: no name, no such category or language, a value that
    is too long, CardInUse.
    """
    by.require(PatronPermission.EDIT)
    category = PatronCategory.objects.filter(code=new.category).first()
    if category is None:
        raise ValueError(_("There is no such patron category."))
    surname, first_names = tidy(new.surname), tidy(new.first_names)
    if not surname:
        raise ValueError(_("A patron needs a name."))
    if new.language not in LANGUAGES:
        raise ValueError(_("There is no such language."))
    _check_lengths(
        Patron,
        surname=surname,
        first_names=first_names,
        phone=new.phone,
        email=new.email,
    )
    today = localdate(now)
    months = organisation().setting(VALIDITY_MONTHS, new.home_library_id).value
    patron = Patron.objects.create(
        surname=surname,
        first_names=first_names,
        category=category,
        home_library_id=new.home_library_id,
        born_on=new.born_on,
        language=new.language,
        phone=new.phone,
        email=new.email,
        registered_on=today,
        expires_on=expiry(today, months),
    )
    keep_words(patron)
    _give_card(patron, new.card_number, today=today)
    publish(PatronRegistered(patron_id=patron.pk), by=by, at=now)
    return patron


def expiry(day: date, months: int) -> date:
    """The last good day: the same day so many months on, or that month's last."""
    later: date = day + relativedelta(months=months)
    return later


def keep_words(patron: Patron) -> None:
    """Make the patron be found by the name they have now, and by no other."""
    PatronWord.objects.filter(patron=patron).delete()
    PatronWord.objects.bulk_create(
        PatronWord(patron=patron, key=key)
        for key in name_keys(patron.surname, patron.first_names)
    )


def _check_lengths(model: type[Model], **values: str) -> None:
    for name, value in values.items():
        most = getattr(model._meta.get_field(name), "max_length", None)  # noqa: SLF001
        if most is not None and len(value) > most:
            raise ValueError(
                _("“{beginning}…” is too long: at most {most} characters.").format(
                    beginning=value[:20], most=most
                )
            )


def _give_card(patron: Patron, number: str, *, today: date) -> Card:
    number = card_code(number)
    if not number:
        raise ValueError(_("A card needs a number."))
    _check_lengths(Card, number=number)
    try:
        with transaction.atomic():
            return Card.objects.create(patron=patron, number=number, since_on=today)
    except IntegrityError as error:
        raise CardInUse(_("This card number is in use already.")) from error


@transaction.atomic
def replace_card(patron_id: int, number: str, *, by: Actor, now: datetime) -> Card:
    """Give a new card. The old number is kept, and is refused at every desk."""
    by.require(PatronPermission.EDIT)
    patron = Patron.objects.select_for_update().get(pk=patron_id)
    today = localdate(now)
    Card.objects.filter(patron=patron, active=True).update(active=False, until_on=today)
    card = _give_card(patron, number, today=today)
    _changed(patron, {"card_lost": False}, by=by, now=now, also=("card",))
    return card


@transaction.atomic
def renew_membership(patron_id: int, *, by: Actor, now: datetime) -> Patron:
    """The patron's data has been checked: the card is good from today on (S15)."""
    by.require(PatronPermission.EDIT)
    patron = Patron.objects.select_for_update().get(pk=patron_id)
    months = organisation().setting(VALIDITY_MONTHS, patron.home_library_id).value
    until = expiry(localdate(now), months)
    _changed(patron, {"expires_on": until, "check_address": False}, by=by, now=now)
    return patron


@transaction.atomic
def set_flags(
    patron_id: int, flags: Mapping[str, bool], *, by: Actor, now: datetime
) -> Patron:
    """Set ``card_lost`` and ``check_address`` (S25)."""
    by.require(PatronPermission.EDIT)
    unknown = set(flags) - {"card_lost", "check_address"}
    if unknown:
        message = f"no such flags: {sorted(unknown)}"
        raise ValueError(message)
    patron = Patron.objects.select_for_update().get(pk=patron_id)
    _changed(patron, dict(flags), by=by, now=now)
    return patron


@transaction.atomic
def set_history_choice(
    patron_id: int, choice: Patron.History, *, by: Actor, now: datetime
) -> Patron:
    """How long loans are remembered (S35); ``circulation`` forgets what must go."""
    patron = Patron.objects.select_for_update().get(pk=patron_id)
    if by.id != patron.pk or by.kind.value != "patron":
        by.require(PatronPermission.EDIT)
    _changed(patron, {"history": choice.value}, by=by, now=now)
    return patron


@transaction.atomic
def restrict(
    patron_id: int,
    note: str,
    *,
    by: Actor,
    now: datetime,
    ends_on: date | None = None,
    kind: Restriction.Kind = Restriction.Kind.MANUAL,
) -> Restriction:
    """Bar a patron from borrowing, until a day or until it is lifted (S26).

    ``ends_on`` is the last day in force; raises ValueError when it has passed.
    """
    by.require(PatronPermission.RESTRICT)
    if ends_on is not None and ends_on < localdate(now):
        raise ValueError(_("A restriction cannot end before it begins."))
    note = tidy(note)
    _check_lengths(Restriction, note=note)
    restriction = Restriction.objects.create(
        patron_id=patron_id,
        kind=kind,
        note=note,
        starts_on=localdate(now),
        ends_on=ends_on,
        made_by=by.label,
        made_at=now,
    )
    _bump(patron_id)
    publish(
        RestrictionAdded(
            patron_id=patron_id, restriction_id=restriction.pk, kind=kind.value
        ),
        by=by,
        at=now,
    )
    return restriction


@transaction.atomic
def lift(restriction_id: int, *, by: Actor, now: datetime) -> None:
    """Lift a restriction; it stays in the log."""
    by.require(PatronPermission.RESTRICT)
    restriction = Restriction.objects.select_for_update().get(pk=restriction_id)
    if restriction.lifted_at is not None:
        return
    restriction.lifted_at, restriction.lifted_by = now, by.label
    restriction.save(update_fields=["lifted_at", "lifted_by"])
    _bump(restriction.patron_id)
    publish(
        RestrictionLifted(
            patron_id=restriction.patron_id, restriction_id=restriction.pk
        ),
        by=by,
        at=now,
    )


def _changed(
    patron: Patron,
    values: Mapping[str, Any],
    *,
    by: Actor,
    now: datetime,
    also: tuple[str, ...] = (),
) -> None:
    for name, value in values.items():
        setattr(patron, name, value)
    patron.version = F("version") + 1
    patron.save(update_fields=[*values, "version"])
    patron.refresh_from_db(fields=["version"])
    event = PatronChanged(patron_id=patron.pk, fields=(*values, *also))
    publish(event, by=by, at=now)


def _bump(patron_id: int) -> None:
    """Make a lending decision that is under way look again."""
    Patron.objects.filter(pk=patron_id).update(version=F("version") + 1)
