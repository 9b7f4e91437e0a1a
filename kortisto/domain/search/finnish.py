"""Finnish base forms: a small reader of the Voikko transducer of `pyvoikko`.

`pyvoikko` itself keeps the same dictionary in some 220 MB; held in flat arrays and
walked here it takes under 10, and a web worker may use 200 in all. Tests compare the
answers with those of `pyvoikko`.
"""

import lzma
import re
import struct
import sys
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple, Union

_HEADER = struct.Struct("!4sHHII?")
_WIDE_STATE = 6  # steps; a state with more has a table by letter
_NOTHING = "@0@"
_BARRED = -1
_TOLD = 32  # bits; what a step takes and what it gives keep features apart

Flag = tuple[str, int, int]  # what to do, all bits of the feature, the value's bits
Chain = Union[tuple["Chain", int], None]  # noqa: UP007 - refers to itself


class DictionaryMissing(Exception):
    """The dictionary of the package pyvoikko is not there or is of another format."""


class Reading(NamedTuple):
    """One way to read a word: its base form, and those of a compound's parts."""

    base: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Transducer:
    """Steps lie side by side: those of a state from `first[state]` on."""

    symbols: list[str]
    first: "array[int]"
    target: "array[int]"
    taken: "array[int]"
    given: "array[int]"
    final: frozenset[int]
    letters: dict[str, int]
    asked: dict[int, Flag]
    told: dict[int, Flag]
    nothing: int
    wide: dict[int, dict[int, list[int]]] = field(default_factory=dict)

    def outputs(self, word: str) -> set[str]:
        """Every output for a word; none when a letter is outside the alphabet."""
        codes = [self.letters.get(letter, -1) for letter in word]
        if -1 in codes:
            return set()
        return {self._spell(chain) for chain in self._walk([*codes, -1])}

    def _walk(self, codes: list[int]) -> Iterator[Chain]:
        """Depth first; `codes` ends with a code that no step takes."""
        first, target, taken = self.first, self.target, self.taken
        given, asked, told = self.given, self.asked, self.told
        nothing, end = self.nothing, len(codes) - 1
        stack: list[tuple[int, int, int, Chain]] = [(0, 0, 0, None)]
        while stack:
            state, position, marks, chain = stack.pop()
            if position == end and state in self.final:
                yield chain
            code = codes[position]
            start, stop = first[state], first[state + 1]
            wide = stop - start > _WIDE_STATE
            for step in self._steps(state, code) if wide else range(start, stop):
                symbol, output = taken[step], given[step]
                moved, after, now = position, chain, marks
                if symbol == code:
                    moved += 1
                elif symbol in asked:
                    now = _marked(marks, asked[symbol])
                elif symbol != nothing:
                    continue
                if output in told:
                    now = _marked(now, told[output])
                elif output != nothing:
                    after = (chain, output)
                if now >= 0:
                    stack.append((target[step], moved, now, after))

    def _steps(self, state: int, code: int) -> list[int]:
        table = self.wide.get(state)
        if table is None:
            table = self.wide[state] = self._table(state)
        return table.get(code, []) + table[self.nothing]

    def _table(self, state: int) -> dict[int, list[int]]:
        """Steps by the letter that they take; those that take none together."""
        table: dict[int, list[int]] = {self.nothing: []}
        for step in range(self.first[state], self.first[state + 1]):
            symbol = self.taken[step]
            key = self.nothing if symbol in self.asked else symbol
            table.setdefault(key, []).append(step)
        return table

    def _spell(self, chain: Chain) -> str:
        spelled = []
        while chain is not None:
            chain, symbol = chain
            spelled.append(self.symbols[symbol])
        return "".join(reversed(spelled))


def _marked(marks: int, flag: Flag) -> int:
    """The features after a step that asks or sets one; _BARRED when it may not pass."""
    act, feature, value = flag
    now = marks & feature
    if marks == _BARRED:
        return _BARRED
    match act:
        case "P":
            return (marks & ~feature) | value
        case "C":
            return marks & ~feature
        case "R":
            return marks if (now == value if value else now) else _BARRED
        case "D":
            return _BARRED if now else marks
        case _:  # "U": agree with what was set, or set it
            return marks | value if now in (0, value) else _BARRED


