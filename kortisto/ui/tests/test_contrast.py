"""Every pair of tokens that carries text or a control is readable in both themes."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).parents[1] / "static" / "ui" / "css" / "tokens.css"
CONTENT = TOKENS.with_name("content.css")
COLOUR = re.compile(
    r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", re.IGNORECASE
)
LIBRARY = re.compile(r"\.lib-hue-(\d+) \{ --lib: (#[0-9a-f]{6});")
COVER = re.compile(
    r"\.cover-(\d) \{ --cover-ground: (#\w{6}); --cover-shape: (#\w{6}); "
    r"--cover-ink: (#\w{6}); \}"
)
KINDS = ("ok", "attention", "stop", "info", "hold", "neutral")
GROUNDS = ("paper", "surface", "raised", "sunken")

TEXT = [
    *((ink, ground) for ink in ("ink", "ink-soft") for ground in GROUNDS),
    *(("link", ground) for ground in GROUNDS),
    *(("brand-strong", ground) for ground in GROUNDS),
    *((kind, ground) for kind in KINDS for ground in GROUNDS),
    *((f"on-{kind}", f"{kind}-solid") for kind in KINDS),
    *((f"on-{kind}-soft", f"{kind}-soft") for kind in KINDS),
    ("on-brand", "brand"),
    ("on-brand", "brand-strong"),
    ("on-brand-soft", "brand-soft"),
    ("ink", "brand-soft"),
    ("link", "brand-soft"),
    ("ink-soft", "brand-soft"),
    ("on-deep", "deep"),
    ("on-deep-soft", "deep"),
]
SHAPES = [
    *(("line-strong", ground) for ground in GROUNDS),
    *(("focus", ground) for ground in GROUNDS),
    *(("brand", ground) for ground in GROUNDS),
    *((f"{kind}-solid", "paper") for kind in KINDS if kind != "attention"),
]


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def themes() -> dict[str, dict[str, str]]:
    found = COLOUR.findall(TOKENS.read_text(encoding="utf-8"))
    return {
        "light": {name: light for name, light, _ in found},
        "dark": {name: dark for name, _, dark in found},
    }


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_has_at_least_four_and_a_half_to_one(theme: str) -> None:
    colours = themes()[theme]

    weak = [
        f"{ink} on {ground}: {contrast(colours[ink], colours[ground]):.2f}"
        for ink, ground in TEXT
        if contrast(colours[ink], colours[ground]) < 4.5
    ]

    assert weak == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_edges_marks_and_the_focus_ring_have_at_least_three_to_one(theme: str) -> None:
    colours = themes()[theme]

    weak = [
        f"{shape} on {ground}: {contrast(colours[shape], colours[ground]):.2f}"
        for shape, ground in SHAPES
        if contrast(colours[shape], colours[ground]) < 3
    ]

    # In the dark a solid ground is told apart by its white ink as well.
    assert [line for line in weak if theme == "light" or "solid" not in line] == []


def test_each_working_library_is_readable_in_white_and_has_its_own_colour() -> None:
    libraries = LIBRARY.findall(TOKENS.read_text(encoding="utf-8"))

    assert [int(number) for number, _ in libraries] == list(range(12))
    assert len({colour for _, colour in libraries}) == 12
    assert [c for _, c in libraries if contrast("#ffffff", c) < 4.5] == []


def test_the_words_of_drawn_covers_are_readable_on_ground_and_shape() -> None:
    covers = COVER.findall(CONTENT.read_text(encoding="utf-8"))

    assert len(covers) == 8
    weak = [
        (number, round(contrast(ink, ground), 2), round(contrast(ink, shape), 2))
        for number, ground, shape, ink in covers
        if min(contrast(ink, ground), contrast(ink, shape)) < 4.5
    ]
    assert weak == []
