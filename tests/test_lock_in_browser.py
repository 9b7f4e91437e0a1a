"""A desk that nobody has touched locks, loses nothing, and opens in place (PER-3)."""

from collections.abc import Iterator

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from kortisto.domain.circulation.models import Loan
from kortisto.interfaces.staff.middleware import STAFF
from kortisto.interfaces.staff.tests.people import PASSWORD, make_staff
from kortisto.testing.axe import faults_of
from kortisto.testing.browser import chromium, window
from kortisto.testing.builders import card_of, make_item, make_patron

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DIALOG = "#session-dialog"
PASSWORD_FIELD = "#unlock-password"
SCAN_BOX = "#scan-input"
RESULT = "#scan-result"
UNSAVED = f"{DIALOG} [data-unsaved-here]"
QUIET = "localStorage.setItem('kortisto-last-request', String(Date.now() - {} * 1000))"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """Somebody at work."""
    make_staff("aino")
    with window(browser, live_server.url, bypass_csp=True) as page:
        log_in(page, "aino")
        yield page


def log_in(page: Page, username: str) -> None:
    page.goto("/login/")
    page.fill("#id_username", username)
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")
    page.wait_for_url("**/workplace/**")
    page.click("form:has(select) button[type=submit]")
    expect(page.locator(SCAN_BOX)).to_be_focused()


def scan(page: Page, text: str) -> None:
    """Faster than any hand: a scanner does not ask where the focus is."""
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def type_password(page: Page, text: str) -> None:
    page.locator(PASSWORD_FIELD).press_sequentially(text, delay=45)
    page.keyboard.press("Enter")


def test_a_page_that_locks_keeps_form_and_scans_and_opens_with_the_password(
    page: Page,
) -> None:
    card, item = card_of(make_patron()), make_item()
    scan(page, card)
    expect(page.locator("#desk-patron-name")).to_be_visible()
    page.evaluate(
        "document.querySelector('#main').insertAdjacentHTML('beforeend',"
        " '<form method=post action=/x/><input id=half name=half></form>')"
    )
    page.fill("#half", "half a sentence")

    page.keyboard.press("F8")
    expect(page.locator(PASSWORD_FIELD)).to_be_focused()
    assert faults_of(page) == []
    scan(page, item.barcode)  # it goes into the password field, as scanners do
    expect(page.locator(UNSAVED)).to_contain_text("Scans not saved: 1")
    assert not Loan.objects.exists()
    type_password(page, "not my password")
    expect(page.locator("#unlock-error")).to_contain_text("password is wrong")
    type_password(page, PASSWORD)

    expect(page.locator(DIALOG)).to_be_hidden()
    expect(page.locator(RESULT)).to_contain_text(item.record.title)
    expect(page.locator("#half")).to_have_value("half a sentence")
    assert Loan.objects.get().item_id == item.pk


def test_a_warning_comes_five_minutes_before_and_a_scan_answers_it(page: Page) -> None:
    page.evaluate(QUIET.format(26 * 60))
    page.evaluate("Date.now = ((now) => () => now() + 60000)(Date.now)")  # hands off
    expect(page.locator("[data-session-left]")).to_be_visible(timeout=15_000)
    expect(page.locator(PASSWORD_FIELD)).to_be_hidden()

    scan(page, card_of(make_patron()))

    expect(page.locator(DIALOG)).to_be_hidden()
    expect(page.locator("#desk-patron-name")).to_be_visible()


def test_time_locks_the_page_and_nothing_closes_the_lock(page: Page) -> None:
    page.evaluate(QUIET.format(31 * 60))
    expect(page.locator(PASSWORD_FIELD)).to_be_focused(timeout=15_000)

    for _twice in range(2):
        page.keyboard.press("Escape")
    page.mouse.click(5, 5)

    expect(page.locator(PASSWORD_FIELD)).to_be_visible()
    hidden = "getComputedStyle(document.querySelector('#session-dialog'), '::backdrop')"
    assert page.evaluate(f"{hidden}.backgroundColor") == "rgb(245, 244, 236)"


def test_a_session_that_was_ended_leads_to_the_log_in_and_keeps_the_page(
    page: Page,
) -> None:
    page.keyboard.press("F8")
    Session.objects.all().delete()
    type_password(page, PASSWORD)

    expect(page.locator("[data-session-log-in]")).to_be_visible()
    expect(page.locator(PASSWORD_FIELD)).to_be_hidden()


def test_the_next_person_takes_the_desk_over_quickly(page: Page) -> None:
    second = make_staff("eero")
    page.keyboard.press("F8")
    page.get_by_role("link", name="I am somebody else").click()

    page.fill("#id_username", "eero")
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")

    expect(page.locator(SCAN_BOX)).to_be_focused()
    assert Session.objects.get().get_decoded()[STAFF] == second.pk
