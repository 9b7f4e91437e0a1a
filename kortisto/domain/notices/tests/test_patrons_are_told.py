"""What happens to a card is told to its patron; and who is told nothing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from kortisto.core.actors import Actor, ActorKind, Channel, job_actor
from kortisto.core.events import publish
from kortisto.core.models import Job
from kortisto.domain.notices.actions.expiring import tell_expiring
from kortisto.domain.notices.models import Notice
from kortisto.domain.notices.settings import EXPIRY_DAYS, WELCOME_NEW
from kortisto.domain.org.actions.settings import set_setting
from kortisto.domain.patrons.actions.contacts import change_contacts
from kortisto.domain.patrons.actions.erasures import ask_erasure, take_back_erasure
from kortisto.domain.patrons.actions.pin_links import ask_for_pin_link
from kortisto.domain.patrons.actions.register import register
from kortisto.domain.patrons.actions.renewing import renew_membership
from kortisto.domain.patrons.events import RegisteredOnline
from kortisto.domain.patrons.models import Erasure, MessageChoice, Patron, Source
from kortisto.domain.patrons.new_patron import NewPatron
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    chief,
    desk,
    make_category,
    make_consortium,
    make_library,
    make_patron,
)
from kortisto.testing.mail import MemoryMail, let_the_worker_write, post_box

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
LAST = date(2027, 3, 31)  # thirty days after MONDAY_NOON


@pytest.fixture(autouse=True)
def post() -> Iterator[MemoryMail]:
    yield post_box()
    post_box()


def subjects(post: MemoryMail) -> list[str]:
    let_the_worker_write(MONDAY_NOON)
    return [mail.subject for mail in post.sent]


def newcomer(**fields: Any) -> Patron:
    make_category("HENKILO")
    wanted: dict[str, Any] = {
        "card_number": "P1",
        "surname": "Meri",
        "first_names": "Anna",
        "category": "HENKILO",
        "home_library_id": make_library().pk,
        "language": "en",
        "email": "anna@posti.example",
        "born_on": date(1980, 5, 17),
    }
    made = register(NewPatron(**{**wanted, **fields}), by=desk(), now=MONDAY_NOON)
    return Patron.objects.get(pk=made.pk)


# --- the log-in -----------------------------------------------------------------------


def test_the_secret_of_a_link_is_in_the_mail_and_nowhere_else(
    post: MemoryMail,
) -> None:
    patron = make_patron(email="a@posti.example", language="en")
    web = Actor(kind=ActorKind.PATRON, channel=Channel.WEB)
    ask_for_pin_link(card_of(patron), by=web, now=MONDAY_NOON)

    assert subjects(post) == ["A new PIN for your card"]
    token = post.sent[0].text.partition("/pin/new/")[2].partition("/")[0]
    assert len(token) > 40
    notice = Notice.objects.get()
    assert "Choose it here:\n\n[link]\n\nThe link works once" in notice.text
    kept = f"{Notice.objects.values()} {Job.objects.values()} {notice.facts}"
    assert token not in kept


# --- welcome (PAT-9) ------------------------------------------------------------------


def test_whoever_is_registered_is_welcomed(post: MemoryMail) -> None:
    patron = newcomer()

    assert subjects(post) == ["Welcome to the library"]
    assert post.sent[0].to == "anna@posti.example"
    assert f"{patron.expires_on:%-d.%-m.%Y}" in post.sent[0].text
    assert "P1" not in post.sent[0].text


def test_nobody_is_welcomed_who_was_imported_or_has_no_address(
    post: MemoryMail,
) -> None:
    newcomer(source=Source.MIGRATION)
    newcomer(card_number="P2", surname="Muu", email="")

    assert subjects(post) == []
    assert not Notice.objects.exists()


def test_a_library_may_leave_the_welcome_out(post: MemoryMail) -> None:
    place = make_library().pk
    set_setting(place, WELCOME_NEW, value=False, by=chief(), now=MONDAY_NOON)
    newcomer()

    assert subjects(post) == []


def test_who_registered_on_the_web_is_told_where_the_card_waits(
    post: MemoryMail,
) -> None:
    make_category("HAKEMUS", kind="provisional")
    patron = make_patron(
        category="HAKEMUS",
        language="en",
        email="anna@posti.example",
        registered_on=MONDAY_NOON.date(),
    )
    publish(RegisteredOnline(patron_id=patron.pk), by=desk(), at=MONDAY_NOON)

    assert subjects(post) == ["Your library card"]
    assert "Fetch your card by 15.3.2027" in post.sent[0].text


def test_where_no_mail_is_sent_nothing_is_queued(post: MemoryMail) -> None:
    post.is_set_up = False
    newcomer()
    let_the_worker_write(MONDAY_NOON)

    assert not Notice.objects.exists()


# --- an old address, an erasure -------------------------------------------------------


def test_the_old_address_hears_of_the_new_one_and_the_new_one_nothing(
    post: MemoryMail,
) -> None:
    patron = make_patron(email="old@posti.example", language="en")
    themself = Actor(kind=ActorKind.PATRON, id=patron.pk, channel=Channel.WEB)
    change_contacts(
        patron.pk,
        {"email": "new@posti.example"},
        seen={"email": "old@posti.example"},
        by=replace(themself, library_id=patron.home_library_id),
        now=MONDAY_NOON,
    )

    assert subjects(post) == ["Your e-mail address at the library has been changed"]
    assert post.sent[0].to == "old@posti.example"
    assert "new@" not in post.sent[0].text


def test_who_asked_to_be_erased_knows_it_and_who_stays_is_not_told(
    post: MemoryMail,
) -> None:
    own, back = (make_patron(email=f"{n}@posti.example") for n in range(2))
    ask_erasure(own.pk, by=chief(), now=MONDAY_NOON)
    ask_erasure(back.pk, by=chief(), now=MONDAY_NOON)
    Erasure.objects.filter(patron=back).update(cause=Erasure.Cause.INACTIVE)
    take_back_erasure(back.pk, by=chief(), now=MONDAY_NOON)

    assert subjects(post) == []


# --- the card expires (S15) -----------------------------------------------------------


def expiring(**fields: Any) -> Patron:
    fields = {"email": "a@posti.example", "language": "en", **fields}
    patron = make_patron(**{"expires_on": LAST, **fields})
    MessageChoice.objects.create(patron=patron, kind="expiry", transport="email")
    return patron


def tell(*, later: timedelta = timedelta(0)) -> int:
    return tell_expiring(by=job_actor(), now=MONDAY_NOON + later)


def test_a_month_before_the_end_those_are_told_who_want_to_know(
    post: MemoryMail,
) -> None:
    expiring()
    unasked = make_patron(email="b@posti.example", expires_on=LAST)

    assert tell() == 1
    assert subjects(post) == ["Your library card is about to expire"]
    assert "good until 31.3.2027" in post.sent[0].text
    assert not Notice.objects.filter(patron=unasked).exists()


def test_it_is_told_once_for_each_last_day() -> None:
    patron = expiring()
    assert [tell(later=DAY * n) for n in range(3)] == [1, 0, 0]
    let_the_worker_write(MONDAY_NOON)

    renew_membership(patron.pk, by=chief(), now=MONDAY_NOON)
    patron.refresh_from_db()
    almost = patron.expires_on - MONDAY_NOON.date() - 5 * DAY
    assert patron.expires_on > LAST
    assert [tell(later=almost), tell(later=almost + DAY)] == [1, 0]


def test_a_night_that_was_missed_is_made_good() -> None:
    expiring()

    assert tell(later=-DAY) == 0
    assert tell(later=20 * DAY) == 1
    assert tell(later=40 * DAY) == 0


def test_those_who_cannot_use_it_are_not_told() -> None:
    expiring(email="")
    expiring(died_on=date(2027, 1, 1))
    expiring(binned_at=MONDAY_NOON, bin_reason="Muutti")
    expiring(expires_on=date(2027, 2, 28))

    assert tell() == 0


def test_each_library_decides_how_early() -> None:
    place = make_library("SVL").pk
    set_setting(
        make_consortium().pk, EXPIRY_DAYS, value=None, by=chief(), now=MONDAY_NOON
    )
    set_setting(place, EXPIRY_DAYS, value=40, by=chief(), now=MONDAY_NOON)
    expiring()
    told = expiring(home_library=make_library("SVL"), expires_on=LAST + 10 * DAY)

    assert tell() == 1
    assert Notice.objects.get().patron_id == told.pk


# --- protected persons (GDP-5) --------------------------------------------------------


def test_no_message_tells_where_a_protected_person_borrows(post: MemoryMail) -> None:
    make_consortium()
    newcomer(is_protected=True, home_library_id=make_library("SVL").pk)

    assert subjects(post) == ["Welcome to the library"]
    assert "SVL" not in Notice.objects.get().text
    assert post.sent[0].text.endswith("LUMME")
