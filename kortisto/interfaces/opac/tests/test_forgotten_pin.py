"""A forgotten PIN on the web: every card gets the same answer, a link works once."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import timezone

from kortisto.core.models import Job
from kortisto.domain.patrons.models import Patron
from kortisto.interfaces.opac.tests.shelf import PIN, log_in, somebody
from kortisto.testing.builders import card_of
from kortisto.testing.mail import MemoryMail, let_the_worker_write, post_box

pytestmark = pytest.mark.django_db

TOKEN = re.compile(r'(name="csrf-token" content|csrfmiddlewaretoken" value)="\w+"')
ASK, NEW = "/pin/forgotten/", "/pin/new/"


@pytest.fixture(autouse=True)
def post() -> Iterator[MemoryMail]:
    yield post_box()
    post_box()


def link_for(visitor: Client, patron: Patron, post: MemoryMail) -> str:
    """Ask for a link, and take it out of the mail."""
    visitor.post(ASK, {"card": card_of(patron)})
    let_the_worker_write(timezone.now())
    token = post.sent[-1].text.partition(NEW)[2].partition("/")[0]
    return f"{NEW}{token}/"


def test_every_card_gets_the_same_answer(visitor: Client) -> None:
    known = somebody(email="aino@posti.example")
    answers = [
        visitor.post(ASK, {"card": card}, follow=True)
        for card in (card_of(known), card_of(somebody()), "olematon")
    ]

    assert {answer.status_code for answer in answers} == {200}
    pages = [TOKEN.sub("", answer.content.decode()) for answer in answers]
    assert len(set(pages)) == 1
    assert Job.objects.count() == 3


def test_a_new_pin_is_chosen_by_the_link_and_opens_the_account(
    visitor: Client, post: MemoryMail
) -> None:
    patron, elsewhere = somebody(email="aino@posti.example"), Client()
    log_in(elsewhere, patron)
    link = link_for(visitor, patron, post)

    opened = visitor.get(link)
    assert opened.headers["Location"] == NEW
    page = visitor.get(NEW).content.decode()
    assert link not in page
    assert card_of(patron) not in page
    answer = visitor.post(NEW, {"new": "9173", "again": "9173"}, follow=True)

    assert "Your new PIN is in use. Log in with it." in answer.content.decode()
    assert elsewhere.get("/account/").status_code == 302
    sent = {"card": card_of(patron), "pin": "9173"}
    assert visitor.post("/login/", sent).status_code == 302


def test_a_link_that_was_opened_twice_works_once(
    visitor: Client, post: MemoryMail
) -> None:
    patron, other = somebody(email="aino@posti.example"), Client()
    link = link_for(visitor, patron, post)
    for browser in (visitor, other):
        browser.get(link)

    visitor.post(NEW, {"new": "9173", "again": "9173"})
    late = other.post(NEW, {"new": "8264", "again": "8264"})

    assert late.status_code == 410
    sent = {"card": card_of(patron), "pin": "9173"}
    assert visitor.post("/login/", sent).status_code == 302


@pytest.mark.parametrize("address", [NEW, f"{NEW}guessed/"])
def test_without_a_link_no_pin_is_given(visitor: Client, address: str) -> None:
    patron = somebody(email="aino@posti.example")

    answer = visitor.get(address, follow=True)
    visitor.post(NEW, {"new": "9173", "again": "9173"})

    assert answer.status_code == 410
    assert "The link works no more" in answer.content.decode()
    log_in(visitor, patron)


@pytest.mark.parametrize(
    ("new", "again", "words"),
    [("1234", "1234", "too easy to guess"), ("9173", "9174", "are not the same")],
)
def test_a_pin_that_will_not_do_is_told_and_the_link_still_works(
    visitor: Client, post: MemoryMail, new: str, again: str, words: str
) -> None:
    patron = somebody(email="aino@posti.example")
    visitor.get(link_for(visitor, patron, post))

    wrong = visitor.post(NEW, {"new": new, "again": again})
    right = visitor.post(NEW, {"new": "9173", "again": "9173"})

    assert wrong.status_code == 422
    assert words in wrong.content.decode()
    assert right.status_code == 302


def test_asking_again_and_again_from_one_network_is_stopped(visitor: Client) -> None:
    for number in range(10):
        visitor.post(ASK, {"card": f"nobody{number}"})

    answer = visitor.post(ASK, {"card": card_of(somebody())})

    assert answer.status_code == 429
    assert "Many links have been asked for" in answer.content.decode()
    assert Job.objects.count() == 10


def test_where_no_mail_is_sent_the_page_says_what_to_do_instead(
    visitor: Client, post: MemoryMail
) -> None:
    post.is_set_up = False

    page = visitor.get(ASK).content.decode()
    visitor.post(ASK, {"card": card_of(somebody(email="a@posti.example"))})

    assert "Send me a link" not in page
    assert "You get a new PIN at any library" in page
    assert not Job.objects.exists()


def test_a_locked_account_says_until_when_and_how_it_opens(visitor: Client) -> None:
    patron = somebody()
    for pin in ("1111", "2222", "3333", "4444", "5555"):
        visitor.post("/login/", {"card": card_of(patron), "pin": pin})

    answer = visitor.post("/login/", {"card": card_of(patron), "pin": PIN})

    page = answer.content.decode()
    assert "The account is locked until" in page
    assert f'href="{ASK}"' in page
