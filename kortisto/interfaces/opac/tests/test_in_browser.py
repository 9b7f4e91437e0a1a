"""Public pages in a browser: by keyboard, on narrow screens, nothing asked outside."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, Page, Route
from pytest_django.live_server_helper import LiveServer

from kortisto.domain.holds.models import Hold
from kortisto.interfaces.opac.tests.shelf import PIN, lent, on_the_shelf, somebody
from kortisto.testing.browser import chromium
from kortisto.testing.builders import card_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OPEN = (
    "/",
    "/search/?q=sinuhe",
    "/search/?q=olematon",
    "/libraries/",
    "/about/",
    "/register/",
    "/pin/forgotten/",
)
OWN = (
    "/account/",
    "/account/charges/",
    "/account/history/",
    "/account/family/",
    "/account/messages/",
    "/account/details/",
    "/account/details/contact/",
    "/account/details/hold-identifier/",
    "/account/details/pin/",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def site(public_site: None, transactional_db: None) -> Iterator[LiveServer]:
    """A server of its own for each test: it reads the settings when it starts."""
    del public_site, transactional_db
    server = LiveServer("localhost")
    yield server
    server.stop()


@pytest.fixture
def screen(browser: Browser, site: LiveServer) -> Iterator[Page]:
    """A window; an error of a script, or a request to another site, fails."""
    context = browser.new_context(
        base_url=site.url, locale="en", reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    errors: list[str] = []
    outside: list[str] = []

    def let_in(route: Route) -> None:
        if route.request.url.startswith((site.url, "data:")):
            route.continue_()
        else:
            outside.append(route.request.url)
            route.abort()

    page.route("**/*", let_in)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []
    assert outside == []


def found_by_axe(page: Page) -> list[str]:
    violations = Axe().run(page).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in violations]


def log_in_by_keyboard(screen: Page, card: str) -> None:
    screen.goto("/login/")
    screen.locator("#id_card").focus()
    screen.keyboard.type(card)
    screen.keyboard.press("Tab")
    screen.keyboard.type(PIN)
    screen.keyboard.press("Enter")
    screen.wait_for_url("**/account/")


@pytest.mark.parametrize("width", [360, 640])
def test_no_page_is_wider_than_the_screen(screen: Page, width: int) -> None:
    """640 points are a page of 1280 at 200 %."""
    item, patron = on_the_shelf(), somebody()
    lent(patron)
    screen.set_viewport_size({"width": width, "height": 800})
    log_in_by_keyboard(screen, card_of(patron))
    for address in (*OPEN, *OWN, f"/record/{item.record_id}/"):
        screen.goto(address)
        wider = screen.evaluate(
            "document.documentElement.scrollWidth"
            " - document.documentElement.clientWidth"
        )
        assert wider <= 0, address


def test_a_limit_is_chosen_by_keyboard_and_the_focus_stays(screen: Page) -> None:
    on_the_shelf()
    screen.goto("/search/?q=sinuhe")
    link = screen.locator(".facet a", has_text="Finnish").first
    name = link.get_attribute("id")
    link.focus()
    screen.keyboard.press("Enter")
    screen.wait_for_url("**language=fin**")
    screen.locator(".chip", has_text="Finnish").wait_for()

    assert screen.evaluate("document.activeElement.id") == name
    assert "q=sinuhe" in screen.url


def test_a_suggestion_is_chosen_with_the_arrow(screen: Page) -> None:
    on_the_shelf()
    screen.goto("/")
    screen.locator("#search-input").press_sequentially("sinu")
    screen.locator("[role=option]").first.wait_for()
    screen.keyboard.press("ArrowDown")
    screen.keyboard.press("Enter")

    screen.wait_for_url("**/search/?q=Sinuhe**")
    assert screen.locator(".result h2").first.inner_text() == "Sinuhe egyptiläinen"


def test_a_title_is_found_opened_and_reserved(screen: Page) -> None:
    """By clicks all the way, through the log-in and back to where one was."""
    on_the_shelf()
    patron = somebody()
    screen.goto("/search/?q=sinuhe")
    screen.get_by_role("link", name="Sinuhe egyptiläinen").first.click()
    screen.get_by_role("heading", name="Sinuhe egyptiläinen").wait_for()
    screen.go_back()
    screen.locator(".result").get_by_role("link", name="Reserve").click()
    screen.locator("#id_card").fill(card_of(patron))
    screen.locator("#id_pin").fill(PIN)
    screen.keyboard.press("Enter")
    screen.locator("main").get_by_role("button", name="Reserve").click()
    screen.get_by_text("You have reserved Sinuhe egyptiläinen.").wait_for()

    assert Hold.objects.get().patron == patron


def test_a_loan_is_renewed_and_why_opens(screen: Page) -> None:
    patron = somebody()
    lent(patron, now=timezone.now() - timedelta(days=10))
    log_in_by_keyboard(screen, card_of(patron))
    screen.locator(".loan-renew button").click()
    screen.get_by_text("Renewed. New due date").wait_for()
    screen.wait_for_load_state("networkidle")
    screen.locator(".loan .why > summary").click()
    screen.get_by_text("So it is due on").wait_for()

    assert found_by_axe(screen) == []


def test_what_is_typed_can_be_seen(screen: Page) -> None:
    screen.goto("/login/")
    screen.locator("#id_pin").fill("4826")
    screen.get_by_label("Show what I type").check()

    assert screen.locator("#id_pin").get_attribute("type") == "text"


def test_a_hold_identifier_is_checked_while_it_is_typed(screen: Page) -> None:
    somebody(hold_identifier="Kuukkeli 7")
    log_in_by_keyboard(screen, card_of(somebody()))
    screen.goto("/account/details/hold-identifier/")
    field = screen.locator("#id_hold_identifier")
    field.press_sequentially("kuukkeli7")
    screen.locator("#hold-check", has_text="Somebody else has this").wait_for()
    field.press_sequentially("8")
    screen.locator("#hold-check", has_text="kuukkeli78 is free").wait_for()

    assert screen.evaluate("document.activeElement.id") == "id_hold_identifier"
    assert screen.locator("#hold-check").get_attribute("role") == "status"
    assert found_by_axe(screen) == []


def test_what_is_wrong_is_read_first_and_leads_to_its_field(screen: Page) -> None:
    log_in_by_keyboard(screen, card_of(somebody()))
    screen.goto("/account/details/contact/")
    screen.locator("#id_phone").fill("ei")
    screen.keyboard.press("Enter")
    screen.locator(".error-summary").wait_for()

    assert screen.title().startswith("Not saved")
    screen.locator(".error-summary:focus").wait_for()
    assert found_by_axe(screen) == []
    screen.locator(".error-summary a").first.click()
    screen.locator("#id_phone:focus").wait_for()
    assert screen.locator("#id_phone").get_attribute("aria-invalid") == "true"


def test_messages_are_chosen_by_keyboard_on_a_phone(screen: Page) -> None:
    screen.set_viewport_size({"width": 390, "height": 800})
    log_in_by_keyboard(screen, card_of(somebody(email="aino@posti.example")))
    screen.goto("/account/messages/")
    screen.locator("#advance-email").focus()
    screen.keyboard.press("Space")
    screen.keyboard.press("Enter")
    screen.locator(".messages").wait_for()

    assert screen.locator("#advance-email").is_checked()
    assert "Your messages will come" in screen.locator(".messages").inner_text()
    assert found_by_axe(screen) == []
