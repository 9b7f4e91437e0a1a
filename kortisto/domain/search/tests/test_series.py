"""The parts of a series are found by what their records say."""

import pytest

from kortisto.domain.catalogue.models import Record
from kortisto.domain.search.ports import Scope
from kortisto.domain.search.queries import rebuild_index
from kortisto.domain.search.series import series_of
from kortisto.testing.builders import make_item, make_record

pytestmark = pytest.mark.django_db


def part(number: str, *, name: str = "Muumit", **fields: object) -> Record:
    record = make_record(
        f"{name} {number}",
        description={"series": [{"title": name, "number": number}]},
        **{"author": "Jansson, Tove", "language": "fin", **fields},
    )
    make_item(record=record)
    return record


def test_parts_come_in_their_order_and_each_number_once() -> None:
    tenth, second, first = part("10"), part("osa 2"), part("1", year=1950)
    part("1", year=2020)  # another edition
    part("3", language="swe")
    part("4", author="Muu, Tekijä")
    part("")
    rebuild_index()

    found = series_of(first, scope=Scope.PUBLIC)

    assert found is not None
    assert found.name == "Muumit"
    assert found.record_ids == (first.pk, second.pk, tenth.pk)


def test_a_part_that_stands_alone_is_no_series() -> None:
    alone, without = part("1", name="Yksin"), make_record()
    rebuild_index()
    assert series_of(alone, scope=Scope.PUBLIC) is None
    assert series_of(without, scope=Scope.PUBLIC) is None
