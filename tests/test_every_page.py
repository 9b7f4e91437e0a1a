"""Every page of both sites over the demo, as its real servers serve it.

Each opens without an error, asks nothing outside and is not wider than the screen, and
axe-core finds nothing on it: in light and in dark, on a screen and on a phone. So do
the pages that say no, and those before the log-in.
"""

import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import pyotp
import pytest
from playwright.sync_api import Browser, Page

from kortisto.interfaces.cli.demo.accounts import PASSWORD, SECOND_FACTOR
from kortisto.testing.axe import faults_of
from kortisto.testing.browser import chromium
from kortisto.testing.servers import running
from tests.walk import (
    ALSO,
    BEFORE_LOG_IN,
    LEADS_ON,
    OPAC,
    OTHER_PLACES,
    QUERIES,
    STAFF,
    addresses,
    samples_of,
    unfilled,
)

CHIEF: Final = "paakayttaja"
CLERK: Final = "ristiina"  # lends in one library, and may not do much else
OK, ODD, NOT_PERMITTED, NOT_FOUND, NOT_ALLOWED = 200, 400, 403, 404, 405
REFUSED, GONE, WRONG, BROKEN = 409, 410, 422, 500

SEND: Final = """([address, values]) => {
  const form = document.createElement("form");
  form.method = "post";
  form.action = address;
  for (const [name, value] of Object.entries(values)) {
    const field = document.createElement("textarea");
    field.name = name;
    field.value = value;
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}"""
SHOW: Final = """part => {
  document.querySelector("main").insertAdjacentHTML("beforeend", part);
}"""
PLACE: Final = re.compile(r"\{\w+\}|%\(\w+\)s")
"""A named place of a sentence, which a page must have filled."""
ABOUT_PLACES: Final = "/message-texts/"  # its texts have places, and it says so

TOKEN: Final = "document.querySelector('meta[name=csrf-token]').content"


def test_every_page_is_walked() -> None:
    """A page that is new: fill its place in tests/walk.py, or on its stage."""
    names = {str(one.name) for one in (*STAFF, *OPAC)}
    told = {
        *QUERIES,
        *ALSO,
        *BEFORE_LOG_IN,
        *LEADS_ON,
        *(name for name, _ in OTHER_PLACES),
    }

    assert unfilled(STAFF) | unfilled(OPAC) == set()
    assert told - names == set()


@dataclass
class Walker:
    """A browser window on one site, and what is wrong with the pages it has seen."""

    page: Page
    base: str
    samples: Mapping[str, Any]
    wrong: dict[str, list[str]] = field(default_factory=dict)

    def look(self, name: str, *faults: str) -> None:
        text = "" if ABOUT_PLACES in name else self.page.inner_text("body")
        empty = [f"says {place}" for place in PLACE.findall(text)]
        found = [*faults, *empty, *faults_of(self.page)]
        if found:
            self.wrong[name] = found

    def open(self, address: str, *, status: int = OK) -> None:
        """Go to a page, which answers like this, and look at it."""
        answer = self.page.goto(address)
        assert answer is not None
        told = [f"answered {answer.status}"] if answer.status != status else []
        self.look(address, *told)

    def send(
        self, address: str, *, status: int, token: bool = True, **values: str
    ) -> None:
        """Send a form from the page that is open, and look at the answer."""
        told = {**values, "csrfmiddlewaretoken": self.page.evaluate(TOKEN)}
        if not token:
            del told["csrfmiddlewaretoken"]
        with self.page.expect_navigation() as navigation:
            self.page.evaluate(SEND, [address, told])
        answered = navigation.value.status
        told_of = [f"answered {answered}"] if answered != status else []
        self.look(f"POST {address} ({status})", *told_of)

    def walk(self, name: str, address: str) -> None:
        """A page, a part of one, a file, or what only takes a POST."""
        answer = self.page.context.request.get(address, max_redirects=0)
        kind = answer.headers.get("content-type", "")
        if answer.status == NOT_ALLOWED or name in LEADS_ON:
            return
        if answer.status != OK:
            self.wrong[address] = [f"{name} answered {answer.status}"]
        elif "html" in kind and "<html" in answer.text():
            self.open(address)
        elif "html" in kind:
            self.page.goto("/about/" if name in NAMES_OF_OPAC else "/workplace/")
            self.page.evaluate(SHOW, answer.text())
            self.look(address)


