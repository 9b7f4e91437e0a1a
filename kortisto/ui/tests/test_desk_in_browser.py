"""No scan is lost, no key is stolen, nothing is hidden from those who listen."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from kortisto.ui.tests.desk import Desk, waiting

pytestmark = pytest.mark.browser

UNSAVED = "[data-unsaved]"
LOG_IN = "[data-session-log-in]"
RESULT = "#scan-result"


def scan(page: Page, *texts: str) -> None:
    for text in texts:
        page.keyboard.type(text)
        page.keyboard.press("Enter")


def kept(page: Page) -> list[str]:
    return waiting(page.evaluate("localStorage.getItem('kortisto-scans')"))


def test_scans_typed_in_a_row_arrive_once_each_in_their_order(
    at_desk: Page, desk: Desk
) -> None:
    expect(at_desk.locator("#scan-input")).to_be_focused()

    scan(at_desk, "111", "222", "333")

    expect(at_desk.locator(RESULT)).to_contain_text("Lent 333")
    assert desk.scans == ["111", "222", "333"]
    assert len({taken["key"] for taken in desk.taken}) == 3
    carried = [taken["patron"] for taken in desk.taken]
    assert carried == ["none", "after-111", "after-222"]
    assert kept(at_desk) == []
    expect(at_desk.locator(UNSAVED)).to_be_hidden()
    expect(at_desk.locator("#live")).to_have_text("Lent 333")


@pytest.mark.parametrize("answer", [401, 302])
def test_a_scan_outlives_the_session_and_is_sent_after_the_log_in(
    at_desk: Page, desk: Desk, answer: int
) -> None:
    desk.answers = answer
    scan(at_desk, "111")
    expect(at_desk.locator(LOG_IN)).to_be_visible()
    expect(at_desk.locator(UNSAVED)).to_be_visible()
    assert desk.taken == []

    desk.answers = 200
    at_desk.evaluate("dispatchEvent(new Event('focus'))")  # back from the other tab

    expect(at_desk.locator(RESULT)).to_contain_text("Lent 111")
    expect(at_desk.locator(LOG_IN)).to_be_hidden()
    assert desk.scans == ["111"]
    assert kept(at_desk) == []


def test_a_form_is_not_sent_into_a_session_that_has_ended(
    at_desk: Page, desk: Desk
) -> None:
    desk.answers = 401
    scan(at_desk, "111")
    expect(at_desk.locator(LOG_IN)).to_be_visible()
    at_desk.evaluate(
        "document.body.insertAdjacentHTML('beforeend',"
        " '<form id=f method=post action=/form/><input name=scan value=typed></form>')"
    )

    at_desk.evaluate("document.getElementById('f').requestSubmit()")

    expect(at_desk.locator("#f input")).to_have_value("typed")
    assert at_desk.url.endswith("/staff")


def test_a_scan_outlives_a_server_that_fails_and_a_page_that_is_left(
    at_desk: Page, desk: Desk
) -> None:
    desk.answers = 500
    scan(at_desk, "111", "222")
    expect(at_desk.locator("[data-unsaved-count]")).to_have_text("2")

    desk.answers = 200
    at_desk.reload()

    expect(at_desk.locator(RESULT)).to_contain_text("Lent 222")
    assert desk.scans == ["111", "222"]
    assert [taken["patron"] for taken in desk.taken] == ["none", "after-111"]


def test_the_scans_of_another_person_wait_until_somebody_decides(
    at_desk: Page, desk: Desk
) -> None:
    desk.answers = 401
    scan(at_desk, "111")
    expect(at_desk.locator(UNSAVED)).to_be_visible()

    desk.answers = 200
    at_desk.goto(f"{desk.address}/staff?account=Eero")
    expect(at_desk.locator(UNSAVED)).to_be_visible()
    assert desk.taken == []

    at_desk.locator("[data-send-unsaved]").click()
    expect(at_desk.locator(RESULT)).to_contain_text("Lent 111")


def test_keys_work_outside_fields_and_letters_never_inside_them(at_desk: Page) -> None:
    at_desk.keyboard.type("g d ?")
    expect(at_desk.locator("#scan-input")).to_have_value("g d ?")
    expect(at_desk.locator("#help-dialog")).to_be_hidden()
    assert "#" not in at_desk.url

    at_desk.evaluate("document.activeElement.blur()")
    at_desk.keyboard.press("?")
    expect(at_desk.locator("#help-dialog")).to_contain_text("Rules")
    at_desk.keyboard.press("Escape")

    at_desk.evaluate("document.activeElement.blur()")
    at_desk.keyboard.press("g")
    at_desk.keyboard.press("r")
    assert at_desk.url.endswith("#rules")

    at_desk.keyboard.press("F2")
    expect(at_desk.locator("#scan-input")).to_be_focused()


def test_a_number_typed_anywhere_goes_to_the_scan_box(
    at_desk: Page, desk: Desk
) -> None:
    at_desk.evaluate("document.activeElement.blur()")

    scan(at_desk, "4711")

    expect(at_desk.locator(RESULT)).to_contain_text("Lent 4711")
    assert desk.scans == ["4711"]


def test_the_palette_finds_a_command_and_goes_there(at_desk: Page) -> None:
    at_desk.keyboard.press("Control+k")
    at_desk.keyboard.type("day close")
    expect(at_desk.locator("#palette-list [role=option]")).to_have_count(1)

    at_desk.keyboard.press("Enter")

    expect(at_desk.locator("#palette")).to_be_hidden()
    assert at_desk.url.endswith("#close-the-day")


def test_the_theme_is_remembered_in_a_cookie(at_desk: Page) -> None:
    at_desk.locator("[data-theme-menu] summary").click()
    at_desk.locator("[data-theme-choice=dark]").click()

    assert at_desk.locator("html").get_attribute("data-theme") == "dark"
    cookies = {c.get("name"): c.get("value") for c in at_desk.context.cookies()}
    assert cookies == {"theme": "dark"}


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
@pytest.mark.parametrize("base", ["staff", "public"])
def test_axe_finds_nothing_on_the_pattern_page(
    browser: Browser, desk: Desk, base: str, *, width: int, scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
        bypass_csp=True,  # axe adds its own script to the page
    )
    page = context.new_page()
    page.goto(f"{desk.address}/{base}")
    opening = "document.querySelectorAll('.why, .menu').forEach((d) => d.open = true)"
    page.evaluate(opening)

    violations = Axe().run(page).response["violations"]
    too_wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    context.close()

    assert [found["id"] for found in violations] == []
    assert too_wide <= 0
