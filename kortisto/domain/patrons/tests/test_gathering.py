"""Everything that is held on a patron, put together for the patron (GDP-2)."""

from datetime import timedelta
from typing import Any

import orjson
import pytest

from kortisto.core.actors import NotPermitted
from kortisto.core.models import LoggedEvent
from kortisto.domain.org.models import Staff
from kortisto.domain.patrons.actions.change import change
from kortisto.domain.patrons.actions.gathering import gather
from kortisto.domain.patrons.actions.notes import write_note
from kortisto.domain.patrons.actions.viewing import view_patron
from kortisto.domain.patrons.gathered import Gathered
from kortisto.domain.patrons.models import Guardianship, Patron, PatronNote
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    chief,
    desk,
    make_hold,
    make_item,
    make_patron,
    make_record,
    make_restriction,
    make_rules,
    themself,
)
from kortisto.testing.loans import lend
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db


def mine(patron: Patron) -> Gathered:
    return gather(patron.pk, by=themself(patron), now=MONDAY_NOON)


def rows(gathered: Gathered, code: str) -> list[dict[str, Any]]:
    return [dict(row) for each in gathered.groups if each.code == code
            for row in each.rows]  # fmt: skip


def test_the_record_is_told_value_by_value_with_where_each_came_from() -> None:
    patron = make_patron(surname="Äyräpää", phone="+358401234567", language="en")
    later = MONDAY_NOON - timedelta(days=1)
    change(patron.pk, {"phone": "+358507654321"}, by=themself(patron), now=later)

    told = {row["label"]: row for row in rows(mine(patron), "patron")}

    assert told["Surname"]["value"] == "Äyräpää"
    assert told["Surname"]["source"] == "The patron, at the desk"
    assert told["Phone"]["value"] == "+358507654321"
    assert told["Phone"]["source"] == "The patron, on the web"
    assert told["Phone"]["at"] == later
    assert told["Home library"]["value"] == "MLI"
    assert "Street address" not in told  # nothing is held there


def test_loans_holds_cards_restrictions_and_changes_are_all_there() -> None:
    make_rules()
    patron = make_patron(language="en")
    lend(make_item(record=make_record("Sinuhe")), patron)
    make_hold(patron, make_record("Täällä Pohjantähden alla"))
    make_restriction(patron, note="Kirosi tiskillä")
    other = make_patron()
    lend(make_item(record=make_record("Muumi")), other)

    found = mine(patron)

    assert [row["title"] for row in rows(found, "loan")] == ["Sinuhe"]
    assert [row["record"] for row in rows(found, "hold")] == [
        "Täällä Pohjantähden alla"
    ]
    assert [row["number"] for row in rows(found, "card")] == [card_of(patron)]
    assert len(rows(found, "restriction")) == 1
    text = orjson.dumps(found.plain).decode()
    assert "Muumi" not in text
    assert "Kirosi" not in text
    assert any("notes, reasons of restrictions" in one for one in found.remarks)


def test_notes_for_the_patron_are_there_and_those_of_staff_are_not() -> None:
    patron = make_patron()
    for text, audience in (
        ("Lasit ovat löytötavaroissa", PatronNote.Audience.PUBLIC),
        ("Muistuttaa serkkuani", PatronNote.Audience.STAFF),
    ):
        write_note(patron.pk, text, audience=audience, by=desk(), now=MONDAY_NOON)

    told = [row["text"] for row in rows(mine(patron), "patron_note")]

    assert told == ["Lasit ovat löytötavaroissa"]


def test_who_looked_is_told_by_library_and_never_by_name() -> None:
    patron = make_patron(language="en")
    Staff.objects.create_user(
        "utelias", "x" * 20, full_name="Uteliaisuus Utelias", id=desk().id
    )
    view_patron(patron.pk, by=desk(), now=MONDAY_NOON, page="desk")

    found = mine(patron)

    newest = rows(found, "event")[-1]
    assert newest["what"] == "You were served at the desk."
    assert newest["unit_id"] == "MLI"
    assert newest["actor"] == "The library's staff"
    text = orjson.dumps(found.plain).decode()
    assert "staff:" not in text
    assert "Utelias" not in text


