"""The rule without a database: each hindrance alone, all of them, and the edge days."""

from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kortisto.domain.entry.reasons import Reason
from kortisto.domain.entry.rules import (
    CHECKS,
    BanFacts,
    Conditions,
    Period,
    PersonFacts,
    decide,
    denied,
    patron_class,
)
from kortisto.domain.org.rules import Opening
from kortisto.domain.org.settings import Sourced

HERE, ELSEWHERE = 7, 8
TODAY = date(2027, 3, 1)
SEVEN = datetime(2027, 3, 1, 7, 0)  # noqa: DTZ001 - the library's own clock
FINE = PersonFacts(
    patron_id=1,
    category="HENKILO",
    expires_on=TODAY,
    born_on=date(1980, 5, 17),
    terms=2,
)
LIBRARY = Conditions(
    library_id=HERE,
    set_up=True,
    terms_version=Sourced(2, 1),
    guardian_age=Sourced(16, None),
    guardian_must_permit=Sourced(value=False, unit_id=None),
    categories=Sourced(("HENKILO", "LAPSI"), HERE),
    min_age=Sourced(15, 3),
    expired_denies=Sourced(value=True, unit_id=None),
    restriction_denies=Sourced(value=True, unit_id=None),
    debt_limit_cents=Sourced(1000, 1),
    days={TODAY: (Opening(time(7), time(21), self_service=True),)},
)


def codes(
    person: PersonFacts = FINE, library: Conditions = LIBRARY, now: datetime = SEVEN
) -> list[str]:
    return [refusal.reason.value for refusal in decide(person, library, now).refusals]


def ban(**fields: Any) -> PersonFacts:
    values = {"starts_on": TODAY, "ends_on": TODAY, **fields}
    return replace(FINE, bans=(BanFacts(**values),))


def test_who_is_fine_is_let_in() -> None:
    decision = decide(FINE, LIBRARY, SEVEN)

    assert decision.granted
    assert decision.code == "granted"


@pytest.mark.parametrize(
    ("person", "code"),
    [
        (replace(FINE, is_account=True), "never-enters"),
        (replace(FINE, terms=1), "missing-terms"),
        (ban(), "revoked"),
        (ban(libraries=(HERE,)), "revoked"),
        (replace(FINE, category="YHTEISO"), "category"),
        (replace(FINE, born_on=date(2012, 3, 2)), "underage"),
        (replace(FINE, born_on=None), "age-unknown"),
        (replace(FINE, card_lost=True), "card-lost"),
        (replace(FINE, died=True), "not-in-use"),
        (replace(FINE, expires_on=date(2027, 2, 28)), "card-expired"),
        (replace(FINE, restrictions=(Period(starts_on=TODAY),)), "restricted"),
        (replace(FINE, owed_public_cents=1001), "owes-too-much"),
    ],
)
def test_each_hindrance_of_a_person_alone_gives_its_one_code(
    person: PersonFacts, code: str
) -> None:
    assert codes(person) == [code]


@pytest.mark.parametrize(
    "person",
    [
        ban(libraries=(ELSEWHERE,)),
        ban(starts_on=date(2027, 3, 2), ends_on=date(2027, 3, 9)),
        ban(starts_on=date(2027, 2, 1), ends_on=date(2027, 2, 28)),
        replace(FINE, born_on=date(2012, 3, 1)),  # fifteen today
        replace(FINE, owed_public_cents=1000),
        replace(
            FINE,
            restrictions=(
                Period(starts_on=date(2027, 2, 1), ends_on=date(2027, 2, 28)),
                Period(starts_on=date(2027, 3, 2)),
            ),
        ),
    ],
)
def test_what_is_just_within_the_limits_does_not_hinder(person: PersonFacts) -> None:
    assert codes(person) == []


