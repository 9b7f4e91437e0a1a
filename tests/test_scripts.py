"""The scripts that set up and test, as far as they can be tested from inside."""

import gettext
import os
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest

from tests.source import ROOT

MESSAGES = r"""
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

#: desk.py:1
msgid "Loan"
msgstr "Laina"

#, fuzzy
msgid "Card"
msgstr "Kartta"

msgid "Not yet"
msgstr ""

#, python-format
msgid "%(count)d day"
msgid_plural "%(count)d days"
msgstr[0] "%(count)d päivä"
msgstr[1] "%(count)d päivää"

msgctxt "month"
msgid "May"
msgstr "toukokuu"

msgid ""
"A long "
"\"sentence\".\n"
msgstr ""
"Pitkä "
"\"lause\".\n"

#~ msgid "Old"
#~ msgstr "Vanha"
"""


def run(script: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, f"scripts/{script}", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def write(folder: Path, text: str) -> Path:
    messages = folder / "fi" / "LC_MESSAGES" / "django.po"
    messages.parent.mkdir(parents=True)
    messages.write_text(text, "utf-8")
    return messages.with_suffix(".mo")


def test_translations_are_compiled_as_gettext_reads_them(tmp_path: Path) -> None:
    compiled = write(tmp_path, MESSAGES)

    assert run("compile_messages", str(tmp_path)).returncode == 0

    with compiled.open("rb") as file:
        finnish = gettext.GNUTranslations(file)
    assert finnish.gettext("Loan") == "Laina"
    assert finnish.ngettext("%(count)d day", "%(count)d days", 1) == "%(count)d päivä"
    assert finnish.ngettext("%(count)d day", "%(count)d days", 2) == "%(count)d päivää"
    assert finnish.pgettext("month", "May") == "toukokuu"
    assert finnish.gettext('A long "sentence".\n') == 'Pitkä "lause".\n'
    for left_alone in ("Card", "Not yet", "Old"):
        assert finnish.gettext(left_alone) == left_alone


def test_a_line_that_is_not_of_a_catalogue_is_named(tmp_path: Path) -> None:
    write(tmp_path, 'msgid "Loan"\nmsgstr Laina\n')

    done = run("compile_messages", str(tmp_path))

    assert done.returncode == 1
    assert "line 2 is not a line of a .po file: msgstr Laina" in done.stderr


def test_make_alone_tells_what_there_is_to_do() -> None:
    done = subprocess.run(
        ["make", "--no-print-directory"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"]},
    )
    for target in ("setup", "demo", "test", "check", "fix", "bench", "lock"):
        assert f"make {target} " in done.stdout


def test_a_browser_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "scripts/find_browser"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], "KORTISTO_BROWSER": str(tmp_path / "none")},
    )
    assert done.returncode == 1
    assert done.stdout == ""


@pytest.fixture
def test_script() -> ModuleType:
    """``scripts/test`` as a module: nothing runs by itself."""
    loader = SourceFileLoader("test_script", str(ROOT / "scripts" / "test"))
    spec = spec_from_loader("test_script", loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("ci", "code"), [("true", 1), ("1", 1), (None, 0), ("", 0), ("false", 0)]
)
def test_a_step_without_its_tool_fails_in_ci_and_is_only_named_elsewhere(
    test_script: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    ci: str | None,
    code: int,
) -> None:
    """A machine that has neither PostgreSQL nor Chromium."""
    monkeypatch.setattr(test_script, "_told", lambda *_command: "")
    if ci is None:
        monkeypatch.delenv("CI", raising=False)
    else:
        monkeypatch.setenv("CI", ci)
    steps = [step for step in test_script.test_steps(tmp_path) if step.needs]
    assert [step.name for step in steps] == ["tests on PostgreSQL", "browser tests"]
    for step in steps:
        assert test_script.run_all([step], 0.0) == code
        said = capsys.readouterr().out
        assert f"Not run: {step.name} ({step.needs})." in said
        assert (f"FAILED: {step.name}" in said) == bool(code)
        assert f"== {step.name}" not in said


def test_a_step_that_has_its_tool_is_run_in_ci_and_elsewhere(
    test_script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = test_script.Step("good", [sys.executable, "-c", ""])
    bad = test_script.Step("bad", [sys.executable, "-c", "raise SystemExit(3)"])
    for ci in ("", "true"):
        monkeypatch.setenv("CI", ci)
        assert test_script.run_all([good], 0.0) == 0
        assert test_script.run_all([good, bad], 0.0) == 1


def test_what_runs_beside_others_tells_all_of_it_at_once(
    test_script: ModuleType, capfd: pytest.CaptureFixture[str]
) -> None:
    good = test_script.Step("good", ["echo", "well"], alone=False)
    bad = test_script.Step("bad", ["sh", "-c", "echo oh; exit 3"], alone=False)
    assert test_script.run_all([good, bad], 0.0) == 1

    said = capfd.readouterr().out
    assert "== good\nwell\n-- good: ok" in said
    assert "== bad\noh\n-- bad: FAILED" in said
    assert "FAILED: bad\n" in said


def test_what_hangs_is_stopped_and_what_it_had_said_is_told(
    test_script: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(test_script, "STEP_LIMIT", 1)
    slow = ["sh", "-c", "echo wait; exec sleep 60"]
    assert test_script.run_all([test_script.Step("slow", slow, alone=False)], 0.0) == 1

    said = capfd.readouterr().out
    assert "== slow\nwait\nstopped after 0 minutes\n-- slow: FAILED" in said


def test_a_machine_without_node_leaves_one_step_out_in_ci_too(
    test_script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(test_script.shutil, "which", lambda _name: None)
    monkeypatch.setenv("CI", "true")
    (step,) = [step for step in test_script.style_steps() if step.needs]
    assert step.name == "JavaScript syntax"
    assert test_script.run_all([step], 0.0) == 0
