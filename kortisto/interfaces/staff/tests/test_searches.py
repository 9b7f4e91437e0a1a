"""A search about people is in no address, and only its own session shows it again."""

from django.http import HttpRequest, QueryDict

from kortisto.interfaces.staff.searches import KEPT, MOST, asked_for, show_search


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