NAMES_OF_OPAC: Final = {str(one.name) for one in OPAC}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def environment(folder: Path) -> dict[str, str]:
    """The environment of a tiny demo, built by the command itself."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("KORTISTO_", "DJANGO_"))
    }
    made = {**inherited, "KORTISTO_DATA_DIR": str(folder)}
    kortisto = str(Path(sys.executable).with_name("kortisto"))
    build = [kortisto, "demo", "--scale", "tiny", "--no-serve"]
    subprocess.run(build, env=made, check=True, stdout=subprocess.DEVNULL)
    return made


@pytest.fixture(scope="module")
def samples(folder: Path, environment: dict[str, str]) -> dict[str, Any]:
    told = subprocess.run(
        [sys.executable, "-m", "tests.walk_stage"],
        env={
            **environment,
            "DJANGO_SETTINGS_MODULE": "kortisto.config.settings.worker",
        },
        cwd=Path(__file__).parents[1],
        check=True,
        capture_output=True,
    ).stdout
    return samples_of(folder, json.loads(told))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@contextmanager
def walking(
    browser: Browser,
    site: Literal["staff", "public"],
    environment: dict[str, str],
    samples: Mapping[str, Any],
) -> Iterator[Walker]:
    """A window on a site of its own; a script's error or a request outside fails."""
    with running(site, environment) as server:
        base = f"http://localhost:{server.port}"
        context = browser.new_context(
            base_url=base,
            reduced_motion="reduce",
            bypass_csp=True,  # for axe's own script
            locale="fi-FI",
        )
        page = context.new_page()
        unwanted: list[str] = []
        page.on("pageerror", lambda error: unwanted.append(str(error)))
        page.on("request", lambda asked: unwanted.append(asked.url))
        yield Walker(page, base, samples)
        context.close()
    own = (base, "data:", "blob:")
    assert [one for one in unwanted if not one.startswith(own)] == []


def reserve_as_somebody_who_may(walker: Walker) -> None:
    """The form of reserving, what is wrong with it, and the hold that it makes."""
    reserving = f"/record/{walker.samples['popular_id']}/reserve/"
    walker.page.goto(f"/login/?next={reserving}")
    fill_in(walker.page, card=walker.samples["reader_card"], pin=walker.samples["pin"])
    walker.page.wait_for_url(f"**{reserving}")
    walker.look("the form of reserving")
    walker.send(reserving, status=WRONG, pickup="0", expires_on="2020-01-01")
    walker.page.goto(reserving)
    walker.page.click("main button[type=submit]")
    walker.page.wait_for_url("**/account/holds/**")
    walker.look("a hold that was just placed")
    [placed] = re.findall(r"/holds/(\d+)/", walker.page.url)
    walker.open("/account/holds/")
    changing = "/account/holds/change/"
    walker.send(changing, status=WRONG, hold=placed, do="suspend", until="1.1.2020")
    walker.open("/account/holds/")
    walker.send("/account/holds/cancel/", status=OK, hold=placed)
    walker.page.click("main button[name=sure]")
    walker.page.wait_for_url("**/account/holds/")
    walker.look("a hold that was just cancelled")


def fill_in(page: Page, **values: str) -> None:
    """Fill in the fields of the form on the page, and send it."""
    for name, value in values.items():
        page.fill(f"[name={name}]", value)
    page.press(f"[name={name}]", "Enter")


def log_in(page: Page, username: str) -> None:
    """As far as the code, or to work."""
    page.goto("/login/")
    fill_in(page, username=username, password=PASSWORD)
    page.wait_for_url(lambda url: not url.endswith("/login/"))


def to_work(page: Page) -> None:
    page.click("form:has(select) button[type=submit]")
    page.wait_for_url(lambda url: "/workplace/" not in url)


def to_work_as_chief(walker: Walker) -> None:
    log_in(walker.page, CHIEF)
    walker.look("the code at the log-in")
    fill_in(walker.page, code=pyotp.TOTP(SECOND_FACTOR).now())
    walker.page.wait_for_url("**/workplace/**")
    walker.look("the choice of the working library")
    to_work(walker.page)


