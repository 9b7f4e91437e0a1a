"""What a demo tells its visitors: things to try, and the log-ins for them.

The notes lie as a file in the data directory, and only where a demo was built. Both
sites may show them; a step and a log-in name the site that they are for.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import pyotp

from kortisto.core.names import in_language

FILE: Final = "first-steps.json"
STAFF: Final = "staff"
PUBLIC: Final = "public"
DOOR: Final = "door"
USUAL_DOOR: Final = "http://localhost:8003/"  # a demo may have to take another port


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """Something to type: a barcode, a card, words to search for."""

    names: Mapping[str, str]  # by language
    value: str

    @property
    def name(self) -> str:
        return in_language(dict(self.names))


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to try. ``path`` is the page on its site to begin at."""

    site: str
    titles: Mapping[str, str]
    texts: Mapping[str, str]
    codes: tuple[Code, ...] = ()
    path: str = "/"

    @property
    def title(self) -> str:
        return in_language(dict(self.titles))

    @property
    def text(self) -> str:
        return in_language(dict(self.texts))


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoLogin:
    """A user name (or a card) with its password (or PIN)."""

    site: str
    names: Mapping[str, str]
    username: str
    password: str
    secret: str = ""  # of the one-time codes, for those who need a second factor

    @property
    def name(self) -> str:
        return in_language(dict(self.names))

    def code(self, *, seconds: float) -> str:
        """The one-time code of this moment (seconds since 1970); "" without one."""
        if not self.secret:
            return ""
        return pyotp.TOTP(self.secret).generate_otp(int(seconds) // 30)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoNotes:
    steps: tuple[Step, ...]
    logins: tuple[DemoLogin, ...]

    def of(self, site: str) -> "DemoNotes":
        """Those of one site only."""
        return DemoNotes(
            steps=tuple(step for step in self.steps if step.site == site),
            logins=tuple(login for login in self.logins if login.site == site),
        )

    def write(self, folder: Path) -> None:
        text = json.dumps(asdict(self), ensure_ascii=False, indent=1)
        (folder / FILE).write_text(text, encoding="utf-8")


def has_notes(folder: Path) -> bool:
    """Whether a demo was built in a data directory."""
    return (folder / FILE).exists()


def read_notes(folder: Path) -> DemoNotes | None:
    """The notes of the demo in a data directory; None where no demo was built."""
    file = folder / FILE
    if not file.exists():
        return None
    told = json.loads(file.read_text(encoding="utf-8"))
    steps = [
        Step(**{**step, "codes": tuple(Code(**code) for code in step["codes"])})
        for step in told["steps"]
    ]
    logins = [DemoLogin(**login) for login in told["logins"]]
    return DemoNotes(steps=tuple(steps), logins=tuple(logins))
