"""Every field has its treatment, and a new one is covered by itself."""

from datetime import date
from typing import Any

import pytest
from django.db import models

from kortisto.core.secrecy import Secrecy, our_models
from kortisto.domain.patrons.models import Patron
from kortisto.interfaces.cli.pseudonyms import treatments
from kortisto.interfaces.cli.pseudonyms.emptied import GONE
from kortisto.interfaces.cli.pseudonyms.invented import Inventor, Numbers
from kortisto.interfaces.cli.pseudonyms.rewriting import treated_fields
from kortisto.interfaces.cli.pseudonyms.treatments import Cell, Treatments


@pytest.fixture
def how() -> Treatments:
    inventor = Inventor(1, date(2026, 6, 1))
    none = Numbers((), inventor, "test")
    return Treatments(inventor, none, none)


def test_something_is_decided_for_every_field_of_every_table(how: Treatments) -> None:
    for model in our_models():
        if model not in GONE:
            treated_fields(how, model)  # raises LookupError for one that is not


def a_new(field: "models.Field[Any, Any]") -> "models.Field[Any, Any]":
    field.name = field.attname = "brand_new"
    return field


@pytest.mark.parametrize("secrecy", [Secrecy.PERSONAL, Secrecy.SEALED])
def test_a_new_text_is_emptied_by_itself(
    how: Treatments, secrecy: Secrecy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(treatments, "secrecy_of", lambda _model, _name: secrecy)
    field = a_new(models.CharField(max_length=20))

    treat = how.of(Patron, field)

    assert treat is not None
    assert treat(Cell(1, "brand_new", {"brand_new": "Salaisuus"})) in {"–", ""}


@pytest.mark.parametrize(
    ("secrecy", "field"),
    [
        (Secrecy.PERSONAL, models.BinaryField()),
        (Secrecy.SEALED, models.BooleanField()),
        (Secrecy.SEALED, models.BinaryField()),
    ],
)
def test_what_nobody_has_decided_stops_everything(
    how: Treatments,
    secrecy: Secrecy,
    field: "models.Field[Any, Any]",
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(treatments, "secrecy_of", lambda _model, _name: secrecy)

    with pytest.raises(LookupError, match="brand_new"):
        how.of(Patron, a_new(field))
