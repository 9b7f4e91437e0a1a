"""What can be asked of the vault: each verb, the right it needs, its limit."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from kortisto.vault.accounts import Account, Right
from kortisto.vault.limits import Limits
from kortisto.vault.store import Asker, Store

MOST_KEYS: Final = 500
LONGEST_REASON: Final = 200
CODE: Final = re.compile(r"[0-9]{6}[-+A-FU-Y][0-9]{3}[0-9A-Y]")
KEY: Final = re.compile(r"[0-9a-f]{32}")
ACTOR: Final = re.compile(r"[a-z-]{1,20}(:[0-9]{1,19})?")

Asked = Mapping[str, Any]
Answer = dict[str, Any]


class BadRequest(Exception):
    """Not in the form that the verb takes. Never says what was sent."""


class NoSuchVerb(Exception):
    """The path is none that the vault knows."""


class NotAllowed(Exception):
    """The account lacks the right."""


@dataclass(frozen=True, slots=True)
class Verb:
    needs: Right
    do: Callable[["Vault", Account, Asked, int], Answer]
    limit: Callable[[Limits], "Callable[..., None] | None"] = lambda _limits: None


@dataclass(frozen=True, slots=True)
class Vault:
    store: Store
    limits: Limits

    def answer(self, path: str, by: Account, asked: Asked, *, now: int) -> Answer:
        """Raises NoSuchVerb, NotAllowed, BadRequest, TooOften, UnknownKey."""
        verb = VERBS.get(path)
        if verb is None:
            raise NoSuchVerb
        if verb.needs not in by.rights:
            raise NotAllowed
        count = verb.limit(self.limits)
        if count is not None:
            count(by.name, now=now)
        return verb.do(self, by, asked, now)


def _reserve(vault: Vault, by: Account, asked: Asked, now: int) -> Answer:
    kept = vault.store.reserve(_code(asked), by=_asker(by, asked), now=now)
    return {"key": kept.key, "known": kept.known}


def _confirm(vault: Vault, _by: Account, asked: Asked, _now: int) -> Answer:
    vault.store.confirm(_keys(asked))
    return {}


def _drop(vault: Vault, by: Account, asked: Asked, now: int) -> Answer:
    gone = vault.store.drop(_keys(asked), by=_asker(by, asked), now=now)
    return {"keys": gone}


def _find(vault: Vault, _by: Account, asked: Asked, _now: int) -> Answer:
    return {"key": vault.store.find(_code(asked))}


def _resolve(vault: Vault, by: Account, asked: Asked, now: int) -> Answer:
    asker = _asker(by, asked)
    if not asker.reason:
        raise BadRequest
    key = _text(asked, "key", KEY)
    return {"code": vault.store.resolve(key, by=asker, now=now)}


def _unknown(vault: Vault, _by: Account, asked: Asked, _now: int) -> Answer:
    return {"keys": vault.store.unknown(_keys(asked))}


def _page(vault: Vault, _by: Account, asked: Asked, _now: int) -> Answer:
    after = asked.get("after") or ""
    if after:
        _text(asked, "after", KEY)
    page = vault.store.page(after, only_pending=asked.get("only_pending") is True)
    return {"keys": page}


def _ping(_vault: Vault, _by: Account, _asked: Asked, _now: int) -> Answer:
    return {}


VERBS: Final[Mapping[str, Verb]] = {
    "/reserve": Verb(Right.DESK, _reserve, lambda limits: limits.find.count),
    "/confirm": Verb(Right.DESK, _confirm),
    "/drop": Verb(Right.DESK, _drop),
    "/find": Verb(Right.DESK, _find, lambda limits: limits.find.count),
    "/resolve": Verb(Right.BILLING, _resolve, lambda limits: limits.resolve.count),
    "/unknown": Verb(Right.DESK, _unknown),
    "/page": Verb(Right.DESK, _page),
    "/ping": Verb(Right.DESK, _ping),
}


def _asker(by: Account, asked: Asked) -> Asker:
    """Whom the log names. A reason with a code in it would put the code in the log."""
    reason = asked.get("reason") or ""
    if (
        not isinstance(reason, str)
        or len(reason) > LONGEST_REASON
        or CODE.search(reason.upper())
    ):
        raise BadRequest
    return Asker(by.name, _text(asked, "actor", ACTOR), reason)


def _code(asked: Asked) -> str:
    return _text(asked, "code", CODE)


def _keys(asked: Asked) -> list[str]:
    keys = asked.get("keys")
    if not isinstance(keys, list) or len(keys) > MOST_KEYS:
        raise BadRequest
    if not all(isinstance(key, str) and KEY.fullmatch(key) for key in keys):
        raise BadRequest
    return keys


def _text(asked: Asked, name: str, form: re.Pattern[str]) -> str:
    value = asked.get(name)
    if not isinstance(value, str) or not form.fullmatch(value):
        raise BadRequest
    return value
