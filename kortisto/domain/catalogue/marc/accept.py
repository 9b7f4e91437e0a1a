"""Whether a well-formed record can serve as a bibliographic record, and why not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from kortisto.domain.catalogue.marc.record import LEADER_LENGTH, Marc, is_data

TITLE_CODES = "abnpkfgs"
FALLBACK_TITLE_TAGS = ("240", "130", "246", "247", "242", "730", "740")
"""Where a record without 245 may still name its own work. 490, 830 and 773 name
another work (the series, the host), so they never serve as a title."""

FIXED_LENGTH = 40  # characters in 008
BIBLIOGRAPHIC_TYPES = "acdefgijkmoprt"
_AUTHORITY, _HOLDINGS, _OTHER = "z", "uvxy", {"w": "classification", "q": "community"}


class Severity(StrEnum):
    REJECT = "reject"  # cannot be a bibliographic record
    REPAIR = "repair"  # usable; a cataloguer should put it right
    NOTE = "note"  # worth knowing


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a record. `code` is public and stable."""

    severity: Severity
    code: str
    sentence: str


def problems(marc: Marc) -> tuple[Problem, ...]:
    """Everything wrong with the record, the gravest first.

    A record is rejected when a reader could neither find nor name it (no fields, no
    title anywhere) or when it does not describe a work at all (authority, holdings).
    A missing 245 alone does not reject: a title in 880, 240, 130, 246, 247, 242, 730
    or 740 names the work, and the copies on the shelf are lent by it.
    """
    found = [problem for check in _CHECKS for problem in check(marc)]
    order = list(Severity)
    return tuple(sorted(found, key=lambda problem: order.index(problem.severity)))


def is_acceptable(marc: Marc) -> bool:
    """Whether no problem is of the rejecting kind."""
    return all(found.severity is not Severity.REJECT for found in problems(marc))


def has_title(marc: Marc) -> bool:
    """Whether 245 has a title in it (an archival one may be only $f, $g or $k)."""
    return any(text.strip() for text in marc.subfields("245", TITLE_CODES))


def has_fallback_title(marc: Marc) -> bool:
    """Whether another field can serve as the title."""
    if any(
        text.strip()
        for tag in FALLBACK_TITLE_TAGS
        for text in marc.subfields(tag, "at")
    ):
        return True
    return any(text.startswith("245") for text in marc.subfields("880", "6")) and any(
        text.strip() for text in marc.subfields("880", "a")
    )


def _leader(marc: Marc) -> Iterator[Problem]:
    if len(marc.leader) != LEADER_LENGTH:
        yield Problem(
            Severity.REPAIR,
            "bad-leader",
            f"The leader has {len(marc.leader)} characters instead of {LEADER_LENGTH}.",
        )


def _type(marc: Marc) -> Iterator[Problem]:
    code = marc.leader[6:7]
    if (code and code in _AUTHORITY + _HOLDINGS) or code in _OTHER:
        kind = _OTHER.get(code, "authority" if code == _AUTHORITY else "holdings")
        yield Problem(
            Severity.REJECT,
            "not-bibliographic",
            f"This is a record of {kind} data (leader/06 is {code}).",
        )
    elif not code or code not in BIBLIOGRAPHIC_TYPES:
        yield Problem(
            Severity.REPAIR,
            "unknown-type",
            f"The type of record (leader/06) is {code!r}, which MARC 21 does not have.",
        )


def _status(marc: Marc) -> Iterator[Problem]:
    if marc.leader[5:6] == "d":
        yield Problem(
            Severity.NOTE,
            "marked-deleted",
            "The record says of itself that it is deleted (leader/05 is d).",
        )


def _title(marc: Marc) -> Iterator[Problem]:
    if not any(is_data(field) for field in marc.fields):
        yield Problem(
            Severity.REJECT, "no-data-fields", "The record has control fields at most."
        )
    elif has_title(marc):
        return
    elif has_fallback_title(marc):
        yield Problem(
            Severity.REPAIR,
            "title-elsewhere",
            "There is no title in 245; another title field was used.",
        )
    else:
        yield Problem(
            Severity.REJECT, "no-title", "The record has no title in any field."
        )


def _fixed_field(marc: Marc) -> Iterator[Problem]:
    value = marc.value("008")
    if not value:
        yield Problem(Severity.NOTE, "no-008", "The record has no field 008.")
    elif len(value) != FIXED_LENGTH:
        yield Problem(
            Severity.REPAIR,
            "bad-008-length",
            f"Field 008 has {len(value)} characters instead of {FIXED_LENGTH}.",
        )


def _control_number(marc: Marc) -> Iterator[Problem]:
    if not marc.value("001").strip():
        yield Problem(
            Severity.NOTE,
            "no-control-number",
            "The record has no control number (001); it gets one here.",
        )


def _repeated(marc: Marc) -> Iterator[Problem]:
    counts = Counter(field[0] for field in marc.fields)
    for tag in ("001", "003", "005", "008", "245"):
        if counts[tag] > 1:
            yield Problem(
                Severity.REPAIR,
                f"duplicate-{tag}",
                f"Field {tag} occurs {counts[tag]} times; the first one counts.",
            )
    if sum(counts[tag] for tag in ("100", "110", "111", "130")) > 1:
        yield Problem(
            Severity.REPAIR,
            "two-main-entries",
            "The record has more than one main entry (100, 110, 111, 130).",
        )


_CHECKS: tuple[Callable[[Marc], Iterator[Problem]], ...] = (
    _leader,
    _type,
    _status,
    _title,
    _fixed_field,
    _control_number,
    _repeated,
)
