"""Look at a page as its readers do: axe-core in light and in dark, wide and narrow."""

from typing import Any, Final, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

Scheme = Literal["light", "dark"]

SCREEN: Final = (1366, 768)
ENLARGED: Final = (683, 384)
"""The screen at 200 %: WCAG 1.4.10 allows no scrolling to the side."""

PHONE: Final = (390, 844)
LOOKS: Final[tuple[tuple[tuple[int, int], Scheme], ...]] = (
    (SCREEN, "light"),
    (PHONE, "dark"),
)
"""Where axe-core looks: wide and narrow, light and dark, each once."""

AXE: Final[str] = Axe().axe_script
UNFOLD: Final = """() => {
  for (const one of document.querySelectorAll("details:not(.menu)")) one.open = true;
}"""
SETTLE: Final = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  await frame();
  await frame();
  for (const one of document.getAnimations()) one.finish();
}"""
"""A colour that is still changing is no colour to judge."""

RUN: Final = """() => {
  const options = { resultTypes: ["violations"], elementRef: false };
  return axe.run(document, options).then((found) => found.violations);
}"""
WIDER: Final = "document.documentElement.scrollWidth - innerWidth"


def faults_of(page: Page) -> list[str]:
    """What axe-core finds in each look, and looks in which the page is too wide.

    Folded parts are unfolded first, menus are not: they would cover the page.
    """
    page.evaluate(UNFOLD)
    page.evaluate(AXE)
    found: dict[str, None] = {}
    for size, scheme in LOOKS:
        page.emulate_media(color_scheme=scheme)
        found |= dict.fromkeys([*_too_wide(page, size), *_what_axe_finds(page)])
    return [*found, *_too_wide(page, ENLARGED)]


def _too_wide(page: Page, size: tuple[int, int]) -> list[str]:
    """Make the window this large; whether the page then has to be moved sideways."""
    width, height = size
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate(SETTLE)
    over = page.evaluate(WIDER)
    return [f"{over} points wider than a screen of {width}"] if over > 0 else []


def _what_axe_finds(page: Page) -> list[str]:
    """Each broken rule with the first elements that break it; axe must be there."""
    return [
        f"{one['id']}: {node['html'][:200]} {_colours_of(node)}".rstrip()
        for one in page.evaluate(RUN)
        for node in one["nodes"][:3]
    ]


def _colours_of(node: dict[str, Any]) -> str:
    """The two colours and their ratio, when it is these that axe complains of."""
    told = [check.get("data") or {} for check in node["any"]]
    return "; ".join(
        f"{data['fgColor']} on {data['bgColor']}: {data['contrastRatio']}"
        for data in told
        if isinstance(data, dict) and data.get("fgColor")
    )
