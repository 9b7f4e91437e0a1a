"""My holds on the web: what waits, what comes, and what can be changed of it."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kortisto.domain.holds.models import Hold
from kortisto.domain.patrons.models import Patron
from kortisto.interfaces.opac.tests.shelf import log_in, somebody, title
from kortisto.testing.builders import (
    make_hold,
    make_item,
    make_library,
    make_patron,
    make_record,
)
from kortisto.testing.queries import assert_same_queries_with_more_rows, count_queries

pytestmark = pytest.mark.django_db

PAGE = "/account/holds/"
CHANGE = f"{PAGE}change/"
CANCEL = f"{PAGE}cancel/"
DAY = timedelta(days=1)


def text(client: Client, address: str = PAGE, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def do(client: Client, address: str, *holds: Hold, **values: Any) -> Any:
    sent = {"hold": [hold.pk for hold in holds], **values}
    return client.post(address, sent, follow=True)


def said(answer: Any) -> str:
    body: str = answer.content.decode()
    return body


@pytest.fixture
def patron() -> Patron:
    return somebody(hold_identifier="4711")


@pytest.fixture
def reader(visitor: Client, patron: Patron) -> Client:
    log_in(visitor, patron)
    return visitor


def queued(patron: Patron, name: str = "Sinuhe", **fields: Any) -> Hold:
    placed = timezone.now() - DAY
    record = make_item(record=make_record(name)).record
    return make_hold(patron, record, **{"placed_at": placed, **fields})


def suspension(hold: Hold) -> tuple[date | None, date | None]:
    fresh = Hold.objects.get(pk=hold.pk)
    return fresh.suspended_from, fresh.suspended_until


def shelved(patron: Patron, name: str = "Kalevala", *, days: int = 3) -> Hold:
    return make_hold(
        patron,
        title(name),
        item=make_item(),
        state=Hold.State.WAITING,
        pickup_until=timezone.localdate() + days * DAY,
    )


def test_what_waits_comes_first_with_the_identifier_then_what_travels(
    reader: Client, patron: Patron
) -> None:
    record = queued(patron, "Jonossa olen").record
    make_hold(make_patron(), record, placed_at=timezone.now() - 2 * DAY)
    make_item(record=record)
    state = Hold.State.TRAVELLING
    make_hold(patron, title("Matkalla olen"), item=make_item(), state=state)
    shelved(patron, "Odotan pitempään", days=9)
    shelved(patron, "Odotan vähän", days=1)

    found = text(reader)

    order = ("4711", "Odotan vähän", "Odotan pitempään", "Matkalla olen")
    places = [found.index(f">{words}<") for words in (*order, "Jonossa olen")]
    assert places == sorted(places)
    assert "Number 2 in the queue, 2 copies" in found
    assert "1 customer is before you in the queue." in found


def test_who_has_none_is_led_to_the_search(reader: Client) -> None:
    found = text(reader)
    assert "You have no holds" in found
    assert "4711" not in found


def test_some_are_suspended_and_resumed_and_keep_their_places(
    reader: Client, patron: Patron
) -> None:
    one, other = queued(patron, "Yksi"), queued(patron, "Toinen")
    today = timezone.localdate()
    until = today + 9 * DAY

    answer = do(reader, CHANGE, one, do="suspend", until=until.isoformat())

    assert "1 hold is suspended. Its place in the queue is kept." in said(answer)
    assert "You have suspended the hold until" in said(answer)
    assert suspension(one) == (today, until)
    assert suspension(other) == (None, None)

    do(reader, CHANGE, do="suspend", all="yes")
    assert suspension(other) == (today, None)

    assert "2 holds go on." in said(do(reader, CHANGE, do="resume", all="yes"))
    assert not Hold.objects.exclude(suspended_from=None).exists()


def test_several_are_picked_up_elsewhere(reader: Client, patron: Patron) -> None:
    far, holds = make_library("MRI"), [queued(patron, str(n)) for n in range(3)]
    answer = do(reader, CHANGE, *holds[:2], do="pickup", pickup=far.pk)
    assert f"2 holds are picked up at {far.name}." in said(answer)
    there = Hold.objects.filter(pickup_library=far)
    assert set(there) == set(holds[:2])


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"do": "suspend", "until": "2020-01-01"}, "This day has gone by."),
        (
            {"do": "suspend", "since": "2099-02-01", "until": "2099-01-01"},
            "This day is before the first one.",
        ),
        ({"do": "suspend", "until": "joulu"}, "Enter a valid date."),
        ({"do": "pickup", "pickup": ""}, "Choose a library."),
        ({"do": "pickup", "pickup": "987654"}, "987654"),
    ],
)
def test_what_is_wrong_is_told_and_the_ticks_stay(
    reader: Client, patron: Patron, values: dict[str, str], words: str
) -> None:
    one, _other = queued(patron), queued(patron)
    answer = do(reader, CHANGE, one, **values)
    assert answer.status_code == 422
    assert words in said(answer)
    assert said(answer).count(" checked") == 1
    assert not Hold.objects.exclude(suspended_from=None).exists()


def test_a_hold_whose_copy_is_on_its_way_stays_where_it_goes(
    reader: Client, patron: Patron
) -> None:
    hold, far = queued(patron), make_library("MRI")
    hold.state, hold.item = Hold.State.TRAVELLING, make_item()
    hold.save()
    answer = do(reader, CHANGE, hold, do="pickup", pickup=far.pk)
    assert "A copy is already on its way for this hold." in said(answer)
    assert not Hold.objects.filter(pickup_library=far).exists()


def test_cancelling_asks_first_and_can_be_taken_back(
    reader: Client, patron: Patron
) -> None:
    one, other = queued(patron, "Perun tämän"), shelved(patron, "Ja tämän")
    kept = queued(patron, "En tätä")

    asked = do(reader, CANCEL, one, other)
    assert "Cancel holds?" in said(asked)
    assert "Perun tämän" in said(asked)
    assert "En tätä" not in said(asked)
    assert not Hold.objects.exclude(ended_at=None).exists()

    done = do(reader, CANCEL, one, other, sure="yes")
    assert "2 holds were cancelled." in said(done)
    assert "Cancelled by mistake?" in said(done)
    kept.refresh_from_db()
    assert kept.state == Hold.State.QUEUED

    back = do(reader, f"{PAGE}{one.pk}/restore/")
    assert "Perun tämän is reserved again, at the place that it had." in said(back)
    one.refresh_from_db()
    assert (one.state, one.ending) == (Hold.State.QUEUED, "")

    again = do(reader, f"{PAGE}{one.pk}/restore/")
    assert "Only a cancelled hold can be brought back." in said(again)


def test_what_was_cancelled_long_ago_stays_cancelled(
    reader: Client, patron: Patron
) -> None:
    hold = queued(
        patron,
        state=Hold.State.CANCELLED,
        ending=Hold.Ending.PATRON,
        ended_at=timezone.now() - 2 * DAY,
    )
    assert "Cancelled by mistake?" not in text(reader)
    assert "could be brought back until" in said(
        do(reader, f"{PAGE}{hold.pk}/restore/")
    )
    hold.refresh_from_db()
    assert hold.state == Hold.State.CANCELLED


def test_what_ended_meanwhile_is_told(reader: Client, patron: Patron) -> None:
    hold = queued(patron, state=Hold.State.EXPIRED)
    answer = do(reader, CANCEL, hold, sure="yes")
    assert "The hold has ended already." in said(answer)


@pytest.mark.parametrize(
    ("address", "values"),
    [
        (CHANGE, {"do": "suspend"}),
        (CHANGE, {"do": "resume"}),
        (CHANGE, {"do": "pickup"}),
        (CANCEL, {"sure": "yes"}),
        (CANCEL, {}),
    ],
)
def test_a_hold_of_somebody_else_stops_everything(
    reader: Client, patron: Patron, address: str, values: dict[str, str]
) -> None:
    mine, theirs = queued(patron), queued(make_patron(), suspended_from="2026-01-01")
    library = make_library("MRI").pk

    answer = do(reader, address, mine, theirs, pickup=library, **values)

    assert answer.status_code == 404
    for hold, since in ((mine, None), (theirs, "2026-01-01")):
        fresh = Hold.objects.get(pk=hold.pk)
        assert fresh.state == Hold.State.QUEUED
        assert str(fresh.suspended_from or "") == (since or "")
        assert fresh.pickup_library_id != library


def test_odd_numbers_and_others_restorations_find_nothing(
    reader: Client, patron: Patron
) -> None:
    theirs = queued(
        make_patron(),
        state=Hold.State.CANCELLED,
        ending=Hold.Ending.PATRON,
        ended_at=timezone.now(),
    )
    queued(patron)
    assert do(reader, f"{PAGE}{theirs.pk}/restore/").status_code == 404
    for odd in ("x", "", "9" * 30, "-1"):
        sent = {"hold": odd, "do": "resume"}
        assert reader.post(CHANGE, sent).status_code == 404
    assert reader.post(CHANGE, {"do": "lend", "all": "yes"}).status_code == 404
    assert reader.get(CHANGE).status_code == 405
    assert reader.get(CANCEL).status_code == 405
    theirs.refresh_from_db()
    assert theirs.state == Hold.State.CANCELLED


def test_who_ticks_nothing_is_told(reader: Client, patron: Patron) -> None:
    queued(patron)
    assert "Choose first the holds that you want to change." in said(
        do(reader, CHANGE, do="suspend")
    )
    assert "Choose first the holds that you want to cancel." in said(
        do(reader, CANCEL, sure="yes")
    )
    assert not Hold.objects.exclude(ended_at=None).exists()


def test_one_hold_is_changed_on_its_own_page(reader: Client, patron: Patron) -> None:
    hold, waiting = queued(patron), shelved(patron)
    found = text(reader, f"{PAGE}{hold.pk}/")
    assert 'value="suspend"' in found
    assert "Cancel the hold" in found
    assert "Cancel holds" not in found
    assert "Cancel holds" in text(reader)
    found = text(reader, f"{PAGE}{waiting.pk}/")
    assert 'value="suspend"' not in found
    assert "4711" in found


def test_five_hundred_holds_ask_the_same_as_one(reader: Client, patron: Patron) -> None:
    def one_more() -> None:
        queued(patron)
        shelved(patron)

    one_more()
    assert_same_queries_with_more_rows(lambda: reader.get(PAGE), add_rows=one_more)
    first = Hold.objects.filter(patron=patron, state=Hold.State.QUEUED)[0]
    before = count_queries(lambda: reader.get(PAGE))
    Hold.objects.bulk_create(
        Hold(
            patron=patron,
            record=first.record,
            pickup_library=first.pickup_library,
            placed_at=first.placed_at,
            counts_from=first.counts_from,
        )
        for _number in range(500)
    )

    assert count_queries(lambda: reader.get(PAGE)) == before
    assert "Number 501 in the queue" in text(reader)


def test_more_time_is_asked_for_once(reader: Client, patron: Patron) -> None:
    item, today = make_item(), timezone.localdate()
    hold = make_hold(
        patron, item.record, item=item, state="waiting", pickup_until=today
    )
    own, asking = f"{PAGE}{hold.pk}/", f"{PAGE}{hold.pk}/more-time/"
    assert "I need more time" in text(reader, own)

    assert "You have time until" in said(do(reader, asking))
    hold.refresh_from_db()
    assert hold.pickup_until is not None
    assert hold.pickup_until > today
    assert "I need more time" not in text(reader, own)
    assert "More time was given once already." in said(do(reader, asking))


def test_more_time_for_anothers_hold_is_not_found(reader: Client) -> None:
    item = make_item()
    hold = make_hold(
        make_patron(), item.record, item=item, state="waiting", pickup_until=date.max
    )
    answer = reader.post(f"{PAGE}{hold.pk}/more-time/")
    assert answer.status_code == 404
    assert reader.get(f"{PAGE}{hold.pk}/more-time/").status_code == 405


def test_a_hold_tells_how_long_it_will_wait_until_it_is_suspended(
    reader: Client, patron: Patron
) -> None:
    hold = queued(patron)
    address = f"{PAGE}{hold.pk}/"
    assert "Estimate of the wait" in text(reader, address)
    do(reader, CHANGE, hold, do="suspend")
    assert suspension(hold)[0] is not None
    assert "Estimate of the wait" not in text(reader, address)
