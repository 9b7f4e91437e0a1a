"""Messages on the patron's page, their texts by a click, and writing to a patron."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kortisto.core.models import LoggedEvent
from kortisto.domain.notices.models import Notice, Transport
from kortisto.domain.notices.permissions import NoticePermission
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import make_patron
from kortisto.testing.mail import let_the_worker_write, post_box
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db

SEE, WRITE = PatronPermission.SEE, NoticePermission.WRITE


def aino(**fields: Any) -> Patron:
    known = {"email": "aino@posti.example", "pin_hash": "x", "language": "en"}
    return make_patron(**{**known, **fields})


def sent(patron: Patron, number: int = 1, **fields: Any) -> Notice:
    now = timezone.now()
    known: dict[str, Any] = {
        "kind": "pin-changed",
        "about": f"event:{number}",
        "day": date(2026, 11, 2),
        "transport": Transport.EMAIL,
        "address": "aino@posti.example",
        "language": "en",
        "subject": f"Subject {number}",
        "text": f"Secret text {number}",
        "state": Notice.State.SENT,
        "sent_at": now,
        "created_at": now,
    }
    return Notice.objects.create(patron=patron, **{**known, **fields})


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def write(client: Client, patron: Patron, **told: str) -> Any:
    form = {
        "key": "k1",
        "template": "free",
        "transport": "email",
        "subject": "Your glasses",
        "text": "They are here.\nCome!",
        **told,
    }
    return client.post(f"/patrons/{patron.pk}/write/", form)


def test_the_patrons_page_has_the_latest_without_their_texts() -> None:
    patron, client = aino(), at_work(make_staff(may=(SEE,)))
    for number in range(6):
        sent(patron, number)
    sent(
        patron,
        7,
        state=Notice.State.GIVEN_UP,
        trouble=Notice.Trouble.ADDRESS_REFUSED,
        sent_at=None,
    )

    told = page(client, f"/patrons/{patron.pk}/")

    assert "Subject 7" in told
    assert "The mail server does not know the address." in told
    assert "Subject 2" in told
    assert "Subject 1" not in told
    assert "Secret text" not in told
    assert f"/patrons/{patron.pk}/sent/" in told
    assert f"/patrons/{patron.pk}/write/" not in told  # that needs a permission


def test_the_text_is_read_by_a_click_that_is_logged() -> None:
    patron, client = aino(), at_work(make_staff(may=(SEE,)))
    notice = sent(patron)

    told = page(client, f"/sent-messages/{notice.pk}/")

    assert "Secret text 1" in told
    assert "aino@posti.example" in told
    looks = LoggedEvent.objects.filter(kind="PatronViewed")
    assert [row.body["page"] for row in looks] == ["sent-message"]
    assert client.get("/sent-messages/999/").status_code == 404


def test_a_list_of_all_goes_on_page_by_page() -> None:
    patron, client = aino(), at_work(make_staff(may=(SEE,)))
    for number in range(60):
        sent(patron, number)

    first = page(client, f"/patrons/{patron.pk}/sent/")
    last = Notice.objects.get(subject="Subject 10")
    second = page(client, f"/patrons/{patron.pk}/sent/?after={last.pk}")

    assert "Subject 59" in first
    assert "Subject 9<" not in first
    assert "Subject 9<" in second
    assert "Secret text" not in first + second
    assert client.get("/patrons/999/sent/").status_code == 404


def test_more_messages_cost_no_more_questions() -> None:
    patron, client = aino(), at_work(make_staff(may=(SEE,)))
    numbers = iter(range(100))
    assert_same_queries_with_more_rows(
        lambda: page(client, f"/patrons/{patron.pk}/sent/"),
        add_rows=lambda: sent(patron, next(numbers), author="staff:1"),
    )


def test_without_the_permission_nothing_is_seen() -> None:
    patron, client = aino(), at_work(make_staff(may=(WRITE,)))
    notice = sent(patron)

    for address in (f"/patrons/{patron.pk}/sent/", f"/sent-messages/{notice.pk}/"):
        assert client.get(address).status_code == 403
    assert not LoggedEvent.objects.filter(kind="PatronViewed").exists()


# --- writing (PAT-16) -----------------------------------------------------------------


def test_an_email_is_written_sent_and_seen_with_its_author() -> None:
    patron, post = aino(), post_box()
    client = at_work(make_staff("eero", may=(SEE, WRITE)))

    answer = write(client, patron)
    let_the_worker_write(timezone.now() + timedelta(seconds=1))

    assert answer.status_code == 302
    (mail,) = post.sent
    assert (mail.subject, mail.text) == ("Your glasses", "They are here.\nCome!")
    listed = page(client, f"/patrons/{patron.pk}/sent/")
    assert "Your glasses" in listed
    assert "Virkailija Eero" in listed
    assert "Eero" not in f"{mail.subject} {mail.text}"


def test_a_form_that_is_sent_twice_writes_once() -> None:
    patron, client = aino(), at_work(make_staff(may=(SEE, WRITE)))
    post_box()
    for _ in range(2):
        assert write(client, patron, transport="web").status_code == 302

    assert Notice.objects.count() == 1


def test_a_template_fills_the_form_in_the_patrons_language() -> None:
    patron, client = aino(language="sv"), at_work(make_staff(may=(SEE, WRITE)))
    post_box()

    told = page(client, f"/patrons/{patron.pk}/write/?template=contact-us")

    assert "Ta kontakt med biblioteket" in told
    assert re.search('value="email"[^>]* checked', told)
    nonsense = page(client, f"/patrons/{patron.pk}/write/?template=welcome")
    assert "Ett meddelande från biblioteket" in nonsense


def test_without_an_address_email_is_refused_in_words_and_the_form_stays() -> None:
    patron, client = aino(email=""), at_work(make_staff(may=(SEE, WRITE)))
    post_box()
    begun = page(client, f"/patrons/{patron.pk}/write/")
    assert "There is no e-mail address on the record" in begun

    answer = write(client, patron)

    told = answer.content.decode()
    assert answer.status_code == 422
    assert told.count("There is no e-mail address on the record") >= 2
    assert "They are here." in told
    assert not Notice.objects.exists()


def test_an_empty_form_is_told_and_one_without_a_key_too() -> None:
    patron, client = aino(), at_work(make_staff(may=(SEE, WRITE)))
    for wrong in ({"subject": " "}, {"text": "\n"}, {"key": ""}, {"transport": "sms"}):
        assert write(client, patron, **wrong).status_code == 422
    assert write(client, patron, template="welcome").status_code == 422
    assert not Notice.objects.exists()


def test_only_who_may_write_writes() -> None:
    patron, client = aino(), at_work(make_staff(may=(SEE,)))

    assert write(client, patron).status_code == 403
    assert client.get(f"/patrons/{patron.pk}/write/").status_code == 403
    assert not Notice.objects.exists()


def test_the_mail_of_a_protected_person_does_not_name_the_library() -> None:
    patron, client = aino(is_protected=True), at_work(make_staff(may=(SEE, WRITE)))
    post_box()

    told = page(client, f"/patrons/{patron.pk}/write/?template=contact-us")

    assert "LUMME</textarea>" in told
