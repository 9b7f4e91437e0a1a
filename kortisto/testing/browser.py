"""A real browser for tests: Debian's Chromium, driven by Playwright."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

NAMES: Final = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def path_of_browser() -> str | None:
    """``KORTISTO_BROWSER``, or the first Chromium on the PATH."""
    chosen = os.environ.get("KORTISTO_BROWSER")
    names = (chosen,) if chosen else NAMES
    return next((path for name in names if (path := shutil.which(name))), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running browser; the test is skipped where there is none.

    Playwright runs a loop of its own, in which Django would refuse its database.
    """
    path = path_of_browser()
    if path is None:
        pytest.skip("Chromium is not installed")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "yes")
        running = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield running
        running.close()


@contextmanager
def window(browser: Browser, base_url: str, **options: Any) -> Iterator[Page]:
    """A new window; an error of a script, or a request to another site, fails."""
    context = browser.new_context(
        **{"base_url": base_url, "reduced_motion": "reduce", **options}
    )
    page = context.new_page()
    wrong: list[str] = []
    asked: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    yield page
    context.close()
    own = (base_url, "data:", "blob:")
    assert wrong == []  # noqa: S101
    assert [url for url in asked if not url.startswith(own)] == []  # noqa: S101
