"""The page of the texts of messages: change, preview, versions, the shipped one."""

from typing import Any

import pytest
from django.test import Client

from kortisto.domain.notices.models import NoticeText
from kortisto.domain.notices.patron_kinds import WELCOME
from kortisto.domain.notices.permissions import NoticePermission
from kortisto.domain.notices.queries import wording_of
from kortisto.interfaces.staff.tests.people import at_work, make_staff

pytestmark = pytest.mark.django_db

PAGE = "/message-texts/welcome/en/"


def editor() -> Client:
    return at_work(make_staff("eero", may=(NoticePermission.EDIT_TEXTS,)))


def save(client: Client, **told: str) -> Any:
    form = {"seen": "0", "subject": "Hi", "text": "Hi {name}, until {day}.", **told}
    return client.post(PAGE, form)


def test_every_kind_is_listed_in_every_language() -> None:
    client = editor()
    save(client)

    told = client.get("/message-texts/").content.decode()

    assert "Welcome" in told
    assert told.count(": Free text</span>") == 3
    assert told.count("own text") == 1


def test_a_text_is_changed_and_taken_back() -> None:
    client = editor()
    begun = client.get(PAGE).content.decode()
    assert "you are a customer of the library now" in begun
    assert "{name}" in begun
    assert "The text is as shipped." in begun

    assert save(client).status_code == 302
    told = client.get(PAGE).content.decode()
    assert "Hi {name}, until {day}." in told
    assert "Hi Aino, until" in told
    assert "Virkailija Eero" in told

    answer = client.post(f"{PAGE}shipped/", {"seen": "1"}, follow=True)
    assert "The shipped text is in use again." in answer.content.decode()
    assert wording_of(WELCOME, "en")[0] == WELCOME.shipped("en")
    assert NoticeText.objects.count() == 2


def test_an_unknown_variable_is_refused_with_the_known_ones() -> None:
    client = editor()

    answer = save(client, text="Hi {nmae}")

    told = answer.content.decode()
    assert answer.status_code == 422
    assert "There is no variable “{nmae}” in this message." in told
    assert "{name}, {library}, {day}, {address}" in told
    assert ">\nHi {nmae}</textarea>" in told
    assert not NoticeText.objects.exists()


def test_the_preview_follows_what_is_typed() -> None:
    client = editor()
    typed = {"seen": "0", "subject": "Hello {name}", "text": "In {library}"}

    fine = client.post(f"{PAGE}preview/", typed).content.decode()
    wrong = client.post(f"{PAGE}preview/", {**typed, "text": "{x"}).content.decode()
    empty = client.post(f"{PAGE}preview/", {}).content.decode()

    assert "Hello Aino" in fine
    assert "In MLI" in fine
    assert "A curly bracket stands alone." in wrong
    assert "The message says nothing." in empty
    assert "<h1" not in fine
    assert not NoticeText.objects.exists()


def test_two_editors_do_not_write_over_one_another() -> None:
    client = editor()
    save(client)

    answer = save(client, subject="Mine")

    assert answer.status_code == 422
    assert "Somebody else has saved this text meanwhile." in answer.content.decode()
    late = client.post(f"{PAGE}shipped/", {"seen": "0"}, follow=True)
    assert "Somebody else has saved this text meanwhile." in late.content.decode()
    assert NoticeText.objects.get().subject == "Hi"


def test_what_is_not_there_is_not_found_and_nobody_else_comes_in() -> None:
    client, other = editor(), at_work(make_staff("outo", may=()))

    for address in ("/message-texts/welcome/de/", "/message-texts/nothing/fi/"):
        assert client.get(address).status_code == 404
    for address in ("/message-texts/", PAGE):
        assert other.get(address).status_code == 403
    assert save(other).status_code == 403
