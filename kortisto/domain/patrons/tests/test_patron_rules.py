"""Ages, forms, families and messages, without a database."""

from datetime import date

import pytest

from kortisto.domain.patrons.reasons import Reason
from kortisto.domain.patrons.rules import (
    CategoryTerms,
    Part,
    Reach,
    Tick,
    category_fits,
    guardian_sees,
    guardians_may_be,
    has_outgrown,
    parts_of_form,
    three_way,
    ticks_are_possible,
    transports_for,
    validity,
)

CHILD = CategoryTerms(
    kind="dependant",
    min_age=0,
    max_age=17,
    may_have_guardian=True,
    needs_guardian=True,
)
TODAY = date(2027, 3, 1)
EVERYWHERE = Reach(sms=True, email=True, paper=True)


@pytest.mark.parametrize(
    ("born", "fits"),
    [
        (date(2027, 3, 1), True),  # born today
        (date(2009, 3, 2), True),  # 18 tomorrow
        (date(2009, 3, 1), False),  # 18 today
        (date(2027, 3, 2), False),  # tomorrow
    ],
)
def test_the_form_and_the_night_agree_on_both_ends_of_an_age(
    *, born: date, fits: bool
) -> None:
    wrong = category_fits(CHILD, born_on=born, guardians=1, today=TODAY)
    assert (wrong == []) == fits
    if born <= TODAY:
        assert has_outgrown(CHILD, born, TODAY) != fits


def test_a_child_needs_a_guardian_and_a_grown_up_has_none() -> None:
    born = date(2020, 1, 1)
    alone = category_fits(CHILD, born_on=born, guardians=0, today=TODAY)
    assert [each.reason for each in alone] == [Reason.NEEDS_GUARDIAN]
    guarded = category_fits(
        CategoryTerms(), born_on=date(1980, 1, 1), guardians=1, today=TODAY
    )
    assert [each.reason for each in guarded] == [Reason.HAS_NO_GUARDIANS]


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        ("person", True),
        ("dependant", True),
        ("provisional", True),
        ("work", False),
        ("staff", False),
        ("organisation", False),
    ],
)
def test_the_date_of_birth_of_a_person_must_be_known(
    kind: str,
    asked: bool,  # noqa: FBT001
) -> None:
    terms = CategoryTerms(kind=kind)
    wrong = category_fits(terms, born_on=None, guardians=0, today=TODAY)
    assert [each.reason for each in wrong] == [Reason.NEEDS_BIRTH_DATE] * asked


def test_the_last_guardian_of_a_minor_stays_and_of_a_grown_up_may_go() -> None:
    def may(born: date, *last_days: date | None) -> bool:
        refusal = guardians_may_be(
            CHILD, born_on=born, last_days=last_days, today=TODAY
        )
        return refusal is None

    assert not may(date(2020, 1, 1), TODAY)
    assert may(date(2020, 1, 1), TODAY, None)
    assert may(date(2009, 3, 1), TODAY)


def test_a_guardian_who_ends_later_is_enough_from_the_last_day_as_a_minor_on() -> None:
    def may(*last_days: date) -> bool:
        refusal = guardians_may_be(
            CHILD, born_on=date(2010, 6, 15), last_days=last_days, today=TODAY
        )
        return refusal is None

    assert may(date(2028, 6, 14), TODAY)
    assert not may(date(2028, 6, 13), TODAY)


def test_another_category_asks_for_other_parts_of_the_form() -> None:
    person = parts_of_form(CategoryTerms())
    assert {Part.NAME, Part.BIRTH, Part.IDENTITY, Part.MESSAGES} <= person
    assert Part.GUARDIANS not in person
    assert Part.GUARDIANS in parts_of_form(CHILD)
    body = parts_of_form(CategoryTerms(kind="organisation"))
    assert {Part.WHOLE_NAME, Part.BUSINESS} <= body
    assert not {Part.NAME, Part.BIRTH, Part.IDENTITY} & body
    assert Part.MESSAGES not in parts_of_form(CategoryTerms(kind="device"))


