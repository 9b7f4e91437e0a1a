"""What stands against removing a record or an item: asked of the apps above.

The catalogue does not know loans or holds. Who does declares, in a module called
``hindrances.py``, what hinders the removal of items and the deletion of records.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TypeAlias, TypeVar

from kortisto.core.refusals import Refusal

Hindering: TypeAlias = Callable[[Collection[int]], Mapping[int, Sequence[Refusal]]]
"""From ids to the reasons against each; ids without a reason may be left out."""

H = TypeVar("H", bound=Hindering)

_of_items: dict[str, Hindering] = {}
_of_records: dict[str, Hindering] = {}


def hinders_items(name: str) -> Callable[[H], H]:
    """Declare a question that is asked before items are removed."""

    def declare(ask: H) -> H:
        _of_items[name] = ask
        return ask

    return declare


def hinders_records(name: str) -> Callable[[H], H]:
    """Declare a question that is asked before records are deleted."""

    def declare(ask: H) -> H:
        _of_records[name] = ask
        return ask

    return declare


def against_items(item_ids: Collection[int]) -> Mapping[int, list[Refusal]]:
    """Every reason against removing each of the items."""
    return _gathered(item_ids, _of_items.values())


def against_records(record_ids: Collection[int]) -> Mapping[int, list[Refusal]]:
    """Every reason of the apps above against deleting each of the records."""
    return _gathered(record_ids, _of_records.values())


def _gathered(
    ids: Collection[int], questions: Collection[Hindering]
) -> Mapping[int, list[Refusal]]:
    found: dict[int, list[Refusal]] = {each: [] for each in ids}
    for each, refusals in _answers(ids, questions):
        found[each].extend(refusals)
    return found


def _answers(
    ids: Collection[int], questions: Collection[Hindering]
) -> Iterator[tuple[int, Sequence[Refusal]]]:
    if ids:
        for ask in questions:
            yield from ask(ids).items()
