from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kortisto.core.actors import Actor, NotPermitted
from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.core.versions import configuration_number
from kortisto.domain.policies.actions.drafts import (
    Place,
    clear_value,
    copy_row,
    discard_draft,
    draft_rules,
    remove_row,
    set_value,
    set_values,
)
from kortisto.domain.policies.actions.publishing import (
    Publication,
    publish,
    roll_back_to,
)
from kortisto.domain.policies.differences import differences
from kortisto.domain.policies.explain import compare, explain, level_name
from kortisto.domain.policies.models import RuleRow, RuleVersion
from kortisto.domain.policies.parameters import LOAN_PERIOD, MAX_LOANS, PARAMETERS
from kortisto.domain.policies.queries import (
    draft,
    matrix_of,
    rules_in_force,
    rules_version,
)
from kortisto.domain.policies.rules import DEFAULT_LEVEL
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    desk,
    make_category,
    make_item_type,
    make_library,
    make_rules,
)

pytestmark = pytest.mark.django_db
TODAY = date(2027, 3, 1)
DAY = timedelta(days=1)
EVERYWHERE = Place()
COMMON = {"loan_period": 28, "fine_cents": 20, "fine_max_cents": 600, "max_loans": 50}


def begin() -> RuleVersion:
    make_library()
    make_category()
    make_item_type()
    return draft_rules(by=chief(), now=MONDAY_NOON)


def put_in_force(starts_on: date = TODAY, *, by: Actor | None = None) -> Publication:
    return publish(starts_on=starts_on, today=TODAY, by=by or chief(), now=MONDAY_NOON)


def first_rules() -> Publication:
    begin()
    set_values(EVERYWHERE, COMMON, by=chief(), now=MONDAY_NOON)
    return put_in_force()


def period(day: date = TODAY) -> int:
    matrix = rules_in_force(day)
    return matrix.value(
        LOAN_PERIOD, make_library().pk, make_category().pk, make_item_type().pk
    ).value


def test_before_anything_is_published_the_defaults_hold() -> None:
    begin()
    set_value(EVERYWHERE, "loan_period", text="14", by=chief(), now=MONDAY_NOON)
    assert rules_in_force(TODAY).version == 0
    assert period() == 28


def test_a_published_version_holds_from_its_day_and_the_old_one_until_then() -> None:
    first_rules()
    draft_rules(by=chief(), now=MONDAY_NOON)
    set_value(EVERYWHERE, "loan_period", text="14", by=chief(), now=MONDAY_NOON)
    assert period() == 28

    published = put_in_force(TODAY + 7 * DAY)

    assert published.version.number == 2
    assert [period(TODAY + n * DAY) for n in (0, 6, 7, 300)] == [28, 28, 14, 14]
    assert rules_in_force(TODAY - DAY).version == 0
    assert LoggedEvent.objects.filter(kind="RulesPublished").count() == 2


def test_asking_costs_no_query_while_the_number_is_the_same() -> None:
    first_rules()
    number = configuration_number()
    rules_in_force(TODAY, number)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        rules_in_force(TODAY, number)
        rules_in_force(TODAY - 400 * DAY, number)
    assert len(asked) == 0


def test_there_is_one_draft_and_it_starts_as_a_copy() -> None:
    first_rules()
    made = draft_rules(by=chief(), now=MONDAY_NOON)
    assert draft_rules(by=chief(), now=MONDAY_NOON) == made == draft()
    before = matrix_of(rules_version(1))
    assert differences(before, matrix_of(made)) == ()
    discard_draft(by=chief(), now=MONDAY_NOON)
    discard_draft(by=chief(), now=MONDAY_NOON)
    assert draft() is None
    assert rules_in_force(TODAY).version == 1


