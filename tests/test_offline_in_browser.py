"""The offline desk in a real browser: the network is cut, and comes back (CIR-60)."""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

import pytest
from django.utils import timezone
from django.utils.timezone import localtime
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from kortisto.core.days import written
from kortisto.core.models import Errand
from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.due import HELSINKI, due_for_checkout
from kortisto.domain.circulation.models import Loan
from kortisto.domain.offline.models import Deed
from kortisto.domain.offline.snapshot import TERMS, calendars, terms_table
from kortisto.domain.org.rules import (
    ExceptionDays,
    Opening,
    OpeningCalendar,
    WeeklyOpening,
)
from kortisto.domain.org.tree import Organisation
from kortisto.domain.patrons.models import Patron
from kortisto.domain.policies.rules import Matrix, Row
from kortisto.interfaces.staff.tests.people import make_staff
from kortisto.testing.axe import faults_of
from kortisto.testing.browser import chromium
from kortisto.testing.builders import (
    card_of,
    desk,
    make_consortium,
    make_item,
    make_library,
    make_patron,
    make_record,
    make_restriction,
    make_rules,
)
from tests.test_scenarios_in_browser import (
    OneAtATime,
    add_workstation,
    enrol,
    log_in,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OUTCOME: Final = "[data-outcome]"
LATER: Final = 15_000  # milliseconds
CASES: Final = 1500


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def site(settings: Settings, transactional_db: None) -> Iterator[LiveServer]:
    del transactional_db
    first = f"{OneAtATime.__module__}.{OneAtATime.__name__}"
    settings.MIDDLEWARE = [first, *settings.MIDDLEWARE]
    server = LiveServer("localhost")
    yield server
    server.stop()


@pytest.fixture
def window(
    browser: Browser, site: LiveServer
) -> Iterator[Callable[[], BrowserContext]]:
    opened: list[BrowserContext] = []
    wrong: list[str] = []

    def another() -> BrowserContext:
        context = browser.new_context(
            base_url=site.url, locale="en-GB", reduced_motion="reduce"
        )
        context.set_default_timeout(10_000)
        context.on("weberror", lambda error: wrong.append(str(error.error)))
        opened.append(context)
        return context

    yield another
    for context in opened:
        context.close()
    assert wrong == []


@pytest.fixture
def page(window: Callable[[], BrowserContext]) -> Page:
    """Somebody at work at a workstation that has been added."""
    make_library()
    make_staff("aino", library=make_consortium())
    made = window().new_page()
    log_in(made, "aino")
    enrol(made, add_workstation(made, "LT-7"))
    return made


def make_ready(page: Page) -> None:
    page.goto("/offline/")
    page.click("[data-offline-make]")
    expect(page.locator("[data-offline-told]")).to_contain_text("Ready", timeout=LATER)


def scan(page: Page, text: str) -> None:
    page.fill("#scan-input", text)
    page.press("#scan-input", "Enter")


@dataclass(frozen=True)
class Day:
    """Who comes to the bus, and what is lent and brought there."""

    patron: Patron
    barred: Patron
    stranger: Patron
    books: list[Item]
    brought: list[Item]

    @property
    def due(self) -> date:
        return timezone.localdate() + timedelta(days=14)


@pytest.fixture
def day(page: Page) -> Day:
    """Two items are out on loan; then the workstation is made ready."""
    make_rules({"values": {"loan_period": 14}})
    patron, barred, stranger = make_patron(), make_patron(), make_patron()
    make_restriction(barred)
    books = [make_item(record=make_record(f"Kirja {n}")) for n in range(1, 5)]
    brought = [make_item(), make_item()]
    for item in brought:
        checkout(card_of(stranger), item.barcode, by=desk(), now=timezone.now())
    make_ready(page)
    assert faults_of(page) == []
    return Day(patron, barred, stranger, books, brought)


def work_offline(page: Page, day: Day) -> None:
    """Three are lent, one to a card that the copy does not know; two are brought."""
    outcome = page.locator(OUTCOME)
    scan(page, card_of(day.barred))
    expect(outcome).to_contain_text("Nothing is lent to this card now")
    scan(page, card_of(day.patron).lower())
    expect(outcome).to_contain_text("The card may borrow")
    for book in day.books[:3]:
        scan(page, book.barcode)
        expect(outcome).to_contain_text(book.record.title)
        expect(outcome).to_contain_text(f"Due {written(day.due)}")
    scan(page, day.books[0].barcode)
    expect(outcome).to_contain_text("Lent to this card already")
    scan(page, "")
    scan(page, "NEW-CARD-1")
    page.click("text=Lend to it all the same")
    scan(page, day.books[3].barcode)
    expect(outcome).to_contain_text("known when it has been sent")
    page.click("[data-mode=in]")
    for item in day.brought:
        scan(page, item.barcode)
        expect(outcome).to_contain_text("to be checked in")
    waits(page, 6)


def waits(page: Page, number: int) -> None:
    counted = page.locator("[data-count=waiting]")
    expect(counted).to_have_text(f"Waiting to be sent: {number}", timeout=LATER)


def counts() -> tuple[int, int, int]:
    return Loan.objects.count(), Deed.objects.count(), Errand.objects.count()


def test_a_day_without_a_network_from_beginning_to_end(page: Page, day: Day) -> None:
    page.context.set_offline(True)
    page.goto("/desk/")  # it opens by itself
    page.wait_for_url("**/offline/desk/")
    expect(page.locator("[data-connection-word]")).to_have_text("No connection")
    work_offline(page, day)
    page.reload()
    waits(page, 6)
    page.close()  # as when the browser falls over
    page = page.context.new_page()
    page.goto("/offline/desk/")
    waits(page, 6)
    assert Loan.objects.filter(returned_at=None).count() == 2
    taken = day.books[2]
    checkout(card_of(day.stranger), taken.barcode, by=desk(), now=timezone.now())

    page.context.set_offline(False)
    page.click("[data-send]")
    waits(page, 0)

    expect(page.locator("[data-count=conflicts]")).to_have_text("To be seen to: 2")
    shown = page.locator("[data-list]")
    expect(shown).to_contain_text("No patron has the card NEW-CARD-1.")
    expect(shown).to_contain_text("The item is on loan to another patron.")
    assert faults_of(page) == []
    for book in day.books[:2]:
        loan = Loan.objects.get(item=book)
        assert loan.patron_id == day.patron.pk
        assert localtime(loan.due_at).date() == day.due
    assert not Loan.objects.filter(item__in=day.brought, returned_at=None).exists()
    assert not Loan.objects.filter(item=day.books[3]).exists()
    assert Loan.objects.get(item=taken).patron_id == day.stranger.pk

    before = counts()
    assert before == (5, 6, 2)
    page.evaluate(SEND_AGAIN, sent_before())
    assert counts() == before


def test_a_conflict_leads_from_the_tasks_to_its_page(page: Page, day: Day) -> None:
    page.context.set_offline(True)
    page.goto("/offline/desk/")
    work_offline(page, day)
    page.context.set_offline(False)
    page.click("[data-send]")
    waits(page, 0)
    task = Errand.objects.get(kind="offline.conflict")

    page.goto(f"/tasks/{task.pk}/")
    page.click("text=Go to the work")
    expect(page.locator("main")).to_contain_text("No patron has the card NEW-CARD-1")
    assert faults_of(page) == []
    page.click("text=Leave it unrecorded")

    expect(page.locator("main")).to_contain_text("It was left unrecorded")
    task.refresh_from_db()
    assert task.state == Errand.State.DONE


SEND_AGAIN: Final = """async (work) => {
  const kept = await new Promise((resolve) => {
    const asked = indexedDB.open("kortisto-offline");
    asked.onsuccess = () => {
      const got = asked.result.transaction("kit").objectStore("kit").get("now");
      got.onsuccess = () => resolve(got.result);
    };
  });
  const who = await (await fetch("/offline/session/")).json();
  const answer = await fetch("/offline/merge/", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": who.csrf },
    body: JSON.stringify({ ticket: kept.ticket, work }),
  });
  const told = await answer.json();
  if (!answer.ok || told.answers.length !== work.length) throw new Error(answer.status);
}"""


def sent_before() -> list[dict[str, Any]]:
    """The same file, uploaded by hand."""
    return [
        {
            "key": str(deed.key),
            "kind": deed.kind,
            "at": deed.happened_at.isoformat(),
            "barcode": deed.barcode,
            "card": deed.card or "P000001",
            "due_on": None,
        }
        for deed in Deed.objects.order_by("pk")
    ]


def test_the_disk_has_no_name_no_card_and_no_key_that_a_script_can_read(
    page: Page,
) -> None:
    patron = make_patron(surname="Salainen")
    make_ready(page)
    page.context.set_offline(True)
    page.goto("/offline/desk/")
    scan(page, card_of(patron))
    expect(page.locator(OUTCOME)).to_contain_text("The card may borrow")
    scan(page, make_item().barcode)
    waits(page, 1)

    kept = page.evaluate(
        """async () => {
          const open = indexedDB.open("kortisto-offline");
          await new Promise((done) => { open.onsuccess = done; });
          const all = {};
          for (const name of ["kit", "keys", "items", "cards", "queue"]) {
            const store = open.result.transaction(name).objectStore(name);
            const asked = store.getAll();
            await new Promise((done) => { asked.onsuccess = done; });
            all[name] = asked.result;
          }
          const text = new TextDecoder();
          const raw = all.queue.map((row) => text.decode(row.data));
          const keys = [all.kit[0].key, ...all.keys];
          const out = await Promise.allSettled(
            keys.map((key) => crypto.subtle.exportKey("raw", key)));
          const text_of_all = JSON.stringify(all) + raw.join();
          return { text: text_of_all, out: out.map((one) => one.status) };
        }"""
    )

    assert kept["out"] == ["rejected", "rejected"]
    for secret in ("Salainen", card_of(patron)):
        assert secret not in kept["text"]


def test_a_copy_that_ran_out_lends_nothing_more_and_still_sends(page: Page) -> None:
    patron, item = make_patron(), make_item()
    make_ready(page)
    page.context.set_offline(True)
    page.goto("/offline/desk/")
    scan(page, card_of(patron))
    expect(page.locator(OUTCOME)).to_contain_text("The card may borrow")
    scan(page, item.barcode)
    waits(page, 1)
    page.evaluate(
        """async () => {
          const open = indexedDB.open("kortisto-offline");
          await new Promise((done) => { open.onsuccess = done; });
          const store = open.result.transaction("kit", "readwrite").objectStore("kit");
          const asked = store.get("now");
          await new Promise((done) => { asked.onsuccess = done; });
          asked.result.head.expires_at = "2026-01-01T00:00:00+02:00";
          const put = store.put(asked.result, "now");
          await new Promise((done) => { put.onsuccess = done; });
        }"""
    )
    page.reload()
    expect(page.locator("[data-ready]")).to_contain_text("The copy ran out")
    expect(page.locator("#scan-input")).to_be_disabled()

    page.context.set_offline(False)
    page.click("[data-send]")

    waits(page, 0)
    assert Loan.objects.get().item_id == item.pk


# --- the same due date as the server would give ---------------------------------------

BEGIN: Final = date(2027, 3, 1)


def random_calendar(dice: random.Random) -> OpeningCalendar:
    since = date(2000, 1, 1)
    weekly = [
        WeeklyOpening(weekday, opening, since)
        for weekday in dice.sample(range(7), dice.choice((0, 1, 5, 7)))
        for opening in dice.choice(
            (
                (Opening(time(8), time(20)),),
                (Opening(time(9, 30), time(12)), Opening(time(13), time(18, 45))),
                (Opening(time(0, 30), time(23, 59)),),
            )
        )
    ]
    closures = []
    for _ in range(dice.choice((0, 2, 8))):
        first = BEGIN + timedelta(days=dice.randrange(400))
        opened = dice.random() < 0.2
        closures.append(
            ExceptionDays(
                unit_id=1,
                starts_on=first,
                ends_on=first + timedelta(days=dice.choice((0, 0, 3, 40))),
                names={},
                open=opened,
                opening=Opening(time(10), time(14)) if opened else None,
            )
        )
    return OpeningCalendar(1, tuple(weekly), tuple(closures))


def random_case(dice: random.Random) -> dict[str, Any]:
    unit = dice.choice(("days", "days", "hours"))
    short = dice.choice((None, None, 7))
    hard = BEGIN + timedelta(days=dice.randrange(-5, 60))
    values: dict[str, Any] = {
        "loan_period": dice.choice((0, 1, 3, 14, 28, 90)),
        "loan_period_unit": unit,
        "closed_days": dice.choice(("ignore", "push", "skip")),
        "short_loan_days": short,
        "short_loan_holds": dice.choice((1, 3)),
        "hard_due_on": hard if dice.random() < 0.2 else None,
    }
    minute = dice.randrange(300 * 24 * 60)
    now = datetime(2027, 3, 1, tzinfo=UTC) + timedelta(minutes=minute)
    return {"values": values, "now": now, "queue": dice.choice((0, 1, 2, 5))}


def test_a_due_date_is_the_one_that_the_server_gives(page: Page) -> None:
    dice = random.Random(62)  # noqa: S311 - no secret
    asked, expected = [], []
    trees = [random_calendar(dice) for _ in range(30)]
    for number in range(CASES):
        case, calendar = random_case(dice), trees[number % len(trees)]
        matrix = Matrix(1, (Row(1, None, None, None, case["values"]),))
        due = due_for_checkout(
            matrix.terms(1, 1, 1), calendar, now=case["now"], queue=case["queue"]
        )
        terms, table = terms_table(matrix, [1], [1], [1])
        asked.append(
            {
                "terms": terms,
                "table": table,
                "calendar": number % len(trees),
                "now": case["now"].isoformat(),
                "queue": case["queue"],
            }
        )
        day = due.at.astimezone(HELSINKI).date().isoformat()
        expected.append([round(due.at.timestamp() * 1000), day])
    told = page.evaluate(
        """async ({ cases, calendars }) => {
          const due = await import("/static/staff/offline/due.js");
          return cases.map((one) => {
            const terms = due.termsFor(one, 1, 1, 1);
            const calendar = due.calendarOf(calendars[one.calendar], 1);
            const now = Date.parse(one.now);
            const at = due.dueForCheckout(terms, calendar, now, one.queue);
            return at === null ? null : [at, due.dayText(due.local(at).day)];
          });
        }""",
        {"cases": asked, "calendars": [taken_along(one) for one in trees]},
    )
    wrong = [
        (case, given, wanted)
        for case, given, wanted in zip(asked, told, expected, strict=True)
        if given != wanted
    ]
    assert wrong == []
    assert len(TERMS) == 7


def taken_along(calendar: OpeningCalendar) -> dict[str, Any]:
    """A calendar as the snapshot tells it."""
    tree = Organisation()
    tree._calendars[1] = calendar
    told: dict[str, Any] = json.loads(json.dumps(calendars(tree, [1], BEGIN)))
    return told
