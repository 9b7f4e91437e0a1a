"""Whatever is held on a patron is told to the patron, and erased with the patron.

When this fails, a table or a column about patrons is new: say in ``about_patrons.py``
of its app what it is called and what becomes of it (docs/how-to/tell-what-is-held.md).
"""

from collections.abc import Iterator

import pytest
from django.db.models import Field, ForeignKey, ManyToManyField, Model

from kortisto.core.secrecy import fields_of, our_models
from kortisto.domain.org.models import Staff
from kortisto.domain.patrons.models import Patron, Restriction
from kortisto.domain.patrons.personal_data import (
    Erasing,
    about_patrons,
    personal_fields,
    untold_tables,
)


def links_to_patrons() -> Iterator[tuple[type[Model], str]]:
    for model in our_models():
        for field in fields_of(model):
            if field.related_model is Patron and isinstance(
                field, ForeignKey | ManyToManyField
            ):
                yield model, field.name


def is_about_staff(model: type[Model]) -> bool:
    return model is Staff or any(
        field.related_model is Staff for field in fields_of(model)
    )


def test_every_table_with_secrets_of_people_is_declared_or_left_out_for_a_reason() -> (
    None
):
    known = {about.model for about in about_patrons()}
    known |= {table.model for table in untold_tables()}
    new = [
        model.__name__
        for model in our_models()
        if personal_fields(model) and model not in known and not is_about_staff(model)
    ]
    assert new == []
    assert all(table.why for table in untold_tables())


def test_every_way_from_a_row_to_a_patron_is_declared() -> None:
    """A table with two patrons, a child and a guardian, is told to both."""
    left_out = {table.model for table in untold_tables()}
    declared = {(about.model, about.owner) for about in about_patrons()}
    new = [
        f"{model.__name__}.{name}"
        for model, name in links_to_patrons()
        if (model, name) not in declared and model not in left_out
    ]
    assert new == []


def test_every_column_that_is_told_has_a_name_for_people() -> None:
    nameless = [
        f"{about.model.__name__}.{name}"
        for about in about_patrons()
        for name in (*about.told, *about.readable)
        if name not in about.words
    ]
    assert nameless == []


def test_what_is_kept_out_of_the_file_is_written_down_here() -> None:
    """Look twice before you add a line: the law gives people their data."""
    untold = {
        f"{about.model.__name__}.{name}"
        for about in about_patrons()
        for name in about.untold
    }
    assert untold == {"Restriction.note"}
    assert {table.model.__name__ for table in untold_tables()} == {
        "ArchivedLog",
        "ArchivedPatron",
        "IdempotencyKey",
        "PatronWord",
        "UndoStep",
    }


def test_a_row_that_outlives_its_patron_says_what_becomes_of_it() -> None:
    for about in about_patrons():
        if about.erasing is Erasing.FORGET:
            assert about.wiped.get(about.owner, ...) is None, about.code


def test_a_new_column_is_told_without_being_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    restrictions = next(a for a in about_patrons() if a.model is Restriction)
    field: Field[str, str] = Restriction._meta.get_field("note")
    assert "note" in personal_fields(Restriction)
    monkeypatch.setattr(field, "name", "comment")
    monkeypatch.setitem(Restriction.SECRECY, "comment", Restriction.SECRECY["note"])

    assert "comment" in restrictions.told
