"""Scenario 12: a library closes for five weeks with the wizard, and opens sooner.

(REQUIREMENTS section 6.) Everything by the pages; a worker moves what is to be moved.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from kortisto.domain.circulation.models import Loan
from kortisto.domain.closures.models import Shift
from kortisto.domain.holds.models import Hold
from kortisto.domain.holds.pickup import pickup_libraries
from kortisto.domain.org.models import Closure, Unit
from kortisto.interfaces.staff.tests.people import PASSWORD, make_staff
from kortisto.testing.browser import chromium, window
from kortisto.testing.builders import (
    make_consortium,
    make_hold,
    make_item,
    make_library,
    make_patron,
    make_record,
    make_rules,
)
from kortisto.testing.closures import carried_out
from kortisto.testing.loans import lend
from kortisto.testing.mail import MemoryMail, let_the_worker_write, post_box

pytestmark = [
    pytest.mark.browser,
    pytest.mark.story,
    pytest.mark.django_db(transaction=True),
]

DAY = timedelta(days=1)
FIVE_WEEKS = timedelta(days=34)  # the first and the last day included


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def post() -> Iterator[MemoryMail]:
    yield post_box()
    post_box()


@pytest.fixture
def page(
    browser: Browser, live_server: LiveServer, transactional_db: None
) -> Iterator[Page]:
    """Somebody of the whole consortium, who may close libraries."""
    del transactional_db
    make_library()
    make_staff("aino", library=make_consortium())
    with window(browser, live_server.url, locale="en-GB") as page:
        page.goto("/login/")
        page.fill("#id_username", "aino")
        page.fill("#id_password", PASSWORD)
        page.press("#id_password", "Enter")
        page.wait_for_url("**/workplace/**")
        page.click("form:has(select) button[type=submit]")
        expect(page.locator("#scan-input")).to_be_focused()
        yield page


class World:
    """At MLI a loan, a copy on the shelf and a hold in the queue; at SVL a loan."""

    def __init__(self, now: datetime) -> None:
        self.today = timezone.localdate(now)
        self.first = self.today + 2 * DAY  # copies are sent elsewhere from now on
        self.last = self.first + FIVE_WEEKS
        self.home, self.other = make_library(), make_library("SVL")
        make_rules({"values": {"loan_period": 28, "pickup_days": 5}})
        self.reader = make_patron(email="lukija@posti.example", language="en")
        self.lent = lend(make_item(), self.reader, now=now).loan_id
        self.lent_elsewhere = lend(make_item(library=self.other), now=now).loan_id
        on_shelf = make_item(record=make_record("Muumipappa ja meri"))
        self.waits = make_hold(
            self.reader, on_shelf.record, item=on_shelf,
            state=Hold.State.WAITING, pickup_until=self.first + 7 * DAY,
        )  # fmt: skip
        self.queued = make_hold(self.reader, make_record("Alastalon salissa"))

    def stands(self) -> dict[str, Any]:
        """All that a closure may move, as it is now."""
        holds = {hold.pk: hold for hold in Hold.objects.all()}
        due = dict(Loan.objects.values_list("pk", "due_at"))
        offered = {unit.id for unit in pickup_libraries(self.first)}
        return {
            "due": timezone.localdate(due[self.lent]),
            "due elsewhere": timezone.localdate(due[self.lent_elsewhere]),
            "last pick-up day": holds[self.waits.pk].pickup_until,
            "pick-up": holds[self.queued.pk].pickup_library_id,
            "offered": self.home.pk in offered,
        }


def write_the_plan(page: Page, world: World) -> None:
    page.goto("/closures/")
    page.keyboard.press("Escape")  # leaves the scan box: letters are keys
    page.keyboard.press("n")
    expect(page.locator("h1")).to_have_text("Close a library")
    page.fill("[name=starts_on]", world.first.isoformat())
    page.fill("[name=ends_on]", world.last.isoformat())
    page.fill("[name=text_fi]", "Lattia uusitaan")
    page.select_option("[name=pickup]", str(world.other.pk))
    page.check(f"[name=places][value='unit:{world.home.pk}']")
    page.keyboard.press("Alt+s")
    expect(page.locator("#preview")).to_have_text("What moves if it is put in force")


def done(page: Page) -> None:
    """The page goes on by itself when the worker is ready."""
    expect(page.locator("#shift-progress")).to_be_visible()
    carried_out(Shift.objects.latest("pk"), now=timezone.now())
    expect(page.locator("#shift-progress")).to_contain_text("All is done")


def written(day: date) -> str:
    return f"{day.day}.{day.month}.{day.year}"


def test_five_weeks_closed_and_opened_early_leave_everything_as_it_was(
    page: Page, post: MemoryMail
) -> None:
    now = timezone.now()
    world = World(now)
    before = world.stands()

    write_the_plan(page, world)
    main = page.locator("#main")
    expect(main).to_contain_text("Seitsemän veljestä")
    expect(main).to_contain_text(written(world.last + DAY))
    assert world.stands() == before  # nothing moves before somebody says so
    page.keyboard.press("Alt+s")
    done(page)

    assert world.stands() == {
        "due": world.last + DAY,
        "due elsewhere": before["due elsewhere"],
        "last pick-up day": world.last + 8 * DAY,  # as many open days as it had
        "pick-up": world.other.pk,
        "offered": False,
    }
    let_the_worker_write(timezone.now())
    [told] = post.sent
    assert told.to == "lukija@posti.example"
    assert written(world.last + DAY) in told.text

    closure = Closure.objects.get()
    page.goto(f"/closures/{closure.pk}/")
    page.click("a[href='?ends_on=never']")
    expect(page.locator("#preview")).to_have_text(
        "What moves if the closure is taken back"
    )
    page.keyboard.press("Alt+s")
    done(page)

    assert world.stands() == before
    let_the_worker_write(timezone.now())
    assert [mail.to for mail in post.sent] == ["lukija@posti.example"] * 2
    page.goto("/closures/")
    expect(page.locator("tbody tr").first).to_contain_text("Taken back")
    assert Unit.objects.get(pk=world.home.pk).closed_on is None


def test_opening_on_the_way_gives_back_what_lies_ahead(
    page: Page, post: MemoryMail
) -> None:
    """Put in force for days to come, and shortened by the page to a single week."""
    del post
    now = timezone.now()
    world = World(now)
    world.first = world.today + 20 * DAY
    world.last = world.first + FIVE_WEEKS
    before = world.stands()
    write_the_plan(page, world)
    page.keyboard.press("Alt+s")
    done(page)
    assert world.stands()["due"] == world.last + DAY

    opens = world.first + 7 * DAY
    page.goto(f"/closures/{Closure.objects.get().pk}/")
    page.fill("#ends-on", (opens - DAY).isoformat())
    page.press("#ends-on", "Enter")
    expect(page.locator("#preview")).to_contain_text(written(opens))
    page.keyboard.press("Alt+s")
    done(page)
    # The loan was due on the day after that week; on its first day it stays closed.
    assert world.stands() == before | {"offered": False}
