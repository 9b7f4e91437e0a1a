"""Personal identity codes of patrons: give, skip, replace, remove (S28, S29).

The code is kept by the identity vault, the patron's row holds its key only. One save
stores both or neither, without a transaction that spans both: the vault **reserves** a
key (pending), the row takes it in a transaction, and after the commit the vault is
told to **confirm**. Wherever this stops, ``reconciling.py`` finishes it: it confirms
pending keys that patrons use and drops those that nobody uses.

Registering calls ``ask_vault`` before its transaction, because a transaction should
wait for no other service, and ``keep_identity`` inside it::

    asked = ask_vault(code, by=by, now=now)
    with transaction.atomic():
        patron = ...
        keep_identity(patron.pk, asked, by=by, now=now)

Every other function here may be called inside a caller's transaction too; what the
vault must do after it is done when that commits, and not at all when it is rolled back.
"""

import logging
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from functools import partial
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from kortisto.core.actors import Actor
from kortisto.core.days import written
from kortisto.core.events import publish
from kortisto.core.failures import AdapterError
from kortisto.core.refusals import Reason, Refusal, Refused, refuse
from kortisto.core.text import ControlCharacters, tidy
from kortisto.domain.patrons.actions.writing import to_change, write_changes
from kortisto.domain.patrons.events import (
    IdentityGiven,
    IdentityRemoved,
    IdentitySkipped,
    PatronViewed,
)
from kortisto.domain.patrons.identity import (
    CodeTrouble,
    IdentityCode,
    mentions_a_code,
    read_code,
)
from kortisto.domain.patrons.identity_reasons import IdentityReason
from kortisto.domain.patrons.models import Patron, PatronCategory, Source
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.vault import vault

logger = logging.getLogger(__name__)

LONGEST_REASON: Final = 200  # characters, as the column


class Given(Enum):
    """What became of a code that was taken, for the desk (S28)."""

    SAVED = "saved"
    SET = "set"
    SAME = "same"

    @property
    def sentence(self) -> str:
        return str(SENTENCES[self])


SENTENCES: Final = {
    Given.SAVED: _("The personal identity code was saved."),
    Given.SET: _("The personal identity code was set: the vault had it already."),
    Given.SAME: _("The patron has this personal identity code already."),
}


@dataclass(frozen=True, slots=True)
class AskedVault:
    """A key that the vault has reserved for ten minutes, and what the code says."""

    key: str = field(repr=False)
    known: bool  # the vault had the code before
    born_on: date = field(repr=False)


def ask_vault(
    code: str, *, by: Actor, now: datetime, born_in_1800s: bool = False
) -> AskedVault:
    """Have a key reserved for a code, before the transaction that stores it.

    Raises Refused: CodeTrouble (``born_in_1800s`` confirms a ``+``), VAULT_IS_DOWN,
    VAULT_REFUSES. When no transaction follows, the vault forgets the code by itself.
    """
    by.require(PatronPermission.EDIT)
    taken = _readable(code, now=now, born_in_1800s=born_in_1800s)
    with vault_trouble_in_words():
        reserved = vault().reserve(taken.code, actor=by.label)
    return AskedVault(reserved.key, reserved.known, taken.born_on)


def give_identity(
    patron_id: int,
    code: str,
    *,
    by: Actor,
    now: datetime,
    born_in_1800s: bool = False,
    overriding: Collection[Reason] = (),
) -> Given:
    """Store the code of a patron who has none; the date of birth is filled from it.

    Raises Refused as ``ask_vault`` and ``keep_identity`` do.
    """
    asked = ask_vault(code, by=by, now=now, born_in_1800s=born_in_1800s)
    return keep_identity(patron_id, asked, by=by, now=now, overriding=overriding)


