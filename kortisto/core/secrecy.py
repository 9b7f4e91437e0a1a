"""Who may see what a column holds: every field of every table has a class (S17).

A model says it beside its fields, one line for each class::

    SECRECY = secrecy(personal="surname first_names", staff="category home_library")

An app whose tables tell nothing about people says it once, as ``secrecy`` of its
``AppConfig``. A test refuses a field without a class and a class without its field.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

from django.apps import apps
from django.db.models import Field, Model

OTHERS: Final = "*"
OURS: Final = "kortisto."


class Secrecy(StrEnum):
    """From the most open to the most closed."""

    PUBLIC = "public"  # may leave by any door
    STAFF = "staff"  # about the library's own work: staff only
    PERSONAL = "personal"  # secret: by permission, and each look is logged
    SEALED = "sealed"  # hashes and keys: the program compares them, nobody sees them
    VAULT = "vault"  # leads to a personal identity code, which only the vault holds


def secrecy(
    *,
    public: str = "",
    staff: str = "",
    personal: str = "",
    sealed: str = "",
    vault: str = "",
    others: Secrecy | None = None,
) -> Mapping[str, Secrecy]:
    """The classes of a model's fields, whose names are words of one line.

    ``others`` is the class of those not named; a model that may hold a person's data
    must name each one. Raises TypeError for a name that stands twice.
    """
    said = (
        (Secrecy.PUBLIC, public),
        (Secrecy.STAFF, staff),
        (Secrecy.PERSONAL, personal),
        (Secrecy.SEALED, sealed),
        (Secrecy.VAULT, vault),
    )
    classes: dict[str, Secrecy] = {} if others is None else {OTHERS: others}
    for each, names in said:
        for name in names.split():
            if name in classes:
                message = f"the field {name} has two classes"
                raise TypeError(message)
            classes[name] = each
    return classes


def secrecy_of(model: type[Model], field: str) -> Secrecy:
    """The class of one field. Raises LookupError when nobody has given it one.

    A key that the database gives is ``staff``: by itself it tells nothing.
    """
    said: Mapping[str, Secrecy] = getattr(model, "SECRECY", {})
    fallback = default_of(model)
    key = model._meta.pk  # noqa: SLF001
    if key is not None and key.name == field and key.auto_created:
        fallback = said.get(OTHERS, fallback) or Secrecy.STAFF
    elif said:
        fallback = said.get(OTHERS)
    found = said.get(field, fallback)
    if found is None:
        message = f"{model.__name__}.{field} has no class: see kortisto/core/secrecy.py"
        raise LookupError(message)
    return found


def default_of(model: type[Model]) -> Secrecy | None:
    """What the app says of tables that say nothing themselves; None: nothing."""
    app = apps.get_app_config(model._meta.app_label)  # noqa: SLF001
    said: str | None = getattr(app, "secrecy", None)
    return None if said is None else Secrecy(said)


def our_models() -> Iterator[type[Model]]:
    """Every table of the project itself; those of packages hold none of its data."""
    for model in apps.get_models():
        if model.__module__.startswith(OURS):
            yield model


def fields_of(model: type[Model]) -> "tuple[Field[Any, Any], ...]":
    """What a model keeps: its columns, and its links of many to many."""
    meta = model._meta  # noqa: SLF001
    return (*meta.concrete_fields, *meta.local_many_to_many)
