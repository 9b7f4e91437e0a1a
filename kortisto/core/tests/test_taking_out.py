"""Content leaves the log for good, the chain holds, and nothing else can be hidden."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from django.utils import translation

from kortisto.core import followers
from kortisto.core.audit import verify
from kortisto.core.cron import LOCAL
from kortisto.core.events import event_from
from kortisto.core.followers import follow
from kortisto.core.models import LoggedEvent, SealedContent
from kortisto.core.sealed_content import SEALER, canonical
from kortisto.core.taking_out import Part, Why, take_out
from kortisto.core.tests.happenings import DESK, NOON, open_doors

pytestmark = pytest.mark.django_db(transaction=True)
TONIGHT = NOON + timedelta(days=2)
MORNING = datetime(2027, 3, 1, tzinfo=LOCAL)


@pytest.fixture(autouse=True)
def in_english() -> None:
    translation.activate("en")


@pytest.fixture(autouse=True)
def only_the_sealer(monkeypatch: pytest.MonkeyPatch) -> None:
    sealer = followers._followers[SEALER]
    monkeypatch.setattr(followers, "_followers", {SEALER: sealer})


def seal() -> None:
    follow(SEALER, now=NOON)


def doors(*numbers: int) -> list[LoggedEvent]:
    """Doors that were opened and sealed, in their order."""
    open_doors(*numbers)
    LoggedEvent.objects.filter(patron_id=None).update(patron_id=7)
    seal()
    return list(LoggedEvent.objects.filter(kind="DoorOpened").order_by("id"))


def empty(*events: LoggedEvent, part: Part = Part.EVERYTHING) -> int:
    ids = [event.pk for event in events]
    return take_out(ids, part=part, why=Why.FORGOTTEN, by=DESK, now=TONIGHT)


def content(event: LoggedEvent) -> tuple[object, ...]:
    event.refresh_from_db()
    return event.body, event.actor, event.patron_id, event.happened_at


def test_what_is_taken_out_is_gone_and_marked_and_the_chain_holds() -> None:
    first, second, third = doors(1, 2, 3)

    assert empty(first, third) == 2

    assert content(first) == content(third) == ({}, "", None, MORNING)
    assert content(second) == ({"door": 2}, "staff:12", 7, NOON)
    told = LoggedEvent.objects.get(kind="ContentTakenOut")
    assert told.body == {"why": "forgotten", "part": "everything", "events": 2}
    mark = SealedContent.objects.get(pk=first.pk)
    assert (mark.taken_out_at, mark.why, mark.told_by) == (
        TONIGHT, "forgotten", told.pk,
    )  # fmt: skip
    verdict = verify()
    assert verdict.broken == []
    assert verdict.emptied == 2
    seal()
    assert verify().whole


def test_only_the_body_goes_and_the_rest_may_follow() -> None:
    (event,) = doors(1)

    assert empty(event, part=Part.WHAT) == 1
    assert content(event) == ({}, "staff:12", 7, NOON)
    assert verify().whole

    assert empty(event, part=Part.WHAT) == 0
    assert empty(event) == 1
    assert content(event) == ({}, "", None, MORNING)
    assert empty(event) == 0
    broken = verify().broken
    assert [sentence[:9] for sentence in broken] == ["0 events "], "told twice"


def test_an_event_that_is_not_sealed_yet_is_emptied_and_then_sealed() -> None:
    open_doors(1, 2)
    first = LoggedEvent.objects.earliest("id")

    assert empty(first) == 1
    assert verify().whole
    seal()

    verdict = verify()
    assert (verdict.whole, verdict.sealed, verdict.emptied) == (True, 3, 1)


def test_nothing_of_what_was_there_can_be_guessed_from_what_is_left() -> None:
    """There are few doors: without a salt each could be tried."""
    first, second = doors(5, 5)
    empty(first, second)

    marks = SealedContent.objects.filter(pk__in=[first.pk, second.pk])
    digests = [bytes(mark.what_digest or b"") for mark in marks]

    assert digests[0] != digests[1]
    assert {mark.salt for mark in marks} == {mark.who_salt for mark in marks} == {None}
    tries = {sha256(canonical({"body": {"door": door}})).digest() for door in range(9)}
    assert not tries & set(digests)


def test_an_emptied_event_is_no_news_to_whoever_replays_the_log() -> None:
    (event,) = doors(1)
    assert event_from(event) is not None
    empty(event)
    event.refresh_from_db()

    assert event_from(event) is None


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "DoorShut"},
        {"unit_id": 99},
        {"channel": "web"},
        {"happened_at": MORNING - timedelta(days=1)},
        {"happened_at": NOON},
        {"body": {"door": 1}},
        {"actor": "staff:12"},
        {"patron_id": 7},
    ],
)
def test_what_an_emptied_event_still_tells_cannot_be_changed(
    change: dict[str, object],
) -> None:
    event, _other = doors(1, 2)
    empty(event)

    LoggedEvent.objects.filter(pk=event.pk).update(**change)

    assert len(verify().broken) == 1


def test_an_emptied_event_cannot_be_deleted() -> None:
    event, _other = doors(1, 2)
    empty(event)

    event.delete()

    assert any("have been removed" in sentence for sentence in verify().broken)


def test_another_content_put_back_is_found() -> None:
    event, _other = doors(1, 2)
    before = SealedContent.objects.get(pk=event.pk)
    empty(event)

    LoggedEvent.objects.filter(pk=event.pk).update(
        body={"door": 9}, actor="staff:12", patron_id=7, happened_at=NOON
    )
    assert "filled again in spite of" in verify().broken[0]
    SealedContent.objects.filter(pk=event.pk).update(
        salt=before.salt, what_digest=None, who_digest=None, taken_out_at=None
    )
    broken = verify().broken
    assert "has been changed since it was sealed" in broken[0]
    assert "0 events are marked as emptied" in broken[1]


def test_an_event_emptied_in_silence_is_found() -> None:
    """Whoever marks it as the program does still has no event that tells of it."""
    event, other, third = doors(1, 2, 3)
    empty(third)
    LoggedEvent.objects.filter(pk=event.pk).update(body={})
    assert "has been changed since" in verify().broken[0]

    mark = SealedContent.objects.get(pk=third.pk)
    for key in (event.pk, other.pk):
        SealedContent.objects.filter(pk=key).update(
            salt=None,
            who_salt=b"x" * 16,
            what_digest=b"y" * 32,
            taken_out_at=TONIGHT,
            told_by=mark.told_by,
        )

    assert any(
        "3 events are marked as emptied" in sentence and "tells of 1" in sentence
        for sentence in verify().broken
    )


def test_a_salt_that_is_gone_is_found() -> None:
    event, _other = doors(1, 2)
    SealedContent.objects.filter(pk=event.pk).delete()

    assert "emptied without a mark" in verify().broken[0]


def test_the_day_is_that_of_the_library_and_not_of_the_clock_in_greenwich() -> None:
    late = datetime(2027, 2, 28, 22, 30, tzinfo=UTC)  # half past midnight in March
    open_doors(1)
    LoggedEvent.objects.update(happened_at=late)
    seal()
    event = LoggedEvent.objects.get()

    empty(event)

    assert content(event)[3] == MORNING
    assert verify().whole