def _flags(symbols: list[str], shift: int) -> dict[int, Flag]:
    """Number the features and their values as bits of one integer, from `shift` on."""
    features: dict[str, dict[str, int]] = {}
    flags: dict[int, Flag] = {}
    parsed = [
        (code, [*symbol.strip("@").split("."), ""][:3])
        for code, symbol in enumerate(symbols)
        if re.fullmatch(r"@[PCRDU]\..+@", symbol)
    ]
    for _, (_, name, value) in parsed:
        values = features.setdefault(name, {})
        if value:
            values.setdefault(value, len(values) + 1)
    places = {}
    for name, values in features.items():
        width = max(1, len(values).bit_length())
        places[name] = (shift, ((1 << width) - 1) << shift)
        shift += width
    for code, (act, name, value) in parsed:
        at, mask = places[name]
        flags[code] = (act, mask, features[name].get(value, 0) << at)
    return flags


def _big_endian(kind: str, data: bytes) -> "array[int]":
    numbers = array(kind)
    numbers.frombytes(data)
    if sys.byteorder == "little":
        numbers.byteswap()
    return numbers


def read_transducer(data: bytes) -> Transducer:
    """Read a file of the format KFST, version 0, without weights.

    Raises DictionaryMissing for anything else.
    """
    magic, version, symbol_count, step_count, finals, weighted = _HEADER.unpack_from(
        data
    )
    if magic != b"KFST" or version != 0 or weighted:
        raise DictionaryMissing("The Voikko dictionary has an unknown format.")
    *names, packed = data[_HEADER.size :].split(b"\0", symbol_count)
    symbols = [name.decode() for name in names]
    body = lzma.decompress(packed)
    wide = _big_endian("I", body[: 12 * step_count])
    narrow = _big_endian("H", body[: 12 * step_count])
    origin, target = wide[0::3], wide[1::3]
    return Transducer(
        symbols=symbols,
        first=_offsets(origin, states=max(max(origin), max(target)) + 1),
        target=target,
        taken=narrow[4::6],
        given=narrow[5::6],
        final=frozenset(_big_endian("I", body[12 * step_count :][: 4 * finals])),
        letters={s: c for c, s in enumerate(symbols) if len(s) == 1},
        asked=_flags(symbols, 0),
        told=_flags(symbols, _TOLD),
        nothing=symbols.index(_NOTHING),
    )


def _offsets(origin: "array[int]", *, states: int) -> "array[int]":
    """Where the steps of each state begin; the file has them in order of state."""
    counts = array("I", bytes(4 * (states + 1)))
    for state in origin:
        counts[state + 1] += 1
    for state in range(states):
        counts[state + 1] += counts[state]
    return counts


@lru_cache(maxsize=1)
def voikko() -> Transducer:
    """The dictionary that comes with pyvoikko, read without importing pyvoikko."""
    package = find_spec("pyvoikko")
    if package is None or package.origin is None:
        raise DictionaryMissing("The package pyvoikko is not installed.")
    return read_transducer(Path(package.origin).with_name("voikko.kfst").read_bytes())


def readings(word: str) -> tuple[Reading, ...]:
    """The ways to read one word in lower case; none for a word that Voikko lacks."""
    outputs = voikko().outputs(word) or voikko().outputs(word.capitalize())
    return tuple(sorted({reading(output) for output in outputs}))


def reading(output: str) -> Reading:
    """Make base forms of one output, by the tags' meaning in Voikko's grammar.

    `[Xp]` and `[Xj]` open a base form and `[X]` closes it, `[Bc]` parts a compound,
    `[L.]` gives the class. An adjective inside a compound stands in its base form
    (`uusivuosi`), anything else as it was written.
    """
    pieces = [part for part in output.split("[Bc]") if "[L" in part]
    forms = [_base_and_surface(part) for part in pieces]
    *heads, (last, _) = forms
    whole = [
        base if _word_class(part) in ("l", "nl") else surface
        for part, (base, surface) in zip(pieces, heads, strict=False)
    ]
    base = "".join(form.rstrip("-") for form in [*whole, last]).lower()
    parts = tuple(base.lower() for base, _ in forms) if heads else ()
    return Reading(base, parts)


def _word_class(piece: str) -> str:
    """The last class given holds: a noun may be made of an adjective."""
    return str(re.findall(r"\[L(\w+)\]", piece)[-1])


def _base_and_surface(piece: str) -> tuple[str, str]:
    base = surface = written = ending = ""
    opened = skipped = False
    for part in re.findall(r"\[[^\]]+\]|[^\[]+", piece):
        if part in ("[Xp]", "[Xj]"):
            base, surface = base + written, surface + written
            written = ending = ""
            opened = True
        elif part in ("[Xr]", "[Xs]"):
            skipped = True
        elif part == "[X]":
            opened = skipped = False
        elif part.startswith("[") or skipped:
            continue
        elif opened:
            ending += part
        else:
            written += part
    base, surface = base + ending, surface + written
    if not base or ("[De]" in piece and surface.endswith("is-")):
        base = surface.rstrip("-")
    return base, surface
