"""How long a hold will wait: the range, its words, what is kept and how true it was."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils.translation import override as language

from kortisto.core.followers import follow
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.place_hold import Wish, place_hold
from kortisto.domain.fulfilment.actions.telling import keep_forecasts
from kortisto.domain.fulfilment.calibration import came_in_a_year, together
from kortisto.domain.fulfilment.forecast_facts import facts_of_hold, facts_of_wish
from kortisto.domain.fulfilment.forecast_words import in_words, why_so_long
from kortisto.domain.fulfilment.forecasting import (
    LONGEST_DAYS,
    Forecast,
    ForecastFacts,
    forecast,
)
from kortisto.domain.holds.actions.changing import suspend
from kortisto.domain.holds.models import Hold
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    desk,
    make_hold,
    make_item,
    make_library,
    make_patron,
    make_record,
    themself,
)
from kortisto.testing.queries import count_queries

MONDAY = MONDAY_NOON.date()
FOUR_WEEKS = (14, 21, 25, 28, 28, 28, 30, 35)
FACTS = ForecastFacts(before=9, copies=5, loans=FOUR_WEEKS, journey=(1, 3))


def told(facts: ForecastFacts) -> Forecast:
    found = forecast(facts)
    assert found is not None
    return found


def test_ten_wait_for_five_copies_of_four_weeks() -> None:
    """Two rounds of loans, and a little more: about eight weeks."""
    found = told(FACTS)
    assert found.first < 8 * 7 < found.last
    assert found.last < 16 * 7


@pytest.mark.parametrize(
    "longer",
    [
        {"before": 19},
        {"copies": 3},
        {"loans": tuple(days * 2 for days in FOUR_WEEKS)},
    ],
)
def test_more_before_it_fewer_copies_and_longer_loans_make_it_later(
    longer: dict[str, object],
) -> None:
    found = told(replace(FACTS, **longer))  # type: ignore[arg-type]
    assert found.first > told(FACTS).first
    assert found.last > told(FACTS).last


@pytest.mark.parametrize("unsure", [{"overdue": 2}, {"passes": 5}, {"resting": 6}])
def test_what_is_unsure_makes_the_end_later_and_not_the_beginning(
    unsure: dict[str, int],
) -> None:
    found = told(replace(FACTS, **unsure))  # type: ignore[arg-type]
    assert found.first == told(FACTS).first
    assert found.last > told(FACTS).last


def test_a_copy_on_a_shelf_only_has_to_travel() -> None:
    assert told(replace(FACTS, before=1, free=2)) == Forecast(1, 4)
    assert told(ForecastFacts(before=0, copies=1, free=1)) == Forecast(0, 1)


def test_of_what_nobody_knows_nothing_is_said() -> None:
    assert forecast(replace(FACTS, copies=0)) is None
    assert forecast(replace(FACTS, loans=())) is None


def test_nobody_is_told_of_more_than_three_years() -> None:
    far = told(replace(FACTS, before=5000, copies=1))
    assert far == Forecast(LONGEST_DAYS, LONGEST_DAYS)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (Forecast(0, 1), "0–1 päivää"),
        (Forecast(2, 13), "2–13 päivää"),
        (Forecast(22, 34), "3–5 viikkoa"),
        (Forecast(1, 1), "1 päivä"),
        (Forecast(28, 28), "4 viikkoa"),
        (Forecast(170, 260), "5–9 kuukautta"),
    ],
)
def test_the_range_is_said_as_one_would_say_it(days: Forecast, words: str) -> None:
    with language("fi"):
        assert in_words(days) == words


def test_staff_are_told_every_fact() -> None:
    facts = replace(FACTS, resting=2, overdue=1, passes=3)
    with language("en"):
        sentences = " ".join(why_so_long(facts))
    for number in ("9 holds", "2 more", "5 copies", "8 loans", "1–3 days", "3 holds"):
        assert number in sentences


@pytest.mark.parametrize(
    ("journey", "words"),
    [((1, 1), "kestää 1 päivän"), ((0, 1), "kestää 0–1 päivää")],
)
def test_a_range_of_the_journey_is_many_days(
    journey: tuple[int, int], words: str
) -> None:
    with language("fi"):
        assert words in " ".join(why_so_long(replace(FACTS, journey=journey)))


@pytest.mark.django_db
class TestReadAndKept:
    def waiting(self) -> Hold:
        """One copy that stands in the library of the second who waits."""
        record = make_record()
        make_item(record=record, library=make_library())
        make_hold(make_patron(), record, placed_at=MONDAY_NOON - timedelta(days=2))
        return make_hold(
            make_patron(), record, placed_at=MONDAY_NOON - timedelta(days=1)
        )

    def test_a_hold_and_a_wish_behind_it_read_the_same_queue(self) -> None:
        hold = self.waiting()
        facts = facts_of_hold(hold, now=MONDAY_NOON)
        assert facts is not None
        assert (facts.before, facts.copies, facts.free) == (1, 1, 1)
        wish = facts_of_wish(hold.record_id, hold.pickup_library_id, now=MONDAY_NOON)
        assert wish == replace(facts, before=2)

    def test_a_suspended_hold_is_told_nothing(self) -> None:
        hold = self.waiting()
        suspend([hold.pk], until=None, by=themself(hold.patron), now=MONDAY_NOON)
        hold.refresh_from_db()
        assert facts_of_hold(hold, now=MONDAY_NOON) is None
        assert keep_forecasts([hold.pk], now=MONDAY_NOON) == 0

    def test_a_longer_queue_asks_no_more_statements(self) -> None:
        hold = self.waiting()
        facts_of_hold(hold, now=MONDAY_NOON)
        few = count_queries(lambda: facts_of_hold(hold, now=MONDAY_NOON))
        for _more in range(6):
            make_hold(
                make_patron(),
                hold.record,
                placed_at=MONDAY_NOON - timedelta(days=3),
            )
            make_item(record=hold.record)
        assert few == count_queries(lambda: facts_of_hold(hold, now=MONDAY_NOON))

    def test_the_first_range_is_kept_and_later_facts_do_not_change_it(self) -> None:
        hold = self.waiting()
        Hold.objects.exclude(pk=hold.pk).delete()
        assert keep_forecasts([hold.pk], now=MONDAY_NOON) == 1
        hold.refresh_from_db()
        kept = hold.forecast_from, hold.forecast_until
        assert kept == (MONDAY, MONDAY + timedelta(days=1))
        assert keep_forecasts([hold.pk], now=MONDAY_NOON + timedelta(days=9)) == 0

    def test_the_day_it_came_is_kept(self) -> None:
        hold = self.waiting()
        item = hold.record.items.get()
        by = desk(item.library)
        checkin(item.barcode, by=by, now=MONDAY_NOON)
        first = Hold.objects.get(item=item)
        assert first.came_on == MONDAY
        assert Hold.objects.get(pk=hold.pk).came_on is None


def came(*, after: int, first: int, last: int, **fields: object) -> None:
    """A hold of whom it was told that it comes between two days, and when it came."""
    placed = MONDAY_NOON - timedelta(days=60)
    hold = make_hold(make_patron(), make_record(), placed_at=placed)
    Hold.objects.filter(pk=hold.pk).update(
        came_on=placed.date() + timedelta(days=after),
        forecast_from=placed.date() + timedelta(days=first),
        forecast_until=placed.date() + timedelta(days=last),
        **fields,
    )


@pytest.mark.django_db
def test_what_came_is_counted_by_what_was_told() -> None:
    came(after=3, first=2, last=5)
    came(after=5, first=2, last=5)
    came(after=1, first=2, last=7)
    came(after=20, first=14, last=18)
    came(after=40, first=30, last=200)
    came(after=4, first=2, last=5, suspended_from=date(2026, 1, 1))

    rows = came_in_a_year(MONDAY)

    counted = [(row.until, row.sooner, row.within, row.later) for row in rows]
    assert counted == [(7, 1, 2, 0), (28, 0, 0, 1), (None, 0, 1, 0)]
    assert [row.percent for row in rows] == [67, 0, 100]
    assert together(rows).holds == 5
    assert came_in_a_year(MONDAY + timedelta(days=400)) == []


@pytest.mark.django_db(transaction=True)
def test_placing_a_hold_has_its_forecast_kept() -> None:
    item = make_item()
    wish = Wish(record_id=item.record_id, pickup_library_id=item.library_id)
    placed = place_hold(
        make_patron().pk,
        wish,
        by=chief(item.library),
        now=MONDAY_NOON,
        overriding=["on-the-shelf"],
    )
    while follow("wait-forecasts", now=MONDAY_NOON):
        pass
    hold = Hold.objects.get(pk=placed.hold_id)
    assert (hold.forecast_from, hold.forecast_until) == (
        MONDAY,
        MONDAY + timedelta(days=1),
    )
