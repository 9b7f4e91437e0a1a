"""The commands as somebody at a terminal meets them."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

TRACEBACK = "Traceback"


def kortisto(
    *arguments: str, data: Path, **environment: str
) -> "subprocess.CompletedProcess[str]":
    own = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("KORTISTO_", "DJANGO_"))
    }
    return subprocess.run(
        [sys.executable, "-m", "kortisto.interfaces.cli.main", *arguments],
        env={**own, "KORTISTO_DATA_DIR": str(data), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["import", "no-such-file.mrc"], "no-such-file.mrc: there is no such file"),
        (["import", "."], ". is not a file"),
        (["import"], "required: FILE"),
        (["export", "--format", "pdf", "-o", "x"], "invalid choice: 'pdf'"),
        (["export", "--format", "jsonl", "-o", "no/such/x"], "no such folder"),
        (["serve", "everything"], "invalid choice: 'everything'"),
        (["serve", "public", "--port", "99999"], "from 1 to 65535"),
        (["serve", "public", "--workers", "0"], "at least one worker"),
        (["demo", "--scale", "huge"], "invalid choice: 'huge'"),
        (["fly"], "invalid choice: 'fly'"),
        ([], "required: COMMAND"),
    ],
)
def test_bad_input_is_answered_in_words_with_exit_code_two(
    arguments: list[str], said: str, tmp_path: Path
) -> None:
    done = kortisto(*arguments, data=tmp_path)

    assert done.returncode == 2
    assert said in done.stderr
    assert TRACEBACK not in done.stderr


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://localhost/x", "must look like sqlite:///path"),
        ("postgresql://nobody@127.0.0.1:1/x", "the database cannot be used"),
        ("sqlite:////proc/no/such.sqlite3", "/proc/no"),
    ],
)
def test_a_wrong_database_address_is_answered_in_words(
    url: str, said: str, tmp_path: Path
) -> None:
    done = kortisto("migrate", data=tmp_path, KORTISTO_DATABASE_URL=url)

    assert done.returncode == 2
    assert said in done.stderr
    assert TRACEBACK not in done.stderr


@pytest.mark.slow
def test_a_new_installation_is_migrated_once_and_told_what_comes_next(
    tmp_path: Path,
) -> None:
    before = kortisto("serve", "public", data=tmp_path)
    assert before.returncode == 2
    assert "run kortisto migrate first" in before.stderr

    assert kortisto("migrate", "--check", data=tmp_path).returncode == 1
    assert "is ready" in kortisto("migrate", data=tmp_path).stdout
    assert "is up to date" in kortisto("migrate", data=tmp_path).stdout

    checked = kortisto("check", data=tmp_path)
    assert checked.returncode == 1
    assert "Fix: Run: kortisto staff create-admin NAME" in checked.stdout
    assert "Fix: Publish rules on the page of rules." in checked.stdout
    assert checked.stdout.endswith("2 things need attention.\n")


@pytest.mark.slow
def test_the_first_administrator_is_made_with_a_password_shown_once(
    tmp_path: Path,
) -> None:
    kortisto("migrate", data=tmp_path)

    made = kortisto("staff", "create-admin", "aino", data=tmp_path)
    assert made.returncode == 0, made.stderr
    assert "Password, shown only now: " in made.stdout

    again = kortisto("staff", "create-admin", "aino", data=tmp_path)
    assert again.returncode == 2
    assert "aino" in again.stderr
    assert TRACEBACK not in again.stderr


def test_help_names_every_command_without_loading_django() -> None:
    script = (
        "import sys; sys.argv = ['kortisto', '--help']\n"
        "from kortisto.interfaces.cli.main import main\n"
        "try:\n    main()\n"
        "except SystemExit:\n    assert 'django' not in sys.modules\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    for command in ("demo", "migrate", "serve", "work", "check", "import", "export"):
        assert command in done.stdout


def test_a_database_between_steps_that_are_one_now_is_left_alone(
    tmp_path: Path,
) -> None:
    assert kortisto("migrate", data=tmp_path).returncode == 0
    with sqlite3.connect(tmp_path / "kortisto.sqlite3") as database:
        database.execute(
            "DELETE FROM django_migrations WHERE app = 'patrons'"
            " AND name IN ('0001_whole', '0015_types_of_restrictions')"
        )

    for command in (["migrate"], ["migrate", "--check"], ["work"]):
        told = kortisto(*command, data=tmp_path)
        assert told.returncode != 0
        assert "only some of the steps" in told.stderr
        assert TRACEBACK not in told.stderr
