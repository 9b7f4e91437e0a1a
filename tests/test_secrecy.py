"""Every field of every table says who may see it (S17)."""

import pytest
from django.db.models import Model

from kortisto.core.models import LoggedEvent
from kortisto.core.secrecy import (
    OTHERS,
    Secrecy,
    default_of,
    fields_of,
    our_models,
    secrecy,
    secrecy_of,
)
from kortisto.domain.catalogue.models import Item, Record
from kortisto.domain.org.models import Staff
from kortisto.domain.patrons.models import Patron

PEOPLE = (Patron, Staff)
NAMES = {"patron_id", "actor", "body", "answer"}  # who did it, or anything at all


def own_fields(model: type[Model]) -> list[str]:
    return [
        field.name
        for field in fields_of(model)
        if not (field.primary_key and getattr(field, "auto_created", False))
    ]


def may_hold_a_persons_data(model: type[Model]) -> bool:
    """It is about people, or points at one, or keeps whatever it is given."""
    links = {field.related_model for field in fields_of(model)}
    return (
        model in PEOPLE
        or bool(links & set(PEOPLE))
        or bool(NAMES & set(own_fields(model)))
    )


def points_at_a_patron(model: type[Model]) -> bool:
    return any(field.related_model is Patron for field in fields_of(model))


def test_every_field_has_a_class() -> None:
    missing = []
    for model in our_models():
        for field in own_fields(model):
            try:
                secrecy_of(model, field)
            except LookupError:
                missing.append(f"{model.__name__}.{field}")
    assert missing == []


def test_every_class_has_its_field() -> None:
    gone = [
        f"{model.__name__}.{name}"
        for model in our_models()
        for name in set(getattr(model, "SECRECY", {})) - {OTHERS}
        if name not in {field.name for field in fields_of(model)}
    ]
    assert gone == []


def test_what_may_hold_a_persons_data_names_each_field() -> None:
    """A new column there must be thought about: no default decides for it."""
    about_people = [model for model in our_models() if may_hold_a_persons_data(model)]
    assert {Patron, Staff, LoggedEvent} <= set(about_people)
    lax = [
        model.__name__
        for model in about_people
        if OTHERS in getattr(model, "SECRECY", {OTHERS: None})
    ]
    assert lax == []


def test_no_field_of_a_patron_s_is_open() -> None:
    patrons: list[type[Model]] = [Patron]
    patrons += [model for model in our_models() if points_at_a_patron(model)]
    assert len(patrons) > 10
    public = [
        f"{model.__name__}.{name}"
        for model in patrons
        for name in own_fields(model)
        if secrecy_of(model, name) is Secrecy.PUBLIC
    ]
    assert public == []


def test_a_new_field_without_a_class_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Patron, "SECRECY", secrecy(personal="surname"))
    with pytest.raises(LookupError, match=r"Patron\.email"):
        secrecy_of(Patron, "email")


def test_the_collection_is_public_but_for_what_is_the_library_s_own() -> None:
    assert default_of(Record) is Secrecy.PUBLIC
    assert secrecy_of(Record, "title") is Secrecy.PUBLIC
    assert secrecy_of(Item, "barcode") is Secrecy.PUBLIC
    assert secrecy_of(Item, "price_cents") is Secrecy.STAFF
    assert secrecy_of(Staff, "password") is Secrecy.SEALED


def test_a_field_has_one_class() -> None:
    with pytest.raises(TypeError, match="two classes"):
        secrecy(public="name", personal="name")
