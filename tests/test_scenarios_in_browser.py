"""What the libraries tick off: acceptance scenarios 1, 2, 17 and 18, by their pages.

(REQUIREMENTS section 6; the door of 19 is in test_doors.py.)
"""

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from threading import Lock
from urllib.parse import urlsplit

import pytest
from dateutil.relativedelta import relativedelta
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from kortisto.core.models import LoggedEvent
from kortisto.domain.entry.actions.deciding import decide_entry, door_actor
from kortisto.domain.entry.actions.terms import accept_terms, newest_terms
from kortisto.domain.entry.settings import MIN_AGE
from kortisto.domain.entry.tests.place import decided, door_at, open_library
from kortisto.domain.org.models import Workstation
from kortisto.domain.org.settings import ONLY_WORKSTATIONS
from kortisto.domain.patrons.actions.erasures import erase_due
from kortisto.domain.patrons.actions.viewing import view_patron
from kortisto.domain.patrons.models import Erasure, Patron
from kortisto.domain.patrons.records import record_of
from kortisto.domain.patrons.rules import Tick
from kortisto.domain.patrons.vault import vault
from kortisto.interfaces.staff.tests.people import PASSWORD, make_staff
from kortisto.testing.browser import chromium
from kortisto.testing.builders import (
    HELSINKI,
    card_of,
    chief,
    make_category,
    make_consortium,
    make_library,
    make_patron,
)
from kortisto.testing.identity_codes import code_of
from kortisto.testing.identity_vault import MemoryVault

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CARD, PIN = "0050001", "2749"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


class OneAtATime:
    """Answers one request after another, though a page asks several things at once.

    In tests on SQLite every thread shares one connection.
    """

    turn = Lock()

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with self.turn:
            return self.get_response(request)


@pytest.fixture
def site(settings: Settings, transactional_db: None) -> Iterator[LiveServer]:
    """A server of its own for each test: it reads the settings when it starts."""
    del transactional_db
    first = f"{__name__}.{OneAtATime.__name__}"
    settings.MIDDLEWARE = [first, *settings.MIDDLEWARE]
    server = LiveServer("localhost")
    yield server
    server.stop()


@pytest.fixture
def window(
    browser: Browser, site: LiveServer
) -> Iterator[Callable[[], BrowserContext]]:
    """A computer of its own, each time; an error of a script fails the test."""
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
    """Somebody at work who may do everything."""
    make_library()
    make_staff("aino", library=make_consortium())
    made = window().new_page()
    log_in(made, "aino")
    return made


@pytest.fixture
def store() -> Iterator[MemoryVault]:
    vault.cache_clear()
    made = vault()
    assert isinstance(made, MemoryVault)
    yield made
    vault.cache_clear()


def log_in(page: Page, username: str) -> None:
    page.goto("/login/")
    page.fill("#id_username", username)
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")
    page.wait_for_url("**/workplace/**")
    page.click("form:has(select) button[type=submit]")
    expect(page.locator("#scan-input")).to_be_focused()


def fill(page: Page, **values: str) -> None:
    for name, value in values.items():
        page.fill(f"[name={name}]", value)


def save(page: Page) -> None:
    """Once the page has all its answers."""
    page.wait_for_load_state("networkidle")
    page.click("#save")
    page.wait_for_load_state("networkidle")


def categories() -> None:
    make_category("HENKILO", min_age=18)
    make_category(
        "LAPSI",
        kind="dependant",
        max_age=17,
        may_have_guardian=True,
        needs_guardian=True,
    )


# --- 1: a child with a guardian, from the desk to the door ---------------------------


def test_a_child_is_registered_with_a_guardian_whose_no_shuts_the_door_until_16(
    page: Page, store: MemoryVault
) -> None:
    library = open_library()
    decided(library, MIN_AGE, 7)
    categories()
    today = timezone.localdate()
    born_on = today - relativedelta(years=7, months=3)
    register_child(page, born_on)

    child = Patron.objects.get(first_names="Eero")
    record = record_of(child.pk, today=today)
    (link,) = record.guardians
    assert link.guardian is not None
    assert (link.guardian.surname, link.gets_bills) == ("Lahti", True)
    assert store.rows[child.identity_key or ""].confirmed
    assert store.rows[link.guardian.identity_key or ""].confirmed
    assert code_of(born_on) not in page.content()

    send_texts_to_the_guardians_second_phone(page, child)
    child.refresh_from_db()
    assert child.number_for_sms == "+358507654321"
    assert Tick("hold-ready", "sms") in record_of(child.pk, today=today).ticks

    accept_terms(child.pk, newest_terms(), by=chief(), now=timezone.now())
    assert at_the_door(today + timedelta(days=1)) == "granted"
    page.goto(f"/patrons/{child.pk}/entry/")
    page.select_option("[name=answer]", "no")
    page.click("section:has(#word) button[type=submit]")
    expect(page.locator("section:has(#word) p").first).to_contain_text("No")

    assert at_the_door(today + timedelta(days=2)) == "guardian-refused"
    sixteen = born_on + relativedelta(years=16)
    Patron.objects.filter(pk=child.pk).update(expires_on=sixteen)
    would_open(page, child, sixteen - timedelta(days=1), says="guardian-refused")
    would_open(page, child, sixteen, says="The door opens")


