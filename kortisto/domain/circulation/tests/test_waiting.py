"""Why a hold has not come yet: the counts, and the words for them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils import translation

from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.waiting import place_in_queue, why_not_yet
from kortisto.domain.circulation.waiting_facts import Copies, WaitFacts, waits_of
from kortisto.domain.holds.models import Hold
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    desk,
    make_hold,
    make_item,
    make_library,
    make_patron,
    make_record,
    make_rules,
)
from kortisto.testing.queries import count_queries

TODAY = MONDAY_NOON.date()
DAY = timedelta(days=1)
FINE = WaitFacts(today=TODAY, place=12, copies=Copies(total=4))


def said(facts: WaitFacts) -> list[str]:
    with translation.override("en"):
        return why_not_yet(facts)


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        (FINE, "11 customers are before you in the queue."),
        (replace(FINE, place=1), "You are the first in the queue."),
        (replace(FINE, place=2), "1 customer is before you in the queue."),
        (
            replace(FINE, passed_over=3),
            "3 holds before yours are passed over: suspended or served otherwise.",
        ),
        (
            replace(FINE, suspended_from=TODAY, suspended_until=date(2027, 5, 6)),
            "You have suspended the hold until 6.5.2027. Its place is kept.",
        ),
        (
            replace(FINE, suspended_from=TODAY),
            "You have suspended the hold until you resume it. Its place is kept.",
        ),
        (
            replace(FINE, starts_on=date(2027, 5, 6)),
            "You wait for this from 6.5.2027 on. The place in the queue is kept.",
        ),
        (
            replace(FINE, copies=Copies()),
            "The libraries have no copy now that could be given to you.",
        ),
    ],
)
def test_each_fact_of_the_hold_gives_its_sentence(
    facts: WaitFacts, sentence: str
) -> None:
    assert sentence in said(facts)


@pytest.mark.parametrize(
    ("copies", "sentences"),
    [
        (Copies(total=4, lent=1), ["1 copy is on loan."]),
        (
            Copies(total=4, lent=3, due_on=date(2027, 5, 6)),
            ["3 copies are on loan.", "The first is due back on 6.5.2027."],
        ),
        (
            Copies(total=4, lent=1, overdue=1),
            [
                "1 copy is on loan.",
                "1 copy is overdue: nobody knows when it comes back.",
            ],
        ),
        (
            Copies(total=4, away=2),
            ["2 copies are on their way or already wait for somebody else."],
        ),
        (
            Copies(total=4, ordered=4),
            ["4 copies are on order or being made ready."],
        ),
        (
            Copies(total=4, free=1),
            ["1 copy is on a shelf, and the library sets it aside soon."],
        ),
        (
            Copies(total=1, lost=1, damaged=2),
            ["1 copy has been lost.", "2 copies are damaged and out of use."],
        ),
    ],
)
def test_each_fact_of_the_copies_gives_its_sentences(
    copies: Copies, sentences: list[str]
) -> None:
    first = ["You are the first in the queue."]
    assert said(replace(FINE, place=1, copies=copies)) == [*first, *sentences]


def test_a_suspension_ends_after_its_last_day() -> None:
    over = replace(FINE, suspended_from=TODAY - 2 * DAY, suspended_until=TODAY - DAY)
    assert not over.is_suspended
    assert replace(over, suspended_until=TODAY).is_suspended
    assert not replace(FINE, suspended_from=TODAY + DAY).is_suspended
    assert replace(FINE, starts_on=TODAY).has_begun


def test_the_place_is_told_with_the_copies_in_the_language_of_the_reader() -> None:
    with translation.override("fi"):
        assert place_in_queue(FINE) == "Jonossa sijalla 12, niteitä 4"
    with translation.override("en"):
        one = replace(FINE, copies=Copies(total=1))
        assert place_in_queue(one) == "Number 12 in the queue, 1 copy"


def wait(hold: Hold) -> WaitFacts:
    return waits_of(hold.patron_id, now=MONDAY_NOON)[hold.pk]


@pytest.mark.django_db
def test_the_queue_is_counted_and_who_is_passed_over_apart() -> None:
    record = make_item().record
    early = MONDAY_NOON - 5 * DAY
    make_hold(make_patron(), record, placed_at=early)
    make_hold(make_patron(), record, placed_at=early, suspended_from=TODAY)
    make_hold(make_patron(), record, placed_at=early, starts_on=TODAY + DAY)
    make_hold(make_patron(), record, placed_at=early, always_last=True)
    make_hold(make_patron(), record, placed_at=early, state=Hold.State.CANCELLED)
    make_hold(make_patron(), make_item().record, placed_at=early)
    mine = make_hold(make_patron(), record)
    make_hold(make_patron(), record, placed_at=MONDAY_NOON)

    facts = wait(mine)

    assert (facts.place, facts.passed_over) == (4, 2)


@pytest.mark.django_db
def test_who_waits_for_another_volume_is_not_before_one() -> None:
    record, early = make_record(), MONDAY_NOON - 5 * DAY
    first = make_item(record=record, enumchron="1")
    make_item(record=record, enumchron="2")
    for wish in (
        {"wanted_volume": "1"},
        {"wanted_volume": "2"},
        {"wanted_item": first},
        {},
    ):
        make_hold(make_patron(), record, placed_at=early, **wish)

    of_two = wait(make_hold(make_patron(), record, wanted_volume="2"))
    of_one = wait(make_hold(make_patron(), record, wanted_volume="1"))
    of_any = wait(make_hold(make_patron(), record))

    assert (of_two.place, of_two.copies.total) == (3, 1)
    assert (of_one.place, of_one.copies.total) == (4, 1)
    assert (of_any.place, of_any.copies.total) == (7, 2)


@pytest.mark.django_db
def test_each_copy_is_counted_where_it_is() -> None:
    make_rules()
    record, library = make_record(), make_library()
    lent, overdue, free, set_aside = (make_item(record=record) for _ in range(4))
    make_item(record=record, not_for_loan="-1")
    make_item(record=record, not_for_loan="1")  # read in the library
    make_item(record=record, lost="1")
    make_item(record=record, damaged="1")
    make_item(record=record, withdrawn="1")
    for item, begun in ((lent, MONDAY_NOON), (overdue, MONDAY_NOON - 60 * DAY)):
        card = card_of(make_patron())
        checkout(card, item.barcode, by=desk(library), now=begun)
    state = Hold.State.WAITING
    make_hold(make_patron(), record, item=set_aside, state=state)
    assert free.pk

    copies = wait(make_hold(make_patron(), record)).copies

    assert copies.due_on is not None
    assert copies.due_on > TODAY
    assert replace(copies, due_on=None) == Copies(
        total=5, ordered=1, lent=2, overdue=1, away=1, free=1, lost=1, damaged=1
    )


@pytest.mark.django_db
def test_any_number_of_holds_asks_the_same_and_tells_of_nobody_elses() -> None:
    mine, other = make_patron(), make_patron()
    for _number in range(20):
        record = make_item().record
        make_hold(other, record)
        make_hold(mine, record)
    make_hold(mine, make_record(), state=Hold.State.TRAVELLING, item=make_item())

    found: dict[int, WaitFacts] = {}
    asked = count_queries(lambda: found.update(waits_of(mine.pk, now=MONDAY_NOON)))

    assert asked == 2
    assert set(found) == set(
        Hold.objects.filter(patron=mine, state="queued").values_list("pk", flat=True)
    )
    assert {facts.place for facts in found.values()} == {2}
