"""The icon sprite, read once: each icon is drawn inline, so it needs no request."""

import re
from functools import cache
from pathlib import Path
from typing import Final

SPRITE: Final = Path(__file__).parent / "static" / "ui" / "icons" / "sprite.svg"
LOGO: Final = SPRITE.with_name("logo.svg")
SYMBOL: Final = re.compile(
    r'<symbol id="(?P<name>[a-z-]+)" viewBox="0 0 24 24">(?P<body>.*?)</symbol>'
)


@cache
def icon_bodies() -> dict[str, str]:
    """The drawing of each icon on a square of 24 units, by name."""
    text = SPRITE.read_text(encoding="utf-8")
    return {match["name"]: match["body"] for match in SYMBOL.finditer(text)}


def icon_body(name: str) -> str:
    """Raises KeyError when there is no such icon: a misspelt one is a bug."""
    return icon_bodies()[name]


@cache
def logo_body() -> str:
    """What is inside the logo's ``svg`` element, with classes for both themes."""
    text = LOGO.read_text(encoding="utf-8")
    return text[text.index(">") + 1 : text.rindex("</svg>")].strip()
