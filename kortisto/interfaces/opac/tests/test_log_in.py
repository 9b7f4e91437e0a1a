"""Logging in with card and PIN (S24)."""

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from kortisto.domain.patrons.actions.change import change
from kortisto.domain.patrons.actions.pin import set_pin
from kortisto.domain.patrons.frozen import FROZEN
from kortisto.domain.patrons.models import Patron, PatronCategory
from kortisto.interfaces.opac.middleware import patron_actor
from kortisto.interfaces.opac.tests.shelf import PIN, log_in, somebody
from kortisto.testing.builders import card_of, desk, make_restriction

CHANGE = "/account/details/pin/"

pytestmark = pytest.mark.django_db


def test_card_and_pin_open_the_account(visitor: Client) -> None:
    log_in(visitor, somebody(called_name="Aino"))

    found = visitor.get("/account/")

    assert found.status_code == 200
    assert "Aino" in found.content.decode()
    assert found.headers["Cache-Control"] == "no-store"


def test_a_wrong_pin_and_an_unknown_card_are_told_alike(visitor: Client) -> None:
    patron = somebody()
    wrong = visitor.post("/login/", {"card": card_of(patron), "pin": "9999"})
    unknown = visitor.post("/login/", {"card": "nobody", "pin": "9999"})

    sentence = "The card number or the PIN is wrong."
    assert wrong.status_code == unknown.status_code == 422
    assert sentence in wrong.content.decode()
    assert sentence in unknown.content.decode()
    assert visitor.get("/account/").status_code == 302


def test_a_death_ends_every_session_and_the_card_opens_none(visitor: Client) -> None:
    patron = somebody()
    log_in(visitor, patron)
    change(patron.pk, {"died_on": "2020-02-28"}, by=desk(), now=timezone.now())

    assert visitor.get("/account/").status_code == 302
    right = visitor.post("/login/", {"card": card_of(patron), "pin": PIN})
    wrong = visitor.post("/login/", {"card": card_of(patron), "pin": "9999"})

    assert (right.status_code, wrong.status_code) == (422, 422)
    assert "no longer in use" in right.content.decode()
    assert "no longer in use" not in wrong.content.decode()
    assert visitor.get("/account/").status_code == 302


def test_odd_characters_in_the_card_number_are_told(visitor: Client) -> None:
    answer = visitor.post("/login/", {"card": "12\u202e34", "pin": "1"})

    assert answer.status_code == 422


def test_many_wrong_tries_from_one_address_close_it_with_the_time(
    visitor: Client,
) -> None:
    for number in range(20):
        visitor.post("/login/", {"card": f"nobody{number}", "pin": "9999"})
    patron = somebody()

    answer = visitor.post("/login/", {"card": card_of(patron), "pin": PIN})
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    log_in(elsewhere, patron)

    assert answer.status_code == 429
    assert "is closed until" in answer.content.decode()
    patron.refresh_from_db()
    assert patron.locked_until is None


def test_the_session_has_a_new_key_after_the_log_in(visitor: Client) -> None:
    session = visitor.session
    session["left"] = "by somebody else"
    session.save()
    before = session.session_key

    log_in(visitor, somebody())

    assert visitor.session.session_key != before
    assert "left" not in visitor.session


@pytest.mark.parametrize(
    "outside", ["https://evil.example/", "//evil.example", "javascript:alert(1)"]
)
def test_the_log_in_leads_to_this_site_only(visitor: Client, outside: str) -> None:
    sent = {"card": card_of(somebody()), "pin": PIN, "next": outside}

    assert visitor.post("/login/", sent).headers["Location"] == "/account/"


def test_a_form_without_its_token_is_not_taken() -> None:
    strict = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})

    answer = strict.post("/login/", {"card": card_of(somebody()), "pin": PIN})

    assert answer.status_code == 403
    assert "Send it once more" in answer.content.decode()


def test_a_new_pin_ends_every_session_that_began_with_the_old(
    visitor: Client,
) -> None:
    patron = somebody()
    log_in(visitor, patron)

    set_pin(patron.pk, "9173", by=patron_actor(patron), now=timezone.now())

    assert visitor.get("/account/").status_code == 302


