"""Old months leave the table, nothing is lost, and the chain goes through both."""

import zlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from django.utils import translation

from kortisto.core import archive, followers
from kortisto.core.archive import (
    archive_next,
    empty_archive_of,
    events_about,
    events_of_month,
    months,
)
from kortisto.core.audit import verify
from kortisto.core.events import Event, publish
from kortisto.core.followers import follow
from kortisto.core.models import (
    ArchivedLog,
    ArchivedPatron,
    LoggedEvent,
    Seal,
    SealedContent,
)
from kortisto.core.sealed_content import SEALER
from kortisto.core.tests.happenings import DESK, NOON, DoorOpened, open_doors

pytestmark = pytest.mark.django_db(transaction=True)
MARCH = date(2027, 3, 1)
NEXT_YEAR = NOON + timedelta(days=400)


@dataclass(frozen=True, slots=True, kw_only=True)
class BellRang(Event):
    SHORT_LIVED = True

    bell: int


@pytest.fixture(autouse=True)
def in_english() -> None:
    translation.activate("en")


@pytest.fixture(autouse=True)
def only_the_sealer(monkeypatch: pytest.MonkeyPatch) -> None:
    sealer = followers._followers[SEALER]
    monkeypatch.setattr(followers, "_followers", {SEALER: sealer})


def seal_doors(*batches: int, at: datetime = NOON, patron: int | None = None) -> None:
    for number in batches:
        for door in range(number):
            publish(DoorOpened(door=door), by=DESK, at=at)
        LoggedEvent.objects.filter(patron_id=None).update(patron_id=patron)
        follow(SEALER, now=NOON)


def archive_all(before: datetime = NEXT_YEAR) -> int:
    moved = 0
    while some := archive_next(before, by=DESK, now=NEXT_YEAR):
        moved += some
    return moved


def test_old_seals_leave_the_table_and_the_chain_is_whole() -> None:
    seal_doors(3, 1, 2)
    newest = Seal.objects.latest("id")

    assert archive_all() == 4

    assert list(Seal.objects.all()) == [newest]
    assert LoggedEvent.objects.count() == SealedContent.objects.count() == 2
    assert months() == [(MARCH, 4)]
    doors = [event.body["door"] for event in events_of_month(MARCH)]
    assert doors == [0, 1, 2, 0]
    verdict = verify()
    assert verdict.broken == []
    assert (verdict.seals, verdict.sealed) == (3, 6)
    seal_doors(1)
    assert verify().whole


def test_only_what_is_older_goes_and_the_newest_seal_stays() -> None:
    seal_doors(1, 1)
    seal_doors(2, at=NEXT_YEAR)

    assert archive_all(before=NOON) == 0
    assert archive_all(before=NEXT_YEAR) == 2
    assert archive_all(before=NEXT_YEAR + timedelta(days=1)) == 0
    assert LoggedEvent.objects.count() == 2


def test_a_seal_with_one_new_event_waits_for_it() -> None:
    open_doors(1)
    seal_doors(1, at=NEXT_YEAR)
    seal_doors(1, at=NEXT_YEAR)

    assert archive_all(before=NEXT_YEAR) == 0


def test_it_goes_in_small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "AT_ONCE", 3)
    seal_doors(2, 2, 1, 4, 1)

    first = archive_next(NEXT_YEAR, by=DESK, now=NEXT_YEAR)

    assert first == 2
    assert archive_all() == 7
    assert ArchivedLog.objects.count() == 3
    assert verify().whole


def test_months_are_told_apart() -> None:
    seal_doors(1)
    seal_doors(2, at=NOON + timedelta(days=40))
    seal_doors(1, at=NEXT_YEAR)
    monthly = {MARCH, date(2027, 4, 1)}

    while archive_next(NEXT_YEAR, by=DESK, now=NEXT_YEAR):
        pass

    assert {month for month, _events in months()} <= monthly
    assert sum(events for _month, events in months()) == 3


def test_what_is_short_lived_is_emptied_on_the_way() -> None:
    publish(BellRang(bell=7), by=DESK, at=NOON)
    seal_doors(1, 1)

    archive_all()

    told = [(event.kind, event.body, event.actor) for event in events_of_month(MARCH)]
    assert told == [("BellRang", {}, ""), ("DoorOpened", {"door": 0}, "staff:12")]
    follow(SEALER, now=NOON)
    verdict = verify()
    assert (verdict.broken, verdict.emptied) == ([], 1)


def test_what_is_about_a_patron_is_found_and_its_words_can_still_go() -> None:
    seal_doors(2, patron=5)
    seal_doors(1, patron=6)
    seal_doors(1)
    archive_all()
    assert [event.body["door"] for event in events_about(5)] == [1, 0]
    assert list(events_about(7)) == []

    assert empty_archive_of(5, by=DESK, now=NEXT_YEAR) == 2
    assert empty_archive_of(5, by=DESK, now=NEXT_YEAR) == 0

    told = [(event.body, event.actor) for event in events_about(5)]
    assert told == [({}, "staff:12")] * 2
    assert [event.body for event in events_about(6)] == [{"door": 0}]
    follow(SEALER, now=NOON)
    verdict = verify()
    assert (verdict.broken, verdict.emptied) == ([], 2)
    assert set(ArchivedPatron.objects.values_list("patron_id", flat=True)) == {5, 6}


def rewritten(old: bytes, new: bytes) -> None:
    row = ArchivedLog.objects.earliest("id")
    text = zlib.decompress(bytes(row.data))
    assert old in text
    row.data = zlib.compress(text.replace(old, new))
    row.save()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"door":1', b'"door":9'),
        (b'"actor":"staff:12"', b'"actor":"staff:99"'),
        (b'"kind":"DoorOpened"', b'"kind":"DoorShut"'),
        (b'"channel":"staff"', b'"channel":"web"'),
    ],
)
def test_rewriting_the_archive_is_found(old: bytes, new: bytes) -> None:
    seal_doors(3, 1)
    archive_all()

    rewritten(old, new)

    assert "has been changed since it was sealed" in verify().broken[0]


def test_an_archive_that_is_gone_or_cannot_be_read_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(archive, "AT_ONCE", 1)
    seal_doors(1, 1, 1, 1)
    archive_all()
    first, middle, last = ArchivedLog.objects.order_by("id")

    ArchivedLog.objects.filter(pk=middle.pk).update(data=b"rubbish")
    broken = verify().broken
    assert len(broken) == 1
    assert "cannot be read" in broken[0]

    middle.delete()
    assert "missing or was changed before seal" in verify().broken[0]
    last.delete()
    first.delete()
    assert "missing or was changed before seal" in verify().broken[0]


def test_a_log_that_was_changed_is_not_archived() -> None:
    """Evidence stays where it is."""
    seal_doors(2, 1)
    LoggedEvent.objects.filter(kind="DoorOpened").earliest("id").delete()

    assert archive_all() == 0

    assert not ArchivedLog.objects.exists()
    assert "have been removed" in verify().broken[0]


def test_a_crash_on_the_way_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    seal_doors(2, 1)
    with monkeypatch.context() as patched:
        patched.setattr(archive, "_patrons_of", crash)
        with pytest.raises(KeyboardInterrupt):
            archive_next(NEXT_YEAR, by=DESK, now=NEXT_YEAR)

    assert not ArchivedLog.objects.exists()
    assert LoggedEvent.objects.count() == 3
    assert archive_all() == 2
    assert verify().whole
