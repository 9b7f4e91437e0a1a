"""The pages of patron categories: what is typed is decided, what is wrong stays."""

from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from kortisto.domain.org.models import Unit
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.patrons.actions.categories import ticks_of_category
from kortisto.domain.patrons.models import PatronCategory
from kortisto.domain.patrons.rules import Tick
from kortisto.interfaces.staff.category_form import CategoryForm
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import (
    make_category,
    make_consortium,
    make_library,
    make_patron,
)
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db


def decider(at: Unit | None = None) -> Client:
    """Somebody who decides settings, for everybody unless ``at`` says where."""
    library = make_library()
    may = (OrgPermission.EDIT_SETTINGS,)
    staff = make_staff(may=may, library=at or make_consortium())
    return at_work(staff, library=library)


def sent(category: PatronCategory | None = None, **typed: Any) -> dict[str, Any]:
    """The form as a browser sends it, with what is typed over it."""
    form = CategoryForm(None, category=category)
    values = {name: form[name].value() for name in form.fields}
    told = {name: value for name, value in values.items() if value not in (None, False)}
    return {**told, **typed}


def test_the_list_tells_for_whom_each_is_and_how_many_are_in_it() -> None:
    make_category("LAPSI", name_fi="Lapsi", max_age=17).units.add(make_library())
    make_patron(category="LAPSI")

    page = decider().get("/categories/").content.decode()

    for words in ("Lapsi", "0–17", "MLI", '<td class="number" data-label="Patrons">1<'):
        assert words in page


def test_the_list_costs_the_same_with_more_categories() -> None:
    client = decider()
    codes = iter("ABCDEFGH")
    assert_same_queries_with_more_rows(
        lambda: client.get("/categories/"),
        add_rows=lambda: make_category(next(codes)).units.add(make_library()),
    )


def test_a_category_is_added_with_its_messages() -> None:
    data = sent(
        code="koulu",
        name_fi="Koulu",
        kind="organisation",
        history="never",
        loan_ban_cents="12,50",
        expired_renewal_effect="block",
        tick=["due:email", "advance:email"],
    )
    data |= {"days-advance": "4", "days-pickup-reminder": "2", "strong_pin": "on"}

    answer = decider().post("/categories/new/", data)

    assert answer.status_code == 302
    made = PatronCategory.objects.get(code="KOULU")
    assert (made.kind, made.history) == ("organisation", "never")
    assert made.strong_pin
    assert (made.loan_ban_cents, made.expired_renewal_effect) == (1250, "block")
    assert ticks_of_category(made) == {
        Tick("due", "email"),
        Tick("advance", "email", 4),
    }


def test_what_is_saved_unchanged_stays_as_it_was() -> None:
    category = make_category("LAPSI", loan_ban_dependants_cents=500, max_age=17)
    before = PatronCategory.objects.values().get(pk=category.pk)

    answer = decider().post("/categories/LAPSI/", sent(category))

    assert answer.status_code == 302
    assert PatronCategory.objects.values().get(pk=category.pk) == before


def test_what_is_wrong_is_told_and_everything_typed_stays() -> None:
    category = make_category("LAPSI", max_age=17)
    data = sent(category, name_fi="Lapset", min_age="18", loan_ban_cents="paljon")

    answer = decider().post("/categories/LAPSI/", data)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "“paljon” is not an amount in euros" in page
    assert 'value="Lapset"' in page
    category.refresh_from_db()
    assert category.name_fi == "LAPSI"

    data["loan_ban_cents"] = ""
    page = decider_again().post("/categories/LAPSI/", data).content.decode()
    assert "This is less than the least." in page


def decider_again() -> Client:
    staff = make_staff(
        "toini", may=(OrgPermission.EDIT_SETTINGS,), library=make_consortium()
    )
    return at_work(staff, library=make_library())


def test_a_library_s_own_chief_sees_the_list_and_decides_nothing() -> None:
    make_category("LAPSI")
    client = decider(at=make_library())

    page = client.get("/categories/").content.decode()

    assert "LAPSI" in page
    assert "/categories/LAPSI/" not in page
    assert client.get("/categories/LAPSI/").status_code == 403
    assert client.post("/categories/new/", QueryDict()).status_code == 403
