"""How a part of the archived log is written: compressed JSON, seals and events."""

import json
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from kortisto.core.models import ArchivedLog, LoggedEvent, Seal, SealedContent

FORM: Final = 1
EVENT: Final = (
    "txid", "id", "kind", "body", "actor", "unit_id", "channel", "patron_id",
)  # fmt: skip
SEAL: Final = (
    "id", "first_txid", "first_event_id", "last_txid", "last_event_id", "events",
    "previous_digest", "digest",
)  # fmt: skip
BYTES: Final = ("salt", "who_salt", "what_digest", "who_digest")


@dataclass(frozen=True, slots=True)
class Unpacked:
    """One part of the archive: rows as the table had them, not saved anywhere."""

    seals: list[Seal]
    events: list[LoggedEvent]
    marks: dict[int, SealedContent]


def packed(part: Unpacked) -> bytes:
    told = {
        "form": FORM,
        "seals": [_seal(one) for one in part.seals],
        "events": [_event(one, part.marks[one.id]) for one in part.events],
    }
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode(), level=9)


def unpacked(row: ArchivedLog) -> Unpacked:
    """Raises ValueError for a form that this version does not know."""
    told = json.loads(zlib.decompress(bytes(row.data)))
    if told["form"] != FORM:
        message = f"the archived log has the form {told['form']}"
        raise ValueError(message)
    events = told["events"]
    return Unpacked(
        [_seal_from(one) for one in told["seals"]],
        [_event_from(one) for one in events],
        {one["id"]: _mark_from(one) for one in events},
    )


def _seal(one: Seal) -> dict[str, Any]:
    return {
        **{name: getattr(one, name) for name in SEAL},
        "at": _text(one.sealed_at),
    }


def _seal_from(told: dict[str, Any]) -> Seal:
    values = {name: told[name] for name in SEAL}
    return Seal(**values, sealed_at=_moment(told["at"]))


def _event(one: LoggedEvent, mark: SealedContent) -> dict[str, Any]:
    told = {name: getattr(one, name) for name in EVENT}
    told["at"] = _text(one.happened_at)
    for name in BYTES:
        if (value := getattr(mark, name)) is not None:
            told[name] = bytes(value).hex()
    if mark.taken_out_at is not None:
        told |= {
            "out": _text(mark.taken_out_at), "why": mark.why, "told_by": mark.told_by,
        }  # fmt: skip
    return told


def _event_from(told: dict[str, Any]) -> LoggedEvent:
    values = {name: told[name] for name in EVENT}
    return LoggedEvent(**values, happened_at=_moment(told["at"]))


def _mark_from(told: dict[str, Any]) -> SealedContent:
    return SealedContent(
        event_id=told["id"],
        **{name: bytes.fromhex(told[name]) for name in BYTES if name in told},
        taken_out_at=_moment(told["out"]) if "out" in told else None,
        why=told.get("why", ""),
        told_by=told.get("told_by"),
    )


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
