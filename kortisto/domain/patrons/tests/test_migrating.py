"""An installation that has patrons already gets the whole record for each of them."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from kortisto.domain.patrons.actions.writing import keep_words
from kortisto.domain.patrons.models import PatronWord
from kortisto.testing.builders import make_patron

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
BEFORE = ("patrons", "0004_population")
AFTER = ("patrons", "0007_promises_of_the_record")


def migrate(target: tuple[str, str]) -> Any:
    """The models of the project as they are after a migration."""
    executor = MigrationExecutor(connection)
    executor.migrate([target])
    return executor.loader.project_state([target]).apps


@pytest.fixture
def back_to_now() -> Iterator[None]:
    yield
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


@pytest.mark.usefixtures("back_to_now")
def test_those_who_were_there_are_found_by_any_part_of_their_name() -> None:
    patron = make_patron(
        surname="Mäki-Ylä", first_names="Aila Maila", street="Kujalikatu 12"
    )
    keep_words(patron)
    made = keys()

    migrate(("patrons", "0012_what_a_category_decides"))
    assert 0 < len(keys()) < len(made)

    migrate(("patrons", "0013_words_from_the_middle"))
    assert keys() == made


def keys() -> set[bytes]:
    return {bytes(key) for key in PatronWord.objects.values_list("key", flat=True)}


@pytest.mark.usefixtures("back_to_now")
def test_those_who_were_there_get_identifiers_notes_and_types() -> None:
    old = migrate(BEFORE)
    unit = old.get_model("org", "Unit").objects.create(
        code="LUMME", kind="consortium", path="/1/", name_fi="Lumme"
    )
    category = old.get_model("patrons", "PatronCategory").objects.create(
        code="LAPSI", kind="dependant", name_fi="Lapsi"
    )
    patrons = old.get_model("patrons", "Patron")
    first, second, child = (
        patrons.objects.create(
            surname=surname,
            category=category,
            home_library=unit,
            registered_on="2020-01-01",
            expires_on="2030-01-01",
            staff_note=note,
        )
        for surname, note in (("Lahti", "Soita"), ("Salo", ""), ("Lapsi", ""))
    )
    links = old.get_model("patrons", "Guardianship").objects
    for order, guardian in enumerate((second, first), 1):
        links.create(
            guardian=guardian, dependant=child, order=order, starts_on="2020-01-01"
        )
    old.get_model("patrons", "Restriction").objects.create(
        patron=first, kind="invoice", starts_on="2020-01-01", made_by="staff:1"
    )

    new = migrate(AFTER)
    held = new.get_model("patrons", "Patron").objects.values_list(
        "hold_identifier", flat=True
    )
    assert len(set(held)) == 3
    assert all(len(one) == 8 and one.isdigit() for one in held)
    note = new.get_model("patrons", "PatronNote").objects.get()
    assert (note.patron_id, note.text, note.audience) == (first.pk, "Soita", "staff")
    kept = new.get_model("patrons", "Restriction").objects.get()
    assert (kept.type.code, kept.type.removal) == ("invoice", "charges-paid")
    pays = new.get_model("patrons", "Guardianship").objects.get(gets_bills=True)
    assert pays.guardian_id == second.pk
    assert new.get_model("patrons", "PatronCategory").objects.get().may_have_guardian
