"""MARCXML: each record is cut out of the file and read by itself.

So one malformed record costs one record, memory stays small, and no document type
declaration ever reaches the parser: entities cannot be defined, nothing is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import BinaryIO

from lxml import etree

from kortisto.domain.catalogue.marc.iso2709 import CannotWriteError
from kortisto.domain.catalogue.marc.parsed import (
    BadRecordError,
    Note,
    Parsed,
    Reading,
    Rejected,
)
from kortisto.domain.catalogue.marc.record import Field, Marc, Subfield

NAMESPACE = "http://www.loc.gov/MARC21/slim"
COLLECTION_START = (
    f'<?xml version="1.0" encoding="UTF-8"?>\n<collection xmlns="{NAMESPACE}">\n'
)
COLLECTION_END = "</collection>\n"

CHUNK = 1 << 20
LONGEST = 64 << 20  # bytes of one record before it is given up
_ENCODING = re.compile(rb"""<\?xml[^>]*\sencoding\s*=\s*["']([\w.:-]+)["']""")
_MARKUP = re.compile(
    rb"<(?!/?(?:sub|data|control)field)"  # most markup: passed over quickly
    rb"(?:!--.*?-->|!\[CDATA\[.*?\]\]>|(?P<open>!--|!\[CDATA\[)"
    rb"|(?P<end>/)?(?:[\w.-]+:)?(?P<name>record|collection)(?=[\s>/])[^>]*>)",
    re.DOTALL,
)
_PREFIX = re.compile(rb"[<\s/]([A-Za-z_][\w.-]*):[A-Za-z_]")
_FIELD_START = re.compile(rb"<(?:[\w.-]+:)?(?:leader|controlfield|datafield)\b")
_NOT_XML = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_EMPTY_FIELD = Note("empty-field", "A data field without subfields was left out.")
_INDICATORS = Note(
    "missing-indicators", "A field had fewer than two indicators; blanks were added."
)
_UNKNOWN = Note("unknown-element", "An element that MARCXML does not have was ignored.")


def read_marcxml(file: BinaryIO) -> Iterator[Reading]:
    """Every record of a collection, a single record, an OAI-PMH or SRU answer.

    Never raises for content: what is no record comes as Rejected, and reading goes
    on at the next record. Offsets count bytes of the UTF-8 form for UTF-16 files.
    """
    cutter = _Cutter()
    while block := file.read(CHUNK):
        yield from cutter.feed(block)
    yield from cutter.close()


class _Cutter:
    """Finds where records start and end; the parser proper sees one at a time."""

    def __init__(self) -> None:
        self.buffer = b""
        self.offset = 0  # of the buffer's first byte
        self.start: int | None = None  # of the open record, in the buffer
        self.scanned = 0
        self.encoding: str | None = None
        self.begun = False
        self.collections = 0  # opened and not closed

    def feed(self, block: bytes) -> Iterator[Reading]:
        self.buffer += block
        if not self.begun:
            self.begun = True
            found = _ENCODING.search(self.buffer[:500])
            named = found[1].decode("ascii") if found else ""
            self.encoding = None if named.lower().startswith("utf") else named or None
        for match in _MARKUP.finditer(self.buffer, self.scanned):
            if match["open"]:  # its end is still to be read
                self.scanned = match.start()
                break
            if match["name"] == b"collection":
                self._collection(match[0])
            elif match["end"]:
                yield from self._record_ends(match.end())
            elif not match[0].startswith(b"<!") and not match[0].endswith(b"/>"):
                yield from self._record_starts(match.start())
            self.scanned = match.end()
        else:
            half_tag = self.buffer.rfind(b"<", self.scanned)
            self.scanned = len(self.buffer) if half_tag < 0 else half_tag
        yield from self._shorten()

    def close(self) -> Iterator[Reading]:
        if self.start is not None:
            raw = self.buffer[self.start :]
            if _FIELD_START.search(raw):
                yield _broken_off(self.offset + self.start, raw)
        elif _FIELD_START.search(self.buffer, self.scanned):
            raw = self.buffer[self.scanned :]
            yield _broken_off(self.offset + self.scanned, raw)
        elif self.collections > 0:
            yield Rejected(
                "truncated-file",
                "The file ends before its collection; records may be missing.",
                self.offset + self.scanned,
                self.buffer[self.scanned :],
            )

    def _collection(self, tag: bytes) -> None:
        if not tag.endswith(b"/>"):
            self.collections += -1 if tag.startswith(b"</") else 1

    def _record_starts(self, at: int) -> Iterator[Reading]:
        """An open record with fields was never closed; one without is a wrapper."""
        if self.start is not None:
            raw = self.buffer[self.start : at]
            if _FIELD_START.search(raw):
                yield _broken_off(self.offset + self.start, raw)
        self.start = at

    def _record_ends(self, at: int) -> Iterator[Reading]:
        if self.start is None:
            return  # the end of a wrapper
        raw = self.buffer[self.start : at]
        yield read_element(raw, offset=self.offset + self.start, encoding=self.encoding)
        self.start = None

    def _shorten(self) -> Iterator[Reading]:
        """Forget what was read; keep what is unfinished."""
        cut = self.scanned if self.start is None else self.start
        if len(self.buffer) - cut > LONGEST:
            yield _broken_off(self.offset + cut, self.buffer[cut:])
            cut = self.scanned = len(self.buffer)
            self.start = None
        self.buffer = self.buffer[cut:]
        self.offset += cut
        self.scanned -= cut
        self.start = None if self.start is None else 0


def read_element(
    raw: bytes, *, offset: int = 0, encoding: str | None = None
) -> Reading:
    """One record element, in any or no namespace, with or without a prefix."""
    try:
        record, notes = _record(_root(raw, encoding))
    except (etree.XMLSyntaxError, LookupError) as error:
        sentence = f"The XML is malformed: {error}."
        return Rejected("malformed-xml", sentence, offset, raw)
    except BadRecordError as error:
        return Rejected(error.reason, error.sentence, offset, raw)
    return Parsed(record, notes, offset)


def _root(raw: bytes, encoding: str | None) -> etree._Element:
    """The element; prefixes declared further out in the file are declared again."""
    parser = _parser(encoding)
    if b":" not in raw[: raw.index(b">")]:
        try:
            return etree.fromstring(raw, parser)
        except etree.XMLSyntaxError as error:
            if "prefix" not in str(error):
                raise
    prefixes = set(_PREFIX.findall(raw)) - {b"xml", b"xmlns"}
    declared = b"".join([b' xmlns:%b="%b"' % (each, each) for each in prefixes])
    return etree.fromstring(b"<x%b>%b</x>" % (declared, raw), parser)[0]


@lru_cache(maxsize=4)
def _parser(encoding: str | None) -> etree.XMLParser:
    """No entities, no network, no declared types; records of any size."""
    return etree.XMLParser(
        encoding=encoding,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=True,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )


def _record(root: etree._Element) -> tuple[Marc, tuple[Note, ...]]:
    leader: str | None = None
    fields: list[Field] = []
    notes: list[Note] = []
    for element in root:
        name = _local(element.tag)
        if name == "datafield":
            field = _data_field(element, notes)
            if field is not None:
                fields.append(field)
        elif name == "controlfield":
            fields.append((_tag(element), _text(element)))
        elif name == "leader" and leader is None:
            leader = _text(element)
        else:
            notes.append(_UNKNOWN)
    if leader is None:
        raise BadRecordError("no-leader", "The record has no leader.")
    return Marc(leader, tuple(fields)), tuple(dict.fromkeys(notes))


def _data_field(element: etree._Element, notes: list[Note]) -> Field | None:
    tag = _tag(element)
    subfields: list[Subfield] = []
    for child in element:
        if _local(child.tag) != "subfield":
            notes.append(_UNKNOWN)
            continue
        code, text = child.get("code", ""), _text(child)
        if len(code) != 1 and (code or text):
            raise BadRecordError(
                "bad-subfield-code",
                f"A subfield of field {tag} has the code {code!r}, not one character.",
            )
        subfields.append((code, text))
    indicators = _indicator(element, "ind1", notes) + _indicator(element, "ind2", notes)
    if not subfields:
        notes.append(_EMPTY_FIELD)
        return None
    return (tag, indicators, tuple(subfields))


def _tag(element: etree._Element) -> str:
    tag = element.get("tag", "")
    if len(tag) != 3:
        raise BadRecordError("bad-tag", f"A tag has three characters, not {tag!r}.")
    return tag


def _indicator(element: etree._Element, name: str, notes: list[Note]) -> str:
    indicator = element.get(name, "")
    if len(indicator) > 1:
        raise BadRecordError(
            "bad-indicators", f"An indicator has one character, not {indicator!r}."
        )
    if not indicator:
        notes.append(_INDICATORS)
    return indicator or " "


@lru_cache(maxsize=64)
def _local(tag: object) -> str:
    """The name without namespace or prefix (a cut-out record lost its namespaces)."""
    return str(tag).rpartition("}")[2].rpartition(":")[2]


def _text(element: etree._Element) -> str:
    if len(element):
        return "".join([str(part) for part in element.itertext()])
    return element.text or ""


def _broken_off(offset: int, raw: bytes) -> Rejected:
    return Rejected("truncated", "The record element is never closed.", offset, raw)


def to_marcxml(marc: Marc) -> str:
    """The record as a `<record>` element of the collection's namespace.

    Raises CannotWriteError for characters that XML cannot hold (NUL, escape ...).
    """
    lines = ["<record>", f"<leader>{_escaped(marc.leader)}</leader>"]
    for field in marc.fields:
        tag = _escaped(field[0])
        if len(field) == 2:
            value = _escaped(field[1])
            lines.append(f'<controlfield tag="{tag}">{value}</controlfield>')
            continue
        ind1, ind2 = (_escaped(indicator) for indicator in field[1])
        subfields = "".join(
            [
                f'<subfield code="{_escaped(code)}">{_escaped(text)}</subfield>'
                for code, text in field[2]
            ]
        )
        start = f'<datafield tag="{tag}" ind1="{ind1}" ind2="{ind2}">'
        lines.append(f"{start}{subfields}</datafield>")
    lines.append("</record>\n")
    text = "".join(lines)
    if found := _NOT_XML.search(text):
        message = f"XML cannot hold the character U+{ord(found[0]):04X}."
        raise CannotWriteError(message)
    return text


def collection(records: Iterable[Marc]) -> Iterator[str]:
    """A whole MARCXML file, piece by piece."""
    yield COLLECTION_START
    for marc in records:
        yield to_marcxml(marc)
    yield COLLECTION_END


_ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;",
     "\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}
)  # fmt: skip


def _escaped(text: str) -> str:
    return text.translate(_ESCAPES)