def test_changing_the_pin_keeps_this_log_in_and_ends_the_others(
    visitor: Client,
) -> None:
    patron, elsewhere = somebody(), Client()
    log_in(visitor, patron)
    log_in(elsewhere, patron)

    sent = {"old": PIN, "new": "9173", "again": "9173"}
    answer = visitor.post("/account/details/pin/", sent)

    assert answer.status_code == 302
    assert visitor.get("/account/details/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "again", "words"),
    [
        ("1111", "9173", "9173", "This is not your PIN."),
        (PIN, "9173", "9174", "are not the same"),
        (PIN, "1234", "1234", "too easy to guess"),
    ],
)
def test_a_pin_that_will_not_do_is_told_and_not_taken(
    visitor: Client, old: str, new: str, again: str, words: str
) -> None:
    patron = somebody()
    log_in(visitor, patron)

    answer = visitor.post(
        "/account/details/pin/", {"old": old, "new": new, "again": again}
    )

    assert answer.status_code == 422
    assert words in answer.content.decode()
    log_in(Client(), patron)


def test_a_pin_that_is_easy_to_guess_is_changed_first(visitor: Client) -> None:
    """It came from an earlier system; none such can be chosen here."""
    patron = somebody(pin_hash=make_password("1234"))
    visitor.post("/login/", {"card": card_of(patron), "pin": "1234"})

    assert visitor.get("/account/").headers["Location"] == CHANGE
    assert "before you go on" in visitor.get(CHANGE).content.decode()
    visitor.post(CHANGE, {"old": "1234", "new": "9173", "again": "9173"})

    assert visitor.get("/account/").status_code == 200


def test_a_category_may_keep_pins_to_the_desk(visitor: Client) -> None:
    patron = somebody()
    PatronCategory.objects.update(changes_pin_online=False)
    log_in(visitor, patron)

    answer = visitor.post(CHANGE, {"old": PIN, "new": "9173", "again": "9173"})

    assert "changed at the library only" in answer.content.decode()
    log_in(Client(), patron)


def test_a_session_ends_after_half_an_hour_without_a_move(visitor: Client) -> None:
    log_in(visitor, somebody())
    session = visitor.session
    session["touched_at"] -= 31 * 60
    session.save()

    assert visitor.get("/account/").status_code == 302


def test_logging_out_ends_the_session(visitor: Client) -> None:
    log_in(visitor, somebody())

    visitor.get("/logout/")
    assert visitor.get("/account/").status_code == 200

    visitor.post("/logout/")
    assert visitor.get("/account/").status_code == 302


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"expires_on": "2021-01-01"}, "Your card was good until 1.1.2021"),
        ({"card_lost": True}, "reported lost"),
        ({"check_address": True}, "not sure of your address"),
    ],
)
def test_what_is_wrong_with_the_card_is_told_with_what_to_do(
    visitor: Client, fields: dict[str, object], words: str
) -> None:
    patron = somebody()
    Patron.objects.filter(pk=patron.pk).update(**fields)
    log_in(visitor, patron)

    assert words in visitor.get("/account/").content.decode()


def test_a_restriction_is_told_without_what_staff_wrote(visitor: Client) -> None:
    patron = somebody()
    today = timezone.localdate()
    make_restriction(
        patron,
        note="SALAINEN",
        starts_on=today,
        ends_on=today + timedelta(days=3),
    )
    log_in(visitor, patron)

    found = visitor.get("/account/").content.decode()

    assert "You cannot borrow until" in found
    assert "SALAINEN" not in found


def test_the_language_is_chosen_by_cookie_and_kept_with_the_patron(
    visitor: Client,
) -> None:
    patron = somebody()
    log_in(visitor, patron)

    sent = {"language": "sv", "next": "/libraries/"}
    answer = visitor.post("/language/", sent)

    assert answer.headers["Location"] == "/libraries/"
    assert '<html lang="sv"' in visitor.get("/libraries/").content.decode()
    patron.refresh_from_db()
    assert patron.language == "sv"


def test_the_pages_change_their_language_though_nothing_of_the_patron_is_changed(
    visitor: Client,
) -> None:
    patron = somebody()
    make_restriction(patron, kind=FROZEN)
    log_in(visitor, patron)

    answer = visitor.post("/language/", {"language": "sv", "next": "/libraries/"})

    assert answer.headers["Location"] == "/libraries/"
    assert '<html lang="sv"' in visitor.get("/libraries/").content.decode()
    patron.refresh_from_db()
    assert patron.language == "en"
