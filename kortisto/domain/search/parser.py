"""Read what somebody typed into the search box.

Words are joined by AND. `"a phrase"`, `kiss*`, `-word`, `NOT`/`EI`, `OR`/`TAI`,
parentheses and fields (`ti:` `nimi:` ..., see `query_words.py`) are understood. The
parser never fails: what it cannot understand it leaves out, and says so.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from kortisto.domain.search import identifiers
from kortisto.domain.search.analysis import fold, words
from kortisto.domain.search.nodes import (
    Code,
    Coded,
    Field,
    Node,
    Not,
    Phrase,
    Prefix,
    Word,
    Years,
    all_of,
    any_of,
)
from kortisto.domain.search.query_words import (
    AND_WORDS,
    FIELDS,
    LANGUAGES,
    NOT_WORDS,
    OR_WORDS,
    YEAR,
)
from kortisto.domain.search.remarks import Remark, RemarkKind

LONGEST_QUERY = 500  # characters
MOST_WORDS = 40
DEEPEST_NESTING = 12  # parentheses and negations inside one another
SHORTEST_PREFIX = 2  # letters before the *

_SPACE = re.compile(r"\s+")
_QUOTED = re.compile(r'["“”„«»]([^"“”„«»]*)(?:["“”„«»]|$)')
_FIELD = re.compile(r"([^\W\d_]+):", re.UNICODE)
_PLAIN = re.compile(r'[^\s()"“”„«»]+')
_YEARS = re.compile(r"(\d{1,4})?\s*([-–—.]{1,2})\s*(\d{1,4})?$|(\d{1,4})$")


class _Sign(Enum):
    OPEN, CLOSE, AND, OR, NOT, FIELD, PHRASE, WORD = range(8)


@dataclass(frozen=True, slots=True)
class _Token:
    sign: _Sign
    text: str = ""


@dataclass(frozen=True, slots=True)
class Parsed:
    """The tree, and in words what was understood and what was left out."""

    node: Node
    understood: tuple[Remark, ...] = ()
    ignored: tuple[Remark, ...] = ()


def parse(text: str) -> Parsed:
    """Understand a query. Never raises."""
    ignored = []
    if len(text) > LONGEST_QUERY:
        ignored.append(Remark(RemarkKind.TOO_LONG))
    text = text[:LONGEST_QUERY].replace("\0", " ").strip()
    whole = identifiers.recognised(text)
    if whole is not None:
        found = (Remark(RemarkKind.IDENTIFIER, whole.value),)
        return Parsed(_number(text), found, tuple(ignored))
    tokens = list(_tokens(text))
    if len(tokens) > MOST_WORDS:
        ignored.append(Remark(RemarkKind.TOO_LONG))
    reader = _Reader(tokens[:MOST_WORDS], ignored=ignored)
    nodes = []
    while not reader.at_end:
        nodes += [node] if (node := reader.either()) is not None else []
        if reader.next_is(_Sign.CLOSE):
            reader.skip(Remark(RemarkKind.STRAY, ")"))
    return Parsed(
        all_of(nodes),
        tuple(dict.fromkeys(reader.understood)),
        tuple(dict.fromkeys(reader.ignored)),
    )


def _tokens(text: str) -> Iterator[_Token]:
    """Cut the text up; a text all in capitals has no operators."""
    operators = any(letter.islower() for letter in text)
    at, after_field = 0, False
    while at < len(text):
        if space := _SPACE.match(text, at):
            at = space.end()
            continue
        token, at = _token_at(text, at, after_field=after_field, operators=operators)
        after_field = token.sign is _Sign.FIELD
        yield token


def _token_at(
    text: str, at: int, *, after_field: bool, operators: bool
) -> tuple[_Token, int]:
    letter = text[at]
    if letter in "()":
        return _Token(_Sign.OPEN if letter == "(" else _Sign.CLOSE), at + 1
    if quoted := _QUOTED.match(text, at):
        return _Token(_Sign.PHRASE, quoted[1]), quoted.end()
    if letter == "-" and not after_field and re.match(r'-[\w("“„]', text[at:]):
        return _Token(_Sign.NOT, "-"), at + 1
    name = _FIELD.match(text, at)
    if name and not after_field and name[1].casefold() in FIELDS:
        return _Token(_Sign.FIELD, name[1].casefold()), name.end()
    plain = _PLAIN.match(text, at)
    if plain is None:  # the same characters are excluded as are matched above
        return _Token(_Sign.WORD, letter), at + 1
    return _Token(_sign_of(plain[0], operators=operators), plain[0]), plain.end()


def _sign_of(word: str, *, operators: bool) -> _Sign:
    if not operators:
        return _Sign.WORD
    if word in AND_WORDS:
        return _Sign.AND
    if word in OR_WORDS:
        return _Sign.OR
    return _Sign.NOT if word in NOT_WORDS else _Sign.WORD


@dataclass(slots=True)
class _Reader:
    """Reads tokens by recursive descent: either, then together, then one."""

    tokens: list[_Token]
    ignored: list[Remark]
    understood: list[Remark] = field(default_factory=list)
    at: int = 0
    depth: int = 0

    @property
    def at_end(self) -> bool:
        return self.at >= len(self.tokens)

    def next_is(self, *signs: _Sign) -> bool:
        return not self.at_end and self.tokens[self.at].sign in signs

    def take(self) -> _Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def skip(self, remark: Remark) -> None:
        self.at += 1
        self.ignored.append(remark)

    def either(self, asked: Field | Code | str | None = None) -> Node | None:
        """Alternatives parted by OR; None when nothing is left of them."""
        options = [self.together(asked)]
        while self.next_is(_Sign.OR):
            word = self.take().text
            options.append(self.together(asked))
            if options[-1] is None or options[-2] is None:
                self.ignored.append(Remark(RemarkKind.STRAY, word))
        nodes = [option for option in options if option is not None]
        if len(nodes) > 1:
            self.understood.append(Remark(RemarkKind.EITHER))
        return any_of(nodes) if nodes else None

    def together(self, asked: Field | Code | str | None) -> Node | None:
        nodes = []
        while not self.at_end and not self.next_is(_Sign.OR, _Sign.CLOSE):
            if self.next_is(_Sign.AND):
                self.take()
            elif (node := self.one(asked)) is not None:
                nodes.append(node)
        return all_of(nodes) if nodes else None

    def one(self, asked: Field | Code | str | None) -> Node | None:
        """A word, phrase, group, or one of these with a field or NOT before it."""
        token = self.take()
        if token.sign is _Sign.WORD:
            return self._word(token.text, asked)
        if token.sign is _Sign.PHRASE:
            return self._phrase(token.text, asked)
        if self.at_end or self.next_is(_Sign.CLOSE, _Sign.OR, _Sign.AND):
            self.ignored.append(Remark(RemarkKind.STRAY, token.text or "("))
            return None
        if self.depth >= DEEPEST_NESTING:
            self.ignored.append(Remark(RemarkKind.TOO_DEEP))
            return None
        self.depth += 1
        node = self._with_sign(token, asked)
        self.depth -= 1
        return node

    def _with_sign(
        self, token: _Token, asked: Field | Code | str | None
    ) -> Node | None:
        if token.sign is _Sign.FIELD:
            self.understood.append(Remark(RemarkKind.FIELD, token.text))
            return self.one(FIELDS[token.text])
        if token.sign is _Sign.NOT:
            node = self.one(asked)
            if node is None:
                return None
            self.understood.append(Remark(RemarkKind.WITHOUT))
            return Not(node)
        group = self.either(asked)
        if self.next_is(_Sign.CLOSE):
            self.take()
        return group

    def _phrase(self, text: str, asked: Field | Code | str | None) -> Node | None:
        if not isinstance(asked, Field) and asked is not None:
            return self._word(text, asked)
        found = words(text)
        if not found:
            self.ignored.append(Remark(RemarkKind.NOT_A_WORD, f'"{text}"'))
            return None
        if number := identifiers.recognised(text):
            return number
        self.understood.append(Remark(RemarkKind.PHRASE, text))
        return Phrase(text, asked)

    def _word(self, text: str, asked: Field | Code | str | None) -> Node | None:
        if asked == YEAR:
            return self._years(text)
        if isinstance(asked, Code):
            return _coded(asked, text)
        field_asked = asked if isinstance(asked, Field) else None
        if "*" in text:
            return self._with_star(text, field_asked)
        if not words(text):
            self.ignored.append(Remark(RemarkKind.NOT_A_WORD, text))
            return None
        if field_asked is None and (
            identifiers.recognised(text) or identifiers.may_be_number(text)
        ):
            self.understood.append(Remark(RemarkKind.IDENTIFIER, text))
            return _number(text)
        return Word(text, field_asked)

    def _with_star(self, text: str, asked: Field | None) -> Node | None:
        stem = text.rstrip("*")
        found = words(stem)
        if not found:
            self.ignored.append(Remark(RemarkKind.NOT_A_WORD, text))
            return None
        if "*" in stem or stem == text or len(found[-1]) < SHORTEST_PREFIX:
            self.ignored.append(Remark(RemarkKind.STAR, text))
            return Word(text.replace("*", " "), asked)
        self.understood.append(Remark(RemarkKind.PREFIX, found[-1]))
        before: list[Node] = [Word(word, asked) for word in found[:-1]]
        return all_of([*before, Prefix(found[-1], asked)])

    def _years(self, text: str) -> Node | None:
        match = _YEARS.match(text)
        if match is None or text.strip("-–—.") == "":
            self.ignored.append(Remark(RemarkKind.NOT_A_YEAR, text))
            return None
        first, _, last, only = match.groups()
        years = (int(year) if year else None for year in (first or only, last or only))
        self.understood.append(Remark(RemarkKind.YEARS, text))
        return Years(*years)


def _number(text: str) -> Node:
    """A number of any kind: an identifier, an item's barcode, or just a word."""
    return any_of(
        [
            Coded(Code.IDENTIFIER, identifiers.normalised(text)),
            Coded(Code.BARCODE, identifiers.bare(text)),
            *([Word(text)] if words(text) else []),
        ]
    )


def _coded(code: Code, text: str) -> Node:
    match code:
        case Code.IDENTIFIER:
            return Coded(code, identifiers.normalised(text))
        case Code.BARCODE | Code.RECORD:
            return Coded(code, text.strip().upper())
        case Code.LANGUAGE:
            return Coded(code, LANGUAGES.get(text.casefold(), text.casefold()))
        case Code.CLASS | Code.MATERIAL | Code.LIBRARY:
            return Coded(code, text.strip().casefold())
        case _:
            return Coded(code, fold(text.strip()))
