"""Things that are chosen one by one, in an order, and kept in the address."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from django.http import QueryDict

from kortisto.core.text import whole_number

NAME: Final = "title"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Keys of what was chosen, each once, and what else the address keeps."""

    ids: tuple[int, ...]
    kept: Mapping[str, str]

    @classmethod
    def of(cls, given: QueryDict, *, most: int, kept: Mapping[str, str]) -> "Chosen":
        """Never raises: what is no number is left out, and so is what is too much."""
        numbers = (whole_number(each) for each in given.getlist(NAME))
        ids = tuple(dict.fromkeys(one for one in numbers if one is not None))
        return cls(ids[:most], {name: value for name, value in kept.items() if value})

    @property
    def address(self) -> str:
        pairs = [*((NAME, one) for one in self.ids), *self.kept.items()]
        return f"?{urlencode(pairs)}"

    def among(self, existing: Mapping[int, object]) -> "Chosen":
        """Only those that there are."""
        return replace(self, ids=tuple(one for one in self.ids if one in existing))

    def plus(self, *more: int) -> "Chosen":
        return replace(self, ids=tuple(dict.fromkeys([*self.ids, *more])))

    def without(self, one: int) -> "Chosen":
        return replace(self, ids=tuple(each for each in self.ids if each != one))

    def up(self, one: int) -> "Chosen":
        """One place nearer to the first."""
        at = self.ids.index(one)
        if not at:
            return self
        ids = list(self.ids)
        ids[at - 1], ids[at] = ids[at], ids[at - 1]
        return replace(self, ids=tuple(ids))
