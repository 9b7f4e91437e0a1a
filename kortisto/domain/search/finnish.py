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
_FREE = -1  # a step that takes no letter

Chain = Union[tuple["Chain", int], None]  # noqa: UP007 - refers to itself


class DictionaryMissing(Exception):
    """The dictionary of the package pyvoikko is not there or is of another format."""


class Reading(NamedTuple):
    """One way to read a word: its base form, and those of a compound's parts.

    `runs` are parts that stand together: `puutarha` and `tarhanhoito` of a
    `puutarhanhoito` that the dictionary takes for three parts.
    """

    base: str
    parts: tuple[str, ...]
    runs: tuple[str, ...] = ()


class Act(NamedTuple):
    """What a step asks for and does: features are bits, `output` a symbol or _FREE."""

    letter: int
    forbidden: int
    needed: int
    kept: int
    put: int
    output: int


@dataclass(frozen=True, slots=True)
class Transducer:
    """Steps lie side by side: those of a state from `first[state]` on."""

    symbols: list[str]
    first: "array[int]"
    target: "array[int]"
    act: "array[int]"  # of each step, a place in `acts`
    acts: list[Act]
    final: frozenset[int]
    letters: dict[str, int]
    wide: dict[int, dict[int, list[int]]] = field(default_factory=dict)

    def outputs(self, word: str) -> set[str]:
        """Every output for a word; none when a letter is outside the alphabet."""
        codes = [self.letters.get(letter, _FREE) for letter in word]
        if _FREE in codes:
            return set()
        return {self._spell(chain) for chain in self._walk([*codes, -2])}

    def _walk(self, codes: list[int]) -> Iterator[Chain]:
        """Depth first; `codes` ends with a code that no step takes."""
        first, target, act, acts = self.first, self.target, self.act, self.acts
        final, end = self.final, len(codes) - 1
        stack: list[tuple[int, int, int, Chain]] = [(0, 0, 0, None)]
        while stack:
            state, position, marks, chain = stack.pop()
            if position == end and state in final:
                yield chain
            code = codes[position]
            start, stop = first[state], first[state + 1]
            wide = stop - start > _WIDE_STATE
            for step in self._steps(state, code) if wide else range(start, stop):
                letter, forbidden, needed, kept, put, output = acts[act[step]]
                if letter != code and letter != _FREE:
                    continue
                if marks & forbidden or marks & needed != needed:
                    continue
                stack.append(
                    (
                        target[step],
                        position if letter == _FREE else position + 1,
                        marks & kept | put,
                        chain if output == _FREE else (chain, output),
                    )
                )

    def _steps(self, state: int, code: int) -> list[int]:
        table = self.wide.get(state)
        if table is None:
            table = self.wide[state] = self._table(state)
        return table.get(code) or table[_FREE]

    def _table(self, state: int) -> dict[int, list[int]]:
        """Steps by the letter that they take, with those that take none."""
        steps = range(self.first[state], self.first[state + 1])
        letters = {step: self.acts[self.act[step]].letter for step in steps}
        free = [step for step in steps if letters[step] == _FREE]
        return {
            letter: [step for step in steps if letters[step] == letter]
            + (free if letter != _FREE else [])
            for letter in {*letters.values(), _FREE}
        }

    def _spell(self, chain: Chain) -> str:
        spelled = []
        while chain is not None:
            chain, symbol = chain
            spelled.append(self.symbols[symbol])
        return "".join(reversed(spelled))


class _Acts:
    """Makes acts of pairs of symbols: what a step takes and what it gives.

    A feature has a bit for each of its values. `P` puts a value, `C` clears it, `R`
    needs it, `D` forbids it, `U` puts it unless there is another.
    """

    def __init__(self, symbols: list[str]) -> None:
        self._symbols = symbols
        self._bits: dict[str, dict[str, int]] = {}
        flags = [flag for symbol in symbols if (flag := _flag(symbol))]
        named = dict.fromkeys((name, value or "ON") for _, name, value in flags)
        for place, (name, value) in enumerate(named):
            self._bits.setdefault(name, {})[value] = 1 << place
        self._told = len(named)  # what is taken and what is given do not mix

    def act(self, taken: int, given: int) -> Act:
        letter, forbidden, needed, kept, put = self._effect(taken, 0)
        output, forbidden_2, needed_2, kept_2, put_2 = self._effect(given, self._told)
        return Act(
            letter,
            forbidden | forbidden_2,
            needed | needed_2,
            kept & kept_2,
            put | put_2,
            output,
        )

    def _effect(self, symbol: int, shift: int) -> tuple[int, int, int, int, int]:
        flag = _flag(self._symbols[symbol])
        if flag is None:
            own = _FREE if self._symbols[symbol] == _NOTHING else symbol
            return own, 0, 0, -1, 0
        act, name, value = flag
        every = sum(self._bits[name].values()) << shift
        one = self._bits[name][value or "ON"] << shift
        match act:
            case "P":
                return _FREE, 0, 0, ~every, one
            case "C":
                return _FREE, 0, 0, ~every, 0
            case "R":
                return _FREE, 0, one, -1, 0
            case "D":
                return _FREE, one if value else every, 0, -1, 0
            case _:  # "U"
                return _FREE, every & ~one, 0, -1, one


def _flag(symbol: str) -> tuple[str, str, str] | None:
    """The act, feature and value of a flag: `@P.INEN_SALLITTU.ON@`."""
    if not re.fullmatch(r"@[PCRDU]\..+@", symbol):
        return None
    act, name, value = [*symbol.strip("@").split("."), ""][:3]
    return act, name, value


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
    origin, target, pairs = wide[0::3], wide[1::3], wide[2::3]
    made = _Acts(symbols)
    places = {pair: place for place, pair in enumerate(dict.fromkeys(pairs))}
    return Transducer(
        symbols=symbols,
        first=_offsets(origin, states=max(max(origin), max(target)) + 1),
        target=target,
        act=array("H", (places[pair] for pair in pairs)),
        acts=[made.act(pair >> 16, pair & 0xFFFF) for pair in places],
        final=frozenset(_big_endian("I", body[12 * step_count :][: 4 * finals])),
        letters={s: c for c, s in enumerate(symbols) if len(s) == 1},
    )


def _offsets(origin: "array[int]", *, states: int) -> "array[int]":
    """Where the steps of each state begin; the file has them in order of state."""
    counts = array("I", bytes(4 * (states + 1)))
    for state in origin:
        counts[state + 1] += 1
    for state in range(states):
        counts[state + 1] += counts[state]
    return counts


def dictionary() -> Path:
    """The dictionary's file, found without importing the package that has it."""
    package = find_spec("pyvoikko")
    if package is None or package.origin is None:
        raise DictionaryMissing("The package pyvoikko is not installed.")
    return Path(package.origin).with_name("voikko.kfst")


@lru_cache(maxsize=1)
def voikko() -> Transducer:
    return read_transducer(dictionary().read_bytes())


def readings(word: str) -> tuple[Reading, ...]:
    """The ways to read one word in lower case; none for a word that Voikko lacks."""
    outputs = voikko().outputs(word)
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
    return Reading(base, parts, tuple(_runs(forms)))


def _runs(forms: list[tuple[str, str]]) -> Iterator[str]:
    """Neighbouring parts as a word of their own, the whole left out."""
    for first in range(len(forms)):
        for last in range(first + 1, len(forms)):
            if last - first + 1 < len(forms):
                heads = "".join(surface for _, surface in forms[first:last])
                yield f"{heads}{forms[last][0]}".replace("-", "").lower()


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
