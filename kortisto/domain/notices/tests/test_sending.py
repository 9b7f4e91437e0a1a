"""Messages are written when they are sent, once, and what became of them is kept."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from kortisto.core.actors import job_actor
from kortisto.core.failures import AdapterError
from kortisto.core.mail import AddressRefused
from kortisto.core.models import Job, LoggedEvent
from kortisto.domain.notices.actions import sending
from kortisto.domain.notices.actions.queueing import NewNotice, queue
from kortisto.domain.notices.actions.sending import (
    LOST_AFTER,
    claim,
    give_up_interrupted,
    send_waiting,
)
from kortisto.domain.notices.kinds import NoticeKind
from kortisto.domain.notices.models import Notice
from kortisto.domain.notices.patron_kinds import EXPIRY, WELCOME
from kortisto.domain.patrons.actions.pin import set_pin
from kortisto.domain.patrons.models import Patron
from kortisto.testing.builders import MONDAY_NOON, desk, make_patron
from kortisto.testing.mail import MemoryMail, let_the_worker_write, post_box

pytestmark = pytest.mark.django_db

State, Trouble = Notice.State, Notice.Trouble
HOUR = timedelta(hours=1)


@pytest.fixture
def post() -> Iterator[MemoryMail]:
    yield post_box()
    post_box()


def aino(**fields: Any) -> Patron:
    return make_patron(**{"email": "aino@posti.example", "language": "en", **fields})


def welcome(patron: Patron, kind: NoticeKind = WELCOME, **facts: Any) -> None:
    new = NewNotice(
        kind=kind,
        patron_id=patron.pk,
        about="test",
        day=MONDAY_NOON.date(),
        facts=facts,
    )
    queue([new], by=job_actor(), now=MONDAY_NOON)


def send(*, later: timedelta = timedelta(0)) -> Notice:
    """Empty the queue; the one message that there is."""
    now = MONDAY_NOON + later
    send_waiting(clock=lambda: now, stopping=lambda: False)
    return Notice.objects.get()


def test_a_message_is_kept_as_it_was_sent(post: MemoryMail) -> None:
    patron = aino()
    welcome(patron)
    Patron.objects.filter(pk=patron.pk).update(email="uusi@posti.example")

    notice = send()

    (mail,) = post.sent
    assert (mail.to, mail.subject) == ("uusi@posti.example", "Welcome to the library")
    assert "good until 31.12.2030" in mail.text
    assert (notice.address, notice.subject, notice.text) == (
        mail.to,
        mail.subject,
        mail.text,
    )
    assert (notice.state, notice.sent_at, notice.language) == (
        State.SENT,
        MONDAY_NOON,
        "en",
    )


def test_asked_for_twice_it_is_sent_once(post: MemoryMail) -> None:
    patron = aino()
    welcome(patron)
    send()
    welcome(patron)
    send(later=HOUR)

    assert len(post.sent) == 1
    assert Notice.objects.count() == 1


def test_an_event_that_is_read_again_tells_nobody_again(post: MemoryMail) -> None:
    patron = aino()
    set_pin(patron.pk, "8264", by=desk(), now=MONDAY_NOON)

    let_the_worker_write(MONDAY_NOON)
    let_the_worker_write(MONDAY_NOON + HOUR)

    (mail,) = post.sent
    assert "was changed on 1.3.2027 at 12.00" in mail.text


def test_the_patrons_language_decides(post: MemoryMail) -> None:
    welcome(aino(language="sv"))

    assert send().language == "sv"
    assert post.sent[0].text.startswith("Hej")


def test_what_the_server_cannot_take_now_is_tried_again(post: MemoryMail) -> None:
    welcome(aino())
    post.fails = AdapterError("away", permanent=False, retry_after=600)

    notice = send()
    assert (notice.state, notice.trouble) == (State.FAILED, Trouble.UNREACHABLE)
    assert notice.next_try_at == MONDAY_NOON + timedelta(minutes=10)

    post.fails = None
    send(later=timedelta(minutes=9))
    assert post.sent == []
    notice = send(later=timedelta(minutes=10))
    assert (notice.state, notice.trouble, notice.attempts) == (State.SENT, "", 2)
    assert len(post.sent) == 1


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (AddressRefused("550", permanent=True), Trouble.ADDRESS_REFUSED),
        (AdapterError("554", permanent=True), Trouble.REFUSED),
    ],
)
def test_what_is_refused_for_good_is_given_up_with_a_reason(
    post: MemoryMail, error: AdapterError, trouble: Notice.Trouble
) -> None:
    welcome(aino())
    post.fails = error

    notice = send()

    assert (notice.state, notice.trouble) == (State.GIVEN_UP, trouble)
    post.fails = None
    send(later=10 * HOUR)
    assert post.sent == []


def test_a_server_that_stays_away_is_given_up_in_the_end(post: MemoryMail) -> None:
    welcome(aino())
    post.fails = AdapterError("away", permanent=False)

    tries = [send(later=number * 12 * HOUR).state for number in range(12)]

    assert tries[-1] == State.GIVEN_UP
    assert tries.count(State.FAILED) == sending.MOST_ATTEMPTS - 1
    assert Notice.objects.get().trouble == Trouble.UNREACHABLE


@pytest.mark.parametrize(
    ("fields", "trouble"),
    [
        ({"email": ""}, Trouble.NO_ADDRESS),
        ({"died_on": "2027-02-01"}, Trouble.NOT_NEEDED),
        ({"binned_at": MONDAY_NOON, "bin_reason": "Muutti"}, Trouble.NOT_NEEDED),
    ],
)
def test_at_the_moment_of_sending_things_are_looked_at_again(
    post: MemoryMail, fields: dict[str, Any], trouble: Notice.Trouble
) -> None:
    patron = aino()
    welcome(patron)
    Patron.objects.filter(pk=patron.pk).update(**fields)

    notice = send()

    assert (notice.state, notice.trouble) == (State.GIVEN_UP, trouble)
    assert (post.sent, notice.text) == ([], "")


def test_a_card_that_was_renewed_meanwhile_is_not_about_to_expire(
    post: MemoryMail,
) -> None:
    welcome(aino(), EXPIRY, expires_on="2027-03-31")

    assert send().trouble == Trouble.NOT_NEEDED
    assert post.sent == []


def test_what_was_claimed_and_never_marked_is_not_sent_again(post: MemoryMail) -> None:
    """A worker that died in between: nobody knows whether the message went out."""
    welcome(aino())
    assert claim(now=MONDAY_NOON) is not None

    assert send(later=LOST_AFTER).state == State.SENDING
    notice = send(later=LOST_AFTER + HOUR)

    assert (notice.state, notice.trouble) == (State.GIVEN_UP, Trouble.INTERRUPTED)
    assert post.sent == []
    assert give_up_interrupted(now=MONDAY_NOON + 10 * HOUR) == 0


def test_one_message_that_cannot_be_written_holds_up_no_other(
    post: MemoryMail,
) -> None:
    broken, whole = aino(), aino(email="other@posti.example")
    welcome(broken, EXPIRY)  # without the fact that it needs
    welcome(whole)

    send_waiting(clock=lambda: MONDAY_NOON, stopping=lambda: False)

    assert [mail.to for mail in post.sent] == ["other@posti.example"]
    notice = Notice.objects.get(patron=broken)
    assert (notice.state, notice.trouble) == (State.FAILED, Trouble.BROKEN)


def test_a_kind_of_another_version_waits_for_it(post: MemoryMail) -> None:
    welcome(aino())
    Notice.objects.update(kind="from-tomorrow")

    assert send().state == State.QUEUED
    assert post.sent == []


def test_two_workers_get_different_messages(post: MemoryMail) -> None:
    for _ in range(2):
        welcome(aino())

    taken = [claim(now=MONDAY_NOON) for _ in range(3)]

    ids = {one.notice.pk for one in taken if one is not None}
    assert (len(ids), taken[2]) == (2, None)
    assert post.sent == []


def test_a_stopped_worker_leaves_the_rest_in_the_queue(post: MemoryMail) -> None:
    for _ in range(3):
        welcome(aino())

    send_waiting(clock=lambda: MONDAY_NOON, stopping=lambda: bool(post.sent))

    assert len(post.sent) == 1
    assert Notice.objects.filter(state=State.QUEUED).count() == 2


def test_nobody_is_named_in_what_everybody_may_see(post: MemoryMail) -> None:
    patron = aino()
    welcome(patron)
    post.fails = AddressRefused("550", permanent=True)
    send()

    told = f"{list(Job.objects.values())} {list(LoggedEvent.objects.values())}"
    assert patron.email not in told
    assert patron.surname not in told
    assert patron.email not in repr(Notice.objects.get())
