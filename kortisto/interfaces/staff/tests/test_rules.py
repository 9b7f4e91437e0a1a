"""The lending rules on their pages: seen, explained, drafted, published, undone."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kortisto.domain.org.models import Unit
from kortisto.domain.policies.models import RuleRow, RuleVersion
from kortisto.domain.policies.permissions import PolicyPermission
from kortisto.interfaces.staff.middleware import LIBRARY
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import (
    make_category,
    make_consortium,
    make_item_type,
    make_library,
    make_rules,
)
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db


def manager() -> Client:
    """Somebody who may do everything in the whole consortium."""
    library = make_library()
    client = at_work(make_staff("pomo", library=make_consortium()), library=library)
    assert client.session[LIBRARY] == library.pk
    return client


def choice(library: Unit | None = None) -> dict[str, Any]:
    return {
        "library": (library or make_library()).pk,
        "category": make_category().pk,
        "item_type": make_item_type().pk,
        "day": timezone.localdate().isoformat(),
    }


def test_every_parameter_is_explained_with_the_row_that_decides() -> None:
    library = make_library("MLI")
    make_rules(
        {"values": {"loan_period": 28}},
        {"library": library, "values": {"loan_period": 14}},
    )

    page = manager().get("/rules/explain/", choice(library))

    lines = {one.parameter.key: one for _g, some in page.context["groups"]
             for one in some}  # fmt: skip
    assert lines["loan_period"].value == 14
    assert lines["loan_period"].source == "MLI, all patrons, all item types"
    assert [step.shown for step in lines["loan_period"].chain if step.shown] == [
        "14",
        "28",
        "28",
    ]
    assert lines["fine_cents"].level == 9
    assert "MLI, all patrons, all item types" in page.content.decode()


def test_an_incomplete_question_is_answered_with_what_is_missing() -> None:
    page = manager().get("/rules/explain/", {**choice(), "day": ""})

    assert page.status_code == 422
    assert page.context["groups"] == []


def test_the_matrix_shows_own_values_and_what_the_others_inherit() -> None:
    library = make_library("MLI")
    make_rules(
        {"values": {"loan_period": 28}},
        {"library": library, "values": {"for_loan": False}},
    )

    page = manager().get("/rules/")

    common, own = page.context["rows"]
    keys = [one.key for one in page.context["parameters"]]
    cell = own.cells[keys.index("loan_period")]
    assert (cell.shown, cell.own) == ("28", False)
    assert cell.source == "all libraries, all patrons, all item types"
    assert own.cells[keys.index("for_loan")].own
    assert common.cells[keys.index("loan_period")].own


def test_the_matrix_costs_as_many_statements_with_more_rows() -> None:
    make_rules({"values": {"loan_period": 28}})
    client, version = manager(), RuleVersion.objects.get()

    def add() -> None:
        number = RuleRow.objects.count()
        RuleRow.objects.create(
            version=version,
            item_type=make_item_type(f"T{number}"),
            values={"loan_period": 14},
        )

    url = f"/rules/?version={version.number}"
    assert_same_queries_with_more_rows(lambda: client.get(url), add_rows=add)


def test_a_draft_is_begun_changed_and_published_from_a_day_on() -> None:
    make_rules({"values": {"loan_period": 28}})
    client, library = manager(), make_library()
    client.post("/rules/draft/")
    row = f"/rules/draft/row/?library={library.pk}"
    assert "Inherited: 28" in client.get(row).content.decode()

    assert client.post(row, {"loan_period": "21"}).status_code == 302
    day = timezone.localdate() + timedelta(days=7)
    client.post("/rules/draft/publish/", {"starts_on": day.isoformat()})

    version = RuleVersion.objects.get(number=2)
    assert (version.state, version.starts_on) == ("published", day)
    assert version.rows.get(library=library).values == {"loan_period": 21}
    assert RuleVersion.objects.get(number=1).rows.count() == 1


def test_an_empty_field_makes_the_cell_inherit_again() -> None:
    make_rules({"values": {"loan_period": 28, "for_loan": True}})
    client = manager()
    client.post("/rules/draft/")

    client.post("/rules/draft/row/", {"for_loan": "yes", "loan_period": ""})

    draft = RuleVersion.objects.get(state="draft")
    assert draft.rows.get().values == {"for_loan": True}


def test_a_value_that_cannot_be_is_told_and_what_was_typed_stays() -> None:
    make_rules({"values": {"loan_period": 28}})
    client = manager()
    client.post("/rules/draft/")

    page = client.post("/rules/draft/row/", {"loan_period": "soon"})

    assert page.status_code == 422
    assert "“soon” is not a whole number." in page.content.decode()
    assert 'value="soon"' in page.content.decode()
    assert RuleVersion.objects.get(state="draft").rows.get().values["loan_period"] == 28


def test_a_row_is_copied_and_removed_in_the_draft_only() -> None:
    make_rules({"values": {"loan_period": 28}})
    client, library = manager(), make_library()
    client.post("/rules/draft/")

    client.post("/rules/draft/row/copy/", {"library": library.pk})
    client.post("/rules/draft/row/remove/")

    draft = RuleVersion.objects.get(state="draft")
    assert draft.rows.get().library_id == library.pk
    assert RuleVersion.objects.get(number=1).rows.get().library_id is None


def test_an_old_version_comes_back_as_a_new_one() -> None:
    make_rules({"values": {"loan_period": 28}})
    make_rules({"values": {"loan_period": 1}})
    today = timezone.localdate().isoformat()

    manager().post("/rules/1/roll-back/", {"starts_on": today})

    latest = RuleVersion.objects.get(number=3)
    assert latest.rows.get().values == {"loan_period": 28}


def test_who_may_only_see_the_rules_cannot_change_them() -> None:
    make_rules({"values": {"loan_period": 28}})
    client = at_work(make_staff(may=(PolicyPermission.SEE,)))

    assert client.get("/rules/").status_code == 200
    assert client.post("/rules/draft/").status_code == 403

    assert not RuleVersion.objects.filter(state="draft").exists()


def test_a_library_s_manager_changes_no_common_row() -> None:
    make_rules({"values": {"loan_period": 28}})
    manager().post("/rules/draft/")
    local = at_work(make_staff("paikka", library=make_library("SVL")))

    assert local.post("/rules/draft/row/", {"loan_period": "1"}).status_code == 403

    assert RuleVersion.objects.get(state="draft").rows.get().values["loan_period"] == 28
