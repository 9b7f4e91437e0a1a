"""Lend, renew and take back by one scan, once for each key."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from kortisto.core.actors import Actor
from kortisto.core.idempotency import once
from kortisto.core.refusals import Refusal
from kortisto.core.text import card_code
from kortisto.domain.catalogue.queries import items_barcoded
from kortisto.domain.circulation.actions.checkin import Returned, checkin
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.actions.renew import renew
from kortisto.domain.circulation.models import Loan
from kortisto.domain.circulation.queries import open_loans
from kortisto.domain.circulation.reasons import Reason
from kortisto.domain.circulation.returns import Going
from kortisto.interfaces.staff.scan_state import OpenDesk


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One scan. The same ``key`` again gives the same answer and does nothing."""

    text: str = field(repr=False)  # it may be a personal identity code
    key: str
    by: Actor
    now: datetime

    @property
    def code(self) -> str:
        """The text as a card or a barcode: capitals, no spaces."""
        return card_code(self.text)

    def once(
        self, what: str, do: Callable[[], dict[str, Any]], **more: object
    ) -> "tuple[dict[str, Any], bool]":
        """The answer, and whether it was made now. What is refused keeps no key."""
        made: list[bool] = []

        def work() -> dict[str, Any]:
            made.append(True)
            return do()

        asked = {"what": what, "scan": self.text, **more}
        answer = once(f"scan:{self.by.label}", self.key, request=asked, do=work)
        return answer, bool(made)


def lend(
    scan: Scan, desk: OpenDesk, *, overriding: Collection[str]
) -> tuple[dict[str, Any], bool]:
    """Lend to the patron at the desk. Raises Refused with every reason."""

    def do() -> dict[str, Any]:
        lent = checkout(
            desk.card,
            scan.code,
            by=scan.by,
            now=scan.now,
            overriding=overriding,
            due_on=desk.due_on,
        )
        return {
            "loan_id": lent.loan_id,
            "title": lent.title,
            "barcode": lent.barcode,
            "due_at": lent.due_at.isoformat(),
            "already": lent.already,
            "notices": _sentences(lent.notices),
            "overridden": _sentences(lent.overridden),
        }

    return scan.once("lend", do, patron=desk.patron_id)


def renew_scanned(scan: Scan, loan: Loan) -> tuple[dict[str, Any], bool]:
    """Renew the loan of a scanned item. Raises Refused with every reason."""

    def do() -> dict[str, Any]:
        renewed = renew(loan.pk, by=scan.by, now=scan.now)
        return {
            "loan_id": renewed.loan_id,
            "title": renewed.title,
            "due_at": renewed.due_at.isoformat(),
            "unchanged": renewed.unchanged,
            "notices": _sentences(renewed.notices),
        }

    return scan.once("renew", do)


def take_back(
    scan: Scan, *, as_of: date | None, found: bool | None = None
) -> tuple[dict[str, Any], bool]:
    """Check an item in. ``found``: it lay in the library, if it is a claimed one.

    Raises Refused, and ValueError for an impossible day.
    """

    def do() -> dict[str, Any]:
        back = checkin(scan.code, by=scan.by, now=scan.now, as_of=as_of, found=found)
        return told_return(back)

    day = None if as_of is None else as_of.isoformat()
    return scan.once("take-back", do, as_of=day, found=found)


def told_return(returned: Returned) -> dict[str, Any]:
    """What a row of the check-in list shows; plain values only."""
    return {
        "loan_id": returned.loan_id,
        "item_id": returned.item_id,
        "record_id": returned.record_id,
        "barcode": returned.barcode,
        "title": returned.title,
        "going": returned.going.value,
        "destination_id": returned.destination_id,
        "fine_cents": returned.fine_cents,
        "parts": returned.parts_to_count,
        "sentences": returned.sentences,
        "quiet": returned.going is Going.SHELF
        and returned.loan_id is not None
        and not returned.notes,
    }


def loan_by_barcode(barcode: str) -> Loan | None:
    return open_loans().filter(item__in=items_barcoded(barcode)).first()


def only(reason: Reason, refusals: Sequence[Refusal]) -> bool:
    """Whether this is the whole trouble: then the scan may mean something else."""
    return [refusal.reason for refusal in refusals] == [reason]


def _sentences(refusals: Sequence[Refusal]) -> list[str]:
    return [refusal.message for refusal in refusals]