@pytest.mark.parametrize(
    ("consent", "until", "age", "sees"),
    [
        (False, 14, 14, True),
        (False, 14, 15, False),
        (True, 14, 15, True),
        (False, None, 3, False),
        (False, 14, None, False),
    ],
)
def test_a_guardian_sees_by_age_or_by_consent(
    *, consent: bool, until: int | None, age: int | None, sees: bool
) -> None:
    assert guardian_sees(consent=consent, sees_until_age=until, age=age) is sees


@pytest.mark.parametrize(
    ("tick", "reach", "reason"),
    [
        (Tick("due", "sms"), Reach(email=True), Reason.NO_NUMBER_FOR_SMS),
        (Tick("due", "email"), Reach(sms=True), Reason.NO_ADDRESS_FOR_EMAIL),
        (Tick("due", "paper"), Reach(), Reason.NO_ADDRESS_FOR_PAPER),
        (Tick("advance", "email", 0), EVERYWHERE, Reason.DAYS_OUT_OF_RANGE),
        (Tick("advance", "email"), EVERYWHERE, Reason.DAYS_OUT_OF_RANGE),
        (Tick("advance", "email", 8), EVERYWHERE, Reason.DAYS_OUT_OF_RANGE),
        (Tick("due", "email", 3), EVERYWHERE, Reason.NO_DAYS_HERE),
    ],
)
def test_a_tick_that_cannot_work_cannot_be_made(
    tick: Tick, reach: Reach, reason: Reason
) -> None:
    wrong = ticks_are_possible([tick], reach, names={tick.kind: "This"})
    assert [each.reason for each in wrong] == [reason]
    assert wrong[0].facts["field"] == f"{tick.kind}:{tick.transport}"


def test_not_at_all_and_yet_is_refused() -> None:
    ticks = [Tick("due", "none"), Tick("due", "email")]
    wrong = ticks_are_possible(ticks, EVERYWHERE, names={})
    assert [each.reason for each in wrong] == [Reason.NOT_AND_YET]
    assert ticks_are_possible([Tick("advance", "sms", 7)], EVERYWHERE, names={}) == []


@pytest.mark.parametrize(
    ("kind", "chosen", "reach", "goes"),
    [
        ("hold-ready", [], EVERYWHERE, ("email",)),
        ("overdue", [], Reach(sms=True, paper=True), ("sms",)),
        ("overdue", [], Reach(paper=True), ("paper",)),
        ("overdue", [], Reach(), ()),
        ("due", [], EVERYWHERE, ()),
        ("hold-ready", [Tick("hold-ready", "sms")], EVERYWHERE, ("sms",)),
        ("hold-ready", [Tick("hold-ready", "none")], EVERYWHERE, ()),
        ("hold-ready", [Tick("due", "sms")], EVERYWHERE, ("email",)),
    ],
)
def test_what_has_not_been_chosen_falls_back(
    kind: str, chosen: list[Tick], reach: Reach, goes: tuple[str, ...]
) -> None:
    assert transports_for(kind, chosen, reach) == goes


def test_no_paper_goes_to_a_protected_person() -> None:
    paper = Reach(paper=True)
    assert transports_for("overdue", [], paper, is_protected=True) == ()
    ticks = [Tick("due", "paper")]
    assert transports_for("due", ticks, paper, is_protected=True) == ()


def test_validity_goes_from_the_group_to_the_category_to_the_setting() -> None:
    assert validity([12, 60], 24, 36) == 60
    assert validity([], 24, 36) == 24
    assert validity([], None, 36) == 36


def test_what_i_left_alone_stays_theirs_and_what_both_changed_clashes() -> None:
    merge = three_way(
        {"email": "mine", "phone": "old", "city": "same", "street": "new"},
        base={"email": "old", "phone": "old", "city": "old"},
        theirs={"email": "theirs", "phone": "theirs", "city": "same"},
    )
    assert merge.clashes == ("email",)
    assert merge.write == {"city": "same", "street": "new"}