def serve(walker: Walker) -> None:
    """Somebody stands at the desk, with one item lent and another one refused."""
    page, told = walker.page, walker.samples
    page.goto("/")
    for text in (told["card"], told["free"], told["overdue"]):
        page.fill("#scan-input", text)
        page.press("#scan-input", "Enter")
        page.wait_for_load_state("networkidle")
    walker.look("the desk with a patron")


@pytest.mark.browser
@pytest.mark.slow
def test_axe_finds_nothing_on_any_staff_page(
    browser: Browser,
    folder: Path,
    environment: dict[str, str],
    samples: dict[str, Any],
) -> None:
    with walking(browser, "staff", environment, samples) as walker:
        walker.open("/login/")
        log_in(walker.page, samples["newcomer"])
        walker.look("the enrolment")
        to_work_as_chief(walker)
        serve(walker)
        for name, address in addresses(STAFF, samples):
            walker.walk(name, address)
        send_forms(walker)
        send_forms_of_holds(walker)
        send_forms_of_stock(walker)
        be_refused(walker, folder)

        assert walker.wrong == {}, json.dumps(walker.wrong, indent=1)


def send_forms_of_holds(walker: Walker) -> None:
    """What stands only in the answer to a form about holds."""
    told = walker.samples
    patron, hold = str(told["patron_id"]), f"/holds/{told['hold_id']}/"
    new = f"/titles/{told['record_id']}/hold/"
    barcodes = f"{told['overdue']}\nolematon"
    walker.send(f"/patrons/{patron}/holds/", status=OK, what="cancel", all="yes")
    library = str(told["unit_id"])
    walker.send(new, status=REFUSED, patron=patron, pickup=library)
    walker.send(new, status=WRONG, patron=patron, pickup="")
    walker.send(hold, status=WRONG, expires_on="")
    walker.send(f"{hold}move/", status=WRONG, place="99", why="x")
    several = f"/patrons/{patron}/holds/several/?title={told['held_id']}"
    several += f"&title={told['edition_id']}"
    walker.send(several, status=REFUSED, pickup=library, kind="series")
    walker.send(several, status=WRONG, pickup="", kind="first")
    walker.send("/hold-shelf/read/", status=OK, barcodes=barcodes)


def send_forms_of_stock(walker: Walker) -> None:
    """What stands only in the answer to a form about where items stand."""
    told = walker.samples
    other, barcodes = str(told["other_library_id"]), f"{told['free']}\nolematon"
    walker.send("/transfers/", status=OK, destination=other, barcodes=barcodes)
    for address in ("/transfers/", "/transfers/limits/", "/floating/limits/"):
        walker.send(address, status=WRONG, collection="x")
    walker.send("/floating/try/", status=WRONG, first="eilen")
    walker.send("/rotating/new/", status=WRONG, name="")
    walker.send(f"/rotating/{told['rotating_id']}/day/", status=WRONG, goes_on="")


def send_forms(walker: Walker) -> None:
    """What stands only in the answer to a form."""
    told = walker.samples
    patron = f"/patrons/{told['patron_id']}/"
    barcodes = f"{told['overdue']}\nolematon"
    walker.send("/patrons/new/", status=WRONG, surname="")
    for text in ("kävelijä", "olematon"):
        walker.send("/patrons/", status=OK, q=text, match="contains")
        walker.send(f"/patrons/{told['child_id']}/guardians/find/", status=OK, q=text)
    walker.send("/patrons/", status=WRONG, q=" ")
    walker.send("/audit/", status=OK, card=told["card"])
    walker.send("/patrons/by-code/", status=WRONG, code="131052+308T")
    walker.send(f"{patron}identity/", status=WRONG, what="code")
    walker.send(f"/items/{told['item_id']}/edit/", status=WRONG, barcode="")
    library = str(told["unit_id"])
    workstation = f"/workstations/{told['workstation_id']}/"
    walker.send(f"{workstation}code/", status=OK)
    walker.send("/workstation/", status=WRONG, code="olematon")
    walker.send("/staffing/see-as/", status=OK, username=CLERK, at=library)
    walker.send("/staffing/see-as/", status=WRONG, at=library)
    walker.send("/rules/draft/publish/", status=WRONG, starts_on="eilen")
    walker.send(f"{patron}renew/", status=OK, all="yes")
    walker.send(f"{patron}address/", status=WRONG, reason=" ")
    walker.send(f"{patron}address/", status=OK, reason="Lasku")
    walker.send(f"{patron}edit/", status=WRONG, surname="")
    walker.send(f"{patron}card/", status=WRONG, number="")
    walker.send(f"{patron}note/", status=WRONG, text="")
    walker.send(f"{patron}messages/", status=WRONG, tick="due:pigeon")
    walker.send(f"{patron}write/", status=WRONG, text="")
    text = "/message-texts/welcome/fi/"
    walker.send(text, status=WRONG, seen="1", subject="Hei", text="{olematon}")
    walker.send(f"{patron}delete/", status=REFUSED, reason="x")
    walker.send(f"{patron}data/", status=WRONG, form="pdf", staff_words="yes")
    walker.send(f"{patron}restrict/", status=WRONG, kind="")
    walker.send(f"/patrons/{told['child_id']}/guardians/", status=WRONG, name="")
    walker.send(f"{patron}guardians/order/", status=REFUSED, bills_to="x")
    walker.send("/checkin/box/", status=OK, barcodes=barcodes)
    walker.send("/desk/box/", status=OK, card=told["card"], barcodes=barcodes)