@transaction.atomic
def keep_identity(
    patron_id: int,
    asked: AskedVault,
    *,
    by: Actor,
    now: datetime,
    overriding: Collection[Reason] = (),
) -> Given:
    """Write a reserved key to the patron, inside the caller's transaction if any.

    Raises Refused: PATRON_EXISTS with ``facts["patron_id"]`` for a link, HAS_ANOTHER,
    NOT_FOR_ORGANISATIONS, BORN_ANOTHER_DAY (which ``overriding`` sets aside).
    """
    by.require(PatronPermission.EDIT)
    patron = to_change(patron_id)
    if patron.identity_key == asked.key:
        _confirm_after_commit(asked.key)
        return Given.SAME
    if patron.identity_key is not None:
        raise Refused([Refusal(IdentityReason.HAS_ANOTHER)])
    _write_key(patron, asked, by=by, now=now, overriding=overriding)
    publish(IdentityGiven(patron_id=patron.pk), by=by, at=now)
    return Given.SET if asked.known else Given.SAVED


def replace_identity(
    patron_id: int,
    code: str,
    *,
    by: Actor,
    now: datetime,
    born_in_1800s: bool = False,
    overriding: Collection[Reason] = (),
    source: Source | None = None,
) -> Given:
    """Put the right code in the place of a wrong one, which the vault then forgets.

    Raises Refused as ``give_identity``, and NONE_IS_KEPT when there was none.
    """
    asked = ask_vault(code, by=by, now=now, born_in_1800s=born_in_1800s)
    with transaction.atomic():
        patron = to_change(patron_id, source=source)
        wrong = patron.identity_key
        if wrong is None:
            raise Refused([Refusal(IdentityReason.NONE_IS_KEPT)])
        if wrong == asked.key:
            return Given.SAME
        _write_key(patron, asked, by=by, now=now, overriding=overriding, source=source)
        event = IdentityGiven(patron_id=patron.pk, instead=True)
        publish(event, by=by, at=now)
        drop_after_commit(wrong, reason="replaced", by=by)
    return Given.SET if asked.known else Given.SAVED


@transaction.atomic
def skip_identity(patron_id: int, reason: str, *, by: Actor, now: datetime) -> None:
    """Note why the patron has no code in the vault (*Ohita*). Asks no vault.

    Raises Refused: no reason or a bad one, HAS_ANOTHER when there is a key.
    """
    by.require(PatronPermission.EDIT)
    why = reason_in_order(reason)
    patron = to_change(patron_id)
    if patron.identity_key is not None:
        raise Refused([Refusal(IdentityReason.HAS_ANOTHER)])
    write_changes(patron, {"identity_skipped": why}, by=by, now=now)
    publish(IdentitySkipped(patron_id=patron.pk, reason=why), by=by, at=now)


@transaction.atomic
def remove_identity(patron_id: int, reason: str, *, by: Actor, now: datetime) -> None:
    """Take the key away, and the code from the vault when the transaction commits.

    The reason stays with the patron as the reason for having none. A code that was
    reserved within the last ten minutes is dropped by the nightly job instead.
    """
    by.require(PatronPermission.REMOVE_IDENTITY)
    why = reason_in_order(reason)
    patron = to_change(patron_id)
    if patron.identity_key is None:
        raise Refused([Refusal(IdentityReason.NONE_IS_KEPT)])
    key = patron.identity_key
    values = {"identity_key": None, "identity_skipped": why}
    write_changes(patron, values, by=by, now=now)
    removed = IdentityRemoved(patron_id=patron.pk, reason=why)
    publish(removed, by=by, at=now)
    drop_after_commit(key, reason=why, by=by)


def find_by_identity(
    code: str, *, by: Actor, now: datetime, born_in_1800s: bool = False
) -> int | None:
    """The id of the patron who has the code; None when nobody has."""
    looked = look_up_identity(code, by=by, now=now, born_in_1800s=born_in_1800s)
    return looked.patron_id


@dataclass(frozen=True, slots=True)
class LookedUp:
    """Who has a code, if anybody, and the date of birth that it tells."""

    patron_id: int | None
    born_on: date = field(repr=False)


def look_up_identity(
    code: str, *, by: Actor, now: datetime, born_in_1800s: bool = False
) -> LookedUp:
    """Whose a code is. Keeps nothing; raises Refused for one that cannot be taken.

    Finding somebody is looking at them, and is logged as such (LOG-1).
    """
    by.require(PatronPermission.SEE)
    taken = _readable(code, now=now, born_in_1800s=born_in_1800s)
    with vault_trouble_in_words():
        key = vault().find(taken.code)
    patron_id = None if key is None else _user_of(key)
    if patron_id is not None:
        viewed = PatronViewed(patron_id=patron_id, page="identity")
        publish(viewed, by=by, at=now)
    return LookedUp(patron_id, taken.born_on)


