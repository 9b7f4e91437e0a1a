"""One record as ISO 2709 bytes: reading with repair, and writing."""

from __future__ import annotations

import re

from kortisto.domain.catalogue.marc.charset import decode_all
from kortisto.domain.catalogue.marc.parsed import BadRecordError, Note, Parsed
from kortisto.domain.catalogue.marc.record import (
    LEADER_LENGTH,
    DataField,
    Field,
    Marc,
)

FIELD_END, RECORD_END, SUBFIELD = b"\x1e", b"\x1d", "\x1f"
MAX_RECORD_BYTES = 99_999  # five digits of length
MAX_FIELD_BYTES = 9_999  # four digits of length
_ENTRY = 12
_PRINTABLE = re.compile(r"[ -~]*")

_WRONG_LENGTH = Note(
    "wrong-length", "The record length in the leader does not match the record."
)
_WRONG_BASE = Note(
    "wrong-base-address", "The base address in the leader does not match the record."
)
_WRONG_DIRECTORY = Note(
    "wrong-directory",
    "Lengths in the directory are wrong; the field ends in the data were followed.",
)
_NO_FIELD_END = Note("no-last-field-end", "The last field lacks its field terminator.")
_NO_RECORD_END = Note("no-record-end", "The record lacks its record terminator.")
_ODD_TAG = Note(
    "odd-tag", "A tag is not three letters or digits; the field was kept as it is."
)
_INDICATORS = Note(
    "missing-indicators", "A field had fewer than two indicators; blanks were added."
)
_NO_SUBFIELDS = Note(
    "no-subfields", "A data field has no subfields; its text was kept as it is."
)


class CannotWriteError(ValueError):
    """The record has no form in this format."""


class TooLongForIso2709(CannotWriteError):
    """Over 99 999 bytes in the record or 9 999 in a field: use MARCXML."""


def parse(raw: bytes, *, offset: int = 0) -> Parsed:
    """The record in these bytes; its leader/09 says UTF-8 from here on.

    Raises BadRecordError when reading would lose something.
    """
    terminated = raw.endswith(RECORD_END)
    body_end = len(raw) - terminated
    directory_end = raw.find(FIELD_END, LEADER_LENGTH, body_end)
    if directory_end < 0:
        raise BadRecordError(
            "no-directory", "No directory with its terminator follows the leader."
        )
    leader, notes = _leader(raw, directory_end=directory_end)
    if not terminated:
        notes.append(_NO_RECORD_END)
    tags, chunks = _tags_and_chunks(
        raw[LEADER_LENGTH:directory_end],
        raw[directory_end + 1 : body_end],
        notes=notes,
        terminated=terminated,
    )
    texts, remarks = decode_all(chunks, says_utf8=leader[9] == "a")
    notes.extend(remarks)
    fields: list[Field] = []
    for tag, text in zip(tags, texts, strict=True):
        if tag[:2] == "00":
            fields.append((tag, text))
            continue
        indicators, *parts = text.split(SUBFIELD)
        if parts and len(indicators) == 2:
            pairs = tuple([(part[:1], part[1:]) for part in parts])
            fields.append((tag, indicators, pairs))
        else:
            fields.append(_odd_data_field(tag, text, notes))
    marc = Marc(f"{leader[:9]}a{leader[10:]}", tuple(fields))
    return Parsed(marc, tuple(dict.fromkeys(notes)) if notes else (), offset)


def _leader(raw: bytes, *, directory_end: int) -> tuple[str, list[Note]]:
    notes: list[Note] = []
    try:
        leader = raw[:LEADER_LENGTH].decode("ascii")
    except UnicodeDecodeError as error:
        raise BadRecordError(
            "bad-leader", "The leader holds characters that are not ASCII."
        ) from error
    length = len(raw) + (not raw.endswith(RECORD_END))
    if leader[:5] != f"{length:05}" and length <= MAX_RECORD_BYTES:
        notes.append(_WRONG_LENGTH)
    base = directory_end + 1
    if leader[12:17] != f"{base:05}" and base <= MAX_RECORD_BYTES:
        notes.append(_WRONG_BASE)
    return leader, notes


def _tags_and_chunks(
    directory: bytes, body: bytes, *, notes: list[Note], terminated: bool
) -> tuple[list[str], list[bytes]]:
    """Each field's tag and bytes in the order of the directory."""
    if len(directory) % _ENTRY:
        raise BadRecordError(
            "bad-directory", "The directory is not made of entries of 12 characters."
        )
    entries = [directory[at : at + _ENTRY] for at in range(0, len(directory), _ENTRY)]
    tags = _tags(entries, notes)
    chunks = body.split(FIELD_END)
    ended = chunks[-1] == b""
    if ended:
        chunks.pop()
    if _consecutive(entries, chunks):
        if not ended and chunks:
            notes.append(_NO_FIELD_END)
        return tags, chunks
    if not terminated or not ended:
        raise BadRecordError("truncated", "The record breaks off before its end.")
    by_offset = _chunks_by_offset(entries, body)
    if by_offset is not None and len(by_offset) == len(chunks):
        return tags, by_offset
    if len(entries) != len(chunks):
        raise BadRecordError(
            "bad-directory",
            f"The directory lists {len(entries)} fields, the record holds "
            f"{len(chunks)}.",
        )
    notes.append(_WRONG_DIRECTORY)
    return tags, _chunks_by_rank(entries, chunks)


