"""Patrons are told of their holds: what arrives, what waits, what was left (HLD-13)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from kortisto.core.actors import job_actor
from kortisto.domain.circulation.actions.cancel_hold import cancel_holds
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.actions.losing import mark_item
from kortisto.domain.circulation.losses import Mark
from kortisto.domain.circulation.reasons import Reason
from kortisto.domain.fees.permissions import FeePermission
from kortisto.domain.holds.actions.expiring import expire_holds
from kortisto.domain.holds.actions.journeys import release
from kortisto.domain.holds.models import Hold
from kortisto.domain.holds.permissions import HoldPermission
from kortisto.domain.notices.actions.forgetting import forget_messages
from kortisto.domain.notices.actions.reminding import remind_of_holds
from kortisto.domain.notices.models import Notice
from kortisto.domain.notices.settings import HOLD_READY_MINUTES
from kortisto.domain.org.actions.settings import set_setting
from kortisto.domain.patrons.models import MessageChoice, Patron
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    chief,
    desk,
    make_hold,
    make_item,
    make_library,
    make_patron,
    make_record,
    make_rules,
    themself,
)
from kortisto.testing.mail import MemoryMail, let_the_worker_write, post_box
from kortisto.testing.queries import count_queries

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
HALF_AN_HOUR = timedelta(minutes=30)
SOON = MONDAY_NOON + HALF_AN_HOUR
NIGHT = job_actor(HoldPermission.PLACE, FeePermission.CHARGE)


@pytest.fixture(autouse=True)
def post() -> Iterator[MemoryMail]:
    make_rules()
    yield post_box()
    post_box()


def reader(**fields: Any) -> Patron:
    told: dict[str, Any] = {
        "email": "a@posti.example",
        "language": "en",
        "hold_identifier": "4711",
    }
    return make_patron(**{**told, **fields})


def chosen(patron: Patron, kind: str, transport: str, days: int | None = None) -> None:
    MessageChoice.objects.create(
        patron=patron, kind=kind, transport=transport, days=days
    )


def arrived(patron: Patron) -> Hold:
    """A copy comes in at noon and waits for the patron, some days of the rules."""
    item = make_item(record=make_record("Sinuhe"))
    hold = make_hold(patron, item.record)
    checkin(item.barcode, by=desk(make_library()), now=MONDAY_NOON)
    hold.refresh_from_db()
    assert hold.state == Hold.State.WAITING
    return hold


def subjects(post: MemoryMail, at: datetime = SOON) -> list[str]:
    let_the_worker_write(at)
    return [mail.subject for mail in post.sent]


READY = ["Your hold can be picked up"]
NOT_YET = "Your hold cannot be picked up yet"


def test_who_has_chosen_nothing_is_told_what_waits_where_and_until_when(
    post: MemoryMail,
) -> None:
    hold = arrived(reader())

    assert subjects(post) == READY
    text = post.sent[0].text
    last = hold.pickup_until
    assert last is not None
    for words in ("Sinuhe", make_library().name, "4711", "/account/holds/"):
        assert words in text
    assert f"At the latest: {last.day}.{last.month}.{last.year}" in text


def test_it_is_told_when_the_copy_has_had_time_to_come_to_the_shelf(
    post: MemoryMail,
) -> None:
    arrived(reader())
    assert subjects(post, MONDAY_NOON) == []
    assert subjects(post, SOON - timedelta(minutes=1)) == []
    assert subjects(post) == READY


def test_two_copies_of_one_title_for_one_patron_are_two_messages(
    post: MemoryMail,
) -> None:
    """Acceptance scenario 9: by one van, in one minute, and each is told."""
    patron, record = reader(), make_record("Sinuhe")
    for_whom = make_patron(email="b@posti.example", language="en")
    items = [make_item(record=record) for _copy in range(3)]
    holds = [make_hold(patron, record) for _copy in range(2)]
    make_hold(for_whom, record)
    for item in items:
        checkin(item.barcode, by=desk(make_library()), now=MONDAY_NOON)

    assert subjects(post) == READY * 3
    assert sorted(mail.to for mail in post.sent) == [
        "a@posti.example",
        "a@posti.example",
        "b@posti.example",
    ]
    told = Notice.objects.filter(patron=patron)
    about = {notice.about.rpartition(":")[0] for notice in told}
    assert about == {f"hold:{hold.pk}" for hold in holds}
    assert Hold.objects.filter(patron=patron, state=Hold.State.WAITING).count() == 2
    assert subjects(post, SOON + DAY) == READY * 3  # and none of them again


def test_a_library_may_tell_at_once(post: MemoryMail) -> None:
    place = make_library().pk
    set_setting(place, HOLD_READY_MINUTES, value=0, by=chief(), now=MONDAY_NOON)
    arrived(reader())
    assert subjects(post, MONDAY_NOON) == READY


def test_the_same_news_read_twice_is_told_once(post: MemoryMail) -> None:
    arrived(reader())
    assert subjects(post) == READY
    assert subjects(post, SOON + DAY) == READY


@pytest.mark.parametrize("transport", ["sms", "paper", "none"])
def test_who_has_chosen_another_way_gets_no_mail(
    post: MemoryMail, transport: str
) -> None:
    patron = reader(phone="+358401234567")
    chosen(patron, "hold-ready", transport)
    arrived(patron)
    assert subjects(post) == []
    assert not Notice.objects.exists()


def test_who_has_no_address_or_is_in_the_bin_gets_none(post: MemoryMail) -> None:
    arrived(reader(email=""))
    binned = reader(hold_identifier="12")
    arrived(binned)
    binned.binned_at, binned.bin_reason = MONDAY_NOON, "Muutti"
    binned.save()
    assert subjects(post) == []


def test_what_was_cancelled_before_it_was_told_is_not_told(post: MemoryMail) -> None:
    patron = reader()
    hold = arrived(patron)
    cancel_holds([hold.pk], by=themself(patron), now=MONDAY_NOON)
    assert subjects(post) == []
    assert Notice.objects.get().trouble == Notice.Trouble.NOT_NEEDED


def test_what_was_collected_before_it_was_told_is_not_told(post: MemoryMail) -> None:
    patron = reader()
    hold = arrived(patron)
    assert hold.item is not None
    checkout(card_of(patron), hold.item.barcode, by=desk(), now=MONDAY_NOON)
    assert subjects(post) == []


def test_of_two_arrivals_in_one_moment_one_is_told(post: MemoryMail) -> None:
    hold = arrived(reader())
    item = hold.item
    assert item is not None
    release(item.pk, by=desk(), now=MONDAY_NOON)
    checkin(item.barcode, by=desk(make_library()), now=MONDAY_NOON)

    assert subjects(post) == READY
    assert Notice.objects.exclude(kind="hold-not-after-all").count() == 2


@pytest.mark.parametrize("how", ["damaged", "lent to another"])
def test_who_was_told_that_it_waits_is_told_when_it_does_not(
    post: MemoryMail, how: str
) -> None:
    hold = arrived(reader())
    item = hold.item
    assert item is not None
    assert subjects(post) == READY
    if how == "damaged":
        mark_item(item.pk, Mark.DAMAGED, by=chief(), now=SOON)
    else:
        checkout(
            card_of(make_patron()),
            item.barcode,
            by=chief(),
            now=SOON,
            overriding={Reason.WAITS_FOR_ANOTHER.value},
        )

    assert subjects(post, SOON + HALF_AN_HOUR) == [*READY, NOT_YET]
    assert "Sinuhe" in post.sent[-1].text
    assert subjects(post, SOON + DAY) == [*READY, NOT_YET]  # once


def test_who_was_not_told_yet_hears_nothing_of_a_copy_that_went(
    post: MemoryMail,
) -> None:
    hold = arrived(reader())
    assert hold.item is not None
    mark_item(hold.item.pk, Mark.DAMAGED, by=chief(), now=MONDAY_NOON)
    assert subjects(post) == []


def test_a_later_arrival_is_told_again(post: MemoryMail) -> None:
    hold = arrived(reader())
    item = hold.item
    assert item is not None
    assert subjects(post) == READY
    release(item.pk, by=desk(), now=SOON)
    checkin(item.barcode, by=desk(make_library()), now=SOON + DAY)
    assert subjects(post, SOON + DAY + HALF_AN_HOUR) == READY * 2


def test_a_mailbox_does_not_tell_where_a_protected_person_borrows(
    post: MemoryMail,
) -> None:
    arrived(reader(is_protected=True))
    assert subjects(post) == READY
    assert "Where: the library that you chose" in post.sent[0].text
    assert make_library().name not in post.sent[0].text


# --- the reminder ---------------------------------------------------------------------


def remind(at: datetime) -> int:
    return remind_of_holds(by=NIGHT, now=at)


def waiting(patron: Patron, days: int) -> Hold:
    return make_hold(
        patron,
        make_record("Kalevala"),
        item=make_item(),
        state=Hold.State.WAITING,
        pickup_until=MONDAY_NOON.date() + days * DAY,
    )


def test_a_reminder_comes_as_many_days_before_as_was_chosen_and_once(
    post: MemoryMail,
) -> None:
    patron = reader()
    chosen(patron, "pickup-reminder", "email", 2)
    waiting(patron, 3)

    assert remind(MONDAY_NOON) == 0
    assert remind(MONDAY_NOON + DAY) == 1
    assert remind(MONDAY_NOON + DAY) == 0
    assert remind(MONDAY_NOON + 2 * DAY) == 0
    assert subjects(post, MONDAY_NOON + DAY) == ["Your hold waits until 4.3.2027"]
    assert "Kalevala" in post.sent[0].text


def test_a_morning_that_was_missed_is_made_good_until_the_last_day(
    post: MemoryMail,
) -> None:
    patron = reader()
    chosen(patron, "pickup-reminder", "email", 2)
    waiting(patron, 3)
    assert remind(MONDAY_NOON + 4 * DAY) == 0
    assert remind(MONDAY_NOON + 3 * DAY) == 1
    assert len(subjects(post, MONDAY_NOON + 3 * DAY)) == 1


def test_nobody_is_reminded_who_has_not_chosen_it_or_has_been_there(
    post: MemoryMail,
) -> None:
    patron = reader()
    chosen(patron, "pickup-reminder", "email", 7)
    waiting(reader(hold_identifier="5"), 3)
    hold = waiting(patron, 3)
    assert remind(MONDAY_NOON) == 1
    cancel_holds([hold.pk], by=themself(patron), now=MONDAY_NOON)
    assert subjects(post) == []


def test_reminders_ask_the_same_for_many_holds() -> None:
    patron = reader()
    chosen(patron, "pickup-reminder", "email", 7)
    waiting(patron, 3)
    few = count_queries(lambda: remind(MONDAY_NOON))
    Notice.objects.all().delete()
    for _number in range(20):
        waiting(patron, 3)
    assert count_queries(lambda: remind(MONDAY_NOON)) == few
    assert Notice.objects.count() == 21


# --- not collected --------------------------------------------------------------------


def test_who_does_not_come_is_told(post: MemoryMail) -> None:
    waiting(reader(), 3)
    night = MONDAY_NOON + 4 * DAY
    expire_holds(by=NIGHT, now=night)
    assert subjects(post, night) == ["Your hold was not collected"]
    assert "waited for you until 4.3.2027" in post.sent[0].text


def test_a_hold_that_was_cancelled_by_hand_is_no_news(post: MemoryMail) -> None:
    patron = reader()
    hold = waiting(patron, 3)
    cancel_holds([hold.pk], by=desk(), now=MONDAY_NOON)
    assert subjects(post) == []
    assert not Notice.objects.exists()


# --- and forgotten --------------------------------------------------------------------


def test_a_title_is_not_kept_for_who_keeps_no_history(post: MemoryMail) -> None:
    keeps, forgets = reader(), reader(hold_identifier="6", history="never")
    for patron in (keeps, forgets):
        arrived(patron)
    assert len(subjects(post)) == 2

    forget_messages(now=SOON + 29 * DAY)
    assert Notice.objects.count() == 2
    forget_messages(now=SOON + 31 * DAY)
    assert [one.patron for one in Notice.objects.all()] == [keeps]
