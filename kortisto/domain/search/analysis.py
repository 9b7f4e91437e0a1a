"""Words as the index keeps them and as a query asks for them.

One analysis for both sides. A word has an exact form (folded), base forms and stems,
and the parts of a compound. Stems carry a mark of their language (`s~`, `e~`, `f~`), so
that the Swedish stem of a Finnish word finds Swedish titles only.
"""

import re
import threading
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from snowballstemmer import stemmer

from kortisto.domain.search import finnish

SHORTEST_PART = 3  # letters; shorter compound parts find too much
LONGEST_REMEMBERED = 60  # characters of a name or a subject
_TEXTS_REMEMBERED = 4_096  # a title is taken apart six times while it is indexed
_KEPT = {"å": "å", "ä": "ä", "ö": "ö"}  # letters of the Finnish alphabet
_FOLDED = str.maketrans(
    {
        "ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ł": "l",
        "ŧ": "t", "ŋ": "n", "ı": "i", "ħ": "h", "ƶ": "z", "ʒ": "z", "ǥ": "g",
    }
)  # fmt: skip
_WORD = re.compile(r"[cC]\+\+|[cCfF]#(?!\w)|[^\W_]+(?:['’ʼ:][^\W_]+)*")
_APOSTROPHE = re.compile(r"['’ʼ]")
_LAST_IN_FINNISH_ORDER = str.maketrans({"å": "{", "ä": "|", "ö": "}"})
_CASE_ENDING_AFTER_COLON = 5  # letters: "USA:ssa", "EU:hun", "SDP:läinen" is a word

# SFS 4900, how Russian names are written in Finnish.
_RUSSIAN_IN_FINNISH = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "jo", "ж": "ž",
    "з": "z", "и": "i", "й": "j", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o",
    "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "h", "ц": "ts",
    "ч": "tš", "ш": "š", "щ": "štš", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "ju",
    "я": "ja", "і": "i", "ї": "ji", "є": "je", "ґ": "g", "ў": "u",
}  # fmt: skip
# ISO 9 as library records write it, where it differs from the above.
_RUSSIAN_IN_RECORDS = _RUSSIAN_IN_FINNISH | {
    "ё": "e", "х": "h", "ц": "c", "ч": "č", "щ": "ŝ", "э": "e", "ю": "u", "я": "a",
}  # fmt: skip
_RUSSIAN_VOWELS = frozenset("аеёиоуыэюяьъ")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")


class Language(StrEnum):
    """Languages whose inflection is known, by their MARC code."""

    FINNISH = "fin"
    SWEDISH = "swe"
    ENGLISH = "eng"


ALL_LANGUAGES = frozenset(Language)
_SNOWBALL = {
    Language.FINNISH: ("f~", "finnish"),
    Language.SWEDISH: ("s~", "swedish"),
    Language.ENGLISH: ("e~", "english"),
}


@dataclass(frozen=True, slots=True)
class Word:
    """A word's exact form, its base forms and stems, and its compound parts."""

    exact: str
    lemmas: tuple[str, ...]
    parts: tuple[str, ...]


class Finnish(NamedTuple):
    """What the dictionary says of a word. Neither when it is no Finnish word."""

    bases: tuple[str, ...]
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A text as three rows of words divided by blanks."""

    exact: str
    lemmas: str
    parts: str


def fold(text: str) -> str:
    """Lower case; accents off (é, ø, ü, š), but å, ä and ö stay letters of their own.

    Cyrillic й stays й; ё becomes е, as it is mostly written.
    """
    return _fold_lowered(_lowered(text))


def _lowered(text: str) -> str:
    """Lower case, in composed letters."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _fold_lowered(text: str) -> str:
    return text if text.isascii() else "".join(map(_folded, text))


@lru_cache(maxsize=4096)
def _folded(letter: str) -> str:
    if letter in _KEPT or letter == "й":
        return letter
    bare = unicodedata.normalize("NFD", letter)
    plain = "".join(part for part in bare if not unicodedata.combining(part))
    return plain.translate(_FOLDED)


def words(text: str) -> list[str]:
    """The words of a text, folded. A hyphen parts words, an apostrophe does not."""
    return [_fold_lowered(word) for word in _written_words(text)]


@lru_cache(maxsize=_TEXTS_REMEMBERED)
def _written_words(text: str) -> tuple[str, ...]:
    """Words in lower case, unfolded, without apostrophes and Finnish case endings."""
    found = []
    for word in _WORD.findall(_lowered(text)):
        if word.isalnum():
            found.append(word)
            continue
        head, colon, ending = _APOSTROPHE.sub("", word).partition(":")
        found.append(head)
        if colon and (len(ending) >= _CASE_ENDING_AFTER_COLON or ending[:1].isdigit()):
            found.extend(ending.split(":"))
    return tuple([word for word in found if word])


@lru_cache(maxsize=_TEXTS_REMEMBERED)
def key(text: str) -> str:
    """A text as one value to compare whole: folded words with single blanks."""
    return " ".join(words(text))


def sort_key(text: str) -> str:
    """Folded so that code points sort it in Finnish order: ... z, å, ä, ö."""
    return key(text).translate(_LAST_IN_FINNISH_ORDER)


def transliterations(text: str) -> tuple[str, ...]:
    """Cyrillic text in Latin letters, in the ways that people in Finland write it."""
    if text.isascii() or not _CYRILLIC.search(text):
        return ()
    lowered = unicodedata.normalize("NFC", text).casefold()
    in_finnish = _in_finnish(lowered)
    in_records = "".join(_RUSSIAN_IN_RECORDS.get(letter, letter) for letter in lowered)
    return tuple(dict.fromkeys((in_finnish, in_records)))


