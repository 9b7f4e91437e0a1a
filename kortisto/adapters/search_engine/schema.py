"""The shape of the Tantivy index, and a title in that shape.

Pitfalls of tantivy-py 0.27 that this shape avoids: deleting by an unsigned field
deletes nothing, so `id` is raw text; `Document(id=5)` can kill the writer, so titles
go in as JSON, which the schema reads (and which is quicker than `from_dict`).
"""

from base64 import b64encode
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import orjson
import tantivy

from kortisto.domain.search.analysis import Analyser
from kortisto.domain.search.documents import (
    Facet,
    SearchDocument,
    coded_values,
    facet_values,
    sort_keys,
    title_keys,
    title_starts,
)
from kortisto.domain.search.nodes import Code, Field
from kortisto.domain.search.rows import completions, rows
from kortisto.domain.search.weights import popularity

SHAPE = "4"  # change when an older index must be rebuilt

RECORD, NUMBER, FINGERPRINT = "id", "number", "fingerprint"
ANY_WORD, ANY_LEMMA, PARTS = "any_word", "any_lemma", "parts"
TITLE_KEY, TITLE_START, CODES = "title_key", "title_start", "codes"
YEAR, ADDED, POPULARITY = "year", "added", "popularity"
TITLE_ORDER, AUTHOR_ORDER, SPELLINGS = "title_order", "author_order", "spellings"
COMPLETIONS = {kind: f"complete_{kind}" for kind in ("title", "author", "subject")}
NO_YEAR = -9999  # before everything

PUBLIC, COMPONENT, WHOLE = "is:public", "is:component", "is:whole"


@cache
def word_field(field: Field) -> str:
    """Words as written, with positions."""
    return f"{field.value}_word"


@cache
def lemma_field(field: Field) -> str:
    return f"{field.value}_lemma"


@cache
def facet_field(facet: Facet) -> str:
    return f"facet_{facet.value}"


_CODE = {code: f"{code.value}:" for code in Code}


def code_term(code: Code, value: str) -> str:
    return _CODE[code] + value


def schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()

    def raw(name: str, *, fast: bool = False, stored: bool = False) -> None:
        builder.add_text_field(
            name,
            fast=fast,
            stored=stored,
            tokenizer_name="raw",
            index_option="basic",
        )

    def words(name: str, option: str = "basic") -> None:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option=option)

    for field in Field:
        words(word_field(field), "position")
        words(lemma_field(field))
    for name in (ANY_WORD, ANY_LEMMA, PARTS):
        words(name)
    for name in (RECORD, TITLE_KEY, TITLE_START, CODES, *COMPLETIONS.values()):
        raw(name)
    for facet in Facet:
        raw(facet_field(facet), fast=True)
    raw(TITLE_ORDER, fast=True)
    raw(AUTHOR_ORDER, fast=True)
    builder.add_integer_field(NUMBER, fast=True, indexed=True)
    builder.add_integer_field(FINGERPRINT, fast=True)
    builder.add_integer_field(YEAR, fast=True, indexed=True)
    builder.add_integer_field(ADDED, fast=True)
    builder.add_float_field(POPULARITY, fast=True)
    builder.add_bytes_field(SPELLINGS, stored=True)
    return builder.build()


def as_json(document: SearchDocument, analyser: Analyser) -> str:
    """A title for the writer's ``add_json``, which takes bytes in base64."""
    return orjson.dumps(values(document, analyser)).decode()


def values(document: SearchDocument, analyser: Analyser) -> Mapping[str, Any]:
    """Every field of a title that has something in it."""
    row = rows(document, analyser)
    title_order, author_order = sort_keys(document)
    added = document.first_public_at
    found: dict[str, Any] = {
        NUMBER: document.record_id,
        FINGERPRINT: document.fingerprint,
        YEAR: NO_YEAR if document.year is None else document.year,
        ADDED: int(added.timestamp()) if added else 0,
        POPULARITY: popularity(document.loans),
    }
    texts: dict[str, Any] = {
        RECORD: str(document.record_id),
        ANY_WORD: _joined(row.exact.values()),
        ANY_LEMMA: _joined(row.lemmas.values()),
        PARTS: " ".join(row.parts),
        TITLE_KEY: title_keys(document),
        TITLE_START: title_starts(document),
        CODES: _codes(document),
        TITLE_ORDER: title_order,
        AUTHOR_ORDER: author_order,
        SPELLINGS: b64encode(_spellings(row.exact).encode()).decode(),
    }
    for field, words in row.exact.items():
        texts[word_field(field)] = words
    for field, words in row.lemmas.items():
        texts[lemma_field(field)] = words
    for facet, chosen in facet_values(document).items():
        texts[facet_field(facet)] = chosen
    for kind, offered in completions(document).items():
        texts[COMPLETIONS[kind]] = offered
    for name, text in texts.items():
        if text:
            found[name] = text
    return found


def _joined(rows: Iterable[Iterable[str]]) -> str:
    return " ".join([text for row in rows for text in row])


def _codes(document: SearchDocument) -> list[str]:
    codes = [code_term(code, value) for code, value in coded_values(document)]
    if document.is_public:
        codes.append(PUBLIC)
    codes.append(COMPONENT if document.is_component else WHOLE)
    return list(dict.fromkeys(codes))


def _spellings(exact: Mapping[Field, list[str]]) -> str:
    """The words that a better spelling may be taken from, each once."""
    return " ".join(dict.fromkeys(_joined(exact[field] for field in _SPELLED).split()))


_SPELLED = (Field.TITLE, Field.AUTHOR, Field.SERIES, Field.SUBJECT)
