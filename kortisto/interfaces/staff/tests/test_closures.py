"""The wizard of closures on its pages, and due dates moved for many."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.timezone import localdate

from kortisto.core.jobs import enqueue
from kortisto.core.models import Job, LoggedEvent
from kortisto.domain.circulation.models import Loan
from kortisto.domain.closures.models import Shift
from kortisto.domain.org.models import Closure
from kortisto.domain.org.permissions import OrgPermission
from kortisto.interfaces.staff.audit_words import told
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import (
    chief,
    make_consortium,
    make_group,
    make_item,
    make_item_type,
    make_library,
    make_patron,
    make_rules,
)
from kortisto.testing.closures import carried_out
from kortisto.testing.jobs import work
from kortisto.testing.loans import lend
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
TODAY = localdate()
FIRST, LAST = TODAY + 20 * DAY, TODAY + 54 * DAY


def manager() -> Client:
    library = make_library()
    return at_work(make_staff("pomo", library=make_consortium()), library=library)


def plan(**other: object) -> dict[str, object]:
    return {
        "places": [f"unit:{make_library().pk}"],
        "starts_on": FIRST.isoformat(),
        "ends_on": LAST.isoformat(),
        "text_fi": "Remontti",
        "pickup": "",
        "returns": "elsewhere",
        **other,
    }


@pytest.fixture
def loan() -> Loan:
    make_rules({"values": {"loan_period": 28}})
    lent = lend(make_item(), now=timezone.now())
    return Loan.objects.get(pk=lent.loan_id)


def due_on(loan: Loan) -> date:
    loan.refresh_from_db()
    return localdate(loan.due_at)


def do_the_work(client: Client, shift: Shift) -> str:
    carried_out(shift, now=timezone.now())
    return client.get(f"/shifts/{shift.pk}/").content.decode()


def test_a_closure_is_planned_seen_put_in_force_and_taken_back(loan: Loan) -> None:
    """Acceptance scenario 12, on the pages."""
    client = manager()
    planned = client.post("/closures/new/", plan(), follow=True)
    page = planned.content.decode()
    assert "What moves if it is put in force" in page
    assert "Seitsemän veljestä" in page
    assert due_on(loan) == TODAY + 28 * DAY

    closure = Closure.objects.get()
    address = f"/closures/{closure.pk}/"
    client.post(f"{address}apply/", {"ends_on": LAST.isoformat()})
    page = do_the_work(client, Shift.objects.get())
    assert "All is done." in page
    assert due_on(loan) == LAST + DAY

    page = client.get(f"{address}?ends_on=never").content.decode()
    assert "What moves if the closure is taken back" in page
    client.post(f"{address}apply/", {"ends_on": "never"})
    do_the_work(client, Shift.objects.latest("pk"))
    assert due_on(loan) == TODAY + 28 * DAY
    assert "Taken back" in client.get("/closures/").content.decode()


def test_a_group_is_closed_at_once() -> None:
    one, two = make_library("SVL"), make_library("KAN")
    group = make_group(one, two, purpose="calendar")
    manager().post("/closures/new/", plan(places=[f"group:{group.code}"]))
    assert set(Closure.objects.get().libraries.all()) == {one, two}


def test_what_is_wrong_stands_at_its_field_and_the_form_is_kept() -> None:
    sent = plan(ends_on=(FIRST - DAY).isoformat(), pickup=str(make_library().pk))
    page = manager().post("/closures/new/", sent)
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"ends_on", "pickup"}
    assert 'value="Remontti"' in page.content.decode()
    assert not Closure.objects.exists()


def test_a_plan_can_be_changed_and_thrown_away_and_a_closure_cannot() -> None:
    client = manager()
    client.post("/closures/new/", plan())
    [closure] = Closure.objects.all()
    edited = f"/closures/{closure.pk}/edit/"
    assert 'value="Remontti"' in client.get(edited).content.decode()
    client.post(edited, plan(text_fi="Muutto"))
    closure.refresh_from_db()
    assert closure.text_fi == "Muutto"
    client.post(f"/closures/{closure.pk}/apply/", {"ends_on": LAST.isoformat()})
    work(timezone.now())
    assert client.post(edited, plan(text_fi="Toinen")).status_code == 422
    refused = client.post(f"/closures/{closure.pk}/discard/")
    assert refused.status_code == 409
    closure.refresh_from_db()
    assert closure.text_fi == "Muutto"


def test_a_day_that_is_none_is_told_and_nothing_is_previewed() -> None:
    client = manager()
    client.post("/closures/new/", plan())
    [closure] = Closure.objects.all()
    page = client.get(f"/closures/{closure.pk}/?ends_on=tomorrow")
    assert "Write the day like this" in page.content.decode()
    client.post(f"/closures/{closure.pk}/apply/", {"ends_on": "tomorrow"})
    assert not Shift.objects.exists()


def test_nobody_closes_a_library_that_is_not_theirs() -> None:
    clerk = at_work(make_staff("myyja", may=(OrgPermission.EDIT_CALENDAR,)))
    assert clerk.get("/closures/").status_code == 403
    local = at_work(make_staff("paikallinen"))
    other = make_library("SVL")
    page = local.post("/closures/new/", plan(places=[f"unit:{other.pk}"]))
    assert page.status_code == 422
    assert not Closure.objects.exists()


def test_due_dates_of_an_item_type_are_moved_and_put_back(loan: Loan) -> None:
    """TOL-10."""
    other = lend(make_item(item_type=make_item_type("DVD")), now=timezone.now()).loan_id
    client, before = manager(), due_on(loan)
    sent = {
        "item_types": [str(loan.item_type_id)],
        "due_from": TODAY.isoformat(),
        "due_to": LAST.isoformat(),
        "days": "10",
    }
    page = client.post("/due-dates/", {**sent, "do": "preview"})
    assert "Move these due dates" in page.content.decode()
    assert due_on(loan) == before
    client.post("/due-dates/", {**sent, "do": "apply"})
    [shift] = Shift.objects.all()
    page = do_the_work(client, shift)  # type: ignore[assignment]
    assert "Put all this back" in page
    assert due_on(loan) == before + 10 * DAY
    assert localdate(Loan.objects.get(pk=other).due_at) == before

    client.post(f"/shifts/{shift.pk}/put-back/")
    do_the_work(client, Shift.objects.latest("pk"))
    assert due_on(loan) == before
    assert client.post(f"/shifts/{shift.pk}/put-back/").status_code == 409


def test_due_dates_are_not_moved_without_a_day_or_a_choice(loan: Loan) -> None:
    sent = {"due_from": TODAY.isoformat(), "due_to": LAST.isoformat(), "do": "apply"}
    page = manager().post("/due-dates/", sent)
    assert page.status_code == 422
    assert "Say which loans" in page.content.decode()
    assert "day" in page.context["form"].errors
    assert not Shift.objects.exists()
    assert due_on(loan) == TODAY + 28 * DAY


def test_the_progress_asks_again_until_all_is_done(loan: Loan) -> None:
    del loan
    client = manager()
    client.post("/closures/new/", plan())
    closure = Closure.objects.get()
    client.post(f"/closures/{closure.pk}/apply/", {"ends_on": LAST.isoformat()})
    [shift] = Shift.objects.all()
    part = client.get(f"/shifts/{shift.pk}/progress/")
    assert "hx-get" in part.content.decode()
    carried_out(shift, now=timezone.now())
    part = client.get(f"/shifts/{shift.pk}/progress/")
    assert part.headers["HX-Redirect"] == f"/shifts/{shift.pk}/"


def test_the_log_tells_it_in_sentences(loan: Loan) -> None:
    del loan
    client = manager()
    client.post("/closures/new/", plan())
    closure = Closure.objects.get()
    client.post(f"/closures/{closure.pk}/apply/", {"ends_on": LAST.isoformat()})
    carried_out(Shift.objects.get(), now=timezone.now())
    sentences = [one.sentence for one in told(LoggedEvent.objects.order_by("pk"))]
    said = " / ".join(sentences)
    assert "Closed MLI" in said
    assert (
        "Dates were moved (A closure begins, lasts longer or ends earlier): 1" in said
    )
    assert "Moved the due date of" in said
    assert "–/" not in said


def test_the_page_of_a_shift_asks_the_same_with_more_rows(loan: Loan) -> None:
    del loan
    client = manager()
    client.post("/closures/new/", plan())
    closure = Closure.objects.get()
    client.post(f"/closures/{closure.pk}/apply/", {"ends_on": LAST.isoformat()})
    [shift] = Shift.objects.all()
    carried_out(shift, now=timezone.now())

    def one_more() -> None:
        lent = lend(make_item(), make_patron(), now=timezone.now())
        shift.moves.create(
            what="due", library=make_library(), loan_id=lent.loan_id,
            before="2027-03-01T00:00:00+00:00", after="2027-03-02T00:00:00+00:00",
            origin="2027-03-01T00:00:00+00:00", state="done",
        )  # fmt: skip

    assert_same_queries_with_more_rows(
        lambda: client.get(f"/shifts/{shift.pk}/"), add_rows=one_more
    )


def test_the_night_does_nothing_when_no_hold_is_to_move() -> None:
    enqueue("closures.follow", {}, by=chief(), run_after=timezone.now())
    assert work().result == {"closures": 0, "moves_begun": 0}
    assert not Job.objects.filter(state="waiting").exists()
