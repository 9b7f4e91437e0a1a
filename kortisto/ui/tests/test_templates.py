"""How the components may be used, whoever writes the page."""

import re
from pathlib import Path

import pytest

import kortisto

ROOT = Path(kortisto.__file__).parent
COMMENT = re.compile(r"\{% comment %\}.*?\{% endcomment %\}", re.DOTALL)
PARAGRAPH = re.compile(r"<p\b.*?</p>", re.DOTALL)
BASES = {"base.html", "staff_base.html", "public_base.html"}


def templates() -> list[Path]:
    return sorted(ROOT.rglob("templates/**/*.html"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def markup_of(path: Path) -> str:
    return COMMENT.sub("", path.read_text(encoding="utf-8"))


def test_the_walk_finds_the_base_templates() -> None:
    assert {path.name for path in templates()} >= BASES


@pytest.mark.parametrize("path", templates(), ids=name_of)
def test_a_why_is_never_inside_a_paragraph(path: Path) -> None:
    """A ``details`` element ends the ``p`` that it stands in."""
    assert [p for p in PARAGRAPH.findall(markup_of(path)) if "{% why" in p] == []


@pytest.mark.parametrize("path", templates(), ids=name_of)
def test_no_address_is_a_script(path: Path) -> None:
    assert "javascript:" not in markup_of(path).lower()


@pytest.mark.parametrize("path", templates(), ids=name_of)
def test_a_button_says_what_kind_it_is(path: Path) -> None:
    """A button without a type sends the form that it happens to stand in."""
    buttons = re.findall(r"<button\b[^>]*>", markup_of(path))

    assert [button for button in buttons if " type=" not in button] == []
