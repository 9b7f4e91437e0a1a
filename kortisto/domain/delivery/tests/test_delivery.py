"""Patrons who are served at home: a round, their wishes, and a basket for each."""

from datetime import date, timedelta
from functools import partial

import pytest

from kortisto.core.actors import NotPermitted
from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.domain.circulation.actions.checkin import Returned
from kortisto.domain.circulation.actions.checkout import Lent, checkout
from kortisto.domain.circulation.models import Loan
from kortisto.domain.delivery.actions.baskets import (
    lend_baskets,
    pick,
    put_out,
    take_baskets_back,
)
from kortisto.domain.delivery.actions.people import (
    Wishes,
    serve_at_home,
    serve_no_more,
)
from kortisto.domain.delivery.actions.rounds import RoundPlan, end_round, save_round
from kortisto.domain.delivery.models import (
    Basket,
    BasketItem,
    DeliveryPatron,
    DeliveryRound,
)
from kortisto.domain.delivery.queries import baskets_to_forget, lines_of, on_round
from kortisto.domain.delivery.rules import next_day
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
    make_restriction,
    make_rules,
)
from kortisto.testing.queries import assert_same_queries_with_more_rows
from kortisto.testing.races import at_once, codes

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
THURSDAY = date(2027, 3, 4)
WISHES = Wishes(likes="Dekkareita, isoa tekstiä", avoids="Sotakirjoja", items=3)


@pytest.fixture(autouse=True)
def rules(db: None) -> None:
    del db
    make_rules({"values": {"loan_period": 28}})


def make_round(name: str = "Keskusta") -> DeliveryRound:
    plan = RoundPlan(
        library_id=make_library().pk, name=name, first_on=THURSDAY, every_weeks=2
    )
    return save_round(plan, by=chief(), now=MONDAY_NOON)


def served(round_: DeliveryRound | None = None, **fields: object) -> Patron:
    patron = make_patron(**fields)  # type: ignore[arg-type]
    where = round_ or DeliveryRound.objects.first() or make_round()
    serve_at_home(patron.pk, where.pk, WISHES, by=chief(), now=MONDAY_NOON)
    return patron


def picked(patron: Patron, barcode: str) -> bool:
    """Whether they were told to have had it before."""
    return pick(
        patron.pk, barcode, for_on=THURSDAY, by=chief(), now=MONDAY_NOON
    ).had_before


@pytest.mark.parametrize(
    ("today", "weeks", "expected"),
    [
        (date(2027, 3, 1), 2, THURSDAY),
        (THURSDAY, 2, THURSDAY),
        (THURSDAY + DAY, 2, THURSDAY + 14 * DAY),
        (THURSDAY + 14 * DAY, 2, THURSDAY + 14 * DAY),
        (THURSDAY + 15 * DAY, 1, THURSDAY + 21 * DAY),
    ],
)
def test_a_round_goes_on_its_weekday_every_so_many_weeks(
    today: date, weeks: int, expected: date
) -> None:
    assert next_day(THURSDAY, weeks, today) == expected


def test_a_basket_is_picked_lent_at_once_and_taken_back_together() -> None:
    patron, other = served(), served()
    items = [make_item(record=make_record(f"Dekkari {n}")) for n in range(3)]
    for item in items:
        assert not picked(patron, item.barcode)
    assert not Loan.objects.exists()  # nothing is lent yet
    round_ = DeliveryRound.objects.get()
    counts = {one.patron_id: one for one in on_round(round_.pk, THURSDAY)}
    assert (counts[patron.pk].picked, counts[patron.pk].lent) == (3, 0)
    assert counts[other.pk].picked == 0

    answers = lend_baskets(patron.pk, by=chief(), now=MONDAY_NOON)
    assert all(isinstance(answer, Lent) for _line, answer in answers)
    assert Loan.objects.filter(patron=patron, returned_at=None).count() == 3
    [one] = [row for row in on_round(round_.pk, THURSDAY) if row.lent]
    assert (one.patron_id, one.picked, one.lent) == (patron.pk, 3, 3)
    with pytest.raises(Refused, match="basket-is-empty"):
        lend_baskets(patron.pk, by=chief(), now=MONDAY_NOON)

    later = MONDAY_NOON + 14 * DAY
    back = take_baskets_back(patron.pk, by=chief(), now=later)
    assert all(isinstance(answer, Returned) for answer in back)
    assert len(back) == 3
    assert not Loan.objects.filter(returned_at=None).exists()
    assert take_baskets_back(patron.pk, by=chief(), now=later) == []
    told = LoggedEvent.objects.filter(kind__startswith="Basket")
    assert [event.body["patron_id"] for event in told] == [patron.pk] * 2
    assert "Dekkari" not in str([event.body for event in told])


