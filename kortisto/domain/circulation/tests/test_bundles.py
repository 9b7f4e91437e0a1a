"""Stories of one wish for several titles: any edition, a list, a series."""

from datetime import datetime, timedelta

import pytest

from kortisto.core.followers import follow
from kortisto.core.refusals import Refused
from kortisto.core.undo import latest, undo
from kortisto.domain.catalogue.models import Record
from kortisto.domain.circulation.actions.cancel_hold import cancel_holds
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.actions.place_bundle import (
    RefusedTitles,
    Several,
    place_bundle,
)
from kortisto.domain.circulation.actions.place_hold import Wish
from kortisto.domain.circulation.actions.undoing import undo_checkout
from kortisto.domain.circulation.editions import editions_of
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.circulation.waiting import why_not_yet
from kortisto.domain.circulation.waiting_facts import waits_of
from kortisto.domain.holds.actions.changing import change_pickup, resume, suspend
from kortisto.domain.holds.actions.expiring import expire_holds
from kortisto.domain.holds.actions.forgetting import forget_old_holds
from kortisto.domain.holds.actions.restoring import one_of_each, restorable, restore
from kortisto.domain.holds.bundle_words import one_of_what
from kortisto.domain.holds.bundles import bundle_of, leading
from kortisto.domain.holds.lists import queue_counts
from kortisto.domain.holds.models import Hold, HoldBundle
from kortisto.domain.holds.places import places_of_patron
from kortisto.domain.holds.queue import OPEN, active_on
from kortisto.domain.patrons.models import Patron
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

pytestmark = pytest.mark.django_db

Kind = HoldBundle.Kind
TODAY = MONDAY_NOON.date()
LATER = MONDAY_NOON + timedelta(hours=1)
AFTER = MONDAY_NOON + timedelta(hours=2)


def titles(number: int = 3) -> list[Record]:
    """Titles with a copy each, which is somewhere else just now."""
    return [make_item(record=make_record(f"Osa {n}")).record for n in range(number)]


def wait_for(
    patron: Patron, records: list[Record], kind: HoldBundle.Kind = Kind.FIRST
) -> list[Hold]:
    wish = Wish(record_id=records[0].pk, pickup_library_id=make_library().pk)
    several = Several(kind=kind, record_ids=tuple(record.pk for record in records))
    place_bundle(patron.pk, wish, several, by=desk(), now=MONDAY_NOON)
    return list(Hold.objects.filter(patron=patron).order_by("pk"))


def states(holds: list[Hold]) -> list[str]:
    for hold in holds:
        hold.refresh_from_db()
    return [hold.state for hold in holds]


def active(holds: list[Hold]) -> list[bool]:
    now_active = set(Hold.objects.filter(active_on(TODAY)).values_list("pk", flat=True))
    return [hold.pk in now_active for hold in holds]


def take_back(record: Record, *, now: datetime = MONDAY_NOON) -> None:
    checkin(record.items.get().barcode, by=desk(), now=now)


def lend(patron: Patron, record: Record) -> int:
    barcode = record.items.get().barcode
    return checkout(card_of(patron), barcode, by=desk(), now=LATER).loan_id


def settle() -> None:
    while follow("hold-bundles", now=AFTER):
        pass


def test_the_first_title_that_comes_is_taken_and_the_others_stand_back() -> None:
    patron, records = make_patron(), titles()
    holds = wait_for(patron, records)
    assert active(holds) == [True, True, True]

    take_back(records[1])

    assert states(holds) == ["queued", "waiting", "queued"]
    assert active(holds) == [False, False, False]
    take_back(records[2])  # nobody waits for it now
    assert states(holds) == ["queued", "waiting", "queued"]


@pytest.mark.django_db(transaction=True)
def test_when_it_is_collected_nobody_waits_for_the_others() -> None:
    patron, records = make_patron(), titles()
    holds = wait_for(patron, records)
    take_back(records[1])

    lend(patron, records[1])
    assert active(holds) == [False, False, False]  # before any follower has run
    settle()
    settle()

    assert states(holds) == ["cancelled", "filled", "cancelled"]
    assert {hold.ending for hold in holds} == {"", Hold.Ending.OTHER_CAME}
    assert not restorable(patron.pk, now=LATER).exists()


@pytest.mark.django_db(transaction=True)
def test_when_the_loan_is_undone_all_are_waited_for_again() -> None:
    patron, records = make_patron(), titles()
    holds = wait_for(patron, records)
    take_back(records[1])
    loan = lend(patron, records[1])
    settle()

    undo_checkout(loan, by=desk(), now=LATER)
    settle()

    assert states(holds) == ["queued", "waiting", "queued"]
    assert {hold.ending for hold in holds} == {""}


