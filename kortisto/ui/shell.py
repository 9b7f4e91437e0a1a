"""What the frame around a page needs: plain values that a door fills in.

The base templates read these by name, so a site's context processor returns
``StaffShell(...).context()`` or ``PublicShell(...).context()`` and nothing else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

HUES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class NavItem:
    """One place to go. ``key`` is pressed after ``g``: ``g`` then ``l``."""

    label: str
    url: str
    icon: str
    current: bool = False
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workplace:
    """The working library and desk; ``hue`` is 0 to 11 and stays the same."""

    library: str
    hue: int
    letters: str
    desk: str = ""
    change_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who is logged in. ``log_out_url`` is posted to."""

    name: str
    log_out_url: str
    links: Sequence[NavItem] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanBox:
    """Where scans are posted, and what they carry besides the scan itself.

    ``send_empty``: Enter on an empty box is sent too (to print, or to go on).
    ``secret``: a pattern, in capitals and without spaces; what is like it is kept
    nowhere in the browser and is in no address.
    """

    url: str
    send_empty: bool = False
    secret: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A row of the command palette. ``words`` are found but not shown."""

    label: str
    url: str
    icon: str = "arrow-right"
    hint: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLimit:
    """``seconds`` without a request lock the session.

    ``stay_url``, ``lock_url`` and ``unlock_url`` (with ``password``) are posted to.
    Without ``unlock_url`` the session is over and the page leads to ``log_in_url``.
    ``passkey_urls``: where to ask for a passkey's options and send its proof; empty
    for somebody who has none.
    """

    seconds: int
    stay_url: str
    log_in_url: str
    unlock_url: str = ""
    lock_url: str = ""
    name: str = ""
    username: str = ""
    passkey_urls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffShell:
    """Everything ``ui/staff_base.html`` shows around a page."""

    nav: Sequence[NavItem] = ()
    workplace: Workplace | None = None
    account: Account | None = None
    scan: ScanBox | None = None
    commands: Sequence[Command] = ()
    command_search_url: str = ""
    session_limit: SessionLimit | None = None
    language_url: str = ""
    home_url: str = "/"

    def context(self) -> dict[str, object]:
        return {
            "nav": self.nav,
            "workplace": self.workplace,
            "account": self.account,
            "scan": self.scan,
            "commands": [
                {
                    "label": command.label,
                    "url": command.url,
                    "hint": command.hint,
                    "words": command.words,
                }
                for command in self.commands
            ],
            "command_search_url": self.command_search_url,
            "session_limit": self.session_limit,
            "language_url": self.language_url,
            "home_url": self.home_url,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicShell:
    """Everything ``ui/public_base.html`` shows around a page."""

    nav: Sequence[NavItem] = ()
    account: Account | None = None
    log_in_url: str = ""
    search_url: str = ""
    query: str = ""
    language_url: str = ""
    home_url: str = "/"
    footer: Sequence[NavItem] = ()

    def context(self) -> dict[str, object]:
        return {
            "nav": self.nav,
            "account": self.account,
            "log_in_url": self.log_in_url,
            "search_url": self.search_url,
            "query": self.query,
            "language_url": self.language_url,
            "home_url": self.home_url,
            "footer": self.footer,
        }


def hue_of(unit_id: int) -> int:
    """The same library always has the same hue, whatever its name becomes."""
    return unit_id % HUES


def letters_of(name: str) -> str:
    """Up to two letters that stand for a library beside its colour."""
    words = [word for word in name.replace("-", " ").split() if word[0].isalpha()]
    return "".join(word[0] for word in words[:2]).upper()
