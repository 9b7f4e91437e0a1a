"""``kortisto pseudonymise``: counts first; only a copy that is named, and in no use."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from kortisto.core.models import FollowerPosition, Job, LoggedEvent
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.queries import find_patrons
from kortisto.interfaces.cli import pseudonymising
from kortisto.interfaces.cli.main import parser
from kortisto.interfaces.cli.pseudonyms.marked_as_copy import name_of_database
from kortisto.interfaces.cli.trouble import Trouble
from kortisto.testing.builders import make_patron

pytestmark = pytest.mark.django_db


def command(*words: str) -> int:
    return pseudonymising.run(parser().parse_args(["pseudonymise", *words]))


def write(name: str | None = None) -> int:
    named = name_of_database() if name is None else name
    return command("--write", "--i-know-this-is-a-copy", named)


@pytest.fixture
def aino() -> Patron:
    """Of a consortium in which nothing has happened for an hour."""
    patron = make_patron(surname="Kukkonen", first_names="Aino Maria", phone="+358401")
    LoggedEvent.objects.update(happened_at=F("happened_at") - timedelta(hours=1))
    return patron


def test_it_only_counts_until_it_is_told_to_write(
    aino: Patron, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command() == 0

    told = capsys.readouterr().out
    assert "1  patron: invents or empties" in told
    assert "event: all rows go" in told
    assert "Nothing was changed" in told
    assert command("--write", "--dry-run") == 0
    aino.refresh_from_db()
    assert aino.surname == "Kukkonen"


@pytest.mark.parametrize("name", ["", "kortisto-live"])
def test_a_database_that_is_not_named_is_left_alone(aino: Patron, name: str) -> None:
    with pytest.raises(Trouble, match="--i-know-this-is-a-copy"):
        write(name)

    aino.refresh_from_db()
    assert aino.surname == "Kukkonen"


def test_a_database_in_use_is_left_alone(aino: Patron) -> None:
    now = timezone.now()
    FollowerPosition.objects.create(follower="index", moved_at=now)
    Job.objects.create(
        kind="import", state=Job.State.RUNNING, lease_until=now + timedelta(minutes=1)
    )

    with pytest.raises(Trouble, match=r"a job is running; a worker followed the event"):
        write()

    aino.refresh_from_db()
    assert aino.surname == "Kukkonen"
    assert Job.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_everybody_becomes_somebody_else_who_is_found(
    aino: Patron, capsys: pytest.CaptureFixture[str]
) -> None:
    assert write() == 0

    assert "kortisto reindex" in capsys.readouterr().out
    old = aino.surname
    aino.refresh_from_db()
    assert aino.surname != old
    assert len(aino.first_names.split()) == 2
    assert [one.id for one in find_patrons(aino.surname)] == [aino.pk]
    assert find_patrons(old) == []
