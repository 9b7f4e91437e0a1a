import pytest

from kortisto.domain.policies.checks import rule_values_can_be_read, rules_are_in_force
from kortisto.domain.policies.explain import row_label
from kortisto.domain.policies.models import RuleRow
from kortisto.testing.builders import (
    make_category,
    make_item_type,
    make_library,
    make_rules,
)

pytestmark = pytest.mark.django_db


def test_rules_in_force_without_errors_give_no_finding() -> None:
    make_category()
    make_item_type()
    make_rules({"values": {"loan_period": 28, "fine_cents": 20}})
    assert list(rules_are_in_force()) == []
    assert list(rule_values_can_be_read()) == []


def test_missing_and_faulty_rules_are_told() -> None:
    make_category()
    make_item_type()
    assert "No lending rules" in next(iter(rules_are_in_force())).sentence
    make_rules({"values": {"fine_cents": 20}})
    assert "HENKILO" in next(iter(rules_are_in_force())).sentence


def test_a_value_that_no_page_could_have_written_is_told() -> None:
    make_rules({"values": {"loan_period": "a month", "gone_parameter": 3}})
    found = list(rule_values_can_be_read())
    assert len(found) == 1
    assert "a month" in found[0].sentence


def test_a_row_is_named_by_what_it_is_for() -> None:
    make_rules({"library": make_library(), "values": {"loan_period": 7}})
    row = RuleRow.objects.get()
    assert row_label(row.pk) == "MLI, all patrons, all item types"
    assert row_label(row.pk + 1) == ""
