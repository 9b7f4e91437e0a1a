"""My messages in the web library: what came, what is new, and nobody else's."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kortisto.domain.notices.actions.writing import Letter, write_message
from kortisto.domain.notices.models import Notice, Transport
from kortisto.domain.notices.variables import Wording
from kortisto.domain.patrons.models import Patron
from kortisto.interfaces.opac.tests.shelf import log_in, somebody
from kortisto.testing.builders import chief
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db

PAGE = "/account/inbox/"


def written(patron: Patron, number: int = 1) -> Notice:
    letter = Letter(
        key=f"k{number}",
        template="free",
        transport=Transport.WEB,
        wording=Wording(f"Glasses {number}", f"Private words {number}"),
    )
    return write_message(patron.pk, letter, by=chief(), now=timezone.now())


def mailed(patron: Patron, **fields: Any) -> Notice:
    now = timezone.now()
    known: dict[str, Any] = {
        "kind": "pin-changed",
        "about": "event:1",
        "day": now.date(),
        "transport": Transport.EMAIL,
        "address": "aino@posti.example",
        "language": "en",
        "subject": "The PIN of your card has been changed",
        "text": "Hello",
        "state": Notice.State.SENT,
        "created_at": now,
        "sent_at": now,
    }
    return Notice.objects.create(patron=patron, **{**known, **fields})


def test_a_message_is_new_until_it_is_opened_and_names_no_author(
    visitor: Client,
) -> None:
    patron = somebody()
    notice = written(patron)
    log_in(visitor, patron)

    listed = visitor.get(PAGE).content.decode()
    assert "<strong>Glasses 1</strong>" in listed
    assert "Private words" not in listed
    opened = visitor.get(f"{PAGE}{notice.pk}/").content.decode()
    assert "Private words 1" in opened
    assert "MLI" in opened
    assert "staff" not in opened
    again = visitor.get(PAGE).content.decode()
    assert "<strong>Glasses 1</strong>" not in again
    assert "Glasses 1" in again


def test_sent_mail_is_here_too_and_what_did_not_go_is_not(visitor: Client) -> None:
    patron = somebody()
    mailed(patron)
    mailed(
        patron,
        about="event:2",
        subject="Never sent",
        state=Notice.State.GIVEN_UP,
        trouble=Notice.Trouble.REFUSED,
        sent_at=None,
    )
    log_in(visitor, patron)

    listed = visitor.get(PAGE).content.decode()

    assert "The PIN of your card has been changed" in listed
    assert "Never sent" not in listed
    assert "badge-info" not in listed  # it has been told by mail


def test_nobody_opens_the_messages_of_another(visitor: Client) -> None:
    notice = written(somebody())
    assert visitor.get(f"{PAGE}{notice.pk}/").status_code == 302
    log_in(visitor, somebody())

    assert visitor.get(f"{PAGE}{notice.pk}/").status_code == 404
    assert "Glasses" not in visitor.get(PAGE).content.decode()
    notice.refresh_from_db()
    assert notice.read_at is None


def test_an_empty_box_says_so_and_leads_to_the_choice(visitor: Client) -> None:
    log_in(visitor, somebody())

    told = visitor.get(PAGE).content.decode()

    assert "No messages yet" in told
    assert 'href="/account/messages/"' in told


def test_many_messages_go_on_page_by_page_and_cost_no_more(visitor: Client) -> None:
    patron = somebody()
    log_in(visitor, patron)
    numbers = iter(range(100))
    assert_same_queries_with_more_rows(
        lambda: visitor.get(PAGE), add_rows=lambda: written(patron, next(numbers))
    )
    for _ in range(30):
        written(patron, next(numbers))

    first = visitor.get(PAGE).content.decode()
    last = Notice.objects.order_by("-pk")[29]
    second = visitor.get(PAGE, {"before": last.pk}).content.decode()

    assert "Glasses 0<" not in first
    assert "Glasses 0<" in second
    assert "Back to the newest" in second
    assert visitor.get(PAGE, {"before": "x"}).status_code == 200
