"""Promises about the shape of the code that no linter knows."""

import os
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from tests.source import CODE, ROOT, calls, faults, imports, modules, saves

MAY_WRITE = ("actions", "migrations", "tests", "testing", "core", "demo")
CREATING = {
    "create",
    "acreate",
    "get_or_create",
    "update_or_create",
    "bulk_create",
    "bulk_update",
}
CHANGING = CREATING | {"update", "delete", "raw"}
DOORS = ("interfaces", "adapters", "ui", "config")
LONGEST_FILE = 400  # lines; more is two subjects
LONGEST_TESTS = 500
CLOCKS = ("timezone.now", "datetime.now", "datetime.today", "date.today", "localdate")


def writes_in(module: Path, verbs: set[str]) -> list[str]:
    """Calls of a writing method on a manager: ``Thing.objects…create(``."""
    return [
        f"line {line}: {called}"
        for line, called in calls(module)
        if ".objects" in called and called.rpartition(".")[2] in verbs
    ]


def test_only_actions_create_rows() -> None:
    assert (
        faults(
            modules(leaving_out=MAY_WRITE), lambda module: writes_in(module, CREATING)
        )
        == {}
    )


def test_a_door_writes_nothing() -> None:
    def written(module: Path) -> list[str]:
        saved = [
            f"line {line}: {called}"
            for line, called in saves(module)
            if not called.endswith("session.save")
        ]
        return writes_in(module, CHANGING) + saved

    doors = [
        module
        for module in modules(leaving_out=("tests", "testing", "demo"))
        if module.relative_to(CODE).parts[0] in DOORS
    ]
    assert doors
    assert faults(doors, written) == {}


def test_rules_know_no_database_and_no_clock() -> None:
    def reached(module: Path) -> list[str]:
        outside = r"(^django\.db|\.(models|queries|actions|views)\b)"
        imported = [found for found in imports(module) if re.search(outside, found)]
        return imported + [
            called for _, called in calls(module) if called.endswith(CLOCKS)
        ]

    rules = sorted(CODE.glob("domain/*/rules.py"))
    assert rules
    assert faults(rules, reached) == {}


def test_a_file_is_about_one_thing() -> None:
    def lines_over(module: Path) -> list[int]:
        lines = len(module.read_text("utf-8").splitlines())
        limit = LONGEST_TESTS if "tests" in module.parts else LONGEST_FILE
        return [lines] if lines > limit else []

    assert faults(modules(leaving_out=("migrations",)), lines_over) == {}


def test_only_the_command_line_prints() -> None:
    def printed(module: Path) -> list[str]:
        return [f"line {line}" for line, called in calls(module) if called == "print"]

    assert faults(modules(leaving_out=("cli", "tests")), printed) == {}


def test_a_tool_is_silenced_only_by_name() -> None:
    def silenced(module: Path) -> list[str]:
        everything = r"#\s*(?:type:\s*ignore(?!\[)|noqa(?!:)|mypy:\s*ignore)"
        return re.findall(everything, module.read_text("utf-8"))

    assert faults(modules(leaving_out=("migrations",)), silenced) == {}


def test_the_public_process_cannot_import_a_staff_page() -> None:
    """Design decision 7: not by a mistake in a URL table, not on purpose."""
    attempt = """
import sys
import django
django.setup()
import kortisto.interfaces.opac.urls
staff = [name for name in sys.modules if name.startswith("kortisto.interfaces.staff")]
assert staff == [], staff
try:
    import kortisto.interfaces.staff.urls
except ModuleNotFoundError as error:
    print("kept out:", error)
"""
    done = subprocess.run(
        [sys.executable, "-c", attempt],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "kortisto.config.settings.public",
            "KORTISTO_DATABASE_URL": "sqlite:///:memory:",
        },
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert "kept out: kortisto.interfaces.staff" in done.stdout, done.stderr


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_pins_everything_by_hash_and_names_no_registry(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    blocks = [b for b in re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE) if b]

    assert "://" not in text
    assert len(blocks) > 20
    assert [b.splitlines()[0] for b in blocks if "==" not in b.splitlines()[0]] == []
    assert [b.splitlines()[0] for b in blocks if "sha256:" not in b] == []


def test_every_migration_follows_steps_that_are_in_the_tree() -> None:
    """A replaced step is known to Django by name only: it goes when the name goes."""
    kept = {
        (step.parents[1].name, step.stem) for step in CODE.rglob("migrations/0*.py")
    }
    assert kept
    ours = {app for app, _step in kept}
    lost = [
        f"{step.relative_to(ROOT)}: {app} {name}"
        for step in CODE.rglob("migrations/0*.py")
        for app, name in import_module(_dotted(step)).Migration.dependencies
        if app in ours and (app, name) not in kept
    ]
    assert lost == []


def _dotted(module: Path) -> str:
    return ".".join(module.relative_to(ROOT).with_suffix("").parts)