def test_who_has_had_a_title_before_is_told_when_their_loans_are_remembered() -> None:
    patron, record = served(), make_record("Luettu jo")
    first = make_item(record=record)
    assert not picked(patron, first.barcode)
    lend_baskets(patron.pk, by=chief(), now=MONDAY_NOON)
    take_baskets_back(patron.pk, by=chief(), now=MONDAY_NOON)
    assert picked(patron, make_item(record=record).barcode)
    [line] = [line for line in lines_of(patron.pk) if line.loan_id is None]
    assert line.had_before

    Loan.objects.update(patron=None)  # as the patron has chosen, or the years
    assert not picked(patron, make_item(record=record).barcode)


def test_what_a_check_out_would_refuse_comes_into_no_basket() -> None:
    patron = served()
    barred = served()
    make_restriction(barred, note="Puhu laskutukseen")
    item, lent, held = make_item(), make_item(), make_item()
    checkout(card_of(make_patron()), lent.barcode, by=desk(), now=MONDAY_NOON)
    make_hold(make_patron(), held.record, item=held, state="waiting")
    for barcode, reason in (
        (lent.barcode, "on-loan-to-another"),
        (make_item(not_for_loan="1").barcode, "not-for-loan"),
        (held.barcode, "waits-for-another"),
        ("OLEMATON", "unknown-item"),
    ):
        with pytest.raises(Refused, match=reason):
            picked(patron, barcode)
    with pytest.raises(Refused, match="restricted"):
        picked(barred, item.barcode)
    with pytest.raises(Refused, match="not-served"):
        picked(make_patron(), item.barcode)
    with pytest.raises(NotPermitted):
        pick(patron.pk, item.barcode, for_on=THURSDAY, by=desk(), now=MONDAY_NOON)
    assert not BasketItem.objects.exists()


def test_an_item_lies_in_one_basket_and_can_be_put_out() -> None:
    patron, other, item = served(), served(), make_item()
    picked(patron, item.barcode)
    with pytest.raises(Refused, match="in-the-basket"):
        picked(patron, item.barcode)
    with pytest.raises(Refused, match="in-another-basket"):
        picked(other, item.barcode)
    line = BasketItem.objects.get()
    put_out(other.pk, line.pk, by=chief())  # not theirs: nothing happens
    assert BasketItem.objects.exists()
    for _twice in range(2):
        put_out(patron.pk, line.pk, by=chief())
    picked(other, item.barcode)
    lend_baskets(other.pk, by=chief(), now=MONDAY_NOON)
    with pytest.raises(Refused, match="already-lent"):
        put_out(other.pk, BasketItem.objects.get().pk, by=chief())


def test_what_has_changed_until_the_lending_stays_in_and_the_rest_is_lent() -> None:
    patron = served()
    taken, fine = make_item(), make_item()
    for item in (taken, fine):
        picked(patron, item.barcode)
    checkout(card_of(make_patron()), taken.barcode, by=desk(), now=MONDAY_NOON)
    answers = {
        line.item_id: answer
        for line, answer in lend_baskets(patron.pk, by=chief(), now=MONDAY_NOON)
    }
    assert isinstance(answers[fine.pk], Lent)
    assert isinstance(answers[taken.pk], Refused)
    [left] = [line for line in lines_of(patron.pk) if line.loan_id is None]
    assert left.item_id == taken.pk
    told = LoggedEvent.objects.get(kind="BasketLent").body
    assert (told["lent"], told["refused"]) == (1, 1)