@pytest.mark.parametrize(
    ("library", "person"),
    [
        (replace(LIBRARY, categories=Sourced(None, None)), {"category": "YHTEISO"}),
        (replace(LIBRARY, min_age=Sourced(None, HERE)), {"born_on": None}),
        (
            replace(LIBRARY, expired_denies=Sourced(value=False, unit_id=HERE)),
            {"expires_on": date(2020, 1, 1)},
        ),
        (
            replace(LIBRARY, restriction_denies=Sourced(value=False, unit_id=HERE)),
            {"restrictions": (Period(starts_on=TODAY),)},
        ),
        (
            replace(LIBRARY, debt_limit_cents=Sourced(None, HERE)),
            {"owed_public_cents": 99_999},
        ),
    ],
)
def test_a_library_may_let_a_hindrance_be_none(
    library: Conditions, person: dict[str, Any]
) -> None:
    assert codes(replace(FINE, **person)) != []
    assert codes(replace(FINE, **person), library) == []


def test_no_card_of_the_dead_nor_a_lost_one_opens_a_door_whatever_is_set() -> None:
    generous = replace(
        LIBRARY,
        expired_denies=Sourced(value=False, unit_id=HERE),
        restriction_denies=Sourced(value=False, unit_id=HERE),
    )
    assert codes(replace(FINE, card_lost=True), generous) == ["card-lost"]
    assert codes(replace(FINE, died=True), generous) == ["not-in-use"]


def test_an_account_of_staff_or_of_a_device_opens_no_door_whatever_is_set() -> None:
    """Not even where its category is named among those that may enter."""
    account = replace(FINE, category="AUTOM", is_account=True, has_age=False)
    generous = replace(LIBRARY, categories=Sourced(("AUTOM",), HERE))

    decision = decide(replace(account, terms=0), generous, SEVEN)

    assert codes(account, generous) == ["never-enters"]
    assert decision.code == "never-enters"  # told first: there is no use in the others
    assert not decision.personal
    assert patron_class("AUTOM", decision) == "AUTOM"
    step = next(one for one in decision.trace if one.check == "it_is_a_patrons_card")
    assert (step.refused, step.unit_id) == ("never-enters", HERE)


def test_a_library_that_is_not_set_up_denies() -> None:
    assert codes(library=replace(LIBRARY, set_up=False)) == ["misconfigured"]


@pytest.mark.parametrize(
    ("clock", "open_"),
    [("06:59", False), ("07:00", True), ("20:59", True), ("21:00", False)],
)
def test_the_minute_of_closing_is_closed_already(clock: str, *, open_: bool) -> None:
    now = datetime.combine(TODAY, time.fromisoformat(clock))
    assert codes(now=now) == ([] if open_ else ["closed"])


def test_hours_to_the_last_minute_go_on_to_midnight() -> None:
    all_day = {TODAY: (Opening(time(0), time(23, 59), self_service=True),)}
    now = datetime.combine(TODAY, time(23, 59, 30))

    assert codes(library=replace(LIBRARY, days=all_day), now=now) == []


def test_a_day_that_nobody_has_told_about_is_closed() -> None:
    assert codes(library=replace(LIBRARY, days={})) == ["closed"]


CHILD = replace(FINE, category="LAPSI", permission="no", expires_on=date(2099, 1, 1))


@pytest.mark.parametrize(
    ("born_on", "today", "refused"),
    [
        (date(2011, 3, 2), date(2027, 3, 1), True),  # the day before
        (date(2011, 3, 2), date(2027, 3, 2), False),  # the sixteenth birthday
        (date(2012, 2, 29), date(2028, 2, 28), True),
        (date(2012, 2, 29), date(2028, 2, 29), False),  # a leap year
        (date(2008, 2, 29), date(2025, 2, 28), False),  # sixteen since 2024
    ],
)
def test_a_guardians_refusal_lapses_on_the_birthday(
    born_on: date, today: date, *, refused: bool
) -> None:
    child = replace(CHILD, born_on=born_on)
    library = replace(LIBRARY, days={today: LIBRARY.days[TODAY]})
    now = datetime.combine(today, time(12))

    assert ("guardian-refused" in codes(child, library, now)) is refused