def test_secrets_that_only_programs_compare_are_in_no_file() -> None:
    patron = make_patron(pin_hash="argon2$salainen", identity_key="K" * 32)

    found = mine(patron)

    text = orjson.dumps(found.plain).decode()
    assert "salainen" not in text
    assert "K" * 32 not in text
    assert len(found.remarks) == 3  # staff's notes, the vault, the PIN


def test_a_guardian_sees_the_children_and_a_child_its_guardians() -> None:
    mother = make_patron(first_names="Aino", language="en")
    child = make_patron(first_names="Olli", language="en")
    Guardianship.objects.create(guardian=mother, dependant=child)

    assert rows(mine(child), "guardianship")[0]["guardian"] == "Virtanen, Aino"
    told = rows(mine(mother), "guardianship_as_guardian")
    assert [row["dependant"] for row in told] == ["Virtanen, Olli"]


def test_it_is_told_in_the_patron_s_own_language() -> None:
    titles = [each.title for each in mine(make_patron(language="fi")).groups]
    assert "Kirjastokortit" in titles
    titles = [each.title for each in mine(make_patron(language="sv")).groups]
    assert "Bibliotekskort" in titles


def test_nobody_gets_somebody_else_s_data() -> None:
    patron, other = make_patron(), make_patron()
    for by in (themself(other), desk()):
        with pytest.raises(NotPermitted):
            gather(patron.pk, by=by, now=MONDAY_NOON)
    assert not LoggedEvent.objects.filter(kind="PatronDataGathered").exists()


def test_staff_with_the_permission_gathers_it_for_them_and_it_is_logged() -> None:
    patron = make_patron()

    gather(patron.pk, by=chief(), now=MONDAY_NOON)

    event = LoggedEvent.objects.get(kind="PatronDataGathered")
    assert (event.patron_id, event.actor) == (patron.pk, "staff:2")


def test_five_hundred_loans_cost_no_more_statements_than_one() -> None:
    make_rules()
    patron = make_patron()

    assert_same_queries_with_more_rows(
        lambda: mine(patron), add_rows=lambda: lend(make_item(), patron)
    )


def with_words_of_staff() -> Patron:
    """Somebody about whom staff have written to each other."""
    patron = make_patron(language="en")
    make_restriction(patron, note="Owes a broken window")
    staff = PatronNote.Audience.STAFF
    told = "Neighbour called"
    write_note(patron.pk, told, audience=staff, by=desk(), now=MONDAY_NOON)
    return patron


def test_staff_fetch_what_staff_have_written_to_read_it_through_first() -> None:
    patron = with_words_of_staff()

    whole = gather(patron.pk, by=chief(), now=MONDAY_NOON, staff_words=True)
    usual = gather(patron.pk, by=chief(), now=MONDAY_NOON)

    [note] = rows(whole, "patron_note")
    assert (note["text"], note["audience"]) == ("Neighbour called", "For staff")
    assert note["author"] == "The library's staff"
    [restriction] = rows(whole, "restriction")
    assert restriction["note"] == "Owes a broken window"
    assert not any("written for each other" in one for one in whole.remarks)
    for untold in ("Neighbour", "window"):
        assert untold not in str(usual.plain)
    kinds = LoggedEvent.objects.order_by("id").values_list("kind", flat=True)
    gathered = [kind for kind in kinds if kind.endswith("Gathered")]
    assert gathered == [
        "PatronDataGathered",
        "StaffWordsGathered",
        "PatronDataGathered",
    ]


def test_a_patron_does_not_fetch_what_staff_have_written() -> None:
    patron = with_words_of_staff()

    with pytest.raises(NotPermitted):
        gather(patron.pk, by=themself(patron), now=MONDAY_NOON, staff_words=True)

    assert not LoggedEvent.objects.filter(kind="StaffWordsGathered").exists()
