"""Holds on the patron's page, and the page of one hold."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kortisto.core.models import LoggedEvent
from kortisto.domain.holds.models import Hold
from kortisto.domain.holds.permissions import HoldPermission
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import (
    make_hold,
    make_item,
    make_library,
    make_patron,
    make_record,
)
from kortisto.testing.queries import count_queries

pytestmark = pytest.mark.django_db

SEE, PLACE = PatronPermission.SEE, HoldPermission.PLACE


def today() -> date:
    return timezone.localdate()


def in_days(days: int) -> date:
    return today() + timedelta(days=days)


def clerk() -> Client:
    return at_work(make_staff(may=(SEE, PLACE)))


def page_of(client: Client, patron: Patron) -> str:
    return client.get(f"/patrons/{patron.pk}/").content.decode()


def change(client: Client, patron: Patron, what: str, **told: Any) -> str:
    """Press a button of the list, and read what the page then tells."""
    sent = {"what": what, **told}
    answer = client.post(f"/patrons/{patron.pk}/holds/", sent, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_each_state_is_told_in_words_with_its_days() -> None:
    patron, client = make_patron(), clerk()
    make_hold(
        patron,
        make_record(),
        suspended_from=today(),
        suspended_until=in_days(3),
    )
    make_hold(patron, make_record(), suspended_from=today())
    make_hold(patron, make_record(), suspended_from=in_days(2))
    make_hold(patron, make_record(), starts_on=in_days(4), expires_on=in_days(9))
    make_hold(patron, make_record(), expires_on=in_days(5), always_last=True)
    make_hold(
        patron,
        make_record(),
        state=Hold.State.WAITING,
        item=make_item(),
        pickup_until=in_days(6),
    )

    told = page_of(client, patron)

    def day(days: int) -> str:
        one = in_days(days)
        return f"{one.day}.{one.month}.{one.year}"

    assert f"until {day(3)}" in told
    assert "until it is resumed" in told
    assert f"suspended from {day(2)}" in told
    assert f"from {day(4)}" in told
    assert f"until {day(5)}" in told
    assert "always last" in told
    assert f"until {day(6)}" in told


def test_the_place_in_each_queue_costs_the_same_for_many() -> None:
    patron, client = make_patron(), clerk()
    record = make_record()
    make_hold(make_patron(), record)
    make_hold(patron, record)
    page_of(client, patron)
    few = count_queries(lambda: page_of(client, patron))
    Hold.objects.bulk_create(
        Hold(
            patron=patron,
            record=make_record(),
            pickup_library=make_library(),
            placed_at=timezone.now(),
            counts_from=timezone.now(),
        )
        for _number in range(30)
    )

    assert count_queries(lambda: page_of(client, patron)) == few
    assert '<td class="number" data-label="Queue place">2</td>' in page_of(
        client, patron
    )


def test_the_ticked_are_suspended_and_all_are_resumed() -> None:
    patron, client = make_patron(), clerk()
    first, second = (make_hold(patron, make_record()) for _ in range(2))

    told = change(
        client, patron, "suspend", hold=first.pk, until=in_days(7).isoformat()
    )
    first.refresh_from_db()
    second.refresh_from_db()

    assert "1 hold was suspended." in told
    assert (first.suspended_from, first.suspended_until) == (today(), in_days(7))
    assert second.suspended_from is None

    assert "2 holds wait again." in change(client, patron, "resume", all="yes")
    first.refresh_from_db()
    assert first.suspended_from is None


def test_all_leaves_out_what_has_a_copy_and_a_ticked_one_is_told_of() -> None:
    patron, client = make_patron(), clerk()
    make_hold(patron, make_record())
    waiting = make_hold(
        patron, make_record(), state=Hold.State.WAITING, item=make_item()
    )

    assert "1 hold was suspended." in change(client, patron, "suspend", all="yes")
    told = change(client, patron, "suspend", hold=waiting.pk)
    assert "A copy already waits on the hold shelf for this hold." in told


def test_the_pickup_library_is_changed() -> None:
    patron, client = make_patron(), clerk()
    hold = make_hold(patron, make_record())
    other = make_library("SVL")

    told = change(client, patron, "pickup", hold=hold.pk, pickup=other.pk)
    nowhere = change(client, patron, "pickup", hold=hold.pk, pickup="999999")

    hold.refresh_from_db()
    assert "1 hold is picked up at SVL." in told
    assert hold.pickup_library == other
    assert "Select a valid choice" in nowhere


def test_nothing_ticked_and_nothing_meant_change_nothing() -> None:
    patron, client = make_patron(), clerk()
    hold = make_hold(patron, make_record())
    stranger = make_hold(make_patron(), make_record())

    assert "Tick the holds first." in change(client, patron, "suspend")
    assert "Tick the holds first." in change(client, patron, "suspend", hold="x")
    assert "Tick the holds first." in change(
        client, patron, "suspend", hold=stranger.pk
    )
    past = in_days(-1).isoformat()
    assert "cannot be in the past" in change(
        client, patron, "suspend", hold=hold.pk, until=past
    )
    answer = client.post(f"/patrons/{patron.pk}/holds/", {"what": "burn"})
    assert answer.status_code == 404
    assert not Hold.objects.exclude(suspended_from=None).exists()


def test_cancelling_asks_first_and_can_be_taken_back() -> None:
    patron, client = make_patron(), clerk()
    record = make_record("Kalevala")
    hold = make_hold(patron, record)

    question = change(client, patron, "cancel", hold=hold.pk)
    hold.refresh_from_db()
    assert "This hold is about to be cancelled." in question
    assert "Kalevala" in question
    assert hold.state == Hold.State.QUEUED

    answer = client.post(
        f"/patrons/{patron.pk}/holds/cancel/", {"hold": hold.pk}, follow=True
    )
    told = answer.content.decode()
    hold.refresh_from_db()
    assert "1 hold was cancelled." in told
    assert "Bring the hold back" in told
    assert (hold.state, hold.ending) == (Hold.State.CANCELLED, Hold.Ending.STAFF)

    back = client.post(f"/holds/{hold.pk}/restore/", follow=True).content.decode()
    hold.refresh_from_db()
    assert "The hold is back at its place: Kalevala" in back
    assert hold.state == Hold.State.QUEUED
    again = client.post(f"/holds/{hold.pk}/restore/", follow=True).content.decode()
    assert "Only a cancelled hold can be brought back." in again


def test_a_copy_on_the_hold_shelf_is_told_of_when_its_hold_is_cancelled() -> None:
    patron, client = make_patron(), clerk()
    hold = make_hold(patron, make_record(), state=Hold.State.WAITING, item=make_item())

    answer = client.post(
        f"/patrons/{patron.pk}/holds/cancel/", {"hold": hold.pk}, follow=True
    )

    hold.refresh_from_db()
    assert "A copy lies on the hold shelf" in answer.content.decode()
    assert hold.state == Hold.State.UNCLEARED
    gone = client.post(
        f"/patrons/{patron.pk}/holds/cancel/", {"hold": hold.pk}, follow=True
    )
    assert "The hold has ended already." in gone.content.decode()


def edit(client: Client, hold: Hold, **told: Any) -> Any:
    sent = {
        "pickup": hold.pickup_library_id,
        "expires_on": in_days(30).isoformat(),
        **told,
    }
    return client.post(f"/holds/{hold.pk}/", sent)


def test_the_days_and_the_marks_are_changed_on_the_page_of_the_hold() -> None:
    client, hold = clerk(), make_hold(make_patron(), make_record())

    answer = edit(
        client,
        hold,
        starts_on=in_days(2).isoformat(),
        always_last="on",
        note="Kotipalvelu",
    )

    hold.refresh_from_db()
    assert answer.status_code == 302
    assert (hold.starts_on, hold.expires_on) == (in_days(2), in_days(30))
    assert (hold.always_last, hold.note) == (True, "Kotipalvelu")
    kinds = LoggedEvent.objects.filter(kind="HoldChanged")
    assert [row.body["fields"] for row in kinds] == [
        ["starts_on", "expires_on"],
        ["always_last", "non_urgent", "note"],
    ]


def test_a_change_that_cannot_be_made_keeps_the_form() -> None:
    client, hold = clerk(), make_hold(make_patron(), make_record())

    answer = edit(client, hold, expires_on="", note="Pysyy")

    assert answer.status_code == 422
    assert "Pysyy" in answer.content.decode()
    hold.refresh_from_db()
    assert hold.note == ""


def test_a_hold_that_has_left_its_queue_is_shown_and_not_changed() -> None:
    client = clerk()
    hold = make_hold(
        make_patron(), make_record(), state=Hold.State.TRAVELLING, item=make_item()
    )

    told = client.get(f"/holds/{hold.pk}/").content.decode()
    late = client.post(f"/holds/{hold.pk}/", {"note": "x"}, follow=True)

    assert "Change the hold" not in told
    assert "The hold has left its queue." in late.content.decode()
    hold.refresh_from_db()
    assert hold.note == ""


def test_who_may_not_see_patrons_sees_the_identifier_only() -> None:
    patron = make_patron(surname="Salainen", hold_identifier="12345678")
    hold = make_hold(patron, make_record())
    client = at_work(make_staff(may=(PLACE,)))

    told = client.get(f"/holds/{hold.pk}/").content.decode()

    assert "1234 5678" in told
    assert "Salainen" not in told
    assert not LoggedEvent.objects.filter(kind="PatronViewed").exists()
    assert clerk_sees(hold, "Salainen")
    assert LoggedEvent.objects.filter(kind="PatronViewed").count() == 1


def clerk_sees(hold: Hold, name: str) -> bool:
    client = at_work(make_staff("bertta", may=(SEE, PLACE)))
    return name in client.get(f"/holds/{hold.pk}/").content.decode()


def test_the_rules_that_let_it_be_placed_are_told() -> None:
    client, hold = clerk(), make_hold(make_patron(), make_record())
    told = client.get(f"/holds/{hold.pk}/").content.decode()
    assert "The hold was brought from an earlier system." in told
    assert client.get("/holds/999999/").status_code == 404


def test_without_the_permission_holds_are_shown_and_not_changed() -> None:
    patron = make_patron()
    hold = make_hold(patron, make_record("Kalevala"))
    client = at_work(make_staff(may=(SEE,)))

    told = page_of(client, patron)

    assert "Kalevala" in told
    assert "hold-changes" not in told
    for address in (
        f"/patrons/{patron.pk}/holds/",
        f"/patrons/{patron.pk}/holds/cancel/",
        f"/holds/{hold.pk}/restore/",
    ):
        sent = {"what": "suspend", "hold": hold.pk}
        assert client.post(address, sent).status_code == 403
    assert client.get(f"/holds/{hold.pk}/").status_code == 403


def test_a_copy_is_kept_for_longer() -> None:
    client, item = clerk(), make_item()
    hold = make_hold(
        make_patron(),
        item.record,
        item=item,
        state=Hold.State.WAITING,
        pickup_until=timezone.localdate(),
    )
    later = timezone.localdate() + timedelta(days=14)
    assert "Kept until" in client.get(f"/holds/{hold.pk}/").content.decode()

    client.post(f"/holds/{hold.pk}/more-time/", {"until": later.isoformat()})
    client.post(f"/holds/{hold.pk}/more-time/", {"until": "1.1.2020"})

    hold.refresh_from_db()
    assert hold.pickup_until == later
