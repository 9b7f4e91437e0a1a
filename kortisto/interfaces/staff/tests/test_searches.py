"""A search about people is in no address, and only its own session shows it again."""

import pytest
from django.http import HttpRequest, QueryDict

from kortisto.core.models import LoggedEvent
from kortisto.interfaces.staff.searches import KEPT, MOST, asked_for, show_search
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import card_of, make_category, make_patron

pytestmark = pytest.mark.django_db


def request_with(session: dict[str, object], question: str = "") -> HttpRequest:
    request = HttpRequest()
    request.session = session  # type: ignore[assignment]
    request.GET = QueryDict(question)
    return request


def test_the_session_knows_what_the_key_of_an_address_stands_for() -> None:
    session: dict[str, object] = {}

    answer = show_search(request_with(session), {"q": "salonen"}, at="/patrons/")
    address, _, question = answer.headers["Location"].partition("?")

    assert (address, answer.status_code) == ("/patrons/", 302)
    assert "salonen" not in question
    assert asked_for(request_with(session, question)) == {"q": "salonen"}
    assert asked_for(request_with({}, question)) is None
    assert asked_for(request_with(session, "search=salonen")) is None


def test_the_newest_of_a_session_are_kept_and_no_others() -> None:
    session: dict[str, object] = {}

    for number in range(MOST + 3):
        show_search(request_with(session), {"q": f"nimi{number}"}, at="/")

    kept = session[KEPT]
    assert isinstance(kept, dict)
    assert [one["q"] for one in kept.values()] == [
        f"nimi{number}" for number in range(3, MOST + 3)
    ]


def test_a_name_is_in_no_address_and_going_back_shows_the_list_again() -> None:
    patron = make_patron(surname="Salonen")
    client = at_work()

    search = client.post("/patrons/", {"q": "salonen", "match": "starts"})
    address = search.headers["Location"]
    first, again = client.get(address), client.get(address)

    assert "salonen" not in address.casefold()
    for page in (first, again):
        assert "Salonen" in page.content.decode()
        assert 'value="salonen"' in page.content.decode()
    assert LoggedEvent.objects.filter(patron_id=patron.pk).count() == 2


def test_somebody_else_s_search_shows_nothing_and_nobody_is_looked_at() -> None:
    make_patron(surname="Salonen")
    mine, theirs = at_work(), at_work(make_staff("eero"))

    address = mine.post("/patrons/", {"q": "salonen"}).headers["Location"]
    page = theirs.get(address)

    assert page.status_code == 200
    assert "Salonen" not in page.content.decode()
    assert not LoggedEvent.objects.exists()


def test_what_an_address_asks_by_itself_is_not_looked_for() -> None:
    make_patron(surname="Salonen")
    client = at_work()

    for address in ("/patrons/?q=salonen", "/patrons/?search=salonen"):
        assert "Salonen" not in client.get(address).content.decode()
    assert client.get("/commands/?q=salonen").status_code == 405


def test_a_search_of_another_page_is_none_here() -> None:
    make_category("LAPSI", may_have_guardian=True)
    child = make_patron(category="LAPSI", surname="Salonen")
    client = at_work()

    search = client.post(f"/patrons/{child.pk}/guardians/find/", {"q": "salonen"})
    key = search.headers["Location"].partition("?")[2]

    assert client.get(f"/audit/?{key}").status_code == 200
    assert client.get(f"/patrons/?{key}&match=x").status_code == 200


def test_the_audit_log_is_searched_by_a_card_that_no_address_has() -> None:
    patron, other = make_patron(), make_patron()
    client = at_work()
    for each in (patron, other):
        client.get(f"/patrons/{each.pk}/")

    typed = {"card": card_of(patron), "kind": "looks", "nonsense": "x" * 9999}
    address = client.post("/audit/", typed).headers["Location"]
    page = client.get(address)

    assert card_of(patron) not in address
    rows = page.context["rows"]
    assert {row.event.patron_id for row in rows} == {patron.pk}
    assert f'value="{card_of(patron)}"' in page.content.decode()
    assert "nonsense" not in str(dict(client.session))


def test_whoever_has_to_log_in_first_carries_no_name_along() -> None:
    client = at_work()
    address = client.post("/patrons/", {"q": "salonen"}).headers["Location"]
    client.logout()

    away = client.get(address).headers["Location"]

    assert away.startswith("/login/?next=")
    assert "salonen" not in away
