"""Tables that go whole go at once, and take nothing of the others with them."""

import pytest
from django.db import connection

from kortisto.core.models import Job, Schedule, Throttle
from kortisto.domain.patrons.actions.writing import keep_words
from kortisto.domain.patrons.models import Patron, PatronWord
from kortisto.interfaces.cli.pseudonyms.emptied import GONE, empty, pointed_at
from kortisto.testing.builders import make_patron


@pytest.mark.django_db(transaction=True)
def test_what_stays_points_at_nothing_that_has_gone() -> None:
    job = Job.objects.create(kind="nothing")
    Schedule.objects.create(name="nightly", kind="nothing", last_job=job)

    for model in GONE:
        empty(model, lambda _rows: None)

    assert Schedule.objects.get().last_job_id is None
    connection.check_constraints()


def test_a_link_that_has_no_name_is_a_link() -> None:
    assert pointed_at(Job)
    assert not pointed_at(PatronWord)


@pytest.mark.django_db(transaction=True)
def test_all_rows_go_and_how_many_is_told() -> None:
    patron = make_patron(surname="Virtanen", first_names="Eino")
    keep_words(patron)
    words = PatronWord.objects.count()
    told: list[int] = []

    empty(PatronWord, told.append)
    empty(Throttle, told.append)

    assert told == [words, 0]
    assert words > 0
    assert not PatronWord.objects.exists()
    assert Patron.objects.get() == patron
    connection.check_constraints()
