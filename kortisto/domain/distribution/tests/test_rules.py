"""Limits of floating and the levelling of a balance, without a database."""

import pytest

from kortisto.domain.distribution.rules import (
    FloatLimits,
    Flow,
    Kind,
    Limit,
    flows,
    neediest,
)

CONSORTIUM, CITY, LIBRARY, OTHER = 1, 2, 3, 4
BOOK, FILM = 10, 11


def limit(unit: int, item_type: int | None = None, collection: str = "") -> Limit:
    return Limit(
        id=unit, unit_id=unit, item_type_id=item_type, collection=collection, most=5
    )


@pytest.mark.parametrize(
    ("one", "counts"),
    [
        (limit(LIBRARY), True),
        (limit(CONSORTIUM), True),
        (limit(OTHER), False),
        (limit(LIBRARY, BOOK), True),
        (limit(LIBRARY, FILM), False),
        (limit(CITY, BOOK, "JUV"), True),
        (limit(CITY, None, "ADU"), False),
    ],
)
def test_a_limit_counts_its_kind_in_every_library_of_its_unit(
    one: Limit, *, counts: bool
) -> None:
    kind = Kind(item_type_id=BOOK, collection="JUV")
    found = FloatLimits((one,)).at((CONSORTIUM, CITY, LIBRARY), kind)
    assert bool(found) is counts


def test_the_neediest_has_room_and_lacks_some() -> None:
    lacks = {3: 2, 4: 5, 5: 5, 6: 0, 7: -3}
    assert neediest(lacks, full=frozenset()) == 4
    assert neediest(lacks, full=frozenset({4})) == 5
    assert neediest(lacks, full=frozenset({3, 4, 5})) is None


def flow(origin: int, destination: int, items: int) -> Flow:
    return Flow(
        item_type_id=BOOK, origin_id=origin, destination_id=destination, items=items
    )


def test_the_fullest_gives_to_the_neediest_of_its_group_only() -> None:
    balance = {3: 10, 4: 4, 5: -8, 6: -3, 7: -3}
    together = frozenset({frozenset({3, 5, 6}), frozenset({4, 6})})
    found = flows(BOOK, balance, least=1, together=together)
    assert found == [flow(3, 5, 8), flow(3, 6, 2), flow(4, 6, 1)]
    assert flows(BOOK, balance, least=3, together=together)[1:] == [flow(4, 6, 3)]
    assert flows(BOOK, balance, least=1, together=frozenset()) == []