def test_each_changed_cell_is_told_with_both_values() -> None:
    begin()
    here = Place(library_id=make_library().pk)
    set_value(here, "fine_cents", text="0,20", by=chief(), now=MONDAY_NOON)
    set_value(here, "fine_cents", text="0,30", by=chief(), now=MONDAY_NOON)
    clear_value(here, "fine_cents", by=chief(), now=MONDAY_NOON)
    clear_value(here, "fine_cents", by=chief(), now=MONDAY_NOON)
    told = LoggedEvent.objects.filter(kind="RuleDraftChanged").order_by("pk")
    assert [(event.body["before"], event.body["after"]) for event in told] == [
        (None, 20),
        (20, 30),
        (30, None),
    ]
    assert RuleRow.objects.get().values == {}


def test_unlimited_is_stored_as_a_value_and_not_as_an_empty_cell() -> None:
    begin()
    set_value(EVERYWHERE, "max_loans", text="-", by=chief(), now=MONDAY_NOON)
    assert RuleRow.objects.get().values == {"max_loans": None}


@pytest.mark.parametrize(
    ("key", "text"),
    [("loan_period", "-3"), ("loan_period", "soon"), ("closed_days", "perhaps")],
)
def test_a_bad_value_is_refused_in_words_and_not_kept(key: str, text: str) -> None:
    begin()
    with pytest.raises(Refused, match="bad-rule-value") as no:
        set_value(EVERYWHERE, key, text=text, by=chief(), now=MONDAY_NOON)
    assert no.value.refusals[0].message.endswith(".")
    assert not RuleRow.objects.exists()


def test_an_unknown_parameter_is_a_mistake() -> None:
    begin()
    with pytest.raises(LookupError, match="no such parameter"):
        set_value(EVERYWHERE, "loan_perid", text="1", by=chief(), now=MONDAY_NOON)


def test_a_row_can_be_copied_and_removed() -> None:
    first_rules()
    draft_rules(by=chief(), now=MONDAY_NOON)
    here = Place(library_id=make_library().pk)
    copied = copy_row(EVERYWHERE, here, by=chief(), now=MONDAY_NOON)
    assert copied.values == COMMON
    remove_row(here, by=chief(), now=MONDAY_NOON)
    with pytest.raises(Refused, match="no-such-rule-row"):
        remove_row(here, by=chief(), now=MONDAY_NOON)
    made = draft()
    assert made is not None
    assert made.rows.count() == 1


def test_without_a_draft_nothing_can_be_changed() -> None:
    make_library()
    with pytest.raises(Refused, match="no-draft"):
        set_values(EVERYWHERE, COMMON, by=chief(), now=MONDAY_NOON)
    with pytest.raises(Refused, match="no-draft"):
        put_in_force()


def test_rules_cannot_start_in_the_past_nor_with_errors() -> None:
    begin()
    set_value(EVERYWHERE, "fine_cents", text="0,20", by=chief(), now=MONDAY_NOON)
    with pytest.raises(Refused) as no:
        put_in_force(TODAY - DAY)
    assert [refusal.reason.value for refusal in no.value.refusals] == [
        "rules-start-in-the-past",
        "rules-have-errors",
    ]
    assert rules_in_force(TODAY).version == 0
    assert not LoggedEvent.objects.filter(kind="RulesPublished").exists()


def test_warnings_are_told_and_do_not_stop() -> None:
    begin()
    values = {**COMMON, "fine_max_cents": None}
    set_values(EVERYWHERE, values, by=chief(), now=MONDAY_NOON)
    published = put_in_force()
    assert [one.parameter for one in published.findings] == ["fine_max_cents"]
    assert period() == 28


def test_an_old_version_comes_back_as_a_new_one_and_the_draft_stays() -> None:
    first_rules()
    draft_rules(by=chief(), now=MONDAY_NOON)
    set_value(EVERYWHERE, "loan_period", text="14", by=chief(), now=MONDAY_NOON)
    put_in_force()
    assert period() == 14
    kept = draft_rules(by=chief(), now=MONDAY_NOON)

    back = roll_back_to(
        1, starts_on=TODAY, today=TODAY, by=chief(), now=MONDAY_NOON
    ).version

    assert period() == 28
    assert draft() == kept
    assert differences(matrix_of(rules_version(1)), matrix_of(back)) == ()
    later = put_in_force().version
    assert later.number > back.number
    assert period() == 14