def _tags(entries: list[bytes], notes: list[Note]) -> list[str]:
    tags = [entry[:3].decode("latin-1") for entry in entries]
    together = "".join(tags)
    if not together.isalnum() or not together.isascii():
        if not _PRINTABLE.fullmatch(together):
            raise BadRecordError(
                "bad-directory", "A tag in the directory is not printable ASCII."
            )
        if together:
            notes.append(_ODD_TAG)
    return tags


def _consecutive(entries: list[bytes], chunks: list[bytes]) -> bool:
    """Whether the directory says exactly what lies in the data, one after another."""
    if len(entries) != len(chunks):
        return False
    position = 0
    for entry, chunk in zip(entries, chunks, strict=True):
        length = len(chunk) + 1
        if entry[3:] != b"%04d%05d" % (length, position):
            return False
        position += length
    return True


def _chunks_by_offset(entries: list[bytes], body: bytes) -> list[bytes] | None:
    """Fields where the directory points; None unless each is one whole field."""
    chunks: list[bytes] = []
    for entry in entries:
        if not entry[3:].isdigit():
            return None
        length, start = int(entry[3:7]), int(entry[7:])
        chunk = body[start : start + length]
        if len(chunk) != length or chunk.find(FIELD_END) != length - 1:
            return None
        if start and body[start - 1 : start] != FIELD_END:
            return None
        chunks.append(chunk[:-1])
    starts = {entry[7:] for entry in entries}
    return chunks if len(starts) == len(entries) else None


def _chunks_by_rank(entries: list[bytes], chunks: list[bytes]) -> list[bytes]:
    """Fields in the order of their starts, where lengths count something else.

    Many programs count characters instead of bytes; the order still holds.
    """
    starts = [entry[7:] for entry in entries]
    if not all(start.isdigit() for start in starts) or len(set(starts)) < len(starts):
        return chunks
    ordered = sorted(range(len(starts)), key=lambda number: int(starts[number]))
    found = [b""] * len(chunks)
    for number, chunk in zip(ordered, chunks, strict=True):
        found[number] = chunk
    return found


def _odd_data_field(tag: str, text: str, notes: list[Note]) -> Field:
    """A data field without two indicators or without subfields."""
    indicators, *parts = text.split(SUBFIELD)
    if not parts:
        notes.append(_NO_SUBFIELDS)
        return (tag, text)
    if len(indicators.rstrip()) > 2:
        raise BadRecordError(
            "text-before-subfields",
            f"Field {tag} has text before its first subfield.",
        )
    notes.append(_INDICATORS)
    pairs = tuple([(part[:1], part[1:]) for part in parts])
    return (tag, indicators[:2].ljust(2), pairs)


def to_iso2709(marc: Marc) -> bytes:
    """The record in UTF-8 with right lengths. Nothing else of it changes.

    Raises TooLongForIso2709, or CannotWriteError for a record that would not come
    back the same (a tag that is not three characters, a separator in the text).
    """
    directory: list[str] = []
    chunks: list[bytes] = []
    position = 0
    for field in marc.fields:
        chunk = _encoded(field)
        length = len(chunk)
        if length > MAX_FIELD_BYTES:
            message = (
                f"Field {field[0]} is {length} bytes long; ISO 2709 holds "
                f"{MAX_FIELD_BYTES}. Use MARCXML."
            )
            raise TooLongForIso2709(message)
        directory.append(f"{field[0]}{length:04}{position:05}")
        chunks.append(chunk)
        position += length
    base = LEADER_LENGTH + _ENTRY * len(chunks) + 1
    total = base + position + 1
    if total > MAX_RECORD_BYTES:
        message = (
            f"The record is {total} bytes long; ISO 2709 holds "
            f"{MAX_RECORD_BYTES}. Use MARCXML."
        )
        raise TooLongForIso2709(message)
    head = _written_leader(marc.leader, total=total, base=base) + "".join(directory)
    if len(head) != base - 1 or not head.isascii():
        message = "Tags and leader must be ASCII, tags of three characters."
        raise CannotWriteError(message)
    return b"".join((head.encode("ascii"), FIELD_END, *chunks, RECORD_END))


def _written_leader(leader: str, *, total: int, base: int) -> str:
    full = leader[:LEADER_LENGTH].ljust(LEADER_LENGTH)
    return f"{total:05}{full[5:9]}a{full[10:12]}{base:05}{full[17:]}"


def _encoded(field: Field) -> bytes:
    text = field[1] if len(field) == 2 else _joined(field)
    try:
        chunk = text.encode()
    except UnicodeEncodeError as error:
        message = f"Field {field[0]} holds half a character (a lone surrogate)."
        raise CannotWriteError(message) from error
    if FIELD_END in chunk or RECORD_END in chunk:
        message = f"Field {field[0]} holds a separator of ISO 2709 in its text."
        raise CannotWriteError(message)
    return chunk + FIELD_END


def _joined(field: DataField) -> str:
    tag, indicators, subfields = field
    text = indicators + "".join([f"{SUBFIELD}{code}{v}" for code, v in subfields])
    if (
        len(indicators) != 2
        or tag.startswith("00")
        or text.count(SUBFIELD) != len(subfields)
        or not all(len(code) == 1 or not (code or v) for code, v in subfields)
    ):
        message = f"Field {tag} does not keep its subfields in ISO 2709."
        raise CannotWriteError(message)
    return text
