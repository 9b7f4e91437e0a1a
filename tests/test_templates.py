"""Promises about pages, style sheets and scripts that hold for each file."""

import re
from pathlib import Path

from tests.source import CODE, faults, templates

COMMENT = re.compile(r"\{% comment %\}.*?\{% endcomment %\}", re.DOTALL)
# Django wants {% extends %} before any other tag, a comment included.
SAYS_WHAT_IT_TAKES = re.compile(r"(\{% extends [^%]*%\})?\s*\{% comment %\}\s*\S")
AGAINST_THE_POLICY = {
    "a script in the page": re.compile(r"<script(?![^>]*\ssrc=)"),
    "a style in the page": re.compile(r"<style\b|\sstyle\s*="),
    "an on... attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "code in an htmx attribute": re.compile(r"\bhx-on\b|hx-\w+\s*=\s*[\"']js:"),
}
FETCHED = re.compile(r"<(?:script|link|img|iframe|form|source)\b[^>]*>")
OUTSIDE = re.compile(r"""(?:src|href|action)\s*=\s*["'](?:https?:)?//""")
STATIC = sorted(
    path for ending in ("css", "js") for path in CODE.rglob(f"static/**/*.{ending}")
)


def text_of(path: Path) -> str:
    """A template without its comments, which may show what is forbidden."""
    return COMMENT.sub("", path.read_text("utf-8"))


def test_a_template_says_first_what_it_takes() -> None:
    def silent(template: Path) -> list[str]:
        text = template.read_text("utf-8")
        return [] if SAYS_WHAT_IT_TAKES.match(text) else [text[:60]]

    assert templates()
    assert faults(templates(), silent) == {}


def test_a_template_keeps_the_content_security_policy() -> None:
    def broken(template: Path) -> list[str]:
        text = text_of(template)
        return [what for what, form in AGAINST_THE_POLICY.items() if form.search(text)]

    assert faults(templates(), broken) == {}


def test_a_template_asks_nothing_of_another_site() -> None:
    def outside(template: Path) -> list[str]:
        return [
            tag for tag in FETCHED.findall(text_of(template)) if OUTSIDE.search(tag)
        ]

    assert faults(templates(), outside) == {}


def test_a_template_escapes_what_it_shows() -> None:
    def trusted(template: Path) -> list[str]:
        return re.findall(r"\|\s*safe\b|\{% autoescape off", text_of(template))

    assert faults(templates(), trusted) == {}


def test_styles_and_scripts_ask_nothing_of_another_site() -> None:
    def outside(file: Path) -> list[str]:
        fetched = r"""(?:url\(|@import|from|import\()\s*["']?(?:https?:)?//[^"')]*"""
        return re.findall(fetched, file.read_text("utf-8"))

    assert STATIC
    assert faults(STATIC, outside) == {}


def test_scripts_make_no_code_and_no_page_from_text() -> None:
    def made(file: Path) -> list[str]:
        dangerous = r"\beval\(|new Function\(|(?:inner|outer)HTML\s*=|document\.write"
        return re.findall(dangerous, file.read_text("utf-8"))

    assert faults(STATIC, made) == {}