def test_a_draft_cannot_be_rolled_back_to() -> None:
    number = begin().number
    with pytest.raises(Refused, match="rules-not-published"):
        roll_back_to(number, starts_on=TODAY, today=TODAY, by=chief(), now=MONDAY_NOON)


def test_without_the_permission_the_rules_stay() -> None:
    first_rules()
    with pytest.raises(NotPermitted):
        draft_rules(by=desk(), now=MONDAY_NOON)
    draft_rules(by=chief(), now=MONDAY_NOON)
    with pytest.raises(NotPermitted):
        set_values(EVERYWHERE, {"loan_period": 1}, by=desk(), now=MONDAY_NOON)
    with pytest.raises(NotPermitted):
        put_in_force(by=desk())
    assert rules_in_force(TODAY).version == 1


def test_the_differences_between_versions_are_listed_in_words() -> None:
    first_rules()
    made = draft_rules(by=chief(), now=MONDAY_NOON)
    set_value(EVERYWHERE, "max_loans", text="-", by=chief(), now=MONDAY_NOON)
    here = Place(library_id=make_library().pk)
    set_value(here, "renewals_allowed", text="2", by=chief(), now=MONDAY_NOON)
    found = differences(matrix_of(rules_version(1)), matrix_of(made))
    assert [(one.parameter.key, one.before, one.after) for one in found] == [
        ("renewals_allowed", None, "2 times"),
        ("max_loans", "50 loans", "unlimited"),
    ]


def test_the_explanation_shows_each_value_its_row_and_the_whole_way() -> None:
    library, category, parent = make_library(), make_category(), make_item_type("GAMES")
    game = make_item_type("SWITCH", parent=parent)
    make_rules(
        {"values": {"loan_period": 28, "max_loans": 50}},
        {"library": library, "item_type": parent, "values": {"loan_period": 7}},
    )
    lines = {
        line.parameter.key: line
        for line in explain(library.pk, category.pk, game.pk, TODAY)
    }
    assert set(lines) == set(PARAMETERS)
    loan_period = lines["loan_period"]
    assert (loan_period.shown, loan_period.level, loan_period.version) == ("7", 3, 1)
    assert "MLI" in loan_period.source
    assert "GAMES" in loan_period.source
    assert [(step.level, step.shown) for step in loan_period.chain if step.shown] == [
        (3, "7"),
        (8, "28"),
        (DEFAULT_LEVEL, "28"),
    ]
    assert [step.level for step in loan_period.chain if step.decides] == [3]
    assert len(loan_period.chain) == 13
    assert lines["fine_cents"].level == DEFAULT_LEVEL
    assert lines["max_loans"].value == 50
    assert MAX_LOANS.show(50) == lines["max_loans"].shown


def test_libraries_are_compared_side_by_side() -> None:
    here, there = make_library("MLI"), make_library("SVL")
    make_rules(
        {"values": {"loan_period": 28, "fine_cents": 20}},
        {"library": there, "values": {"loan_period": 14}},
    )
    found = compare([here.pk, there.pk], make_category().pk, make_item_type().pk, TODAY)
    different = [one for one in found if one.differs]
    assert len(found) == len(PARAMETERS)
    assert [one.parameter.key for one in different] == ["loan_period"]
    assert different[0].shown == {here.pk: "28", there.pk: "14"}


def test_every_level_has_a_name() -> None:
    names = [level_name(level) for level in range(1, DEFAULT_LEVEL + 1)]
    assert len(set(names)) == DEFAULT_LEVEL
    assert names[0] == "library, category and item type"
    assert names[-1] == "default"
