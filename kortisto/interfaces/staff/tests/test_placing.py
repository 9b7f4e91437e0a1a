"""Placing a hold at the desk: for whom, for what, and why not."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from kortisto.core.models import LoggedEvent
from kortisto.domain.catalogue.models import Record
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.holds.models import Hold
from kortisto.domain.holds.permissions import HoldPermission
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import (
    card_of,
    desk,
    make_hold,
    make_item,
    make_library,
    make_patron,
    make_record,
    make_rules,
)

pytestmark = pytest.mark.django_db

SEE, PLACE = PatronPermission.SEE, HoldPermission.PLACE


def clerk() -> Client:
    return at_work(make_staff(may=(SEE, PLACE)))


def form_of(client: Client, record: Record, **asked: str | int) -> str:
    answer = client.get(f"/titles/{record.pk}/hold/", asked)
    assert answer.status_code == 200
    return answer.content.decode()


def place(client: Client, record: Record, patron: Patron, **told: Any) -> Any:
    sent = {"patron": patron.pk, "pickup": make_library().pk, **told}
    return client.post(f"/titles/{record.pk}/hold/", sent)


def test_a_hold_is_placed_and_its_place_is_told() -> None:
    patron, item, client = make_patron(), make_item(), clerk()
    yesterday = timezone.now() - timedelta(days=1)
    make_hold(make_patron(), item.record, placed_at=yesterday)
    tomorrow = timezone.localdate() + timedelta(days=1)

    answer = place(
        client,
        item.record,
        patron,
        starts_on=tomorrow.isoformat(),
        note="Ison tekstin kappale",
        non_urgent="on",
    )

    hold = Hold.objects.get(patron=patron)
    assert answer.headers["Location"] == f"/holds/{hold.pk}/"
    assert (hold.starts_on, hold.non_urgent, hold.always_last) == (
        tomorrow,
        True,
        False,
    )
    assert hold.note == "Ison tekstin kappale"
    told = client.get(answer.headers["Location"]).content.decode()
    assert "The hold was placed: number 2 in the queue." in told
    assert "Virtanen" in told
    assert "Begins later" in told


def test_who_is_served_at_the_desk_is_proposed() -> None:
    patron, item = make_patron(surname="Palveltava"), make_item()
    client = at_work()
    client.post(f"/desk/serve/{patron.pk}/")

    assert "Palveltava" in form_of(client, item.record)
    other = form_of(client, item.record, other="yes")
    assert "for whom?" in other


def test_the_patron_is_found_by_card_and_by_name_and_the_copy_is_kept() -> None:
    patron, item, client = make_patron(surname="Etsittävä"), make_item(), clerk()
    whom = f"/titles/{item.record_id}/hold/whom/?item={item.pk}"
    assert "for whom?" in form_of(client, item.record, item=item.pk)

    by_card = client.post(whom, {"q": card_of(patron)}, follow=True)
    by_name = client.post(whom, {"q": "etsitt"}, follow=True)

    assert f"Only the copy {item.barcode}" in by_card.content.decode()
    listed = by_name.content.decode()
    assert "Etsittävä" in listed
    address = urlsplit(by_name.redirect_chain[-1][0])
    assert "etsitt" not in address.query  # no address tells who was looked for
    assert f"item={item.pk}" in listed


def test_a_personal_identity_code_is_looked_for_on_its_own_page() -> None:
    item, client = make_item(), clerk()
    whom = f"/titles/{item.record_id}/hold/whom/"
    answer = client.post(whom, {"q": "131052-308T"})
    assert answer.headers["Location"] == "/patrons/by-code/"


def test_every_reason_is_shown_first_and_those_that_may_be_are_set_aside() -> None:
    make_rules({"values": {"holds_max": 0, "holdable": False}})
    patron, item, client = make_patron(), make_item(), at_work()

    first = form_of(client, item.record, patron=patron.pk)
    refused = place(client, item.record, patron, note="Tärkeä")

    assert "This material is not put on hold." in first
    assert "Open holds already: 0; the limit is 0." in first
    assert refused.status_code == 409
    told = refused.content.decode()
    assert "This material is not put on hold." in told
    assert "Tärkeä" in told  # nothing that was typed is lost
    assert not Hold.objects.exists()

    ticks = ["not-holdable", "too-many-holds"]
    answer = place(client, item.record, patron, override=ticks)
    assert answer.status_code == 302
    told = client.get(answer.headers["Location"]).content.decode()
    assert "Set aside: This material is not put on hold." in told


def test_without_the_permission_a_tick_sets_nothing_aside() -> None:
    make_rules({"values": {"holdable": False}})
    patron, item, client = make_patron(), make_item(), clerk()

    refused = place(client, item.record, patron, override=["not-holdable"])

    assert refused.status_code == 409
    assert "You may not set this aside" in refused.content.decode()
    assert not Hold.objects.exists()


def test_notices_are_told_and_stop_nothing() -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    patron, item, client = make_patron(expires_on=yesterday), make_item(), clerk()

    assert "The card expired on" in form_of(client, item.record, patron=patron.pk)
    answer = place(client, item.record, patron)

    told = client.get(answer.headers["Location"]).content.decode()
    assert "The card expired on" in told
    assert Hold.objects.count() == 1


def test_a_magazine_has_issues_to_choose_from() -> None:
    record, patron, client = make_record("Suomen Luonto"), make_patron(), clerk()
    for issue in ("2027 : 1", "2027 : 2"):
        make_item(record=record, enumchron=issue)

    assert "2027 : 2" in form_of(client, record, patron=patron.pk)
    place(client, record, patron, volume="2027 : 1")
    wrong = place(client, record, patron, volume="1999 : 1")

    assert Hold.objects.get().wanted_volume == "2027 : 1"
    assert wrong.status_code == 422


def test_a_certain_copy_is_one_of_the_title() -> None:
    patron, item, client = make_patron(), make_item(), clerk()
    other = make_item()

    place(client, item.record, patron, item=item.pk)
    foreign = place(client, item.record, patron, item=other.pk)

    assert Hold.objects.get().wanted_item == item
    assert foreign.status_code == 404


def test_days_that_cannot_be_meant_keep_the_form() -> None:
    patron, item, client = make_patron(), make_item(), clerk()
    day = timezone.localdate() + timedelta(days=9)

    backwards = place(
        client,
        item.record,
        patron,
        starts_on=day.isoformat(),
        expires_on=(day - timedelta(days=1)).isoformat(),
        note="Pysyy",
    )
    nonsense = place(client, item.record, patron, expires_on="eilen", pickup="x")

    assert backwards.status_code == nonsense.status_code == 422
    assert "The last day cannot be before the first one." in backwards.content.decode()
    assert "Pysyy" in backwards.content.decode()
    assert not Hold.objects.exists()


def test_looking_for_whom_a_hold_is_leaves_a_trace() -> None:
    patron, item, client = make_patron(), make_item(), clerk()
    form_of(client, item.record, patron=patron.pk)
    looks = LoggedEvent.objects.filter(kind="PatronViewed")
    assert [row.body["page"] for row in looks] == ["hold"]


def test_who_may_not_place_holds_sees_no_way_to() -> None:
    patron, item = make_patron(), make_item()
    client = at_work(make_staff(may=(SEE,)))

    assert client.get(f"/titles/{item.record_id}/hold/").status_code == 403
    assert place(client, item.record, patron).status_code == 403
    assert client.get(f"/patrons/{patron.pk}/holds/new/").status_code == 403
    told = client.get(f"/patrons/{patron.pk}/").content.decode()
    assert "New hold" not in told
    assert not Hold.objects.exists()


def test_what_is_not_there_is_not_found() -> None:
    patron, item, client = make_patron(), make_item(), clerk()
    asked = f"/titles/{item.record_id}/hold/"
    assert client.get("/titles/999999/hold/").status_code == 404
    assert client.get(asked, {"patron": 999999}).status_code == 404
    assert client.get(asked, {"patron": patron.pk, "item": 999999}).status_code == 404


def test_from_the_patron_the_title_is_searched() -> None:
    patron, client = make_patron(), clerk()
    told = client.get(f"/patrons/{patron.pk}/holds/new/").content.decode()
    assert "Title, author or number" in told
    none = client.get(f"/patrons/{patron.pk}/holds/new/", {"q": "olematonsana"})
    assert "No title was found." in none.content.decode()
    assert client.get("/patrons/999999/holds/new/").status_code == 404


def test_whoever_has_it_on_loan_is_told_so() -> None:
    patron, item, client = make_patron(), make_item(), clerk()
    checkout(card_of(patron), item.barcode, by=desk(), now=timezone.now())
    assert "on loan already" in form_of(client, item.record, patron=patron.pk)


def test_any_edition_of_the_work_will_do() -> None:
    patron, client = make_patron(), clerk()
    work = {"work_key": "waltari|sinuhe"}
    asked, other, third = (
        make_item(record=make_record(f"Sinuhe {n}", year=n, **work)).record
        for n in (1945, 1999, 2015)
    )
    shown = form_of(client, asked, patron=patron.pk)
    assert "Any edition will do" in shown
    assert shown.index("Sinuhe 2015") < shown.index("Sinuhe 1999")

    answer = place(
        client, asked, patron, any_edition="on", editions=[other.pk, third.pk]
    )

    holds = list(Hold.objects.order_by("pk"))
    assert [hold.record for hold in holds] == [asked, other, third]
    assert len({hold.bundle for hold in holds}) == 1
    told = client.get(answer.headers["Location"]).content.decode()
    assert "Any of 3 editions" in told
    assert "Cancel the whole hold" in told
    page = client.get(f"/patrons/{patron.pk}/").content.decode()
    assert page.count("Any of 3 editions") == 1


def test_ticked_editions_count_for_nothing_unless_any_will_do() -> None:
    patron, client = make_patron(), clerk()
    work = {"work_key": "waltari|sinuhe"}
    asked, other = (make_item(record=make_record(**work)).record for _ in range(2))
    place(client, asked, patron, editions=[other.pk])
    assert Hold.objects.get().bundle is None
