"""Nearest spellings, and a query with some of its words spelled otherwise."""

from collections.abc import Iterable, Iterator, Mapping

from kortisto.domain.search.analysis import words
from kortisto.domain.search.nodes import (
    All,
    AnyOf,
    Code,
    Coded,
    Everything,
    Field,
    Node,
    Not,
    Phrase,
    Prefix,
    Word,
    Years,
)

SHORTEST_CORRECTED = 4  # letters; in shorter words every error is another word
_TWO_ERRORS_FROM = 8  # letters


def errors_allowed(word: str) -> int:
    """How many letters may be wrong: none, one, or two in a long word."""
    if len(word) < SHORTEST_CORRECTED or word.isdecimal():
        return 0
    return 2 if len(word) >= _TWO_ERRORS_FROM else 1


def distance(one: str, other: str, *, limit: int) -> int:
    """Letters to change, add, drop or swap; `limit` + 1 when there are more."""
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        earlier, before, row = before, row, [i]
        for j, another in enumerate(other, start=1):
            cost = min(
                before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != another)
            )
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == another:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return row[-1]


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate with the fewest errors, the most frequent of several.

    The first letter is seldom wrong, so one that begins otherwise counts as farther.
    """
    limit = errors_allowed(word)
    counts: dict[str, int] = {}
    for candidate in candidates:
        counts[candidate] = counts.get(candidate, 0) + 1
    ranked = [
        (errors + 0.5 * (candidate[0] != word[0]), -count, candidate)
        for candidate, count in counts.items()
        if candidate != word
        and (errors := distance(word, candidate, limit=limit)) <= limit
    ]
    return min(ranked)[2] if ranked else None


def asked_words(node: Node) -> Iterator[str]:
    """The single words that a query wants, in order; not those it does not want."""
    match node:
        case Word(text):
            yield from words(text)
        case All(nodes) | AnyOf(nodes):
            for each in nodes:
                yield from asked_words(each)
        case _:
            return


def respelled(node: Node, spellings: Mapping[str, str]) -> Node:
    """The same query with some words spelled otherwise."""
    match node:
        case Word(text, field):
            spelled = [spellings.get(word, word) for word in words(text)]
            return Word(" ".join(spelled), field) if spellings else node
        case All(nodes):
            return All(tuple(respelled(each, spellings) for each in nodes))
        case AnyOf(nodes):
            return AnyOf(tuple(respelled(each, spellings) for each in nodes))
        case _:
            return node


def as_typed(node: Node) -> str:
    """A query as one would type it."""
    match node:
        case Word(text, field) | Prefix(text, field) | Phrase(text, field):
            return _with_field(field, _marked(node, text))
        case Coded(code, value):
            return f"{_CODE_NAMES[code]}:{value}"
        case Years(first, last):
            return f"year:{first or ''}-{last or ''}"
        case All(nodes):
            return " ".join(_grouped(each) for each in nodes)
        case AnyOf((Coded(Code.IDENTIFIER), *_, Word(text))):
            return text
        case AnyOf(nodes):
            return " OR ".join(_grouped(each) for each in nodes)
        case Not(inner):
            return f"-{_grouped(inner)}"
        case Everything():
            return ""


_FIELD_NAMES = {
    Field.TITLE: "ti",
    Field.AUTHOR: "au",
    Field.SUBJECT: "su",
    Field.SERIES: "sa",
    Field.PUBLISHER: "pb",
}
_CODE_NAMES = {
    Code.CLASS: "lcn",
    Code.LANGUAGE: "ln",
    Code.MATERIAL: "mt",
    Code.LIBRARY: "lib",
    Code.GENRE: "ge",
    Code.IDENTIFIER: "isbn",
    Code.BARCODE: "barcode",
    Code.RECORD: "id",
}


def _marked(node: Word | Prefix | Phrase, text: str) -> str:
    match node:
        case Prefix():
            return f"{text}*"
        case Phrase():
            return f'"{text}"'
        case Word():
            return text


def _with_field(field: Field | None, text: str) -> str:
    return f"{_FIELD_NAMES[field]}:{text}" if field in _FIELD_NAMES else text


def _grouped(node: Node) -> str:
    numbered = isinstance(node, AnyOf) and isinstance(node.nodes[0], Coded)
    nested = isinstance(node, All | AnyOf) and not numbered
    return f"({as_typed(node)})" if nested else as_typed(node)