def test_wishes_are_kept_for_the_purpose_and_forgotten_at_its_end() -> None:
    patron, item, lent = served(), make_item(), make_item()
    picked(patron, lent.barcode)
    lend_baskets(patron.pk, by=chief(), now=MONDAY_NOON)
    picked(patron, item.barcode)
    profile = DeliveryPatron.objects.get()
    assert (profile.likes, profile.items) == (WISHES.likes, 3)
    assert WISHES.likes not in repr(WISHES)
    with pytest.raises(Refused, match="round-is-served"):
        end_round(profile.round_id, by=chief(), now=MONDAY_NOON)

    serve_no_more(patron.pk, by=chief(), now=MONDAY_NOON)
    assert not DeliveryPatron.objects.exists()
    assert [line.item_id for line in lines_of(patron.pk)] == [lent.pk]
    with pytest.raises(Refused, match="not-served"):
        serve_no_more(patron.pk, by=chief(), now=MONDAY_NOON)
    told = LoggedEvent.objects.filter(kind="DeliveryPatronChanged")
    assert "Dekkareita" not in str([event.body for event in told])
    end_round(profile.round_id, by=chief(), now=MONDAY_NOON)
    with pytest.raises(Refused, match="round-has-ended"):
        serve_at_home(patron.pk, profile.round_id, WISHES, by=chief(), now=MONDAY_NOON)


def test_a_basket_is_forgotten_when_all_has_come_back_and_not_sooner() -> None:
    patron, waiting = served(), served()
    picked(patron, make_item().barcode)
    picked(waiting, make_item().barcode)
    lend_baskets(patron.pk, by=chief(), now=MONDAY_NOON)
    week_later = MONDAY_NOON + 7 * DAY
    assert not baskets_to_forget(week_later).exists()
    take_baskets_back(patron.pk, by=chief(), now=week_later)
    assert [basket.patron_id for basket in baskets_to_forget(week_later)] == [patron.pk]
    assert baskets_to_forget(MONDAY_NOON + 40 * DAY).count() == 2  # and never lent
    baskets_to_forget(week_later).delete()
    assert Basket.objects.get().patron_id == waiting.pk
    assert Loan.objects.filter(patron=patron).count() == 1  # that is history's matter


def test_a_frozen_record_is_not_changed() -> None:
    patron = served()
    make_restriction(patron, kind="processing")
    with pytest.raises(Refused, match="processing of the data"):
        serve_at_home(
            patron.pk, DeliveryRound.objects.get().pk, Wishes(),
            by=chief(), now=MONDAY_NOON,
        )  # fmt: skip
    with pytest.raises(Refused, match="processing of the data"):
        serve_no_more(patron.pk, by=chief(), now=MONDAY_NOON)
    assert DeliveryPatron.objects.get().likes == WISHES.likes


def test_every_reason_against_a_round_and_wishes_is_told() -> None:
    plan = RoundPlan(
        library_id=make_library().pk, name=" ", first_on=THURSDAY, every_weeks=0
    )
    with pytest.raises(Refused, match="round-name-missing, weeks-impossible"):
        save_round(plan, by=chief(), now=MONDAY_NOON)
    with pytest.raises(NotPermitted):
        save_round(plan, by=desk(), now=MONDAY_NOON)
    patron, round_ = make_patron(), make_round()
    with pytest.raises(Refused, match="items-impossible"):
        serve_at_home(
            patron.pk, round_.pk, Wishes(items=51), by=chief(), now=MONDAY_NOON
        )
    assert not DeliveryPatron.objects.exists()


def test_a_round_asks_the_same_for_many_patrons() -> None:
    round_ = make_round()

    def another() -> None:
        picked(served(round_), make_item().barcode)

    assert_same_queries_with_more_rows(
        lambda: on_round(round_.pk, THURSDAY), add_rows=another
    )


@pytest.mark.django_db(transaction=True)
def test_two_who_pick_the_same_item_at_once_put_it_into_one_basket() -> None:
    people, by = [served(), served()], chief()
    for _time in range(5):
        item = make_item()
        answers = at_once(
            *(
                partial(
                    pick,
                    patron.pk,
                    item.barcode,
                    for_on=THURSDAY,
                    by=by,
                    now=MONDAY_NOON,
                )
                for patron in people
            )
        )
        assert codes(answers) == ["in-another-basket"]
        assert BasketItem.objects.filter(item=item).count() == 1
