"""Somebody is registered at the desk by keyboard alone, in a real browser.

The card is scanned, the code is typed, the population register fills the rest, the
guardian is registered beside, and one save writes it all. What is taken keeps the form.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from kortisto.domain.patrons.actions.identity import give_identity
from kortisto.domain.patrons.models import FieldChange, MessageChoice, Patron
from kortisto.domain.patrons.population import Address, AddressKind, Person
from kortisto.domain.patrons.queries import patron_by_card
from kortisto.domain.patrons.vault import vault
from kortisto.interfaces.staff import told_of_code
from kortisto.interfaces.staff.tests.people import PASSWORD, make_staff
from kortisto.testing.browser import chromium
from kortisto.testing.builders import MONDAY_NOON, desk, make_category, make_patron
from kortisto.testing.identity_codes import code_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.story,
    pytest.mark.django_db(transaction=True),
]

CARD, GUARDIANS_CARD = "0050001", "0050002"
PARENT_BORN = date(1988, 5, 1)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A new browser window; an error of a script, or a request outside, fails."""
    context = browser.new_context(
        base_url=live_server.url, reduced_motion="reduce", bypass_csp=True
    )
    made = context.new_page()
    wrong: list[str] = []
    made.on("pageerror", lambda error: wrong.append(str(error)))
    made.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((live_server.url, "data:", "blob:"))
            else wrong.append(request.url)
        ),
    )
    yield made
    context.close()
    assert wrong == []


@pytest.fixture(autouse=True)
def _categories_and_a_store() -> Iterator[None]:
    make_category("HENKILO", min_age=18)
    make_category(
        "LAPSI",
        kind="dependant",
        max_age=17,
        may_have_guardian=True,
        needs_guardian=True,
    )
    vault.cache_clear()
    yield
    vault.cache_clear()


