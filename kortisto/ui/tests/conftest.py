"""A desk with a browser in front of it."""

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from kortisto.testing.browser import chromium, window
from kortisto.ui.tests.desk import Desk, serve


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


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
    """The staff page in a browser."""
    with window(browser, desk.address) as page:
        page.goto("/staff")
        yield page