def register_child(page: Page, born_on: date) -> None:
    """As at the desk: the card, the code, the guardian beside, one save."""
    page.goto("/patrons/new/")
    fill(page, card_number=CARD)
    page.select_option("[name=category]", "LAPSI")
    fill(page, identity_code=code_of(born_on))
    page.press("[name=identity_code]", "Enter")
    expect(page.locator("#told-of-patron [data-identity=good]")).to_be_attached()
    expect(page.locator("[name=born_on]")).not_to_have_value("")
    fill(page, surname="Lahti", first_names="Eero", pin=PIN)
    page.check("[name=guardian_how][value=beside]")
    fill(page, guardian_identity_code=code_of(date(1988, 5, 1)))
    page.press("[name=guardian_identity_code]", "Enter")
    expect(page.locator("#told-of-guardian [data-identity=good]")).to_be_attached()
    fill(
        page,
        guardian_surname="Lahti",
        guardian_first_names="Sanna",
        guardian_card_number="0050002",
        guardian_phone="040 1234567",
    )
    save(page)
    expect(page.locator("h1")).to_contain_text("Lahti, Eero")


def send_texts_to_the_guardians_second_phone(page: Page, child: Patron) -> None:
    page.goto(f"/patrons/{child.pk}/messages/")
    fill(page, sms_number="050 7654321")
    tick = page.locator("[name=tick][value='hold-ready:sms']")
    expect(tick).to_be_enabled()
    tick.check()
    page.press("[name=sms_number]", "Enter")
    expect(page.locator("h1")).to_contain_text("Lahti, Eero")
    page.wait_for_url(f"**/patrons/{child.pk}/")


def at_the_door(day: date) -> str:
    """What the door says to the child's card in the morning of a day."""
    door, now = door_at(), datetime.combine(day, time(7, 30), tzinfo=HELSINKI)
    key, by = f"{now:%Y%m%d}", door_actor(door)
    outcome = decide_entry(CARD, PIN, door=door, key=key, by=by, now=now)
    return outcome.decision.code


def would_open(page: Page, child: Patron, day: date, *, says: str) -> None:
    """Staff ask the page whether the door would open then, and why not."""
    asked = f"library={make_library().pk}&at={day.isoformat()}T07:30"
    page.goto(f"/patrons/{child.pk}/entry/?{asked}")
    expect(page.locator("section:has(#ask)")).to_contain_text(says)


# --- 2: a newborn, somebody of 101 years, and a plus ----------------------------------


def test_a_newborn_and_somebody_of_101_get_keys_and_a_plus_is_questioned(
    page: Page, store: MemoryVault
) -> None:
    categories()
    make_patron(card="0060000", surname="Lahti", first_names="Sanna")
    today = timezone.localdate()
    old = today - relativedelta(years=101)

    page.goto("/patrons/new/")
    page.select_option("[name=category]", "LAPSI")
    type_code(page, code_of(today))
    expect(page.locator("#told-of-patron [data-identity=good]")).to_be_attached()
    page.fill("#guardian-search", "lahti")
    page.click("[data-pick]")
    expect(page.locator("#guardian-picked [data-picked]")).to_be_visible()
    save_as(page, "Vauva", "0060001")

    page.goto("/patrons/new/")
    type_code(page, code_of(old))
    expect(page.locator("#told-of-patron [data-identity=good]")).to_be_attached()
    save_as(page, "Vanhus", "0060002")

    page.goto("/patrons/new/")
    type_code(page, code_of(old - relativedelta(years=100), sign="+"))
    expect(page.locator("#told-of-patron [data-identity=asks]")).to_be_visible()
    expect(page.locator("#save")).to_be_disabled()

    kept = {one.first_names: one for one in Patron.objects.exclude(identity_key=None)}
    assert {name: one.born_on for name, one in kept.items()} == {
        "Vauva": today,
        "Vanhus": old,
    }
    assert set(store.rows) >= {one.identity_key for one in kept.values()}
    assert not Patron.objects.filter(born_on__year__lt=1900).exists()