@pytest.fixture
def codes(monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """The codes of a child of eight and a parent, whom the register knows."""
    today = timezone.localdate()
    child = code_of(date(today.year - 8, 2, 10), 901, sign="A")
    parent = code_of(PARENT_BORN, 902)
    home = Address(
        kind=AddressKind.PERMANENT,
        street="Porrassalmenkatu 12",
        postal_code="50100",
        city="Mikkeli",
    )
    people = {
        child: Person(code="", surname="Lahti", first_names="Eero", addresses=[home]),
        parent: Person(code="", surname="Lahti", first_names="Sanna", addresses=[home]),
    }

    def ask(code: str, **_told: Any) -> Person | None:
        return people.get(code)

    monkeypatch.setattr(told_of_code, "ask_population_register", ask)
    return child, parent


def enter(page: Page, *texts: str) -> None:
    """What a reader of cards does: the text and Enter, wherever the focus is."""
    for text in texts:
        page.keyboard.type(text)
        page.keyboard.press("Enter")


def tab_to(page: Page, name: str) -> None:
    """On by Tab until a field has the focus, as somebody without a mouse does."""
    for _step in range(60):
        page.keyboard.press("Tab")
        if page.locator(f"[name='{name}']:focus").count():
            return
    pytest.fail(f"no Tab leads to {name}")


def log_in(page: Page) -> None:
    make_staff()
    page.goto("/")
    page.wait_for_selector("#id_username:focus")
    page.keyboard.type("aino")
    page.keyboard.press("Tab")
    enter(page, PASSWORD)
    page.wait_for_selector("#id_place:focus")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#scan-input:focus")


def open_form(page: Page) -> None:
    log_in(page)
    page.goto("/patrons/new/")
    page.wait_for_selector("#id_card_number:focus")


def save(page: Page) -> None:
    expect(page.locator("#save")).to_be_enabled()
    page.keyboard.press("Alt+s")


def test_a_child_and_the_guardian_beside_are_registered_by_keyboard(
    page: Page, codes: tuple[str, str]
) -> None:
    child_code, parent_code = codes
    open_form(page)
    assert Axe().run(page).response["violations"] == []

    enter(page, CARD, child_code)
    expect(page.locator("#id_surname")).to_have_value("Lahti")
    expect(page.locator("#id_street")).to_have_value("Porrassalmenkatu 12")
    expect(page.locator("#id_category")).to_have_value("LAPSI")
    expect(page.locator("#save")).to_be_enabled()

    tab_to(page, "guardian_how")
    page.keyboard.press("ArrowDown")  # registered now as well
    expect(page.locator("#save")).to_be_disabled()
    tab_to(page, "guardian_identity_code")
    enter(page, parent_code)
    expect(page.locator("#id_guardian_first_names")).to_have_value("Sanna")
    tab_to(page, "guardian_card_number")
    page.keyboard.type(GUARDIANS_CARD)
    assert Axe().run(page).response["violations"] == []
    save(page)

    expect(page).to_have_url(re.compile(r"/patrons/[0-9]+/$"))
    expect(page.locator("h1")).to_contain_text("Lahti")
    child = Patron.objects.get(cards__number=CARD)
    (link,) = child.guardians.all()
    assert link.guardian is not None
    assert (child.full_name, link.guardian.first_names) == ("Lahti, Eero", "Sanna")
    assert link.guardian_id == patron_by_card(GUARDIANS_CARD)
    assert (link.guardian.street, link.gets_bills) == ("Porrassalmenkatu 12", True)
    assert None not in {child.identity_key, link.guardian.identity_key}
    told = FieldChange.objects.filter(patron=child, source="population-register")
    assert told.filter(field="street").exists()


def test_a_hold_identifier_that_is_taken_keeps_the_whole_form(page: Page) -> None:
    make_patron(hold_identifier="Kettu")
    open_form(page)
    enter(page, CARD)
    tab_to(page, "skip_reason")
    page.keyboard.type("Ulkomaalainen")
    tab_to(page, "surname")
    enter(page, "Lahti", "Sanna")
    tab_to(page, "born_on")
    page.locator("#id_born_on").fill("1988-05-01")
    tab_to(page, "email")
    page.keyboard.type("sanna@example.fi")
    tab_to(page, "hold_identifier")
    page.keyboard.type(" kettu ")
    save(page)

    expect(page.locator("#id_hold_identifier-error")).to_contain_text("has this hold")
    for name, value in (
        ("card_number", CARD),
        ("skip_reason", "Ulkomaalainen"),
        ("surname", "Lahti"),
        ("first_names", "Sanna"),
        ("born_on", "1988-05-01"),
        ("email", "sanna@example.fi"),
    ):
        expect(page.locator(f"#id_{name}")).to_have_value(value)
    assert patron_by_card(CARD) is None

    page.locator("#id_hold_identifier").focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Repo")
    save(page)

    expect(page.locator("h1")).to_contain_text("Lahti")
    assert Patron.objects.get(cards__number=CARD).hold_identifier == "Repo"


def test_a_message_can_be_ticked_only_while_it_can_come(page: Page) -> None:
    open_form(page)
    enter(page, CARD)
    tab_to(page, "skip_reason")
    page.keyboard.type("Ulkomaalainen")
    tab_to(page, "surname")
    enter(page, "Lahti", "Sanna")
    page.locator("#id_born_on").fill("1988-05-01")
    tab_to(page, "messages")
    page.keyboard.press("ArrowDown")  # as ticked below
    sms = page.locator("[value='due:sms']")
    email = page.locator("[value='due:email']")
    for box in (sms, email, page.locator("[value='due:paper']")):
        expect(box).to_be_disabled()
    expect(page.locator("#why-not-sms")).to_be_visible()

    page.locator("#id_phone").focus()
    page.keyboard.type("0401234567")
    page.locator("#id_email").focus()
    page.keyboard.type("s")
    expect(page.locator("#why-not-sms")).to_be_hidden()
    for box in (sms, email):
        box.focus()
        page.keyboard.press("Space")
        expect(box).to_be_checked()
    page.locator("#id_email").focus()
    page.keyboard.press("Backspace")
    expect(email).to_be_disabled()
    expect(email).not_to_be_checked()
    save(page)

    expect(page.locator("h1")).to_contain_text("Lahti")
    ticks = MessageChoice.objects.filter(patron=patron_by_card(CARD))
    assert list(ticks.values_list("kind", "transport")) == [("due", "sms")]


def test_a_code_in_the_scan_box_opens_its_patron_and_the_browser_keeps_none_of_it(
    page: Page, codes: tuple[str, str]
) -> None:
    _child, code = codes
    patron = make_patron(surname="Lahti", born_on=PARENT_BORN)
    give_identity(patron.pk, code, by=desk(), now=MONDAY_NOON)
    log_in(page)
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))

    enter(page, code)
    expect(page.locator("#main")).to_contain_text("Lahti")
    expect(page.locator("#scan-input")).to_have_value("")
    enter(page, "131052-308X")
    expect(page.locator("#scan-result")).to_contain_text("Check the personal identity")

    kept = page.evaluate(
        "JSON.stringify([localStorage, sessionStorage, history.state])"
    )
    for typed in (code, "131052-308X"):
        assert typed not in kept
        assert typed not in page.content()
        assert not [url for url in addresses if typed in url]


def test_a_code_that_could_not_be_sent_stays_in_the_box_and_on_no_disk(
    page: Page, codes: tuple[str, str]
) -> None:
    log_in(page)
    page.route("**/scan/", lambda route: route.abort())

    enter(page, codes[1])

    expect(page.locator("#scan-input")).to_have_value(codes[1])
    assert codes[1] not in page.evaluate("JSON.stringify(localStorage)")