def test_when_nobody_collects_it_the_others_are_active_again() -> None:
    make_rules({"values": {"pickup_days": 3}})
    patron, records = make_patron(), titles()
    holds = wait_for(patron, records)
    take_back(records[0])
    by, night = chief(), MONDAY_NOON + timedelta(days=9)

    expire_holds(by=by, now=night)

    assert states(holds) == ["uncleared", "queued", "queued"]
    assert active(holds) == [False, True, True]


def test_when_the_return_is_undone_all_are_active_again() -> None:
    records = titles(2)
    loan = lend(make_patron(), records[0])
    holds = wait_for(make_patron(), records)
    take_back(records[0], now=AFTER)
    assert active(holds) == [False, False]
    step = latest("checkin", loan)
    assert step is not None

    undo(step.pk, by=desk(), now=AFTER, needs=LendingPermission.UNDO)

    assert active(holds) == [True, True]


def test_a_series_comes_one_part_at_a_time() -> None:
    patron, records = make_patron(), titles()
    holds = wait_for(patron, records, Kind.SERIES)
    assert [hold.part for hold in holds] == [1, 2, 3]
    assert active(holds) == [True, False, False]
    take_back(records[1])  # its turn has not come
    assert states(holds) == ["queued", "queued", "queued"]

    take_back(records[0])
    assert active(holds) == [False, False, False]
    lend(patron, records[0])
    settle()
    assert active(holds) == [False, False, False]  # as long as it is read

    take_back(records[0], now=AFTER)
    assert states(holds) == ["filled", "queued", "queued"]
    assert active(holds) == [False, True, False]


def test_a_part_is_passed_over_and_comes_back() -> None:
    patron, records = make_patron(), titles()
    holds = wait_for(patron, records, Kind.SERIES)

    cancel_holds([holds[0].pk], by=desk(), now=MONDAY_NOON, alone=True)
    assert states(holds) == ["cancelled", "queued", "queued"]
    assert active(holds) == [False, True, False]

    restore(holds[0].pk, by=desk(), now=LATER)
    assert active(holds) == [True, False, False]


@pytest.mark.parametrize("kind", [Kind.EDITIONS, Kind.FIRST, Kind.SERIES])
def test_the_whole_wish_is_cancelled_and_brought_back(kind: HoldBundle.Kind) -> None:
    patron, records = make_patron(), titles()
    holds = wait_for(patron, records, kind)
    take_back(records[0])

    [ended] = cancel_holds([holds[1].pk], by=themself(patron), now=MONDAY_NOON)

    assert ended == holds[0]  # whose copy lies on the hold shelf
    assert states(holds) == ["uncleared", "cancelled", "cancelled"]
    assert one_of_each(restorable(patron.pk, now=LATER)).count() == 1
    restore(holds[2].pk, by=themself(patron), now=LATER)
    assert states(holds) == ["waiting", "queued", "queued"]


def test_days_and_pickup_are_changed_together() -> None:
    patron, records, elsewhere = make_patron(), titles(2), make_library("SVL")
    holds = wait_for(patron, records)

    suspend([holds[0].pk], until=None, by=desk(), now=MONDAY_NOON)
    change_pickup([holds[1].pk], elsewhere.pk, by=desk(), now=MONDAY_NOON)

    states(holds)
    assert {hold.suspended_from for hold in holds} == {TODAY}
    assert {hold.pickup_library for hold in holds} == {elsewhere}
    resume([holds[1].pk], by=desk(), now=MONDAY_NOON)
    assert active(holds) == [True, True]


def test_nothing_is_changed_when_one_has_come() -> None:
    patron, records = make_patron(), titles(2)
    holds = wait_for(patron, records)
    take_back(records[0])
    with pytest.raises(Refused, match="hold-waits-on-shelf"):
        suspend([holds[1].pk], until=None, by=desk(), now=MONDAY_NOON)
    states(holds)
    assert {hold.suspended_from for hold in holds} == {None}


def test_the_rest_of_a_series_is_suspended_while_a_part_waits() -> None:
    patron, records = make_patron(), titles()
    holds = wait_for(patron, records, Kind.SERIES)
    take_back(records[0])
    suspend([holds[1].pk], until=None, by=desk(), now=MONDAY_NOON)
    states(holds)
    assert [hold.suspended_from for hold in holds] == [None, TODAY, TODAY]


def test_a_wish_for_several_titles_counts_once() -> None:
    make_rules({"values": {"holds_max": 2, "holds_per_day": 2}})
    patron = make_patron()
    wait_for(patron, titles(3))
    wait_for(patron, titles(2))
    with pytest.raises(RefusedTitles) as refused:
        wait_for(patron, titles(2))
    told = {one.reason.value: one.facts["holds"] for one in refused.value.refusals}
    assert told == {"too-many-holds": 2, "too-many-holds-today": 2}
    assert Hold.objects.count() == 5


