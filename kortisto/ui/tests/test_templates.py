"""Rules that every template of the project keeps, whoever writes it."""

import re
from pathlib import Path

import pytest

import kortisto

ROOT = Path(kortisto.__file__).parent
COMMENT = re.compile(r"\{%-? ?comment.*?endcomment ?-?%\}", re.DOTALL)
TAG = re.compile(r"\{[%{#].*?[%}#]\}", re.DOTALL)
FIRST = re.compile(r"\s*(\{% extends [^%]*%\}\s*)?(\{% comment|\{#)")
INLINE_SCRIPT = re.compile(r"<script\b(?![^>]*\bsrc=)(?![^>]*application/json)", re.I)
FORBIDDEN = {
    "an inline style": re.compile(r"<style\b|\sstyle\s*=", re.IGNORECASE),
    "an inline script": INLINE_SCRIPT,
    "an event attribute": re.compile(r"\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
    "htmx code": re.compile(r"\shx-on\b|\shx-vars|\shx-\w+=[\"']js:", re.IGNORECASE),
    "a javascript address": re.compile(r"javascript:", re.IGNORECASE),
    "an outside request": re.compile(
        r"<(script|link|img|iframe|source)\b[^>]*(src|href)=[\"'](https?:)?//", re.I
    ),
}


def templates() -> list[Path]:
    found = sorted(ROOT.rglob("templates/**/*"))
    return [path for path in found if path.suffix in {".html", ".svg"}]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_the_walk_finds_the_base_templates() -> None:
    assert {"base.html", "staff_base.html", "public_base.html"} <= {
        path.name for path in templates()
    }


@pytest.mark.parametrize("path", templates(), ids=name_of)
def test_a_template_begins_by_saying_what_it_takes(path: Path) -> None:
    assert FIRST.match(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", templates(), ids=name_of)
def test_a_template_has_nothing_that_a_strict_policy_refuses(path: Path) -> None:
    markup = COMMENT.sub("", path.read_text(encoding="utf-8"))
    markup = TAG.sub("x", markup)

    found = [what for what, pattern in FORBIDDEN.items() if pattern.search(markup)]

    assert found == []


@pytest.mark.parametrize("path", templates(), ids=name_of)
def test_a_why_is_never_inside_a_paragraph(path: Path) -> None:
    """A ``details`` element ends the ``p`` that it stands in."""
    markup = COMMENT.sub("", path.read_text(encoding="utf-8"))

    inside = [p for p in re.findall(r"<p\b.*?</p>", markup, re.DOTALL) if "{% why" in p]

    assert inside == []


@pytest.mark.parametrize(
    "bad",
    [
        '<p style="color:red">',
        "<script>alert(1)</script>",
        '<a onclick="go()">',
        '<div hx-vals="js:{a: b()}">',
        '<img src="https://example.org/x.png">',
    ],
)
def test_what_the_policy_refuses_is_noticed(bad: str) -> None:
    assert [what for what, pattern in FORBIDDEN.items() if pattern.search(bad)]
