"""``kortisto import-patrons``: a file in, a report and a file of rejects out."""

from argparse import Namespace
from pathlib import Path

import pytest

from kortisto.core.models import LoggedEvent
from kortisto.domain.patrons.models import Patron
from kortisto.interfaces.cli import importing_patrons
from kortisto.interfaces.cli.trouble import Trouble
from kortisto.testing.builders import make_category, make_library

pytestmark = pytest.mark.django_db


def command(file: Path, *columns: str, dry_run: bool = False) -> int:
    told = {"column": list(columns), "rejects": None, "dry_run": dry_run}
    return importing_patrons.run(Namespace(file=file, **told))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    make_category()
    make_library()
    path = tmp_path / "patrons.csv"
    path.write_text(
        "card,surname,category,home_library,pin,phone\n"
        "A1,Virtanen,HENKILO,MLI,2749,\n"
        "A2,Lahti,HENKILO,MLI,2749,äiti\n",
        encoding="utf-8-sig",
    )
    return path


def test_what_is_turned_away_can_be_mended_and_read(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(file, "card=card_number") == 0
    told = capsys.readouterr().out
    assert "2 rows: 1 patrons added, 0 were there already, 1 turned away" in told
    assert "Columns left out: pin" in told
    rejects = file.with_name("patrons.csv.rejects.csv")
    assert "phone: A phone number has digits only" in rejects.read_text("utf-8")

    mended = file.with_name("mended.csv")
    mended.write_text(rejects.read_text("utf-8").replace("äiti", ""), "utf-8")
    assert command(mended) == 0
    assert Patron.objects.count() == 2
    assert not mended.with_name("mended.csv.rejects.csv").exists()
    assert "2749" not in str(list(Patron.objects.values()))


def test_a_dry_run_tells_the_same_and_changes_nothing(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(file, "card=card_number", dry_run=True) == 0

    told = capsys.readouterr().out
    assert "2 rows: 1 patrons added, 0 were there already, 1 turned away" in told
    assert "Nothing was changed: this was a dry run." in told
    assert file.with_name("patrons.csv.rejects.csv").exists()
    assert not Patron.objects.exists()
    assert not LoggedEvent.objects.exists()


def test_a_file_without_card_numbers_is_answered_in_words(file: Path) -> None:
    with pytest.raises(Trouble, match="card_number"):
        command(file)
    with pytest.raises(Trouble, match="THEIRS=OURS"):
        command(file, "card")
    assert not Patron.objects.exists()
