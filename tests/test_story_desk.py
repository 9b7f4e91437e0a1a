"""A librarian serves patrons by keyboard alone, in a real browser."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.sessions.models import Session
from django.db.models import F
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.models import Loan
from kortisto.interfaces.staff.tests.people import PASSWORD, make_staff
from kortisto.testing.browser import chromium, window
from kortisto.testing.builders import (
    card_of,
    desk,
    make_item,
    make_patron,
    make_record,
    make_restriction,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.story,
    pytest.mark.django_db(transaction=True),
]

RESULT = "#scan-result"
BACK = """() => {
  dispatchEvent(new Event("focus"));
  return !document.querySelector("#session-dialog").open;
}"""  # the window comes to the front, again and again

Look = Callable[[Page], None]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    with window(browser, live_server.url, bypass_csp=True) as page:
        yield page


@pytest.fixture
def look() -> Look:
    """axe-core finds nothing, and nothing hangs over the edge."""

    def look_at(page: Page) -> None:
        violations = Axe().run(page).response["violations"]
        told = [
            (found["id"], [node["html"][:200] for node in found["nodes"]])
            for found in violations
        ]
        assert told == [], page.url
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert over <= 0, page.url

    return look_at


def type_in(page: Page, *texts: str) -> None:
    """What a scanner does: the text and Enter, wherever the focus is."""
    for text in texts:
        page.keyboard.type(text)
        page.keyboard.press("Enter")


def log_in(page: Page, *, look: Look | None = None) -> None:
    page.goto("/")
    expect(page.locator("#id_username")).to_be_focused()
    if look is not None:
        look(page)
    page.keyboard.type("aino")
    page.keyboard.press("Tab")
    type_in(page, PASSWORD)
    expect(page.locator("#id_place")).to_be_focused()
    if look is not None:
        look(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#scan-input")).to_be_focused()


def test_a_librarian_lends_renews_and_takes_back_by_keyboard(
    page: Page, look: Look
) -> None:
    make_staff()
    patron = make_patron(surname="Järvinen")
    first = make_item(record=make_record("Sinuhe egyptiläinen"))
    second = make_item(record=make_record("Muumipappa ja meri"))
    log_in(page, look=look)
    expect(page.locator(".desk-banner")).to_contain_text("MLI")
    look(page)

    # Lend two items, one scan after the other.
    type_in(page, card_of(patron), first.barcode, second.barcode)
    expect(page.locator(RESULT)).to_contain_text("Muumipappa ja meri")
    expect(page.locator("#desk-patron-name")).to_contain_text("Järvinen")
    expect(page.locator("#desk-loans tr")).to_have_count(2)
    expect(page.locator("#desk-counts")).to_have_text("2 loans")
    assert Loan.objects.filter(patron=patron, returned_at=None).count() == 2

    # Why is it due then?
    page.keyboard.press("Alt+w")
    expect(page.locator(".why-panel .trace").first).to_contain_text("So it is due on")
    look(page)
    page.keyboard.press("Escape")

    # Renew: on the patron's page, a few days later.
    days = timedelta(days=5)
    Loan.objects.update(lent_at=F("lent_at") - days, due_at=F("due_at") - days)
    page.keyboard.press("Alt+l")
    expect(page.locator("h1")).to_contain_text("Järvinen")
    look(page)
    page.keyboard.press("Alt+a")
    expect(page.locator("h1")).to_have_text("2 loans renewed")
    look(page)
    assert set(Loan.objects.values_list("renewals", flat=True)) == {1}

    # Take back.
    page.keyboard.press("Escape")  # leaves the scan box: letters are keys
    page.keyboard.press("g")
    page.keyboard.press("i")
    expect(page.locator("h1")).to_have_text("Check in")
    type_in(page, first.barcode, second.barcode)
    expect(page.locator("#returned tr")).to_have_count(2)
    expect(page.locator("#returned tr").first).to_contain_text("Muumipappa ja meri")
    look(page)
    assert not Loan.objects.filter(returned_at=None).exists()

    # Undo the last one.
    page.keyboard.press("Alt+u")
    expect(page.locator(RESULT)).to_contain_text("Check-in undone")
    expect(page.locator("#returned tr")).to_have_count(1)
    assert Loan.objects.filter(returned_at=None).get().item_id == second.pk


def test_a_refusal_is_set_aside_by_keys(page: Page, look: Look) -> None:
    make_staff()
    patron, item = make_patron(), make_item()
    make_restriction(patron, note="Broken window")
    log_in(page)

    type_in(page, card_of(patron), item.barcode)
    expect(page.locator(RESULT)).to_contain_text("Broken window")
    look(page)
    assert not Loan.objects.exists()

    page.keyboard.press("Alt+1")
    page.keyboard.press("Alt+o")
    expect(page.locator("#desk-loans tr")).to_have_count(1)
    expect(page.locator("#scan-input")).to_be_focused()

    type_in(page, "")
    expect(page.locator("#desk")).to_contain_text("Scan a card")


def test_a_scan_outlives_the_session_and_is_saved_after_the_log_in(
    page: Page,
) -> None:
    make_staff()
    patron, item = make_patron(), make_item()
    log_in(page)
    type_in(page, card_of(patron))
    expect(page.locator("#desk-patron-name")).to_be_visible()

    Session.objects.all().delete()
    type_in(page, item.barcode)
    expect(page.locator("#unlock-password")).to_be_visible()
    assert not Loan.objects.exists()

    other_tab = page.context.new_page()
    log_in(other_tab)
    page.bring_to_front()
    page.wait_for_function(BACK, polling=500)

    expect(page.locator("#desk-loans tr")).to_have_count(1)
    expect(page.locator("[data-unsaved]")).to_be_hidden()
    assert Loan.objects.get().patron_id == patron.pk


def test_the_pages_of_the_desk_are_whole_on_a_phone_and_in_the_dark(
    page: Page, look: Look
) -> None:
    make_staff()
    patron = make_patron(check_address=True)
    now = timezone.now()
    for days in (40, 28, 1):
        lent_at = now - timedelta(days=days)
        checkout(card_of(patron), make_item().barcode, by=desk(), now=lent_at)
    log_in(page)
    addresses = (
        "/",
        "/desk/",
        "/desk/box/",
        "/checkin/",
        "/checkin/box/",
        "/renew/",
        "/patrons/",
        "/patrons/new/",
        f"/patrons/{patron.pk}/",
        f"/patrons/{patron.pk}/pin/",
        f"/patrons/{patron.pk}/card/",
        f"/patrons/{patron.pk}/restrict/",
        "/account/",
        "/workplace/",
        "/nothing/here/",
    )
    for scheme, width in (("light", 1280), ("dark", 360)):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.set_viewport_size({"width": width, "height": 800})
        for address in addresses:
            page.goto(address)
            assert page.locator("h1").count() == 1, address
            look(page)


def test_the_keys_of_the_page_are_listed(page: Page, look: Look) -> None:
    make_staff()
    patron = make_patron()
    log_in(page)
    type_in(page, card_of(patron))
    expect(page.locator("#desk-patron-name")).to_be_visible()

    page.keyboard.press("Escape")  # leaves the scan box: letters are keys
    page.keyboard.press("?")

    expect(page.locator("#help-dialog")).to_contain_text("Next patron")
    expect(page.locator("#help-dialog")).to_contain_text("Undo the last loan")
    look(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    type_in(page, "virta")
    expect(page.locator("h1")).to_contain_text("Virtanen")
