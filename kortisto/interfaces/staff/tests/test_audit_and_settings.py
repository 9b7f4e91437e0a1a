"""The audit log in sentences; settings with where they come from."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kortisto.core.events import publish
from kortisto.core.models import ArchivedLog, Job, LoggedEvent
from kortisto.core.taking_out import Part, Why, take_out
from kortisto.domain.catalogue.events import ItemChanged
from kortisto.domain.fees.actions.charges import charge_type
from kortisto.domain.fees.events import ChargeMade
from kortisto.domain.org.events import CalendarChanged, SettingChanged, StaffChanged
from kortisto.domain.org.models import SettingValue, Unit
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.patrons.actions.viewing import view_patron
from kortisto.domain.patrons.events import NoteWritten, PatronChanged, PatronViewed
from kortisto.interfaces.staff.audit_words import SENTENCES
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import (
    HELSINKI,
    card_of,
    chief,
    make_consortium,
    make_item,
    make_library,
    make_patron,
)
from kortisto.testing.jobs import work
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db


def change_an_item() -> None:
    item = make_item()
    event = ItemChanged(item_id=item.pk, record_id=item.record_id)
    publish(event, by=chief(), at=timezone.now())


def test_an_event_is_told_in_a_sentence_with_names() -> None:
    item = make_item(barcode="N123")
    staff = make_staff("aino")
    by = chief(make_library("MLI"))
    event = ItemChanged(item_id=item.pk, record_id=item.record_id)
    publish(event, by=by, at=timezone.now())

    page = at_work(staff).get("/audit/").content.decode()

    assert "Changed N123 “Seitsemän veljestä”" in page
    assert "MLI" in page


def test_every_kind_of_event_has_a_sentence() -> None:
    from kortisto.core import events

    ours = {
        name for name, kind in events._kinds.items() if ".tests." not in kind.__module__
    }
    assert ours <= set(SENTENCES), ours - set(SENTENCES)


def test_the_log_is_searched_by_the_patron_s_card_and_by_staff() -> None:
    patron, other = make_patron(), make_patron()
    for each in (patron, other):
        view_patron(each.pk, by=chief(), now=timezone.now(), page="desk")
    client = at_work(make_staff("kirjuri"))

    by_staff = client.get("/audit/?staff=kirjuri").context["rows"]
    by_card = client.get(f"/audit/?card={card_of(patron)}").context["rows"]

    assert [row.event.patron_id for row in by_card] == [patron.pk]
    assert by_staff == []


def test_a_card_that_nobody_has_is_told() -> None:
    change_an_item()

    page = at_work().get("/audit/?card=NOBODY")

    assert page.status_code == 422
    assert "Nobody has this card." in page.content.decode()
    assert page.context["rows"] == []


def test_the_log_is_narrowed_by_day_the_last_one_included() -> None:
    change_an_item()
    client, today = at_work(), timezone.localdate()

    def shown(since: int, until: int) -> int:
        first, last = today + timedelta(since), today + timedelta(until)
        url = f"/audit/?kind=ItemChanged&since={first}&until={last}"
        return len(client.get(url).context["rows"])

    assert shown(0, 0) == 1
    assert shown(-3, -1) == 0


def test_the_chain_is_verified_by_a_job_and_its_verdict_is_shown() -> None:
    client = at_work()
    client.post("/audit/verify/")
    work()

    assert Job.objects.get().state == Job.State.DONE
    assert "The chain is whole" in client.get("/audit/").content.decode()


def test_the_log_costs_as_many_statements_with_more_events() -> None:
    client = at_work()

    assert_same_queries_with_more_rows(
        lambda: client.get("/audit/"), add_rows=change_an_item
    )


def manager() -> Client:
    library = make_library()
    return at_work(make_staff("pomo", library=make_consortium()), library=library)


def test_a_setting_is_decided_above_inherited_below_and_explained() -> None:
    client, library, top = manager(), make_library(), make_consortium()

    client.post(f"/settings/lending.undo_minutes/?unit={top.pk}", {"value": "45"})

    page = client.get(f"/settings/?unit={library.pk}").content.decode()
    assert "45 minutes" in page
    chain = client.get(f"/settings/lending.undo_minutes/?unit={library.pk}").context
    assert [(one["value"], one["decides"]) for one in chain["chain"]] == [
        (None, False),
        (None, False),
        ("45 minutes", True),
        ("30 minutes", False),
    ]


def test_an_empty_field_lets_the_unit_inherit_again() -> None:
    client, library = manager(), make_library()
    url = f"/settings/lending.undo_minutes/?unit={library.pk}"
    client.post(url, {"value": "45"})
    assert SettingValue.objects.count() == 1

    client.post(url, {"value": ""})

    assert not SettingValue.objects.exists()


def test_a_value_out_of_range_is_told_and_stays_in_its_field() -> None:
    url = f"/settings/lending.undo_minutes/?unit={make_library().pk}"

    page = manager().post(url, {"value": "99999"})

    assert page.status_code == 422
    assert 'value="99999"' in page.content.decode()
    assert not SettingValue.objects.exists()


def test_another_library_s_settings_are_not_changed_without_the_permission() -> None:
    other = make_library("SVL")
    client = at_work(
        make_staff(may=(OrgPermission.EDIT_SETTINGS,), library=make_library("MLI"))
    )

    answer = client.post(
        f"/settings/lending.undo_minutes/?unit={other.pk}", {"value": "45"}
    )

    assert answer.status_code == 403
    assert not SettingValue.objects.exists()


def test_a_changed_setting_is_told_in_the_log() -> None:
    event = SettingChanged(
        unit_id=make_library().pk, key="lending.undo_minutes", before=30, after=45
    )
    publish(event, by=chief(), at=timezone.now())

    page = at_work().get("/audit/").content.decode()

    assert "Changed the setting “Time to undo” at MLI: 30 → 45" in page


def test_codes_inside_events_are_told_in_words() -> None:
    patron, by, now = make_patron(), chief(make_library()), timezone.now()
    charge_type("NEW_CARD")
    for event in (
        ChargeMade(charge_id=1, patron_id=patron.pk, cents=300, type="NEW_CARD"),
        StaffChanged(staff_id=make_staff("uusi").pk, what="created"),
        PatronChanged(
            patron_id=patron.pk, fields=("street", "pin", "message:advance", "category")
        ),
        CalendarChanged(units=(make_library().pk,), what="holidays-2027"),
        NoteWritten(patron_id=patron.pk, note_id=1, audience="public"),
        PatronViewed(patron_id=patron.pk, page="entry"),
    ):
        publish(event, by=by, at=now)

    page = at_work().get("/audit/").content.decode()

    for words in (
        "Charged 3,00\N{NO-BREAK SPACE}€ (New card)",
        "Changed the account of Virkailija Uusi (opened)",
        "Street address, PIN, Notice before the due date, Patron category",
        "(holidays of 2027)",
        "(Shown to the patron)",
        "(the page of open libraries)",
    ):
        assert words in page


def test_who_saw_whom_between_two_times() -> None:
    """After a leak it is asked who looked at people at a library in one hour."""
    patron, mli, svl = make_patron(), make_library("MLI"), make_library("SVL")
    morning = datetime(2027, 3, 1, 9, 30, tzinfo=HELSINKI)
    for hours, library in ((0, mli), (1, mli), (1, svl), (5, mli)):
        at = morning + timedelta(hours=hours)
        view_patron(patron.pk, by=chief(library), now=at, page="patron")
    publish(SettingChanged(unit_id=mli.pk, key="x"), by=chief(mli), at=morning)
    client = at_work()

    rows = client.get(
        f"/audit/?kind=looks&unit={mli.pk}&since=2027-03-01&since_at=09:00"
        "&until=2027-03-01&until_at=10:30"
    ).context["rows"]

    assert [row.event.happened_at for row in rows] == [
        morning + timedelta(hours=1),
        morning,
    ]
    assert {row.event.kind for row in rows} == {"PatronViewed"}


def test_a_clock_without_its_day_is_told() -> None:
    page = at_work().get("/audit/?until_at=10:30")

    assert page.status_code == 422
    assert "Give the day of the time as well." in page.content.decode()


def test_reading_the_log_about_a_patron_is_itself_in_the_log() -> None:
    patron = make_patron()
    client = at_work()

    client.get(f"/audit/?card=%23{patron.pk}")

    [row] = client.get("/audit/?kind=PatronLogRead").context["rows"]
    assert row.event.patron_id == patron.pk
    assert client.get("/audit/?card=%23999999").status_code == 422


def test_the_log_is_read_only_where_somebody_may_read_it() -> None:
    """Of other libraries, and of what belongs to none, at the root of the tree only."""
    patron, mli, svl = make_patron(), make_library("MLI"), make_library("SVL")
    now = timezone.now()
    for by in (chief(mli), chief(svl), replace(chief(), library_id=None)):
        view_patron(patron.pk, by=by, now=now, page="patron")
    may = (OrgPermission.SEE_AUDIT_LOG,)
    here = at_work(make_staff("here", may=may, library=mli), library=mli)
    town = at_work(
        make_staff("town", may=may, library=Unit.objects.get(code="K-MLI")), library=mli
    )
    whole = at_work(make_staff("all", may=may, library=make_consortium()), library=mli)

    def units(client: Client, query: str = "") -> list[int | None]:
        page = client.get(f"/audit/?kind=looks{query}")
        assert page.status_code == 200
        return [row.event.unit_id for row in page.context["rows"]]

    assert units(here) == units(town) == [mli.pk]
    assert units(here, f"&card=%23{patron.pk}") == [mli.pk]
    # the search for the card was a look of its own, here
    assert set(units(whole)) == {mli.pk, svl.pk, None}
    assert here.get(f"/audit/?unit={svl.pk}").status_code == 422
    assert whole.get(f"/audit/?unit={svl.pk}").status_code == 200


def test_an_emptied_event_tells_its_kind_and_day_and_that_the_rest_is_gone() -> None:
    patron, at = make_patron(), timezone.now()
    view_patron(patron.pk, by=chief(), now=at, page="desk")
    event = LoggedEvent.objects.get(kind="PatronViewed")
    take_out([event.pk], part=Part.EVERYTHING, why=Why.FORGOTTEN, by=chief(), now=at)

    page = at_work().get("/audit/?kind=PatronViewed")

    (row,) = page.context["rows"]
    assert row.sentence == "Looked at a patron (…) (details taken out)"
    assert (row.emptied, row.day, row.by) == (True, timezone.localdate(at), "")
    assert "00.00" not in page.content.decode()


def test_the_page_says_how_far_the_log_is_archived() -> None:
    client = at_work()
    assert "is archived" not in client.get("/audit/").content.decode()

    ArchivedLog.objects.create(
        month_begins_on=date(2025, 10, 1),
        first_event_id=1,
        last_event_id=2,
        events=2,
        digest="0" * 64,
        data=b"",
        archived_at=timezone.now(),
    )

    assert "Up to 10/2025 the log is archived" in client.get("/audit/").content.decode()
