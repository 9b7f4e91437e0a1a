"""Titles and people for the tests of the web library."""

from datetime import UTC, datetime
from typing import Any

from django.test import Client
from django.utils import timezone

from kortisto.domain.catalogue.marc.record import Marc
from kortisto.domain.catalogue.models import Item, Record
from kortisto.domain.catalogue.rows import record_row
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.org.models import Unit
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.pin_hashes import hashed
from kortisto.domain.policies.models import RuleVersion
from kortisto.domain.search.queries import rebuild_index
from kortisto.testing.builders import (
    card_of,
    desk,
    make_item,
    make_library,
    make_patron,
    make_record,
    make_rules,
)

PIN = "4826"


def title(
    name: str = "Sinuhe egyptiläinen",
    *,
    author: str = "Waltari, Mika",
    language: str = "fin",
    **fields: Any,
) -> Record:
    """A book with a real record behind it."""
    marc = Marc(
        "00000cam a22000004i 4500",
        (
            ("001", "X1"),
            ("008", f"450101s1945    fi ||||       000 1 {language} c"),
            ("100", "1 ", (("a", f"{author},"), ("e", "kirjoittaja."))),
            ("245", "10", (("a", f"{name} /"), ("c", f"{author}."))),
            ("541", "  ", (("a", "Salainen lahjoittaja"),)),
            ("650", " 7", (("a", "muinainen Egypti"), ("2", "yso/fin"))),
            ("952", "  ", (("x", "Salainen huomautus"),)),
        ),
    )
    row = record_row(marc, own_source="FI-X", bare_source="FI-X").columns()
    values: dict[str, Any] = {
        **{name: row[name] for name in ("marc", "description", "author")},
        "language": language,
        "year": 1945,
        "first_public_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    return make_record(name, **{**values, **fields})


def on_the_shelf(
    record: Record | None = None, *, library: Unit | None = None, **fields: Any
) -> Item:
    """A copy of a title, found by the search as well."""
    item = make_item(record=record or title(), library=library, **fields)
    rebuild_index()
    return item


def somebody(**fields: Any) -> Patron:
    """A patron who can log in, and reads English."""
    return make_patron(**{"pin_hash": hashed(PIN), "language": "en", **fields})


def lent(patron: Patron, item: Item | None = None, **at: Any) -> int:
    """A loan of the patron that began now, or ``at`` a moment; its id."""
    if not RuleVersion.objects.exists():
        make_rules()
    place = make_library()
    now = at.get("now") or timezone.now()
    thing = item or make_item(record=title())
    done = checkout(card_of(patron), thing.barcode, by=desk(place), now=now)
    return done.loan_id


def log_in(client: Client, patron: Patron) -> None:
    """Through the page, as a person does."""
    sent = {"card": card_of(patron), "pin": PIN}
    answer = client.post("/login/", sent)
    assert answer.status_code == 302, answer.content  # noqa: S101
