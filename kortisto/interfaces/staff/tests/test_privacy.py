"""Requests of patrons at the desk: a file of everything, and to be erased."""

from datetime import date, timedelta

import orjson
import pytest
from django.utils import timezone

from kortisto.core.models import LoggedEvent
from kortisto.domain.circulation.models import Loan
from kortisto.domain.org.actions.settings import set_setting
from kortisto.domain.patrons.actions.inactive import announce_inactive
from kortisto.domain.patrons.actions.notes import write_note
from kortisto.domain.patrons.models import Erasure, Patron, PatronNote
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.settings import INACTIVE_MONTHS
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import (
    chief,
    make_consortium,
    make_item,
    make_patron,
    make_rules,
)
from kortisto.testing.loans import lend

pytestmark = pytest.mark.django_db


def test_staff_hands_over_a_file_in_the_patron_s_language() -> None:
    patron = make_patron(surname="Äyräpää", language="fi")
    client = at_work()

    page = client.get(f"/patrons/{patron.pk}/data/")
    answer = client.post(f"/patrons/{patron.pk}/data/", {"form": "json"})

    assert "Make sure who the person is" in page.content.decode()
    told = orjson.loads(answer.content)
    assert told["groups"][0]["title"] == "Asiakastietosi"
    assert "Äyräpää" in answer.content.decode()
    assert "Äyräpää" not in answer["Content-Disposition"]
    kinds = LoggedEvent.objects.filter(patron_id=patron.pk).values_list("kind")
    assert {kind for (kind,) in kinds} == {"PatronViewed", "PatronDataGathered"}


def test_nobody_hands_it_over_without_the_permission() -> None:
    patron = make_patron()
    client = at_work(make_staff(may=(PatronPermission.SEE, PatronPermission.EDIT)))

    answer = client.post(f"/patrons/{patron.pk}/data/", {"form": "json"})

    assert answer.status_code == 403
    assert not LoggedEvent.objects.filter(kind="PatronDataGathered").exists()


def test_a_patron_who_asks_at_the_desk_is_erased_after_the_days() -> None:
    patron = make_patron(surname="Katoaja")
    client = at_work()
    address = f"/patrons/{patron.pk}/erasing/"

    assert "Nothing stands against it." in client.get(address).content.decode()
    page = client.post(f"{address}ask/", follow=True).content.decode()
    assert "Take it back: keep the patron" in page
    assert Erasure.objects.get().erase_on > timezone.localdate()

    page = client.post(f"{address}keep/", follow=True).content.decode()
    assert "The patron is not erased." in page
    assert Erasure.objects.get().ended_at is not None


def test_an_inactive_patron_without_email_is_told_by_staff_before_the_days_begin() -> (
    None
):
    now = timezone.now()
    set_setting(make_consortium().pk, INACTIVE_MONTHS, value=36, by=chief(), now=now)
    patron = make_patron(expires_on=date(2022, 1, 1))
    Patron.objects.update(created_at=now - timedelta(days=4000))
    announce_inactive(by=chief(), now=now)
    client = at_work()

    page = client.get("/tasks/?library=all").content.decode()
    assert "An inactive patron has to be told" in page
    page = client.get(f"/patrons/{patron.pk}/erasing/").content.decode()
    assert "I have told the patron: begin the days" in page
    assert not Erasure.objects.exists()

    told = client.post(f"/patrons/{patron.pk}/erasing/told/", follow=True)
    assert "The days have begun." in told.content.decode()
    assert "I have told the patron" not in told.content.decode()
    assert Erasure.objects.get().cause == Erasure.Cause.INACTIVE
    again = client.post(f"/patrons/{patron.pk}/erasing/told/", follow=True)
    assert "There is no open task" in again.content.decode()


def test_what_stands_against_it_is_told_and_nothing_begins() -> None:
    make_rules()
    patron = make_patron(expires_on=date(2040, 1, 1))
    lend(make_item(), patron)
    assert Loan.objects.filter(patron=patron, returned_at=None).exists()
    client = at_work()
    address = f"/patrons/{patron.pk}/erasing/"

    page = client.get(address).content.decode()
    assert "Loans that have not been returned: 1." in page
    assert "has-loans" in page
    assert "The patron has asked: erase" not in page
    page = client.post(f"{address}ask/", follow=True).content.decode()
    assert "Loans that have not been returned: 1." in page
    assert not Erasure.objects.exists()


def test_a_patron_who_is_gone_is_not_found() -> None:
    client = at_work()
    for address in ("data/", "erasing/"):
        assert client.get(f"/patrons/999/{address}").status_code == 404
    assert client.post("/patrons/999/erasing/ask/").status_code == 404


def test_words_of_staff_are_fetched_by_whoever_will_read_them_through() -> None:
    patron = make_patron()
    staff = PatronNote.Audience.STAFF
    told = "Naapuri soitti"
    write_note(patron.pk, told, audience=staff, by=chief(), now=timezone.now())
    client = at_work()
    address = f"/patrons/{patron.pk}/data/"

    unsure = client.post(address, {"form": "json", "staff_words": "yes"})
    sure = client.post(address, {"form": "json", "staff_words": "yes", "sure": "yes"})
    usual = client.post(address, {"form": "json"})

    assert unsure.status_code == 422
    assert "Tick first" in unsure.content.decode()
    assert "Naapuri soitti" in sure.content.decode()
    assert "Naapuri soitti" not in usual.content.decode()
    logged = LoggedEvent.objects.filter(kind="StaffWordsGathered")
    assert [event.patron_id for event in logged] == [patron.pk]
