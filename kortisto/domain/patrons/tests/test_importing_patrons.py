"""Patrons of an earlier system come in from a file (S12)."""

import csv
import gzip
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from kortisto.core.models import LoggedEvent
from kortisto.domain.patrons.actions.importing import Report, import_patrons
from kortisto.domain.patrons.models import Guardianship, Patron, PatronNote
from kortisto.domain.patrons.queries import find_patrons, patron_by_card
from kortisto.domain.patrons.records import provenance_of
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    make_category,
    make_library,
    make_patron,
)

pytestmark = pytest.mark.django_db
THEIRS = {
    "card": "card_number",
    "firstnames": "first_names",
    "called": "called_name",
    "dob": "born_on",
    "branch": "home_library",
    "postcode": "postal_code",
    "lang": "language",
    "enrolled": "registered_on",
    "expires": "expires_on",
    "protected_address": "is_protected",
    "note": "staff_note",
}


def row(card: str, **values: str) -> dict[str, str]:
    return {
        "card_number": card,
        "surname": "Virtanen",
        "category": "HENKILO",
        "home_library": "MLI",
        **values,
    }


def bring(*rows: Mapping[str, str]) -> tuple[Report, list[tuple[int, str]]]:
    make_category()
    make_library()
    away: list[tuple[int, str]] = []
    report = import_patrons(
        rows,
        by=chief(),
        now=MONDAY_NOON,
        reject=lambda number, _row, why: away.append((number, why)),
    )
    return report, away


def test_old_dates_are_kept_and_unknown_ones_are_empty() -> None:
    report, away = bring(
        row(
            "A1",
            registered_on="1985-09-02",
            expires_on="2.3.2029",
            born_on="1960-01-31 00:00:00",
            phone="050 1234567",
            street="Porrassalmenkatu 1",
            staff_note="Osoite tarkistettava",
        ),
        row("a2", registered_on="0000-00-00", born_on=""),
    )
    assert away == []
    assert (report.read, report.added) == (2, 2)
    first = Patron.objects.get(cards__number="A1")
    assert first.registered_on == date(1985, 9, 2)
    assert (first.expires_on, first.born_on) == (date(2029, 3, 2), date(1960, 1, 31))
    assert first.phone == "+358501234567"
    assert PatronNote.objects.get().text == "Osoite tarkistettava"
    assert provenance_of(first.pk)["phone"].source == "migration"
    second = Patron.objects.get(cards__number="A2")
    assert (second.registered_on, second.born_on) == (None, None)
    assert second.cards.get().since_on is None
    assert second.expires_on == date(2030, 3, 1)
    assert len(find_patrons("virta")) == 2
    assert LoggedEvent.objects.filter(kind="PatronRegistered").count() == 2


def test_what_cannot_be_written_is_turned_away_with_its_row_and_reason() -> None:
    make_patron(hold_identifier="C9")
    _report, away = bring(
        row("B1", phone="äiti"),
        row("B2", category="NOBODY"),
        row("B3", home_library="NOWHERE"),
        row("B4", surname=" "),
        row("B5", born_on="31.2.1990"),
        row(""),
        row("B7"),
        row("b7"),
        row("C9"),
        row("B8", is_protected="perhaps"),
        row("B9", email="nobody"),
    )
    assert [number for number, _why in away] == [2, 3, 4, 5, 6, 7, 10, 11, 12]
    reasons = dict(away)
    assert "phone: A phone number has digits only" in reasons[2]
    assert "category" in reasons[3]
    assert "no such library" in reasons[4]
    assert patron_by_card("B7") is not None
    assert Patron.objects.count() == 2


def test_reading_a_file_again_changes_nothing() -> None:
    make_category("LAPSI", kind="dependant", may_have_guardian=True)
    rows = [
        row("D2", category="LAPSI", guardian_cards="D1;D3"),
        row("D1", hold_identifier="Oma 1"),
        row("D3", hold_identifier="oma1"),
        row("D4", category="LAPSI", guardian_cards="D99"),
    ]
    first, away = bring(*rows)
    assert (first.added, first.linked) == (4, 2)
    assert away == [(5, "There is no such card of a guardian.")]
    held = dict(Patron.objects.values_list("pk", "hold_identifier"))
    links = Guardianship.objects.order_by("order")
    assert [link.gets_bills for link in links] == [True, False]

    second, _away = bring(*rows)
    assert (second.added, second.known, second.linked) == (0, 4, 0)
    assert dict(Patron.objects.values_list("pk", "hold_identifier")) == held
    assert len(set(held.values())) == 4


@pytest.mark.slow
def test_a_file_of_another_system_comes_in_with_its_own_column_names(
    shared_data: Path,
) -> None:
    file = shared_data / "synthetic" / "consortium-2000" / "patrons.csv.gz"
    for code in ("HENKILO", "LAPSI", "NUORI", "YHTEISO", "KOTIPALV"):
        make_category(code)
    with gzip.open(file, "rt", encoding="utf-8", newline="") as opened:
        theirs = list(csv.DictReader(opened))
    for branch in {each["branch"] for each in theirs}:
        make_library(branch.replace("_", "-"))
    away: list[str] = []
    report = import_patrons(
        (
            {THEIRS.get(k, k): v for k, v in each.items() if k != "history"}
            for each in theirs
        ),
        by=chief(),
        now=MONDAY_NOON,
        reject=lambda _number, _row, why: away.append(why),
    )
    assert (report.read, report.added, report.rejected) == (500, 494, 6)
    assert set(away) == {"There is no such patron category."}  # EIHETU
    assert Patron.objects.filter(registered_on__year=1987).exists()
    assert Patron.objects.filter(is_protected=True).count() == 2
    with_phone = [each["phone"] for each in theirs if each["phone"]]
    written = Patron.objects.exclude(phone="").values_list("phone", flat=True)
    assert set(written) <= set(with_phone), "they were in E.164 already"
    assert len(written) > 400