def reason_in_order(reason: str) -> str:
    """A reason that a log may keep. Raises Refused."""
    try:
        why = tidy(reason)
    except ControlCharacters:
        raise Refused([Refusal(IdentityReason.UNSEEN_IN_REASON)]) from None
    if not why:
        raise Refused([Refusal(IdentityReason.NO_REASON)])
    if len(why) > LONGEST_REASON:
        raise Refused([Refusal(IdentityReason.REASON_TOO_LONG)])
    if mentions_a_code(why):
        raise Refused([Refusal(IdentityReason.CODE_IN_REASON)])
    return why


@contextmanager
def vault_trouble_in_words() -> Iterator[None]:
    """A vault that cannot be asked becomes a refusal that every door can show."""
    try:
        yield
    except AdapterError as error:
        logger.warning("the identity vault could not be asked: %s", error)
        reason = (
            IdentityReason.VAULT_REFUSES
            if error.permanent
            else IdentityReason.VAULT_IS_DOWN
        )
        raise Refused([Refusal(reason)]) from error


def _readable(code: str, *, now: datetime, born_in_1800s: bool) -> IdentityCode:
    read = read_code(
        code,
        today=localdate(now),
        born_in_1800s=born_in_1800s,
        artificial=settings.ARTIFICIAL_IDENTITY_CODES,
    )
    if isinstance(read, CodeTrouble):
        raise Refused([Refusal(read)])
    return read


def _write_key(
    patron: Patron,
    asked: AskedVault,
    *,
    by: Actor,
    now: datetime,
    overriding: Collection[Reason],
    source: Source | None = None,
) -> None:
    """Check and write. The database has the last word on who has the key.

    The date of birth that the code brings is kept in the history as every change is.
    """
    if patron.category.kind == PatronCategory.Kind.ORGANISATION:
        raise Refused([Refusal(IdentityReason.NOT_FOR_ORGANISATIONS)])
    user = _user_of(asked.key)
    if user is not None:
        raise _exists(user)
    refuse(_another_day(patron, asked), by=by, overriding=overriding)
    values = {
        "identity_key": asked.key,
        "identity_skipped": "",
        "born_on": asked.born_on,
    }
    try:
        with transaction.atomic():
            write_changes(patron, values, by=by, now=now, source=source)
    except IntegrityError:
        user = _user_of(asked.key)
        if user is None:
            raise
        raise _exists(user) from None
    _confirm_after_commit(asked.key)


def _another_day(patron: Patron, asked: AskedVault) -> list[Refusal]:
    if patron.born_on in {None, asked.born_on}:
        return []
    facts = {
        name: "" if day is None else written(day)
        for name, day in (("born_on", patron.born_on), ("by_code", asked.born_on))
    }
    return [
        Refusal(
            IdentityReason.BORN_ANOTHER_DAY,
            override=PatronPermission.EDIT,
            facts=facts,
        )
    ]


def _exists(patron_id: int) -> Refused:
    return Refused(
        [Refusal(IdentityReason.PATRON_EXISTS, facts={"patron_id": patron_id})]
    )


def _user_of(key: str) -> int | None:
    users = Patron.objects.filter(identity_key=key)
    return users.values_list("pk", flat=True).first()


def _confirm_after_commit(key: str) -> None:
    _after_commit(partial(vault().confirm, [key]))


def drop_after_commit(key: str, *, reason: str, by: Actor) -> None:
    """The vault forgets a code that no patron has any more, if this commits."""
    _after_commit(partial(vault().drop, [key], actor=by.label, reason=reason))


def _after_commit(ask: Callable[[], object]) -> None:
    """What the vault cannot be told now is told by the reconciling job."""

    def tell() -> None:
        try:
            ask()
        except AdapterError as error:
            logger.warning("the identity vault is told later: %s", error)

    transaction.on_commit(tell)
