"""Tables that go whole go at once, and take nothing of the others with them."""

import pytest
from django.db import connection

from kortisto.core.models import Throttle
from kortisto.domain.patrons.actions.writing import keep_words
from kortisto.domain.patrons.models import Patron, PatronWord
from kortisto.interfaces.cli.pseudonyms.emptied import GONE, empty
from kortisto.testing.builders import make_patron


def test_nothing_that_stays_points_at_what_goes() -> None:
    pointing = {
        (model.__name__, link.name)
        for model in GONE
        for link in model._meta.related_objects
        if link.related_model not in GONE
    }
    assert pointing == set()


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
