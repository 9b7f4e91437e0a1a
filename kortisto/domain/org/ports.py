"""What the organisation asks of the outside; adapters keep these."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from kortisto.core.openid_connect.flow import Begun


@dataclass(frozen=True, slots=True)
class SignInService:
    """Where accounts of a municipality log in: a code of ours, and its name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who came back: ``strong`` when a second factor was asked for there."""

    issuer: str
    subject: str
    strong: bool


class StaffSignIn(Protocol):
    """Log-in by accounts that a municipality gives its staff (PER-3)."""

    def services(self) -> Sequence[SignInService]:
        """Those that this installation uses; often none."""

    def begin(self, code: str, *, return_to: str, language: str) -> Begun:
        """Raises LookupError for a code of none, AdapterError when it fails."""

    def finish(
        self,
        code: str,
        kept: Mapping[str, str],
        answer: Mapping[str, str],
        *,
        return_to: str,
    ) -> SignedIn:
        """Who it is. Raises AdapterError, and TurnedBack when nobody is."""


_kept: Final[dict[str, StaffSignIn]] = {}


def staff_sign_in() -> StaffSignIn:
    """The one of the settings, made once in each process."""
    path = settings.STAFF_SIGN_IN
    if path not in _kept:
        _kept[path] = import_string(path)()
    return _kept[path]
