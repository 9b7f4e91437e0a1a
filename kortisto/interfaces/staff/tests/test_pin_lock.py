"""A log-in locked by wrong PINs: seen on the patron's page, opened by a click."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kortisto.core.actors import Actor, ActorKind, Channel
from kortisto.core.models import LoggedEvent
from kortisto.domain.patrons.actions.pin import LogInFailed, check_pin, log_in, set_pin
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import card_of, desk, make_patron
from kortisto.testing.mail import let_the_worker_write, post_box

pytestmark = pytest.mark.django_db

PIN = "8264"
MACHINE = Actor(kind=ActorKind.DEVICE, channel=Channel.SELF_CHECK)
SEE, RESET_PIN = PatronPermission.SEE, PatronPermission.RESET_PIN


def locked_patron() -> Patron:
    patron = make_patron()
    now = timezone.now() - timedelta(minutes=3)
    set_pin(patron.pk, PIN, by=desk(), now=now)
    for wrong in ("5013", "5014", "5015", "5016", "5017"):
        with pytest.raises(LogInFailed):
            check_pin(card_of(patron), wrong, by=MACHINE, now=now)
    patron.refresh_from_db()
    assert patron.locked_until is not None
    return patron


def test_the_page_tells_since_when_and_where_and_a_click_opens_it() -> None:
    patron, client = locked_patron(), at_work(make_staff(may=(SEE, RESET_PIN)))

    page = client.get(f"/patrons/{patron.pk}/").content.decode()
    assert "Too many different wrong PINs: locked" in page
    assert "through a self-check machine" in page

    answer = client.post(f"/patrons/{patron.pk}/unlock/", follow=True)

    assert "The log-in is open again, with the same PIN." in answer.content.decode()
    assert "Too many different wrong PINs" not in answer.content.decode()
    log_in(card_of(patron), PIN, by=MACHINE, now=timezone.now())
    event = LoggedEvent.objects.get(kind="PinUnlocked")
    assert event.patron_id == patron.pk


def test_the_patron_is_told_in_their_language_that_it_is_open() -> None:
    patron = locked_patron()
    Patron.objects.filter(pk=patron.pk).update(
        email="aino@posti.example", language="en"
    )
    post = post_box()
    client = at_work(make_staff(may=(SEE, RESET_PIN)))

    client.post(f"/patrons/{patron.pk}/unlock/")
    client.post(f"/patrons/{patron.pk}/unlock/")  # open already: nobody is told twice

    let_the_worker_write(timezone.now())
    _changed, mail = post.sent
    assert mail.to == "aino@posti.example"
    assert mail.subject == "The log-in of your card is open again"
    assert card_of(patron) not in mail.text


def test_an_open_log_in_is_said_to_be_open_and_nothing_is_logged() -> None:
    patron, client = make_patron(), at_work(make_staff(may=(SEE, RESET_PIN)))

    page = client.get(f"/patrons/{patron.pk}/").content.decode()
    answer = client.post(f"/patrons/{patron.pk}/unlock/", follow=True)

    assert "wrong PINs" not in page
    assert "The log-in was open already." in answer.content.decode()
    assert not LoggedEvent.objects.filter(kind="PinUnlocked").exists()


def test_whoever_may_only_look_is_told_but_cannot_open_it() -> None:
    patron, client = locked_patron(), at_work(make_staff(may=(SEE,)))

    page = client.get(f"/patrons/{patron.pk}/").content.decode()
    answer = client.post(f"/patrons/{patron.pk}/unlock/")

    assert "Too many different wrong PINs: locked" in page
    assert f"/patrons/{patron.pk}/unlock/" not in page
    assert answer.status_code == 403
    patron.refresh_from_db()
    assert patron.locked_until is not None
