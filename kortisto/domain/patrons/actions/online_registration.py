"""Registration on the web: a provisional patron, until the card is fetched (PAT-10).

The web door identifies somebody strongly and calls ``register_online``. What becomes of
them is in ``provisional.py``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from kortisto.core.actors import Actor, ActorKind, Channel, NotPermitted
from kortisto.core.events import publish
from kortisto.core.refusals import Reason, Refusal, Refused
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.actions.identity import (
    AskedVault,
    ask_vault,
    keep_identity,
)
from kortisto.domain.patrons.actions.population_query import (
    PopulationReason,
    ask_population_register,
)
from kortisto.domain.patrons.actions.register import register
from kortisto.domain.patrons.category_places import used_at
from kortisto.domain.patrons.events import RegisteredOnline
from kortisto.domain.patrons.identified import IdentifiedPerson
from kortisto.domain.patrons.identity_reasons import IdentityReason
from kortisto.domain.patrons.models import Patron, PatronCategory, Source
from kortisto.domain.patrons.new_patron import NewPatron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.population_query import fills_in
from kortisto.domain.patrons.reasons import Reason as Why
from kortisto.domain.patrons.rules import Tick
from kortisto.domain.patrons.settings import ASK_AT_DESK, REGISTER_ONLINE

ASKED_LATER: Final = [Why.SAME_PERSON.value]  # staff see them when the card is fetched


class OnlineReason(Reason):
    NOT_OPEN = (
        "online-registration-off",
        _("At this library patrons are registered at the desk only."),
    )
    PATRON_ALREADY = (
        "patron-already",
        _("You are a patron already. Log in, or ask for a card at the library."),
    )
    AT_THE_LIBRARY = (
        "register-at-library",
        _("Come to the library with an identity document to be registered."),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OnlineContact:
    """What the person adds. ``pin``: chosen now, works with the card; or empty.

    ``messages`` None: as the category begins.
    """

    home_library_id: int
    language: str = "fi"
    called_name: str = ""
    phone: str = ""
    email: str = ""
    street: str = ""  # the population register's goes before it
    postal_code: str = ""
    city: str = ""
    pin: str = field(default="", repr=False)
    messages: tuple[Tick, ...] | None = None
    accepts_terms: bool = False


def register_online(
    person: IdentifiedPerson, contact: OnlineContact, *, by: Actor, now: datetime
) -> Patron:
    """Make a provisional patron of somebody who was strongly identified.

    ``by`` is the web door's actor: of kind PATRON, without an id, by the channel WEB;
    anybody else gets NotPermitted. Name and address are the population register's
    where it is asked at the home library; else the name is as identified, and the
    address as typed. Not to be called inside a transaction: it waits for others.

    Raises Refused: NOT_OPEN (setting ``online_registration.open``), PATRON_ALREADY
    (their code is a patron's; tells nothing about that record), AT_THE_LIBRARY (the
    code cannot be taken as it is), the vault's troubles. Raises Unfit with each field
    that is wrong; nothing has been kept then, neither here nor in the vault.
    """
    if (by.kind, by.id, by.channel) != (ActorKind.PATRON, None, Channel.WEB):
        raise NotPermitted(PatronPermission.EDIT)
    library_id = contact.home_library_id
    category = _category_at(library_id)
    edit = frozenset({PatronPermission.EDIT.value})
    clerk = replace(by, library_id=library_id, everywhere=edit)
    try:
        asked = ask_vault(person.code, by=clerk, now=now)
    except Refused as refused:
        raise _in_words_for_web(refused) from refused
    told = _told_by_register(person.code, clerk, now=now)
    new = _new(person, contact, told, category=category.code, born_on=asked.born_on)
    if contact.accepts_terms:
        new = replace(new, terms_accepted_on=localdate(now))
    with transaction.atomic():
        made = register(
            new,
            by=clerk,
            now=now,
            confirmed=ASKED_LATER,
            identify=lambda patron_id: _keep(patron_id, asked, by=clerk, now=now),
        )
        publish(RegisteredOnline(patron_id=made.pk), by=by, at=now)
    return made


def _category_at(library_id: int) -> PatronCategory:
    """Of those who register at a library on the web. Raises Refused: not open there."""
    tree = organisation()
    found = None
    if library_id in tree.units and tree.setting(REGISTER_ONLINE, library_id).value:
        provisional = PatronCategory.Kind.PROVISIONAL
        found = used_at(library_id).filter(kind=provisional).first()
    if found is None:
        raise Refused([Refusal(OnlineReason.NOT_OPEN)])
    return found


def _new(
    person: IdentifiedPerson,
    contact: OnlineContact,
    told: Mapping[str, Any],
    *,
    category: str,
    born_on: date,
) -> NewPatron:
    """What the register told goes before what was typed (no address, if protected)."""
    address = ("street", "postal_code", "city")
    typed = {name: getattr(contact, name) for name in address}
    if told.get("is_protected"):
        typed = dict.fromkeys(typed, "")
    values: dict[str, Any] = {
        "surname": person.surname,
        "first_names": person.first_names,
        "called_name": contact.called_name,
        "language": contact.language,
        "phone": contact.phone,
        "email": contact.email,
        **typed,
        **told,
    }
    return NewPatron(
        category=category,
        home_library_id=contact.home_library_id,
        pin=contact.pin,
        messages=contact.messages,
        source=Source.ONLINE,
        **{**values, "born_on": born_on},
    )


def _keep(patron_id: int, asked: AskedVault, *, by: Actor, now: datetime) -> None:
    try:
        keep_identity(patron_id, asked, by=by, now=now)
    except Refused as refused:
        raise _in_words_for_web(refused) from refused


def _in_words_for_web(refused: Refused) -> Refused:
    """Nothing that tells whose record it is; what the vault says of itself stays."""
    reasons = {each.reason for each in refused.refusals}
    if IdentityReason.PATRON_EXISTS in reasons:
        return Refused([Refusal(OnlineReason.PATRON_ALREADY)])
    if reasons & {IdentityReason.VAULT_IS_DOWN, IdentityReason.VAULT_REFUSES}:
        return refused
    return Refused([Refusal(OnlineReason.AT_THE_LIBRARY)])


def _told_by_register(code: str, clerk: Actor, *, now: datetime) -> dict[str, Any]:
    """What the population register adds; without it, the address must be checked."""
    assert clerk.library_id is not None  # noqa: S101 - the home library
    if not organisation().setting(ASK_AT_DESK, clerk.library_id).value:
        return {"check_address": True}
    try:
        person = ask_population_register(code, by=clerk, now=now)
    except Refused as refused:
        if {each.reason for each in refused.refusals} == {PopulationReason.UNREACHABLE}:
            return {"check_address": True}
        raise
    if person is None:
        return {"check_address": True}
    told = fills_in(person, today=localdate(now))
    if "died_on" in told:
        raise Refused([Refusal(OnlineReason.AT_THE_LIBRARY)])
    untold = "street" not in told and not told.get("is_protected")
    return {"check_address": untold, **told}
