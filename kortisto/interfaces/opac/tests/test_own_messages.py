"""My messages: what can work can be ticked, and nothing else (S30, S31)."""

import re
from typing import Any

import pytest
from django.test import Client

from kortisto.domain.patrons.actions.choices import ticks_of
from kortisto.domain.patrons.models import MessageChoice
from kortisto.domain.patrons.rules import Tick
from kortisto.interfaces.opac.tests.shelf import log_in, somebody

pytestmark = pytest.mark.django_db

PAGE = "/account/messages/"
NOT_YET = "Not sent yet. What you tick is kept."
ONLY_MAIL = "text messages and letters are not sent yet"
EMAIL: dict[str, Any] = {"email": "aino@posti.example"}


def text(client: Client) -> str:
    answer = client.get(PAGE)
    assert answer.status_code == 200
    return answer.content.decode()


def test_ticks_are_saved_with_their_days(visitor: Client) -> None:
    patron = somebody(**EMAIL)
    log_in(visitor, patron)

    sent = {
        "where": "phone",
        "tick": ["advance:email", "hold-ready:email"],
        "days-advance": "5",
    }
    answer = visitor.post(PAGE, sent)

    assert answer.status_code == 302
    assert set(ticks_of(patron.pk)) == {
        Tick("advance", "email", 5),
        Tick("hold-ready", "email"),
    }
    found = text(visitor)
    assert "Your messages will come as you chose." in found
    assert '<option value="5" selected>' in found


def test_what_cannot_work_has_no_box_but_a_reason(visitor: Client) -> None:
    log_in(visitor, somebody())

    found = text(visitor)

    assert 'value="advance:email"' not in found
    assert "the library has no e-mail address of yours" in found
    assert "As things are, it cannot reach you." in found


@pytest.mark.parametrize(
    ("ticks", "days", "words"),
    [
        (["due:sms"], "3", "there is no number for it"),
        (["hold-ready:paper"], "3", "there is no address for it"),
        (["advance:email"], "0", "comes 1 to 7 days before"),
        (["advance:email"], "900", "comes 1 to 7 days before"),
        (["hold-ready:email", "hold-ready:none"], "3", "both not at all and in some"),
        (["nothing:email"], "3", "There is no such field"),
        (["due:pigeon"], "3", "There is no such field"),
    ],
)
def test_an_impossible_tick_is_refused_and_nothing_changes(
    visitor: Client, ticks: list[str], days: str, words: str
) -> None:
    patron = somebody(**EMAIL)
    log_in(visitor, patron)

    sent = {"where": "phone", "tick": ticks, "days-advance": days}
    answer = visitor.post(PAGE, sent)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not MessageChoice.objects.exists()


def test_a_number_of_its_own_is_given_together_with_the_tick(visitor: Client) -> None:
    patron = somebody()
    log_in(visitor, patron)

    sent = {"where": "other", "sms_number": "045 765 4321", "tick": "due:sms"}
    visitor.post(PAGE, sent)

    patron.refresh_from_db()
    assert patron.sms_number == "+358457654321"
    assert ticks_of(patron.pk) == [Tick("due", "sms")]


def test_the_number_goes_together_with_its_last_tick(visitor: Client) -> None:
    patron = somebody(sms_number="+358457654321")
    MessageChoice.objects.create(patron=patron, kind="due", transport="sms")
    log_in(visitor, patron)

    kept = visitor.post(PAGE, {"where": "phone", "tick": "due:sms"})
    assert kept.status_code == 422
    visitor.post(PAGE, {"where": "phone"})

    patron.refresh_from_db()
    assert patron.sms_number is None
    assert ticks_of(patron.pk) == []


def test_a_number_that_is_none_is_told_beside_it(visitor: Client) -> None:
    patron = somebody(**EMAIL)
    log_in(visitor, patron)

    for typed, words in (("äiti", "has digits only"), ("", "Type the number")):
        sent = {"where": "other", "sms_number": typed, "tick": "due:email"}
        answer = visitor.post(PAGE, sent)
        found = answer.content.decode()
        assert answer.status_code == 422
        assert words in found
        assert 'value="due:email" id="due-email" checked' in found
    assert not MessageChoice.objects.exists()


def test_what_the_page_has_no_box_for_is_left_alone(visitor: Client) -> None:
    patron = somebody(**EMAIL)
    MessageChoice.objects.create(patron=patron, kind="due", transport="suomifi")
    log_in(visitor, patron)

    visitor.post(PAGE, {"where": "phone", "tick": "due:email"})

    assert set(ticks_of(patron.pk)) == {Tick("due", "email"), Tick("due", "suomifi")}


def test_what_is_not_written_yet_says_so(visitor: Client) -> None:
    log_in(visitor, somebody())

    page = text(visitor)

    cards = re.findall(
        r'<fieldset [^>]*id="kind-([a-z-]+)"(.*?)</fieldset>', page, re.S
    )
    not_yet = {kind for kind, card in cards if NOT_YET in card}
    assert {"due", "advance", "overdue", "checkout-receipt"} <= not_yet
    assert {"hold-ready", "pickup-reminder", "expiry"} == {
        kind for kind, _card in cards
    } - not_yet
    assert ONLY_MAIL in page
