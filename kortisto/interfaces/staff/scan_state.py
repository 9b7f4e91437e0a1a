"""What a scan carries from the page it was made on, and what the desk remembers."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final
from urllib.parse import urlsplit

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, QueryDict
from django.urls import Resolver404, resolve

SERVING: Final = "serving"  # session key
IN_HOUSE: Final = "in-house"  # the mode of counting what was read in the library
CLAIMS: Final = "claims"  # the mode of the list of claims
MODES: Final[Mapping[str, str]] = {
    "desk": "checkout",
    "checkin": "checkin",
    "pull_list": "checkin",  # what is fetched is taken in on the spot
    "dispatches": "checkin",  # what is fetched is sent on the spot
    "claims": CLAIMS,  # what is found is taken back, as found in the library
    "in_house": IN_HOUSE,
    "renewals": "renew",
}


@dataclass(slots=True, kw_only=True)
class OpenDesk:
    """The patron who is served now, and what has been decided for this visit."""

    patron_id: int
    card: str
    name: str
    opened_at: datetime
    overriding: list[str] = field(default_factory=list)
    due_on: date | None = None

    @classmethod
    def of(cls, session: SessionBase) -> "OpenDesk | None":
        kept = session.get(SERVING)
        if not kept:
            return None
        due_on = kept.get("due_on")
        return cls(
            patron_id=kept["patron_id"],
            card=kept["card"],
            name=kept["name"],
            opened_at=datetime.fromisoformat(kept["opened_at"]),
            overriding=list(kept["overriding"]),
            due_on=date.fromisoformat(due_on) if due_on else None,
        )

    def keep(self, session: SessionBase) -> None:
        session[SERVING] = {
            "patron_id": self.patron_id,
            "card": self.card,
            "name": self.name,
            "opened_at": self.opened_at.isoformat(),
            "overriding": self.overriding,
            "due_on": self.due_on.isoformat() if self.due_on else None,
        }


def close_desk(session: SessionBase) -> None:
    """The patron has been served."""
    session.pop(SERVING, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanState:
    """The hidden fields of the scan box: a scan means what its page showed.

    ``patron_id`` is who was open on that page; ``as_of`` the day of return;
    ``refused`` the barcode that waits for a decision.
    """

    mode: str = ""
    patron_id: int | None = None
    as_of: date | None = None
    refused: str = ""

    @classmethod
    def of(cls, request: HttpRequest, *, page: str) -> "ScanState":
        """For a page that is about to be shown."""
        desk = OpenDesk.of(request.session)
        return cls(
            mode=MODES.get(page, ""),
            patron_id=None if desk is None else desk.patron_id,
            as_of=getattr(request, "as_of", None),
        )

    @classmethod
    def sent(cls, data: QueryDict) -> "ScanState":
        """From a scan. Raises ValueError for fields that no page has made."""
        patron, as_of = data.get("patron", ""), data.get("as_of", "")
        mode = data.get("mode", "")
        if mode and mode not in MODES.values():
            message = f"no such mode: {mode}"
            raise ValueError(message)
        return cls(
            mode=mode,
            patron_id=int(patron) if patron else None,
            as_of=date.fromisoformat(as_of) if as_of else None,
            refused=data.get("refused", ""),
        )

    def shown_on(self, request: HttpRequest) -> "ScanState":
        """For the page that shows the answer.

        A scan that waited for a log-in may be sent by another page than it was
        made on: it keeps its meaning, and the page keeps its own.
        """
        address = request.headers.get("HX-Current-URL")
        if address is None:
            return self
        try:
            page = resolve(urlsplit(address).path).url_name or ""
        except Resolver404:
            page = ""
        return replace(self, mode=MODES.get(page, ""))

    @property
    def fields(self) -> dict[str, str]:
        return {
            "mode": self.mode,
            "patron": "" if self.patron_id is None else str(self.patron_id),
            "as_of": "" if self.as_of is None else self.as_of.isoformat(),
            "refused": self.refused,
        }