def test_one_title_that_cannot_be_held_stops_a_list_and_is_named() -> None:
    patron, records = make_patron(), [*titles(1), make_record("Ei niteitä")]
    with pytest.raises(RefusedTitles) as refused:
        wait_for(patron, records)
    assert list(refused.value.by_record) == [records[1].pk]
    assert not Hold.objects.exists()
    assert not HoldBundle.objects.exists()


def test_an_edition_that_cannot_be_held_is_left_out() -> None:
    records = [make_record("Ei niteitä"), *titles(2)]
    holds = wait_for(make_patron(), records, Kind.EDITIONS)
    assert [hold.record for hold in holds] == records[1:]
    alone = wait_for(make_patron(), [records[0], records[1]], Kind.EDITIONS)
    assert [(hold.record, hold.bundle) for hold in alone] == [(records[1], None)]


def test_a_bundle_is_of_several_titles_each_once() -> None:
    patron, records = make_patron(), titles(1)
    for wrong in (records, records * 2):
        with pytest.raises(ValueError, match="several titles"):
            wait_for(patron, wrong)
    with pytest.raises(ValueError, match="several of one"):
        wait_for(patron, titles(2), Kind.GROUP)
    assert not HoldBundle.objects.exists()


def test_editions_are_those_of_the_work_in_its_language_that_can_be_had() -> None:
    work = {"work_key": "waltari|sinuhe", "language": "fin"}
    asked = make_item(record=make_record("Sinuhe", year=1945, **work)).record
    newer = make_item(record=make_record("Sinuhe", year=2015, **work)).record
    heard = make_record("Sinuhe", year=2020, **{**work, "material": "CD"})
    make_item(record=heard)
    make_record("Sinuhe ilman niteitä", **work)
    make_item(record=make_record("Sinuhe på svenska", **{**work, "language": "swe"}))
    make_item(record=make_record("Sinuhe, piilossa", suppressed=True, **work))

    found = [(one.record_id, one.alike) for one in editions_of(asked)]

    assert found == [(heard.pk, False), (newer.pk, True)]


def test_a_list_shows_one_row_and_the_queue_of_each_title_its_own() -> None:
    patron, records = make_patron(), titles()
    make_hold(make_patron(), records[0])
    holds = wait_for(patron, records)
    own = Hold.objects.filter(patron=patron, state__in=OPEN)
    assert [hold.pk for hold in leading(own)] == [holds[0].pk]
    assert places_of_patron(patron.pk) == {
        holds[0].pk: 2,
        holds[1].pk: 1,
        holds[2].pk: 1,
    }
    take_back(records[2])
    assert [hold.pk for hold in leading(own)] == [holds[2].pk]
    counts = queue_counts(records[0].pk, today=TODAY)
    assert (counts.active, counts.suspended, counts.standing_back) == (1, 0, 1)


def test_who_comes_after_is_told_that_a_hold_before_is_passed_over() -> None:
    records, after = titles(2), make_patron()
    wait_for(make_patron(), records)
    hold = make_hold(after, records[0], placed_at=LATER)
    take_back(records[1])
    told = why_not_yet(waits_of(after.pk, now=LATER)[hold.pk])
    assert any("passed over" in sentence for sentence in told)
    take_back(records[0])
    hold.refresh_from_db()
    assert hold.state == Hold.State.WAITING


def test_it_is_said_in_words() -> None:
    patron, records = make_patron(), titles()
    holds = wait_for(patron, records, Kind.SERIES)
    bundle = bundle_of(holds[1].pk)
    assert bundle is not None
    assert one_of_what(bundle, holds[1].pk) == "Part 2 of 3"
    waits = waits_of(patron.pk, now=MONDAY_NOON)
    assert "Its turn comes" in why_not_yet(waits[holds[1].pk])[0]
    assert not waits[holds[0].pk].stands_back


def test_a_part_is_remembered_as_long_as_the_next_one_waits_for_it() -> None:
    patron, records = make_patron(history=Patron.History.NEVER), titles(2)
    holds = wait_for(patron, records, Kind.SERIES)
    take_back(records[0])
    lend(patron, records[0])
    by, next_week = chief(), MONDAY_NOON + timedelta(days=7)

    assert forget_old_holds(by=by, now=next_week) == 0
    assert active(holds) == [False, False]

    cancel_holds([holds[1].pk], by=desk(), now=MONDAY_NOON)
    assert forget_old_holds(by=by, now=next_week) == 2
    assert not HoldBundle.objects.exists()
