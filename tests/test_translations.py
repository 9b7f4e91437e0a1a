"""Every sentence of the pages is there in Finnish and in Swedish."""

import re
import shutil
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.core.management import call_command
from django.test import override_settings

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "kortisto" / "locale"
LANGUAGES = ("fi", "sv")
PLACES = re.compile(r"%\([a-z_]+\)[sd]|\{\{?[a-z_]*\}?\}")


@pytest.fixture(scope="module")
def compiler() -> ModuleType:
    """The script that compiles the messages: it reads .po files as well."""
    loader = SourceFileLoader(
        "compile_messages", str(ROOT / "scripts" / "compile_messages")
    )
    spec = spec_from_loader("compile_messages", loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


def messages(compiler: ModuleType, path: Path) -> Iterator[Any]:
    """Entries with `parts` (msgid, msgstr ...) and `fuzzy`, but not the header."""
    for entry in compiler.entries(path.read_text("utf-8")):
        if entry.parts.get("msgid"):
            yield entry


def untranslated(compiler: ModuleType, path: Path) -> list[str]:
    return [
        entry.parts["msgid"]
        for entry in messages(compiler, path)
        if entry.fuzzy
        or not all(t for n, t in entry.parts.items() if n.startswith("msgstr"))
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_left_untranslated_or_doubtful(
    compiler: ModuleType, language: str
) -> None:
    path = LOCALE / language / "LC_MESSAGES" / "django.po"

    assert untranslated(compiler, path) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_places_of_its_sentence(
    compiler: ModuleType, language: str
) -> None:
    path = LOCALE / language / "LC_MESSAGES" / "django.po"
    wrong = []
    for entry in messages(compiler, path):
        parts = entry.parts
        given = parts["msgid"] + parts.get("msgid_plural", "")
        for name, text in parts.items():
            if name.startswith("msgstr"):
                unknown = set(PLACES.findall(text)) - set(PLACES.findall(given))
                wrong += [(parts["msgid"], place) for place in unknown]
        last = [text for name, text in parts.items() if name.startswith("msgstr")][-1]
        needed = parts.get("msgid_plural") or parts["msgid"]
        wrong += [
            (parts["msgid"], place)
            for place in set(PLACES.findall(needed)) - set(PLACES.findall(last))
        ]

    assert wrong == []


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="gettext is not installed")
def test_no_sentence_of_the_code_is_missing_from_the_translations(
    compiler: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a copy: gettext writes beside the templates, where other tests read."""
    for language in LANGUAGES:
        folder = tmp_path / language / "LC_MESSAGES"
        folder.mkdir(parents=True)
        shutil.copy(LOCALE / language / "LC_MESSAGES" / "django.po", folder)
    source = tmp_path / "source"
    left_out = ("locale", "static", "tests", "testing", "__pycache__")
    shutil.copytree(
        ROOT / "kortisto", source / "kortisto", ignore=shutil.ignore_patterns(*left_out)
    )
    monkeypatch.chdir(source)
    with override_settings(LOCALE_PATHS=[str(tmp_path)]):
        call_command("makemessages", locale=list(LANGUAGES), verbosity=0)

    for language in LANGUAGES:
        path = tmp_path / language / "LC_MESSAGES" / "django.po"
        assert untranslated(compiler, path) == [], language


@pytest.mark.parametrize(
    ("language", "to_the_bin", "for_good"),
    [("fi", "roskakori", "pysyvä"), ("sv", "papperskorgen", "ermanent")],
)
def test_deleting_a_patron_and_erasing_one_are_told_apart(
    compiler: ModuleType, language: str, to_the_bin: str, for_good: str
) -> None:
    """The bin gives a patron back for a month; what is erased is gone."""
    path = LOCALE / language / "LC_MESSAGES" / "django.po"
    words = {
        each.parts["msgid"]: each.parts["msgstr"]
        for each in messages(compiler, path)
        if "msgstr" in each.parts
    }
    deleting = ("Delete the patron", "Deleted patrons", "Why is the patron deleted?")
    erasing = ("Erase the patron", "Erased a patron", "Wishes to be erased", "Erased")

    assert [words[one] for one in deleting if to_the_bin not in words[one]] == []
    assert [words[one] for one in erasing if for_good not in words[one]] == []
