"""Rules are tried on past loans, on their pages."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.timezone import localdate

from kortisto.core.models import Job, LoggedEvent
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.policies.models import RuleRow, RuleVersion
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import make_item, make_library, make_rules
from kortisto.testing.jobs import work
from kortisto.testing.loans import lend

pytestmark = pytest.mark.django_db

TODAY = localdate()
DAYS = {
    "first": (TODAY - timedelta(days=60)).isoformat(),
    "last": TODAY.isoformat(),
}


@pytest.fixture
def client() -> Client:
    make_rules({"values": {"loan_period": 28}})
    draft = RuleVersion.objects.create(number=2, made_by="test")
    RuleRow.objects.create(version=draft, values={"loan_period": 14})
    lend(make_item(), now=timezone.now() - timedelta(days=20))
    return at_work(make_staff("pomo", library=make_library()))


def test_a_draft_is_tried_and_its_numbers_can_be_taken_along(client: Client) -> None:
    assert "Try on past loans" in client.get("/rules/?version=2").content.decode()
    asked = client.post("/rules/2/try/", DAYS)
    job = Job.objects.get(kind="circulation.simulate-rules")
    assert asked.headers["Location"] == f"/rules/tried/{job.pk}/"
    waits = client.get(f"/rules/tried/{job.pk}/", headers={"HX-Request": "true"})
    assert "hx-get" in waits.content.decode()

    assert work().state == Job.State.DONE
    page = client.get(f"/rules/tried/{job.pk}/").content.decode()
    assert "28,0" in page
    assert "14,0" in page
    assert "comes sooner: 1. Later: 0." in page
    assert "What is assumed" in page
    file = client.get(f"/rules/tried/{job.pk}/rules.csv").content.decode("utf-8-sig")
    assert "K-MLI;Days from the loan to its first due date;28,0;14,0" in file
    assert "Altogether;Loans made;1;1" in file
    assert "Tried before" in client.get("/rules/2/try/").content.decode()
    assert LoggedEvent.objects.filter(kind="RulesTried").count() == 1


def test_days_in_the_wrong_order_or_too_many_are_told(client: Client) -> None:
    page = client.post("/rules/2/try/", {"first": DAYS["last"], "last": DAYS["first"]})
    assert page.status_code == 422
    page = client.post("/rules/2/try/", {"first": "1.1.2020", "last": DAYS["last"]})
    assert "Two years at the most." in page.content.decode()
    to_come = (timezone.localdate() + timedelta(days=1)).isoformat()
    page = client.post("/rules/2/try/", {**DAYS, "last": to_come})
    assert "cannot be in the future" in page.content.decode()
    assert not Job.objects.exists()


def test_no_version_and_no_numbers_that_there_are_not(client: Client) -> None:
    assert client.get("/rules/77/try/").status_code == 404
    client.post("/rules/2/try/", DAYS)
    job = Job.objects.get()
    assert client.get(f"/rules/tried/{job.pk}/rules.csv").status_code == 404
    other = Job.objects.create(kind="core.other", run_after=timezone.now())
    assert client.get(f"/rules/tried/{other.pk}/").status_code == 404


def test_who_may_not_see_the_rules_may_not_try_them(client: Client) -> None:
    del client
    clerk = at_work(make_staff("myyja", may=(LendingPermission.LEND,)))
    assert clerk.post("/rules/2/try/", DAYS).status_code == 403
    assert not Job.objects.exists()