def test_those_born_on_29_february_grow_older_on_1_march_of_a_common_year() -> None:
    child = replace(CHILD, born_on=date(2012, 2, 29), permission="")
    ages_ago = replace(LIBRARY, min_age=Sourced(15, None))

    def on(day: date) -> list[str]:
        library = replace(ages_ago, days={day: LIBRARY.days[TODAY]})
        return codes(child, library, datetime.combine(day, time(12)))

    assert on(date(2027, 2, 28)) == ["underage"]
    assert on(date(2027, 3, 1)) == []


def test_a_refusal_holds_when_nobody_knows_the_age() -> None:
    assert "guardian-refused" in codes(replace(CHILD, born_on=None))


@pytest.mark.parametrize(("word", "let_in"), [("yes", True), ("", False)])
def test_where_a_guardian_must_permit_silence_is_a_no(
    word: str, *, let_in: bool
) -> None:
    strict = replace(LIBRARY, guardian_must_permit=Sourced(value=True, unit_id=HERE))
    child = replace(CHILD, born_on=date(2011, 6, 1), permission=word)

    assert codes(child, strict) == ([] if let_in else ["guardian-not-asked"])
    assert codes(FINE, strict) == []


def test_an_organisation_has_no_age_and_no_guardian() -> None:
    strict = replace(
        LIBRARY,
        guardian_must_permit=Sourced(value=True, unit_id=1),
        categories=Sourced(None, 1),
    )
    club = replace(FINE, category="YHTEISO", has_age=False, born_on=None)

    assert codes(club, strict) == []


HINDRANCES: dict[str, dict[str, Any]] = {
    "never-enters": {"is_account": True},
    "missing-terms": {"terms": 0},
    "revoked": {"bans": (BanFacts(starts_on=TODAY, ends_on=TODAY),)},
    "guardian-refused": {"permission": "no", "born_on": date(2020, 1, 1)},
    "category": {"category": "OTHER"},
    "underage": {"born_on": date(2020, 1, 1)},
    "card-lost": {"card_lost": True},
    "not-in-use": {"died": True},
    "card-expired": {"expires_on": date(2026, 1, 1)},
    "restricted": {"restrictions": (Period(starts_on=TODAY),)},
    "owes-too-much": {"owed_public_cents": 5000},
}


def test_every_reason_is_told_in_the_order_of_the_checks() -> None:
    worst = FINE
    for fields in HINDRANCES.values():
        worst = replace(worst, **fields)
    library = replace(LIBRARY, set_up=False, days={})

    assert codes(worst, library) == ["misconfigured", *HINDRANCES, "closed"]


@given(
    chosen=st.sets(st.sampled_from(sorted(HINDRANCES))),
    more=st.sampled_from(sorted(HINDRANCES)),
)
def test_one_hindrance_more_never_lets_anybody_in(chosen: set[str], more: str) -> None:
    person = FINE
    for name in chosen:
        person = replace(person, **HINDRANCES[name])
    before = set(codes(person))
    after = set(codes(replace(person, **HINDRANCES[more])))

    assert before <= after
    assert more in after


def test_the_trace_says_which_unit_had_decided_what() -> None:
    decision = decide(replace(FINE, terms=1), LIBRARY, SEVEN)
    steps = {step.parameter: step for step in decision.trace if step.parameter}

    assert steps["entry.terms_version"].unit_id == 1
    assert steps["entry.terms_version"].value == 2
    assert steps["entry.terms_version"].refused == "missing-terms"
    assert steps["entry.min_age"].unit_id == 3
    assert steps["entry.min_age"].refused == ""
    assert steps["entry.guardian_age"].unit_id is None
    assert len(decision.trace) == len(CHECKS)


def test_a_vendors_class_tells_who_may_enter_when_it_is_open() -> None:
    closed = decide(FINE, replace(LIBRARY, days={}), SEVEN)

    assert patron_class("HENKILO", closed) == "HEOMATOIMI"
    assert patron_class("LAPSI", decide(FINE, LIBRARY, SEVEN)) == "LAOMATOIMI"
    assert patron_class("LAPSI", decide(CHILD, LIBRARY, SEVEN)) == "LAOMATOIMI"
    assert patron_class("HENKILO", decide(ban(), LIBRARY, SEVEN)) == "HENKILO"
    assert patron_class("HENKILO", denied(Reason.DENIED)) == "HENKILO"
