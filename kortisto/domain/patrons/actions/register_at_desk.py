"""Register at the desk: the patron, the guardian and their codes in one save (S28).

The vault is asked before the transaction; inside it the rows take the keys. When
anything is wrong, neither the register nor the vault keeps anything.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from kortisto.core.actors import Actor
from kortisto.core.refusals import Reason, Refusal, Refused
from kortisto.domain.patrons.actions.identity import (
    AskedVault,
    Given,
    ask_vault,
    keep_identity,
    reason_in_order,
    skip_identity,
)
from kortisto.domain.patrons.actions.register import register
from kortisto.domain.patrons.models import Patron, PatronCategory
from kortisto.domain.patrons.new_patron import Identify, NewGuardian, NewPatron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.queries import terms_of
from kortisto.domain.patrons.rules import Part, parts_of_form

IDENTITY: Final = "identity"


class DeskReason(Reason):
    CODE_OR_REASON = (
        "identity-or-reason",
        _("Type the personal identity code, or skip it and say why."),
    )


class IdentityRefused(Refused):
    """The personal identity code of somebody cannot be kept.

    ``of`` is ``identity`` for the patron, ``guardians.0.identity`` for the guardian
    registered beside.
    """

    def __init__(self, refusals: Collection[Refusal], *, of: str) -> None:
        super().__init__(list(refusals))
        self.of = of


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldIdentity:
    """What the desk says of a code: it itself, or why there is none."""

    code: str = field(default="", repr=False)
    born_in_1800s: bool = False
    skip_reason: str = ""


@dataclass(frozen=True, slots=True)
class Registered:
    """The new patron, and what became of the code; None when there was none."""

    patron: Patron
    given: Given | None


def register_at_desk(
    new: NewPatron,
    told: ToldIdentity,
    *,
    by: Actor,
    now: datetime,
    confirmed: Collection[str] = (),
    of_guardian: ToldIdentity | None = None,
) -> Registered:
    """Add a patron with a code or a reason for none, where the category asks for it.

    ``of_guardian`` tells of the first guardian who is registered beside. The date of
    birth is filled from the code. Not to be called inside a transaction.

    Raises IdentityRefused: CODE_OR_REASON, CodeTrouble, PATRON_EXISTS with the id,
    BORN_ANOTHER_DAY, the vault's troubles. Raises Unfit as ``register`` does.
    """
    by.require(PatronPermission.EDIT)
    outcome: list[Given] = []
    filled, identify = _identified(new, told, IDENTITY, outcome, by=by, now=now)
    filled = replace(
        filled,
        guardians=tuple(
            _guardian(one, of_guardian, f"guardians.{number}", by=by, now=now)
            for number, one in enumerate(filled.guardians)
        ),
    )
    patron = register(filled, by=by, now=now, confirmed=confirmed, identify=identify)
    return Registered(patron, outcome[0] if outcome else None)


def asks_for_identity(category_code: str) -> bool:
    """Whether the form of a category has the part about the code (PAT-4)."""
    category = PatronCategory.objects.filter(code=category_code).first()
    return category is not None and Part.IDENTITY in parts_of_form(terms_of(category))


def _guardian(
    guardian: NewGuardian,
    told: ToldIdentity | None,
    place: str,
    *,
    by: Actor,
    now: datetime,
) -> NewGuardian:
    if guardian.person is None:
        return guardian
    said = told or ToldIdentity()
    of = f"{place}.{IDENTITY}"
    person, identify = _identified(guardian.person, said, of, [], by=by, now=now)
    return replace(guardian, person=person, identify=identify)


def _identified(
    new: NewPatron,
    told: ToldIdentity,
    of: str,
    outcome: list[Given],
    *,
    by: Actor,
    now: datetime,
) -> tuple[NewPatron, Identify | None]:
    """The patron with the date of birth of the code, and what keeps the code."""
    if not asks_for_identity(new.category):
        return new, None
    try:
        if not told.code:
            return new, _skipping(told, of, by=by, now=now)
        asked = ask_vault(told.code, by=by, now=now, born_in_1800s=told.born_in_1800s)
    except IdentityRefused:
        raise
    except Refused as refused:
        raise IdentityRefused(refused.refusals, of=of) from refused
    born_on = new.born_on or asked.born_on
    return replace(new, born_on=born_on), _keeping(asked, of, outcome, by=by, now=now)


def _skipping(told: ToldIdentity, of: str, *, by: Actor, now: datetime) -> Identify:
    if not told.skip_reason.strip():
        raise IdentityRefused([Refusal(DeskReason.CODE_OR_REASON)], of=of)
    why = reason_in_order(told.skip_reason)

    def skip(patron_id: int) -> None:
        skip_identity(patron_id, why, by=by, now=now)

    return skip


def _keeping(
    asked: AskedVault, of: str, outcome: list[Given], *, by: Actor, now: datetime
) -> Identify:
    def keep(patron_id: int) -> None:
        try:
            outcome.append(keep_identity(patron_id, asked, by=by, now=now))
        except Refused as refused:
            raise IdentityRefused(refused.refusals, of=of) from refused

    return keep
