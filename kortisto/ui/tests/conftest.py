"""A desk with a browser in front of it."""

import os
import shutil
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from kortisto.ui.tests.desk import Desk, serve

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which(os.environ.get("KORTISTO_BROWSER", "chromium"))
    if path is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield running
        running.close()


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    server = serve(made)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def at_desk(browser: Browser, desk: Desk) -> Iterator[Page]:
    """The staff page in a browser; an error of its scripts fails the test."""
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{desk.address}/staff")
    yield page
    context.close()
    assert errors == []