def be_refused(walker: Walker, folder: Path) -> None:
    """Pages that say no, and the one for what is broken."""
    walker.open("/nothing/here/", status=NOT_FOUND)
    walker.send(
        f"/rules/{walker.samples['draft']}/roll-back/",
        status=REFUSED,
        starts_on="2040-01-01",
    )
    walker.send("/patrons/new/", status=NOT_PERMITTED, token=False)
    with without_table(folder, "job"):
        walker.open("/jobs/", status=BROKEN)
    walker.page.context.clear_cookies()
    log_in(walker.page, CLERK)
    to_work(walker.page)
    walker.open("/staffing/", status=NOT_PERMITTED)


@contextmanager
def without_table(folder: Path, table: str) -> Iterator[None]:
    """Break the database, and mend it."""
    database = sqlite3.connect(folder / "kortisto.sqlite3", timeout=30)
    database.execute("PRAGMA legacy_alter_table = ON")  # others' keys stay as they are
    database.execute(f"ALTER TABLE {table} RENAME TO gone")
    yield
    database.execute(f"ALTER TABLE gone RENAME TO {table}")
    database.close()


@pytest.mark.browser
@pytest.mark.slow
def test_axe_finds_nothing_on_any_public_page(
    browser: Browser,
    folder: Path,
    environment: dict[str, str],
    samples: dict[str, Any],
) -> None:
    with walking(browser, "public", environment, samples) as walker:
        walker.open("/login/")
        walker.open("/pin/new/", status=GONE)
        walker.open(f"/pin/new/{samples['token']}/")
        walker.send("/pin/new/", status=WRONG, new="1234", again="4321")
        walker.open("/login/?new-pin=yes")
        fill_in(walker.page, card=samples["card"], pin="0000")
        walker.page.wait_for_load_state("load")
        walker.look("a wrong PIN")
        fill_in(walker.page, card=samples["card"], pin=samples["pin"])
        walker.page.wait_for_url("**/account/**")
        for name, address in addresses(OPAC, samples):
            walker.walk(name, address)
        walker.page.goto("/account/details/")
        walker.send("/account/details/pin/", status=WRONG, old="1", new="2", again="3")
        walker.page.goto("/account/details/contact/")
        contact = "/account/details/contact/"
        walker.send(contact, status=WRONG, phone="ei", email="ei", edition="0")
        identifier = "/account/details/hold-identifier/"
        walker.send(identifier, status=WRONG, hold_identifier="é")
        walker.send("/account/messages/", status=WRONG, where="other", tick="due:sms")
        walker.open("/nothing/", status=NOT_FOUND)
        walker.send("/account/renew/", status=NOT_PERMITTED, token=False)
        walker.open("/search/?q=%00", status=ODD)
        walker.open("/record/999999999/", status=NOT_FOUND)
        with without_table(folder, "charge"):
            walker.open("/account/charges/", status=BROKEN)
        walker.page.context.clear_cookies()
        reserve_as_somebody_who_may(walker)

        assert walker.wrong == {}, json.dumps(walker.wrong, indent=1)
