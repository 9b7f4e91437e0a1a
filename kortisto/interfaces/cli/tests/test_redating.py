"""``kortisto redate-cards``: counts first, changes when it is told to."""

from datetime import date

import pytest

from kortisto.domain.patrons.models import Patron
from kortisto.interfaces.cli import redating
from kortisto.interfaces.cli.main import parser
from kortisto.interfaces.cli.trouble import Trouble
from kortisto.testing.builders import make_category, make_patron

pytestmark = pytest.mark.django_db


def command(*words: str) -> int:
    return redating.run(parser().parse_args(["redate-cards", *words]))


def test_it_counts_and_then_changes(capsys: pytest.CaptureFixture[str]) -> None:
    make_category(validity_months=120)
    patron = make_patron(registered_on=date(2020, 1, 1), expires_on=date(2023, 1, 1))

    assert command() == 0
    told = capsys.readouterr().out
    assert "1 end later" in told
    assert "1 cards would change" in told
    patron.refresh_from_db()
    assert patron.expires_on == date(2023, 1, 1)

    assert command("--write", "--category", "HENKILO") == 0
    assert "1 cards changed" in capsys.readouterr().out
    patron.refresh_from_db()
    assert patron.expires_on == date(2030, 1, 1)


def test_a_category_that_is_not_there_is_told() -> None:
    with pytest.raises(Trouble, match="NOITA"):
        command("--category", "NOITA")
    assert not Patron.objects.exists()
