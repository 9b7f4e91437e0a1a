"""A customer reserves a title on the web: from the search to the place in the queue."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kortisto.core.throttle import Limit
from kortisto.domain.catalogue.models import Record
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.holds.models import Hold
from kortisto.domain.holds.settings import HOLDS_PICKED_UP
from kortisto.domain.org.actions.settings import set_setting
from kortisto.domain.org.models import Unit
from kortisto.interfaces.opac.pages import reserve
from kortisto.interfaces.opac.tests.shelf import (
    PIN,
    lent,
    log_in,
    on_the_shelf,
    somebody,
    title,
)
from kortisto.testing.builders import (
    card_of,
    chief,
    desk,
    make_hold,
    make_item,
    make_library,
    make_patron,
    make_restriction,
    make_rules,
)
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def page_of(record: Record) -> str:
    return f"/record/{record.pk}/reserve/"


def text(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def filled(client: Client, record: Record, **values: Any) -> dict[str, Any]:
    """The form as it is shown, with what somebody chose."""
    form = client.get(page_of(record)).context["form"]
    shown = {bound.html_name: bound.value() or "" for bound in form}
    return {**{k: v for k, v in shown.items() if v is not False}, **values}


def send(client: Client, record: Record, **values: Any) -> Any:
    return client.post(page_of(record), filled(client, record, **values))


def options(client: Client, record: Record, name: str) -> list[str]:
    form = client.get(page_of(record)).context["form"]
    return [str(label) for value, label in form.fields[name].choices if value]


@pytest.fixture
def reader(visitor: Client) -> Client:
    """Somebody who is logged in; the rules allow everything."""
    make_rules()
    log_in(visitor, somebody())
    return visitor


def test_from_a_search_through_the_log_in_to_the_place_in_the_queue(
    visitor: Client,
) -> None:
    make_rules()
    patron, record = somebody(), on_the_shelf().record
    for _number in range(11):
        make_hold(make_patron(), record, placed_at=timezone.now() - DAY)
    hits = text(visitor, "/search/?q=sinuhe")
    link = re.search(r'href="([^"]*/reserve/[^"]*)"', hits)
    assert link is not None
    address = link[1].replace("&amp;", "&")

    asked = visitor.get(address)
    sent_to_log_in = asked.headers["Location"]
    entered = visitor.post(sent_to_log_in, {"card": card_of(patron), "pin": PIN})
    assert entered.headers["Location"] == address

    form = visitor.get(address).context["form"]
    values = {one.html_name: one.value() or "" for one in form if one.value()}
    answer = visitor.post(page_of(record), values, follow=True)

    found = answer.content.decode()
    assert "You have reserved Sinuhe egyptiläinen." in found
    assert "Number 12 in the queue, 1 copy" in found
    assert "11 customers are before you in the queue." in found
    assert 'href="/search/?q=sinuhe"' in found
    hold = Hold.objects.get(patron=patron)
    assert (hold.channel, hold.pickup_library) == ("web", patron.home_library)
    assert not hold.non_urgent


def test_all_that_is_chosen_is_kept(reader: Client) -> None:
    record, far = on_the_shelf().record, make_library("MRI")
    today = timezone.localdate()

    send(
        reader,
        record,
        pickup=far.pk,
        non_urgent="on",
        starts_on=(today + DAY).isoformat(),
        expires_on=(today + 9 * DAY).strftime("%d.%m.%Y"),
    )

    hold = Hold.objects.get()
    assert (hold.pickup_library, hold.non_urgent) == (far, True)
    assert (hold.starts_on, hold.expires_on) == (today + DAY, today + 9 * DAY)


def test_one_form_sent_twice_makes_one_hold(reader: Client) -> None:
    make_rules({"values": {"holds_per_record": 9}})
    record = on_the_shelf().record
    form = filled(reader, record)

    first, second = (reader.post(page_of(record), form) for _time in range(2))

    assert first.headers["Location"] == second.headers["Location"]
    assert Hold.objects.count() == 1


def test_a_form_that_was_sent_and_then_changed_is_asked_about(reader: Client) -> None:
    make_rules({"values": {"holds_per_record": 9}})
    record, far = on_the_shelf().record, make_library("MRI")
    form = filled(reader, record)
    reader.post(page_of(record), form)

    answer = reader.post(page_of(record), {**form, "pickup": far.pk})

    assert answer.status_code == 409
    assert "You have reserved this already by this form." in answer.content.decode()
    assert Hold.objects.count() == 1
    again = answer.context["form"]
    assert again["key"].value() != form["key"]
    assert again["pickup"].value() == str(far.pk)


def test_every_reason_is_told_at_once_and_in_kind_words(visitor: Client) -> None:
    make_rules({"values": {"holds_max": 1}})
    patron, item = somebody(), on_the_shelf()
    lent(patron, item)
    make_hold(patron, title("Toinen"))
    make_restriction(patron)
    log_in(visitor, patron)

    found = text(visitor, page_of(item.record))

    assert "You cannot reserve this now" in found
    assert "You have this on loan already." in found
    assert "You have 1 holds, and the limit is 1." in found
    assert "You cannot borrow now:" in found
    assert "The patron" not in found
    assert ">I am in no hurry<" not in found


def test_a_refusal_keeps_what_was_chosen(reader: Client) -> None:
    record, far = on_the_shelf().record, make_library("MRI")
    form = filled(reader, record, pickup=far.pk, non_urgent="on")
    make_rules({"values": {"holdable": False}})

    answer = reader.post(page_of(record), form)

    found = answer.content.decode()
    assert answer.status_code == 409
    assert "This is not reserved: you find it on the shelf of the library." in found
    assert answer.context["form"]["pickup"].value() == str(far.pk)
    assert not Hold.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"pickup": ""}, "This field is required."),
        ({"pickup": "987654"}, "987654"),
        ({"expires_on": "2020-01-01"}, "This day has gone by."),
        ({"starts_on": "2099-02-01", "expires_on": "2099-01-01"}, "before the first"),
        ({"starts_on": "huomenna"}, "Enter a valid date."),
    ],
)
def test_what_is_wrong_is_told_beside_its_field(
    reader: Client, wrong: Mapping[str, str], words: str
) -> None:
    record = on_the_shelf().record
    answer = send(reader, record, **{"non_urgent": "on", **wrong})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert answer.context["form"]["non_urgent"].value()
    assert not Hold.objects.exists()


def test_the_last_library_comes_first_to_mind_then_the_home_library(
    visitor: Client,
) -> None:
    make_rules()
    patron, record, far = somebody(), on_the_shelf().record, make_library("MRI")
    log_in(visitor, patron)

    def proposed() -> Any:
        return visitor.get(page_of(record)).context["form"]["pickup"].value()

    assert proposed() == patron.home_library_id
    make_hold(patron, title("Toinen"), pickup=far)
    assert proposed() == far.pk
    no_shelf(far)
    assert proposed() == patron.home_library_id
    patron.is_protected = True
    patron.save()
    assert proposed() is None


def no_shelf(library: Unit) -> None:
    now = timezone.now()
    set_setting(library.pk, HOLDS_PICKED_UP, value=False, by=chief(), now=now)


def test_only_libraries_to_which_the_copies_are_sent_are_offered(
    reader: Client,
) -> None:
    far = make_library("MRI")
    record = on_the_shelf().record
    assert options(reader, record, "pickup") == sorted([make_library().name, far.name])
    make_rules({"values": {"pickup_rule": "home"}})
    assert options(reader, record, "pickup") == [make_library().name]


def test_where_no_library_has_a_shelf_nothing_is_offered(reader: Client) -> None:
    record = on_the_shelf().record
    no_shelf(make_library())
    found = text(reader, page_of(record))
    assert "Holds are not picked up at any library now." in found
    assert ">I am in no hurry<" not in found


def test_an_issue_of_a_magazine_is_chosen_the_latest_first(reader: Client) -> None:
    record = title("Kanava", material="LEHTI")
    for issue in ("2026:2", "2026:10", "2026:9"):
        on_the_shelf(record, enumchron=issue)
    assert "volume" not in reader.get(page_of(record)).context["form"].fields

    make_rules({"values": {"item_holds_online": True}})
    assert options(reader, record, "volume") == ["2026:10", "2026:9", "2026:2"]
    assert send(reader, record, volume="").status_code == 422
    assert send(reader, record, volume="2026:3").status_code == 422
    assert send(reader, record, volume="2026:9").status_code == 302
    assert send(reader, record, volume="2026:10").status_code == 302

    again = send(reader, record, volume="2026:9")
    assert "You have reserved this already." in again.content.decode()
    volumes = Hold.objects.values_list("wanted_volume", flat=True)
    assert sorted(volumes) == ["2026:10", "2026:9"]


def test_a_copy_of_no_volume_leaves_the_choice_open(reader: Client) -> None:
    make_rules({"values": {"item_holds_online": True}})
    record = title("Kalevala")
    for volume in ("1", "2", ""):
        on_the_shelf(record, enumchron=volume)
    assert options(reader, record, "volume") == ["1", "2"]
    assert send(reader, record, volume="").status_code == 302
    assert Hold.objects.get().wanted_volume == ""


def test_what_cannot_be_reserved_has_no_button(visitor: Client) -> None:
    on_the_shelf(title("Käsikirja"), not_for_loan="1")
    ordered = on_the_shelf(title("Uutuus"), not_for_loan="-1").record
    assert "/reserve/" not in text(visitor, "/search/?q=käsikirja")
    assert page_of(ordered) in text(visitor, "/search/?q=uutuus")
    assert page_of(ordered) in text(visitor, f"/record/{ordered.pk}/")


def test_a_title_that_is_gone_is_told(reader: Client) -> None:
    record = on_the_shelf().record
    address = page_of(record)
    record.deleted_at = timezone.now()
    record.save()
    text(reader, address, status=410)
    text(reader, "/record/987654321987654321/reserve/", status=404)


def test_nobody_reserves_without_a_log_in(visitor: Client) -> None:
    record = make_item(record=title()).record
    assert visitor.post(page_of(record), {}).headers["Location"] == "/login/"
    assert not Hold.objects.exists()


def test_the_way_back_leads_nowhere_else(reader: Client) -> None:
    record = on_the_shelf().record
    address = f"{page_of(record)}?back=https://paha.example/"
    assert 'href="https://paha' not in text(reader, address)
    assert reader.get(address).context["form"]["back"].value() == ""
    answer = send(reader, record, back="https://paha.example/")
    assert "paha" not in answer.headers["Location"]


def test_many_in_an_hour_are_too_many(
    reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = Limit(kind="reserve", failures=1, within=timedelta(hours=1))
    monkeypatch.setattr(reserve, "MANY", few)
    send(reader, on_the_shelf().record)
    answer = send(reader, on_the_shelf(title("Toinen")).record)
    assert answer.status_code == 429
    assert "Wait for an hour." in answer.content.decode()
    assert Hold.objects.count() == 1


def test_a_hold_is_shown_to_its_own_patron_only(visitor: Client) -> None:
    patron, library = somebody(), make_library()
    theirs = make_hold(make_patron(), make_item().record)
    log_in(visitor, patron)
    state, until = Hold.State.WAITING, timezone.localdate() + DAY
    waiting = make_hold(
        patron, title(), item=make_item(), state=state, pickup_until=until
    )
    ended = make_hold(patron, title(), state=Hold.State.CANCELLED)

    found = text(visitor, f"/account/holds/{waiting.pk}/")

    assert "Waiting for you" in found
    assert library.name in found
    assert f"{until.day}.{until.month}.{until.year}" in found
    for other in (theirs.pk, ended.pk, 10**30):
        text(visitor, f"/account/holds/{other}/", status=404)


def test_the_page_asks_the_same_for_a_title_with_many_copies(reader: Client) -> None:
    record = on_the_shelf().record
    assert_same_queries_with_more_rows(
        lambda: reader.get(page_of(record)),
        add_rows=lambda: make_item(record=record),
    )


def test_any_edition_will_do(reader: Client) -> None:
    work: dict[str, Any] = {"work_key": "waltari|sinuhe"}
    asked = on_the_shelf(title(**work)).record
    newer = on_the_shelf(title(**work, year=2015)).record
    heard = on_the_shelf(title(**work, material="CD")).record
    form = reader.get(page_of(asked)).context["form"]
    assert form["editions"].value() == [newer.pk]  # alike ones are ticked
    assert {value for value, _name in form.fields["editions"].choices} == {
        newer.pk,
        heard.pk,
    }

    answer = send(reader, asked, any_edition="on", editions=[newer.pk, heard.pk])

    holds = Hold.objects.order_by("pk")
    assert [hold.record for hold in holds] == [asked, newer, heard]
    shown = text(reader, answer.headers["Location"])
    assert "Any of 3 editions" in shown
    listed = text(reader, "/account/holds/")
    assert listed.count("Any of 3 editions") == 1
    assert "the first copy that comes is taken" in listed


def test_an_edition_of_another_work_is_not_taken(reader: Client) -> None:
    work = {"work_key": "waltari|sinuhe"}
    asked, other = on_the_shelf(title(**work)).record, on_the_shelf().record
    on_the_shelf(title(**work))
    answer = send(reader, asked, any_edition="on", editions=[other.pk])
    assert answer.status_code == 422
    assert not Hold.objects.exists()


def test_the_wait_is_told_before_one_reserves_as_soon_as_loans_tell_it(
    visitor: Client,
) -> None:
    patron, item = somebody(), make_item(record=title("Sinuhe"))
    now = timezone.now()
    log_in(visitor, patron)
    lent(make_patron(), item, now=now - 40 * DAY)
    assert "Estimate of the wait" not in text(visitor, page_of(item.record))
    for days in (30, 20, 10):
        checkin(item.barcode, by=desk(item.library), now=now - days * DAY)
        lent(make_patron(), item, now=now - days * DAY)
    body = text(visitor, page_of(item.record))
    assert "Estimate of the wait" in body
    assert "weeks" in body
