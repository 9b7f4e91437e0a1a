"""The documents agree with the code, and with one another."""

import re
from pathlib import Path

from kortisto.interfaces.cli.main import COMMANDS
from tests.source import ROOT, faults, modules

DOCUMENTS = sorted([ROOT / "README.md", *ROOT.joinpath("docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
PROOF = re.compile(r"`([\w/]+\.py)::(\w+)`")
VARIABLE = re.compile(r"KORTISTO_[A-Z_]+[A-Z]")


def test_every_link_inside_the_project_leads_somewhere() -> None:
    def broken(document: Path) -> list[str]:
        return [
            target
            for target in LINK.findall(document.read_text("utf-8"))
            if "://" not in target and not (document.parent / target).exists()
        ]

    assert faults(DOCUMENTS, broken) == {}


def test_every_variable_of_the_environment_is_explained() -> None:
    explained = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    named = {
        variable
        for module in modules(leaving_out=("tests",))
        for variable in VARIABLE.findall(module.read_text("utf-8"))
    }
    assert named - set(VARIABLE.findall(explained)) == set()


def test_every_command_is_in_the_administrators_guide() -> None:
    guide = (ROOT / "docs" / "guide" / "administrator.md").read_text("utf-8")
    assert [name for name in COMMANDS if f"kortisto {name}" not in guide] == []


def test_every_make_target_is_told_somewhere() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    told = "".join(document.read_text("utf-8") for document in DOCUMENTS)
    targets = re.findall(r"^([a-z]+):.*##", makefile, flags=re.MULTILINE)
    assert targets
    assert [t for t in targets if t != "help" and f"make {t}" not in told] == []


def test_every_test_that_a_document_leans_on_is_there() -> None:
    def gone(document: Path) -> list[str]:
        return [
            f"{file}::{name}"
            for file, name in PROOF.findall(document.read_text("utf-8"))
            if f"\ndef {name}(" not in _text_of(ROOT / file)
        ]

    pains = ROOT / "docs" / "guide" / "pain-points.md"
    assert len(PROOF.findall(pains.read_text("utf-8"))) > 50
    assert faults(DOCUMENTS, gone) == {}


def _text_of(file: Path) -> str:
    return file.read_text("utf-8") if file.exists() else ""