def _in_finnish(lowered: str) -> str:
    written, before = [], ""
    for place, letter in enumerate(lowered):
        after = lowered[place + 1 : place + 2]
        if letter == "е" and (not before.isalpha() or before in _RUSSIAN_VOWELS):
            written.append("je")
        elif letter == "й" and before == "и" and not after.isalpha():
            pass  # the ending -ий is -i
        else:
            written.append(_RUSSIAN_IN_FINNISH.get(letter, letter))
        before = letter
    return "".join(written)


def joined_words(text: str) -> list[str]:
    """What is written with a hyphen, without it: Spider-Man is also spiderman."""
    return [
        fold("".join(_written_words(chain)))
        for chain in re.findall(r"[^\W_]+(?:-[^\W_]+)+", text)
    ]


class Analyser:
    """Analyses words and remembers `capacity` of them, for each set of languages.

    Safe for threads. A word that is remembered takes some 0.5 kB; half of that is its
    Finnish reading, of which `readings` are remembered, because it costs most to make.
    """

    def __init__(self, capacity: int = 20_000, *, readings: int = 20_000) -> None:
        self._capacity = capacity
        self._readings = readings
        self._words: dict[frozenset[Language], dict[str, Word]] = {}
        self._texts: dict[tuple[str, frozenset[Language]], Text] = {}
        self._finnish: dict[str, Finnish] = {}
        self._lock = threading.Lock()
        self._stem: dict[Language, Callable[[str], str]] = {
            language: stemmer(name).stemWord
            for language, (_, name) in _SNOWBALL.items()
        }

    def word(
        self, written: str, languages: frozenset[Language] = ALL_LANGUAGES
    ) -> Word:
        """One word in lower case as a text in these languages, or a query, has it.

        A word that is no Finnish word is among its own base forms: so the base form
        of an inflected foreign name (Potterin) finds the name as it is.
        """
        remembered = self._words.get(languages)
        known = remembered.get(written) if remembered is not None else None
        if known is None:
            with self._lock:  # the stemmers keep state
                remembered = self._words.setdefault(languages, {})
                _make_room(remembered, self._capacity)
                known = remembered[written] = self._analysed(written, languages)
        return known

    def _analysed(self, written: str, languages: frozenset[Language]) -> Word:
        exact = _fold_lowered(written)
        if not exact.isalpha() or _CYRILLIC.search(exact):
            return Word(exact, (exact,), ())
        own = Language.FINNISH in languages
        bases, parts = self._in_finnish(written, exact) if own else Finnish((), ())
        stems = [
            _SNOWBALL[language][0] + self._stem[language](exact)
            for language in sorted(languages)
            if language is not Language.FINNISH or not bases
        ]
        return Word(exact, (*(bases or (exact,)), *stems), parts)

    def _in_finnish(self, written: str, exact: str) -> Finnish:
        known = self._finnish.get(written)
        if known is None:
            _make_room(self._finnish, self._readings)
            readings = finnish.readings(written)
            if not readings and exact != written:
                readings = finnish.readings(exact)
            known = self._finnish[written] = Finnish(
                tuple(dict.fromkeys(fold(each.base) for each in readings)),
                tuple(
                    dict.fromkeys(
                        part
                        for each in readings
                        for part in map(fold, (*each.parts, *each.runs))
                        if len(part) >= SHORTEST_PART
                    )
                ),
            )
        return known

    def query_words(self, text: str) -> list[Word]:
        """The words of a query, in whatever language they may be."""
        return [self.word(written) for written in _written_words(text)]

    def text(self, text: str, languages: Iterable[Language] = ALL_LANGUAGES) -> Text:
        """A text of a record in rows of words, as the index keeps it.

        Names, subjects and publishers come again and again: short texts are remembered.
        """
        asked = text, frozenset(languages)
        known = self._texts.get(asked)
        if known is None:
            known = self._in_rows(*asked)
            if len(text) <= LONGEST_REMEMBERED:
                with self._lock:
                    _make_room(self._texts, self._capacity)
                    self._texts[asked] = known
        return known

    def _in_rows(self, text: str, tongues: frozenset[Language]) -> Text:
        found = [self.word(written, tongues) for written in _written_words(text)]
        lemmas = dict.fromkeys(lemma for word in found for lemma in word.lemmas)
        if "-" in text:
            lemmas |= dict.fromkeys(joined_words(text))
        parts = dict.fromkeys(part for word in found for part in word.parts)
        return Text(
            " ".join([word.exact for word in found]), " ".join(lemmas), " ".join(parts)
        )

    def known(self) -> Mapping[str, Finnish]:
        """What it knows of Finnish words now, for a table to keep."""
        return dict(self._finnish)

    def learn(self, table: Mapping[str, Finnish]) -> None:
        """Take in what an earlier analyser knew, as far as it has room."""
        with self._lock:
            room = self._readings - len(self._finnish)
            self._finnish |= dict(islice(table.items(), room))


def _make_room(remembered: dict[Any, Any], capacity: int) -> None:
    """Forget the quarter that was remembered first when there is no room."""
    if len(remembered) >= capacity:
        for old in list(islice(remembered, max(1, capacity // 4))):
            del remembered[old]


@lru_cache(maxsize=1)
def analyser() -> Analyser:
    """The one that a process uses for queries and for single changes."""
    return Analyser()