def type_code(page: Page, code: str) -> None:
    fill(page, identity_code=code)
    page.press("[name=identity_code]", "Enter")


def save_as(page: Page, first_names: str, card: str) -> None:
    fill(page, card_number=card, surname="Lahti", first_names=first_names)
    save(page)
    expect(page.locator("h1")).to_contain_text(f"Lahti, {first_names}")


# --- 17: who looked, everything as a file, the erasure ------------------------------


def test_who_looked_in_may_is_told_the_data_given_and_the_patron_erased(
    page: Page, tmp_path: Path
) -> None:
    patron, other = make_patron(surname="Kysyjä"), make_patron(surname="Muu")
    in_may = datetime(2026, 5, 20, 12, 0, tzinfo=HELSINKI)
    for whom, at in (
        (patron, in_may),
        (patron, in_may + timedelta(days=30)),
        (other, in_may),
    ):
        view_patron(whom.pk, by=chief(make_library("SVL")), now=at, page="patron")

    page.goto("/audit/")
    fill(page, card=card_of(patron), since="2026-05-01", until="2026-05-31")
    page.select_option("[name=kind]", "looks")
    page.press("[name=card]", "Enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("20.5.2026")
    expect(page.locator("tbody tr")).to_contain_text("SVL")

    page.goto(f"/patrons/{patron.pk}/data/")
    with page.expect_download() as download:
        page.click("button[value=json]")
    download.value.save_as(tmp_path / "data.json")
    told = json.loads((tmp_path / "data.json").read_text())
    assert "Kysyjä" in str(told)
    assert "Muu" not in str(told)
    assert LoggedEvent.objects.filter(kind="PatronDataGathered").count() == 1

    page.goto(f"/patrons/{patron.pk}/erasing/")
    page.click("form[action$='/erasing/ask/'] button")
    expect(page.locator("#main")).to_contain_text("is erased in the night after")
    last_day = Erasure.objects.get(patron_id=patron.pk).erase_on
    night = datetime.combine(last_day + timedelta(days=1), time(3), tzinfo=HELSINKI)
    erase_due(by=chief(), now=night)

    answer = page.goto(f"/patrons/{patron.pk}/")
    assert answer is not None
    assert answer.status == 404
    assert not Patron.objects.filter(pk=patron.pk).exists()
    assert Patron.objects.filter(pk=other.pk).exists()


# --- 18: a stolen workstation ---------------------------------------------------------


def test_a_stolen_workstation_is_dead_at_once_and_another_works_on(
    page: Page, window: Callable[[], BrowserContext]
) -> None:
    make_staff("eero", library=make_library())
    stolen, kept = window().new_page(), window().new_page()
    code = add_workstation(page, "LT-204")
    enrol(page, add_workstation(page, "LT-001"))
    enrol(stolen, code)
    enrol(kept, add_workstation(page, "LT-205"))
    decided(make_library(), ONLY_WORKSTATIONS, value=True)
    decided(make_consortium(), ONLY_WORKSTATIONS, value=True)
    make_staff("anni", library=make_library())
    log_in(stolen, "eero")
    log_in(kept, "anni")

    row = Workstation.objects.get(label="LT-204")
    page.goto(f"/workstations/{row.pk}/")
    expect(page.locator("section:has(#uses)")).to_contain_text("eero")
    page.on("dialog", lambda dialog: dialog.accept())
    page.click("button[value=stolen]")
    expect(page.locator("#main")).to_contain_text("sessions of 1 account have ended")

    for address in ("/", "/patrons/", "/login/"):  # at the very next request
        stolen.goto(address)
        assert urlsplit(stolen.url).path == "/workstation/"
    type_enrolment(stolen, code)
    expect(stolen.locator("#main, main")).not_to_contain_text("is enrolled")
    kept.goto("/patrons/")
    assert urlsplit(kept.url).path == "/patrons/"


def add_workstation(page: Page, label: str) -> str:
    """The administrator adds it, and reads the code from the screen."""
    page.goto("/workstations/")
    page.select_option("[name=unit]", str(make_library().pk))
    fill(page, label=label)
    page.press("[name=label]", "Enter")
    shown = page.locator("code.secret")
    expect(shown).to_be_visible()
    return shown.inner_text()


def enrol(page: Page, code: str) -> None:
    type_enrolment(page, code)
    expect(page.locator("main")).to_contain_text("This computer is enrolled")


def type_enrolment(page: Page, code: str) -> None:
    page.goto("/workstation/")
    fill(page, code=code)
    page.press("[name=code]", "Enter")
