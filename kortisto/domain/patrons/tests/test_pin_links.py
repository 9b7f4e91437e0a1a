"""A forgotten PIN: a link that works once, for a while, and tells nobody anything."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from kortisto.core.actors import Actor, ActorKind, Channel
from kortisto.core.failures import AdapterError
from kortisto.core.models import Job, LoggedEvent
from kortisto.core.tokens import digest
from kortisto.domain.patrons.actions.contacts import change_contacts
from kortisto.domain.patrons.actions.pin import (
    LogInFailed,
    log_in,
    pin_is_right,
    set_pin,
)
from kortisto.domain.patrons.actions.pin_links import (
    LinkIsOver,
    ask_for_pin_link,
    forget_pin_links,
    patron_of_link,
    set_pin_by_link,
)
from kortisto.domain.patrons.models import Patron, PinLink
from kortisto.testing.builders import MONDAY_NOON, card_of, desk, make_patron
from kortisto.testing.mail import MemoryMail, let_the_worker_write, post_box

pytestmark = pytest.mark.django_db

WEB = Actor(kind=ActorKind.PATRON, channel=Channel.WEB)
LATER = MONDAY_NOON + timedelta(minutes=61)


@pytest.fixture
def post() -> Iterator[MemoryMail]:
    yield post_box()
    post_box()


def aino(**fields: Any) -> Patron:
    return make_patron(**{"email": "aino@posti.example", "language": "en", **fields})


def ask(card: str, *, now: datetime = MONDAY_NOON) -> Job:
    """Ask for a link, and let a worker send it."""
    ask_for_pin_link(card, by=WEB, now=now)
    job = Job.objects.latest("pk")
    let_the_worker_write(now)
    job.refresh_from_db()
    return job


def token_in(post: MemoryMail) -> str:
    return post.sent[-1].text.partition("/pin/new/")[2].partition("/")[0]


def test_a_link_gives_a_new_pin_once_and_opens_the_lock(post: MemoryMail) -> None:
    patron = aino(locked_until=LATER, wrong_pins=["x"])
    ask(card_of(patron).lower())
    assert post.sent[0].to == "aino@posti.example"
    kept = digest(token_in(post))

    assert patron_of_link(kept, now=MONDAY_NOON) == patron
    set_pin_by_link(kept, "8264", now=MONDAY_NOON)

    assert log_in(card_of(patron), "8264", by=WEB, now=MONDAY_NOON) == patron
    changed = LoggedEvent.objects.get(kind="PinChanged")
    assert changed.actor == f"patron:{patron.pk}"
    with pytest.raises(LinkIsOver):
        set_pin_by_link(kept, "7391", now=MONDAY_NOON)


def test_a_link_of_somebody_who_has_died_since_opens_nothing(post: MemoryMail) -> None:
    patron = aino()
    ask(card_of(patron))
    link = digest(token_in(post))
    Patron.objects.filter(pk=patron.pk).update(died_on="2027-02-28")

    with pytest.raises(LinkIsOver):
        patron_of_link(link, now=MONDAY_NOON)
    with pytest.raises(LinkIsOver):
        set_pin_by_link(link, "8264", now=MONDAY_NOON)
    assert not LoggedEvent.objects.filter(kind="PinChanged").exists()


def test_nothing_that_opens_anything_is_kept(post: MemoryMail) -> None:
    patron = aino()
    job = ask(card_of(patron))
    token = token_in(post)

    link = PinLink.objects.get()
    assert link.digest == digest(token)
    assert token not in f"{job.arguments} {job.result}"
    assert card_of(patron) not in f"{job.arguments} {job.result}"
    assert patron.surname not in post.sent[0].text
    assert card_of(patron) not in post.sent[0].text


@pytest.mark.parametrize(
    "fields", [{"email": ""}, {"died_on": "2026-01-01"}, {"bin_reason": "moved"}]
)
def test_whoever_cannot_get_a_link_is_answered_like_everybody_else(
    post: MemoryMail, fields: dict[str, Any]
) -> None:
    binned = {"binned_at": MONDAY_NOON} if "bin_reason" in fields else {}
    patron = aino(**fields, **binned)

    for card in (card_of(patron), "nobody", "\u202e"):
        job = ask(card)
        assert (job.state, job.result) == (Job.State.DONE, None)
        assert set(job.arguments) == {"patron_id"}
    assert post.sent == []
    assert not PinLink.objects.exists()


def test_the_category_may_keep_pins_off_the_web(post: MemoryMail) -> None:
    patron = aino()
    patron.category.resets_pin_online = False
    patron.category.save()

    ask(card_of(patron))

    assert post.sent == []


def test_a_link_works_where_a_pin_is_not_changed_on_the_web_otherwise(
    post: MemoryMail,
) -> None:
    patron = aino()
    patron.category.changes_pin_online = False
    patron.category.save()
    ask(card_of(patron))

    set_pin_by_link(digest(token_in(post)), "8264", now=MONDAY_NOON)

    patron.refresh_from_db()
    assert pin_is_right(patron, "8264")


def test_nobody_fills_the_mailbox_of_another(post: MemoryMail) -> None:
    patron = aino()
    for _ask in range(5):
        ask(card_of(patron))
    assert len(post.sent) == 3

    ask(card_of(patron), now=LATER)
    assert len(post.sent) == 4


def test_a_newer_link_takes_the_place_of_the_one_before(post: MemoryMail) -> None:
    patron = aino()
    ask(card_of(patron))
    first = digest(token_in(post))
    ask(card_of(patron))

    with pytest.raises(LinkIsOver):
        patron_of_link(first, now=MONDAY_NOON)
    assert patron_of_link(digest(token_in(post)), now=MONDAY_NOON) == patron


def test_a_link_ends_after_its_time_and_is_forgotten(post: MemoryMail) -> None:
    patron = aino()
    ask(card_of(patron))
    kept = digest(token_in(post))

    with pytest.raises(LinkIsOver):
        set_pin_by_link(kept, "8264", now=LATER)
    assert forget_pin_links(now=MONDAY_NOON) == 0
    assert forget_pin_links(now=LATER) == 1
    patron.refresh_from_db()
    assert patron.pin_hash == ""


def test_a_weak_pin_uses_nothing_up(post: MemoryMail) -> None:
    patron = aino()
    ask(card_of(patron))
    kept = digest(token_in(post))

    with pytest.raises(ValueError, match="too easy to guess"):
        set_pin_by_link(kept, "1234", now=MONDAY_NOON)

    set_pin_by_link(kept, "8264", now=MONDAY_NOON)
    with pytest.raises(LogInFailed):
        log_in(card_of(patron), "1234", by=WEB, now=MONDAY_NOON)


def test_mail_that_fails_is_sent_again_with_another_link(post: MemoryMail) -> None:
    patron = aino()
    post.fails = AdapterError("the mail server is away", permanent=False)
    ask(card_of(patron))
    digest = PinLink.objects.get().digest

    post.fails = None
    let_the_worker_write(MONDAY_NOON + timedelta(minutes=1))

    assert len(post.sent) == 1
    assert PinLink.objects.get().digest != digest


def test_a_changed_pin_is_told_whoever_changed_it(post: MemoryMail) -> None:
    patron, silent = aino(), aino(email="")
    for each in (patron, silent):
        set_pin(each.pk, "8264", by=desk(), now=MONDAY_NOON)

    let_the_worker_write(MONDAY_NOON)

    (mail,) = post.sent
    assert mail.to == "aino@posti.example"
    assert "was changed on" in mail.text
    assert "8264" not in f"{mail.text} {list(LoggedEvent.objects.values())}"


def test_the_old_address_is_told_of_the_new_one(post: MemoryMail) -> None:
    patron = aino()
    themself = Actor(kind=ActorKind.PATRON, id=patron.pk, channel=Channel.WEB)
    change_contacts(
        patron.pk,
        {"email": "uusi@posti.example"},
        seen={"email": patron.email},
        by=themself,
        now=MONDAY_NOON,
    )

    let_the_worker_write(MONDAY_NOON)

    assert [mail.to for mail in post.sent] == ["aino@posti.example"]
    assert "uusi" not in post.sent[0].text
    told = f"{list(Job.objects.values())} {list(LoggedEvent.objects.values())}"
    assert "posti" not in told


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_it_is_written_in_the_language_of_the_patron(
    post: MemoryMail, language: str
) -> None:
    patron = aino(language=language)
    ask(card_of(patron))

    hello = {"fi": "Hei", "sv": "Hej", "en": "Hello"}[language]
    assert post.sent[0].text.startswith(hello)
