"""Every staff page over the demo, as its real servers serve it.

Each opens without an error, asks nothing outside, and axe-core finds nothing: on a
screen and on a phone, in light and in dark.
"""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import URLPattern
from playwright.sync_api import Browser, BrowserContext, Page

from kortisto.interfaces.cli.demo.accounts import SECOND_FACTOR
from kortisto.interfaces.staff.urls import urlpatterns
from kortisto.testing.browser import chromium
from kortisto.testing.servers import Server, running

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASSWORD: Final = "ulpukka-kukkii-lammella"
LEAVES: Final = {"log_out", "end_own_sessions"}
FILES: Final = {"import_rejects", "export_file", "import_job", "export_job"}
"""What only an import or an export that has been asked for has."""

METHOD_NOT_ALLOWED: Final = 405
SAMPLES: Final = {
    "patron_id": "SELECT patron_id FROM loan WHERE returned_at IS NULL LIMIT 1",
    "loan_id": "SELECT id FROM loan WHERE returned_at IS NULL LIMIT 1",
    "record_id": "SELECT record_id FROM item GROUP BY 1 ORDER BY COUNT(*) DESC LIMIT 1",
    "item_id": "SELECT item_id FROM loan WHERE returned_at IS NULL LIMIT 1",
    "restriction_id": "SELECT id FROM restriction LIMIT 1",
    "number": "SELECT MAX(number) FROM rule_version",
    "unit_id": "SELECT id FROM unit WHERE code = 'MLI'",
    "job_id": "SELECT id FROM job LIMIT 1",
    "batch_id": "SELECT id FROM import_batch LIMIT 1",
    "staff_id": "SELECT id FROM staff LIMIT 1",
    "role_id": "SELECT id FROM role LIMIT 1",
    "grant_id": "SELECT id FROM role_grant LIMIT 1",
    "exception_id": "SELECT id FROM calendar_exception LIMIT 1",
    "ban_id": "SELECT id FROM entry_ban LIMIT 1",
    "device_id": "SELECT id FROM door_device LIMIT 1",
    "code": "SELECT code FROM library_group LIMIT 1",
    "year": "SELECT 2026",
    "name": "SELECT name FROM job_schedule LIMIT 1",
    "key": "SELECT 'lending.undo_minutes'",
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a tiny demo, built by the command itself."""
    folder = tmp_path_factory.mktemp("demo")
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("KORTISTO_", "DJANGO_"))
    }
    environment |= {"KORTISTO_DATA_DIR": str(folder)}
    kortisto = Path(sys.executable).with_name("kortisto")
    subprocess.run(
        [str(kortisto), "demo", "--scale", "tiny", "--no-serve"],
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return environment


@pytest.fixture(scope="module")
def server(demo: dict[str, str]) -> Iterator[Server]:
    with running("staff", demo) as started:
        yield started


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def pages(demo: dict[str, str]) -> list[str]:
    """The address of every page; those of things that the demo lacks are left out."""
    database = sqlite3.connect(Path(demo["KORTISTO_DATA_DIR"]) / "kortisto.sqlite3")
    found = []
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern)
        address = str(pattern.pattern)
        samples = {
            name: (database.execute(SAMPLES[name]).fetchone() or [None])[0]
            for name in pattern.pattern.converters
        }
        for name, converter in pattern.pattern.converters.items():
            kind = type(converter).__name__.removesuffix("Converter").lower()
            kind = {"string": "str"}.get(kind, kind)
            address = address.replace(f"<{kind}:{name}>", str(samples[name]))
        if pattern.name not in LEAVES | FILES and None not in samples.values():
            found.append(f"/{address}")
    database.close()
    return found


def log_in(page: Page) -> None:
    page.goto("/login/")
    page.fill("input[name=username]", "paakayttaja")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/login/code/**")
    page.fill("input[name=code]", pyotp.TOTP(SECOND_FACTOR).now())
    page.press("input[name=code]", "Enter")
    page.wait_for_url(lambda url: "/login/" not in url)
    if "/workplace/" in page.url:
        page.click("form:has(select) button[type=submit]")
        page.wait_for_url(lambda url: "/workplace/" not in url)


def look_at(context: BrowserContext, addresses: list[str]) -> dict[str, list[str]]:
    """What is wrong with each page; pages that only take a POST are left out."""
    wrong: dict[str, list[str]] = {}
    page = context.new_page()
    axe = Axe()
    for address in addresses:
        answer = context.request.get(address)
        if answer.status == METHOD_NOT_ALLOWED:
            continue
        faults = [] if answer.ok else [f"answered {answer.status}"]
        if "<html" in answer.text():
            page.goto(address)
            found = axe.run(page).response["violations"]
            faults += [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]
        if faults:
            wrong[address] = faults
    return wrong


@pytest.mark.parametrize(
    ("width", "scheme"), [(1280, "light"), (390, "dark")], ids=["screen", "phone"]
)
def test_every_staff_page_opens_and_axe_finds_nothing(
    demo: dict[str, str], server: Server, browser: Browser, width: int, scheme: str
) -> None:
    base = f"http://localhost:{server.port}"
    context = browser.new_context(
        base_url=base,
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
        bypass_csp=True,  # for axe's own script
        locale="fi-FI",
    )
    outside: list[str] = []
    context.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((base, "data:"))
            else outside.append(request.url)
        ),
    )
    page = context.new_page()
    if (width, scheme) == (1280, "light"):
        log_in(page)
        context.storage_state(path=Path(demo["KORTISTO_DATA_DIR"]) / "state.json")
    else:
        state = Path(demo["KORTISTO_DATA_DIR"]) / "state.json"
        import json

        context.add_cookies(json.loads(state.read_text())["cookies"])
    assert look_at(context, pages(demo)) == {}
    assert outside == []
