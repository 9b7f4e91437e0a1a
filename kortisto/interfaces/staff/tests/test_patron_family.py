"""Guardians at the desk: added by search or by hand, put in order, ended."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from kortisto.core.models import LoggedEvent
from kortisto.domain.patrons.models import Guardianship, Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import make_category, make_patron
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db

ADD = {"kind": "parent", "starts_on": "", "name": ""}


def a_child() -> Patron:
    make_category("LAPSI", may_have_guardian=True, needs_guardian=True)
    born_on = timezone.localdate() - timedelta(days=3000)
    return make_patron(category="LAPSI", surname="Pieni", born_on=born_on)


def link(child: Patron, guardian: Patron, **fields: object) -> Guardianship:
    values = {"starts_on": date(2020, 1, 1), **fields}
    return Guardianship.objects.create(dependant=child, guardian=guardian, **values)


def test_a_guardian_is_found_among_the_patrons_and_added() -> None:
    child, adult = a_child(), make_patron(surname="Aikuinen")
    client = at_work()
    address = f"/patrons/{child.pk}/guardians/"

    search = client.post(f"{address}find/", {"q": "aikui"})
    assert "aikui" not in search.headers["Location"]
    found = client.get(search.headers["Location"]).content.decode()
    assert f"?guardian={adult.pk}" in found
    chosen = client.get(address, {"guardian": adult.pk}).content.decode()
    assert "Aikuinen" in chosen
    assert LoggedEvent.objects.filter(
        kind="PatronViewed", patron_id=adult.pk, body__page="guardians"
    ).exists()
    added = client.post(address, {**ADD, "guardian": adult.pk, "starts_on": "1.2.2024"})

    assert added.status_code == 302
    made = Guardianship.objects.get(dependant=child)
    assert (made.guardian, made.kind, made.gets_bills) == (adult, "parent", True)
    assert made.starts_on == date(2024, 2, 1)


def test_somebody_without_a_card_is_written_down_by_hand() -> None:
    child = a_child()

    answer = at_work().post(
        f"/patrons/{child.pk}/guardians/",
        {**ADD, "name": "  Mummo   Mäki ", "phone": "040 123 4567"},
    )

    assert answer.status_code == 302
    made = Guardianship.objects.get(dependant=child)
    assert (made.name, made.phone) == ("Mummo Mäki", "+358401234567")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({}, "A guardian needs a name."),
        ({"name": "Mummo", "phone": "kotona"}, "digits only"),
        ({"name": "Mummo", "starts_on": "1.1.2999"}, "cannot be in the future"),
        ({"name": "Mummo", "kind": "koira"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_told_beside_the_field(
    typed: dict[str, str], told: str
) -> None:
    child = a_child()

    answer = at_work().post(f"/patrons/{child.pk}/guardians/", {**ADD, **typed})

    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not Guardianship.objects.exists()


def test_the_same_guardian_twice_and_oneself_are_refused() -> None:
    child, adult = a_child(), make_patron()
    link(child, adult)
    address = f"/patrons/{child.pk}/guardians/"
    client = at_work()

    again = client.post(address, {**ADD, "guardian": adult.pk})
    own = client.post(address, {**ADD, "guardian": child.pk})

    assert "is a guardian already" in again.content.decode()
    assert (again.status_code, own.status_code) == (422, 422)
    assert Guardianship.objects.count() == 1


def test_order_bills_and_consents_are_saved_at_once() -> None:
    child = a_child()
    first = link(child, make_patron(), order=1, gets_bills=True)
    second = link(child, make_patron(), order=2)

    answer = at_work().post(
        f"/patrons/{child.pk}/guardians/order/",
        {
            "link": [first.pk, second.pk],
            f"order-{first.pk}": "2",
            f"order-{second.pk}": "1",
            "bills_to": second.pk,
            f"sees_loans-{first.pk}": "on",
        },
    )

    assert answer.status_code == 302
    first.refresh_from_db()
    second.refresh_from_db()
    assert (second.order, first.order) == (1, 2)
    assert (second.gets_bills, first.gets_bills) == (True, False)
    assert (first.sees_loans, second.sees_loans) == (True, False)


def test_an_order_of_others_is_refused_in_words() -> None:
    child = a_child()
    mine = link(child, make_patron(), gets_bills=True)

    answer = at_work().post(
        f"/patrons/{child.pk}/guardians/order/", {"link": ["9" * 17, "x"]}
    )

    assert answer.status_code == 409
    assert "must name each guardian" in answer.content.decode()
    mine.refresh_from_db()
    assert mine.gets_bills


def test_the_last_guardian_of_a_minor_stays_until_there_is_another() -> None:
    child = a_child()
    last = link(child, make_patron(), gets_bills=True)
    client = at_work()

    refused = client.post(f"/guardianships/{last.pk}/end/")
    assert refused.status_code == 409
    assert "This is the last guardian" in refused.content.decode()
    last.refresh_from_db()
    assert last.ends_on is None
    other = link(child, make_patron(), order=2)

    assert client.post(f"/guardianships/{last.pk}/end/").status_code == 302

    last.refresh_from_db()
    other.refresh_from_db()
    assert last.ends_on == timezone.localdate()
    assert other.gets_bills


def test_a_category_without_guardians_offers_no_form() -> None:
    adult = make_patron()

    page = at_work().get(f"/patrons/{adult.pk}/guardians/").content.decode()

    assert "have no guardians" in page
    assert 'name="kind"' not in page


def test_who_may_only_see_changes_nothing() -> None:
    child = a_child()
    last = link(child, make_patron())
    seer = at_work(make_staff("eero", may=(PatronPermission.SEE,)))

    assert seer.get(f"/patrons/{child.pk}/guardians/").status_code == 403
    assert seer.post(f"/guardianships/{last.pk}/end/").status_code == 403


def test_more_guardians_ask_no_more() -> None:
    child = a_child()
    client = at_work()

    assert_same_queries_with_more_rows(
        lambda: client.get(f"/patrons/{child.pk}/guardians/"),
        add_rows=lambda: link(child, make_patron()),
    )


def test_a_guardian_ends_by_itself_on_a_later_day_and_may_go_on_after_all() -> None:
    child, today = a_child(), timezone.localdate()
    link(child, make_patron(), gets_bills=True)
    ends = link(child, make_patron(surname="Täti"), order=2)
    client, later = at_work(), today + timedelta(days=30)
    page, end = f"/patrons/{child.pk}/guardians/", f"/guardianships/{ends.pk}/end/"

    answer = client.post(end, {"last_day": later.isoformat()}, follow=True)

    told = answer.content.decode()
    assert "The guardian ends by itself after" in told
    assert f"/guardianships/{ends.pk}/go-on/" in told
    ends.refresh_from_db()
    assert ends.ends_on == later

    assert client.post(f"/guardianships/{ends.pk}/go-on/").status_code == 302
    ends.refresh_from_db()
    assert ends.ends_on is None
    assert f"/guardianships/{ends.pk}/go-on/" not in client.get(page).content.decode()


@pytest.mark.parametrize(
    ("typed", "status"), [("eilen", 409), ("2020-01-01", 409), ("", 302)]
)
def test_a_last_day_is_a_day_from_today_on(typed: str, status: int) -> None:
    child = a_child()
    link(child, make_patron(), gets_bills=True)
    ends = link(child, make_patron(), order=2)

    answer = at_work().post(f"/guardianships/{ends.pk}/end/", {"last_day": typed})

    assert answer.status_code == status
    ends.refresh_from_db()
    assert (ends.ends_on is not None) == (status == 302)


def test_a_guardian_for_a_while_is_added_with_the_last_day() -> None:
    child = a_child()
    later = timezone.localdate() + timedelta(days=30)
    typed = {**ADD, "name": "Mummo", "ends_on": later.isoformat()}

    assert at_work().post(f"/patrons/{child.pk}/guardians/", typed).status_code == 302

    assert Guardianship.objects.get(dependant=child).ends_on == later
