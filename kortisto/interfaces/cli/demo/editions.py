"""More titles than there are facts: editions of the works, then a grammar of them.

What is made up says so in a note of its record.
"""

from collections import defaultdict
from collections.abc import Sequence
from random import Random
from typing import Final

from kortisto.interfaces.cli.demo.facts import Fact, read_facts
from kortisto.interfaces.cli.demo.scale import dice

EDITION_NOTE: Final = "Esittelyaineistoa: teos on olemassa, tämä painos on keksitty."
INVENTED_NOTE: Final = "Esittelyaineistoa: teos on keksitty."
LATEST_YEAR: Final = 2026
EDITIONS_OF_ALL: Final = 2.2  # so many titles for each fact; what is above is grammar
BOOKS: Final = frozenset({"KIRJA", "SELKO"})
PROSE: Final = ("84.", "85.2", "85.1")


class Titles:
    """Title number n of a demo, the same in every process that asks."""

    def __init__(self, seed: int, wanted: int) -> None:
        self._seed = seed
        facts = read_facts()
        if wanted < len(facts):
            facts = [facts[n * len(facts) // wanted] for n in range(wanted)]
        self.facts: Sequence[Fact] = facts
        self.wanted = wanted
        self._editions_end = min(wanted, int(len(facts) * EDITIONS_OF_ALL))
        self._kin: dict[tuple[str, str, str], list[Fact]] = defaultdict(list)
        for fact in facts:
            self._kin[_family(fact)].append(fact)

    def title(self, number: int) -> Fact:
        """Numbers run from 0; the facts come first."""
        if number < len(self.facts):
            return self.facts[number]
        rng = dice(self._seed, "title", number)
        if number < self._editions_end:
            return _edition(self.facts[number % len(self.facts)], rng)
        return self._invented(rng)

    def _invented(self, rng: Random) -> Fact:
        """A title of words of two real ones of the same kind, by nobody."""
        first = rng.choice(self.facts)
        kin = self._kin[_family(first)]
        second, namesake = rng.choice(kin), rng.choice(kin)
        year = min(LATEST_YEAR, 1958 + int(rng.triangular(0, 68, 60)))
        terms = tuple(dict.fromkeys((*first.subjects, *second.subjects)))
        return first.changed(
            title=_joined(first.title, second.title, rng),
            subtitle=rng.choice((first.subtitle, "", "")),
            author=_joined_name(first.author, namesake.author),
            others=(),
            year=year,
            subjects=tuple(rng.sample(terms, min(len(terms), rng.randint(1, 4)))),
            series=("", ""),
            original_title="",
            note=INVENTED_NOTE,
        )


def _family(fact: Fact) -> tuple[str, str, str]:
    return fact.material, fact.language, fact.ykl[:2]


def _edition(fact: Fact, rng: Random) -> Fact:
    """Another edition: a reprint, an audiobook, the original, a year of a magazine."""
    year = _later(fact.year, rng)
    if fact.material == "LEHTI":
        return fact.changed(
            title=f"{fact.title}. {year}, vuosikerta",
            year=year,
            note=EDITION_NOTE,
        )
    if fact.material not in BOOKS:
        return fact.changed(year=year, note=EDITION_NOTE)
    if fact.original_title and fact.original_language and rng.random() < 0.6:
        return fact.changed(
            title=fact.original_title,
            language=fact.original_language,
            original_language="",
            original_title="",
            others=(),
            publisher="",
            place="",
            year=year,
            note=EDITION_NOTE,
        )
    if fact.ykl.startswith(PROSE) and rng.random() < 0.35:
        return fact.changed(
            material="AANIKIRJA",
            year=max(year, 1995),
            extent=f"{rng.randint(1, 3)} CD-levyä (MP3)",
            note=EDITION_NOTE,
        )
    return fact.changed(year=year, extent="", note=EDITION_NOTE)


def _later(year: int | None, rng: Random) -> int:
    start = max(year or 1990, 1960)
    return min(LATEST_YEAR, start + rng.randint(1, max(2, LATEST_YEAR - start)))


def _joined(first: str, second: str, rng: Random) -> str:
    """The beginning of one title and the end of the other."""
    head, tail = first.split(), second.split()
    if len(head) == len(tail) == 1:
        return f"{head[0]} ja {tail[0].lower()}"
    start = head[: max(1, len(head) // 2)]
    end = tail[len(tail) // 2 :] if len(tail) > 1 else tail
    if rng.random() < 0.15:
        return " ".join(tail[: max(1, len(tail) // 2)] + head[len(head) // 2 :])
    return " ".join(start + end)


def _joined_name(first: str, second: str) -> str:
    """``Surname, Names`` of two people: somebody who has written nothing."""
    surname, comma, _ = first.partition(", ")
    _, other_comma, names = second.partition(", ")
    return f"{surname}, {names}" if comma and other_comma else first
