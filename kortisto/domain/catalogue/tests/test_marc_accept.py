"""What makes a record unusable, and what only needs repair."""

import pytest

from kortisto.domain.catalogue.marc.accept import (
    Severity,
    is_acceptable,
    problems,
)
from kortisto.domain.catalogue.marc.record import Field, Marc

FIXED: Field = ("008", "200101s2019    fi |||||||||||||||||fin||")
TITLE: Field = ("245", "10", (("a", "Title"),))
NUMBER: Field = ("001", "1")


def record(*fields: Field, kind: str = "a", status: str = "n") -> Marc:
    return Marc(f"00000{status}{kind}m a2200000 i 4500", fields)


GOOD = record(NUMBER, FIXED, TITLE)


def test_a_good_record_has_no_problems() -> None:
    assert problems(GOOD) == ()


@pytest.mark.parametrize(
    ("marc", "code"),
    [
        (record(NUMBER, FIXED), "no-data-fields"),
        (record(), "no-data-fields"),
        (record(NUMBER, FIXED, ("500", "  ", (("a", "x"),))), "no-title"),
        (record(NUMBER, FIXED, ("245", "10", (("a", " "), ("c", "x")))), "no-title"),
        (record(NUMBER, FIXED, ("490", "0 ", (("a", "Series"),))), "no-title"),
        (record(NUMBER, FIXED, ("773", "0 ", (("t", "Host"),))), "no-title"),
        (record(NUMBER, FIXED, TITLE, kind="z"), "not-bibliographic"),
        (record(NUMBER, FIXED, TITLE, kind="x"), "not-bibliographic"),
    ],
)
def test_what_nobody_could_find_or_lend_is_rejected(marc: Marc, code: str) -> None:
    found = problems(marc)

    assert (found[0].severity, found[0].code) == (Severity.REJECT, code)
    assert found[0].sentence.endswith(".")
    assert not is_acceptable(marc)


@pytest.mark.parametrize(
    ("marc", "code"),
    [
        (record(NUMBER, FIXED, ("130", "0 ", (("a", "T"),))), "title-elsewhere"),
        (record(NUMBER, FIXED, ("240", "10", (("a", "T"),))), "title-elsewhere"),
        (
            record(NUMBER, FIXED, ("880", "10", (("6", "245-00"), ("a", "Т")))),
            "title-elsewhere",
        ),
        (record(NUMBER, ("008", "short"), TITLE), "bad-008-length"),
        (record(NUMBER, NUMBER, FIXED, TITLE), "duplicate-001"),
        (record(NUMBER, FIXED, TITLE, TITLE), "duplicate-245"),
        (Marc("short", (NUMBER, FIXED, TITLE)), "bad-leader"),
        (record(NUMBER, FIXED, TITLE, kind="?"), "unknown-type"),
        (
            record(NUMBER, FIXED, TITLE, *[("100", "1 ", (("a", "N"),))] * 2),
            "two-main-entries",
        ),
    ],
)
def test_what_can_be_used_is_only_to_be_repaired(marc: Marc, code: str) -> None:
    assert code in [each.code for each in problems(marc)]
    assert is_acceptable(marc)


@pytest.mark.parametrize(
    ("marc", "code"),
    [
        (record(FIXED, TITLE), "no-control-number"),
        (record(NUMBER, TITLE), "no-008"),
        (record(NUMBER, FIXED, TITLE, status="d"), "marked-deleted"),
    ],
)
def test_what_is_worth_knowing_is_noted(marc: Marc, code: str) -> None:
    (found,) = problems(marc)

    assert (found.severity, found.code) == (Severity.NOTE, code)
