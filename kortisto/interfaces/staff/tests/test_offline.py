"""The addresses of the offline desk: who, from where, how much, and what is rubbish."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from kortisto.core.models import Errand
from kortisto.domain.circulation.models import Loan
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.offline.models import Deed, Kit
from kortisto.domain.org.models import Workstation
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.pages.offline import LONGEST_BODY, TRIES
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.interfaces.staff.tests.test_workstations import enrolled, log_in
from kortisto.testing.builders import (
    card_of,
    make_consortium,
    make_item,
    make_library,
    make_patron,
    make_restriction,
)
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db

JSON = "application/json"


@pytest.fixture
def computer() -> Client:
    """A workstation that has been added, and somebody who works at it."""
    make_library()
    boss = at_work(
        make_staff("pomo", library=make_consortium()), library=make_library()
    )
    made = enrolled(boss)
    make_staff("aino")
    log_in(made, "aino")
    return made


def kit(computer: Client) -> dict[str, Any]:
    answer = computer.post("/offline/kits/")
    assert answer.status_code == 200
    told: dict[str, Any] = answer.json()
    return told


def done(**values: Any) -> dict[str, Any]:
    return {
        "key": str(uuid4()),
        "kind": "checkout",
        "at": timezone.now().isoformat(),
        "due_on": None,
        **values,
    }


def sent(computer: Client, ticket: str, *work: dict[str, Any]) -> Any:
    body = json.dumps({"ticket": ticket, "work": work})
    return computer.post("/offline/merge/", body, JSON)


def test_a_workstation_is_made_ready_and_what_it_did_is_taken(computer: Client) -> None:
    patron, item = make_patron(), make_item()
    told = kit(computer)
    items = computer.post(told["parts"]["items"], {"after": "0"}).json()
    cards = computer.post(told["parts"]["cards"], {"after": "x"}).json()
    assert [row[0] for row in items["rows"]] == [item.barcode]
    assert len(cards["rows"]) == 1
    assert items["after"] is cards["after"] is None

    work = done(card=card_of(patron), barcode=item.barcode)
    first, again = (sent(computer, told["ticket"], work) for _ in range(2))

    assert first.json() == again.json()
    assert first.json()["answers"][0]["state"] == "done"
    assert Loan.objects.get().patron_id == patron.pk


def test_a_computer_that_was_not_added_gets_nothing(computer: Client) -> None:
    told, stranger = kit(computer), at_work(make_staff("eero"))

    refused = stranger.post("/offline/kits/")

    assert refused.status_code == 409
    assert "added as a workstation" in refused.json()["words"]
    for part in told["parts"].values():
        assert stranger.post(part).status_code == 404
        assert computer.get(part).status_code == 405
    assert Kit.objects.count() == 1


def test_parts_are_told_only_while_the_kit_is_being_made(computer: Client) -> None:
    told = kit(computer)
    Kit.objects.update(made_at=timezone.now() - timedelta(minutes=21))
    assert computer.post(told["parts"]["cards"]).status_code == 404


def test_nobody_without_the_permission_makes_ready_or_sends(computer: Client) -> None:
    told, item = kit(computer), make_item()
    work = done(card=card_of(make_patron()), barcode=item.barcode)
    lends = make_staff("kesa", may=(LendingPermission.LEND,))
    for address in ("/offline/", "/offline/kits/", "/offline/merge/"):
        assert at_work(lends).post(address).status_code == 403
    elsewhere = make_staff("svl", library=make_library("SVL"))

    answer = sent(at_work(elsewhere), told["ticket"], work)

    assert answer.status_code == 403
    assert "needs the permission" in answer.json()["words"]
    assert not Loan.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[" * 100_000,
        b"\xff\xfe",
        b'{"ticket": "x"}',
        b'{"ticket": "x", "work": [{"key": "a"}]}',
        b" " * (LONGEST_BODY + 1),
    ],
)
def test_rubbish_is_refused_in_words_and_changes_nothing(
    computer: Client, body: bytes
) -> None:
    answer = computer.post("/offline/merge/", body, JSON)

    assert answer.status_code == 400
    assert "Nothing was done" in answer.json()["words"]
    assert not Deed.objects.exists()


def test_a_form_is_no_work_of_a_desk(computer: Client) -> None:
    answer = computer.post("/offline/merge/", {"ticket": "x"})  # parts of a form

    assert answer.status_code == 400
    assert "Nothing was done" in answer.json()["words"]


def test_whoever_guesses_tickets_has_to_wait(computer: Client) -> None:
    work = done(card="C", barcode="N")
    codes = [
        sent(computer, "a:b:c", work).status_code for _ in range(TRIES.failures + 1)
    ]
    assert codes == [409] * TRIES.failures + [429]


def test_a_stolen_workstation_can_send_no_more(computer: Client) -> None:
    told, item = kit(computer), make_item()
    Workstation.objects.update(
        removed_at=timezone.now(), removed_why="stolen", removed_by="staff:1"
    )
    work = done(card=card_of(make_patron()), barcode=item.barcode)

    answer = sent(at_work(make_staff("eero")), told["ticket"], work)

    assert answer.status_code == 409
    assert answer.json()["refused"]
    assert not Loan.objects.exists()


def test_a_conflict_is_seen_to_on_its_page(computer: Client) -> None:
    patron, item = make_patron(), make_item()
    make_restriction(patron)
    told = kit(computer)
    sent(computer, told["ticket"], done(card=card_of(patron), barcode=item.barcode))
    deed = Deed.objects.get()
    address = f"/offline/conflicts/{deed.pk}/"
    page = computer.get(address)
    assert "Borrowing is restricted" in page.content.decode()
    assert card_of(patron) in page.content.decode()
    kept = computer.post(f"{address}end/", {"how": "try"}, follow=True)
    assert "Borrowing is restricted" in kept.content.decode()
    assert not Loan.objects.exists()

    aside = {"how": "try", "override": ["restricted"]}
    assert computer.post(f"{address}end/", aside).status_code == 302

    assert Loan.objects.get().patron_id == patron.pk
    assert Errand.objects.get().state == Errand.State.DONE
    again = computer.post(f"{address}end/", {"how": "drop"}, follow=True)
    assert "Somebody has seen to this already" in again.content.decode()


def test_who_may_not_see_patrons_reads_no_card(computer: Client) -> None:
    patron, item = make_patron(), make_item()
    make_restriction(patron)
    told = kit(computer)
    sent(computer, told["ticket"], done(card=card_of(patron), barcode=item.barcode))
    lends = make_staff("kesa", may=(LendingPermission.LEND,))

    page = at_work(lends).get(f"/offline/conflicts/{Deed.objects.get().pk}/")

    assert page.status_code == 200
    assert card_of(patron) not in page.content.decode()
    assert f"/patrons/{patron.pk}/" not in page.content.decode()
    may = make_staff("sees", may=(LendingPermission.LEND, PatronPermission.SEE))
    seen = at_work(may).get(f"/offline/conflicts/{Deed.objects.get().pk}/")
    assert f"/patrons/{patron.pk}/" in seen.content.decode()


def test_the_desk_itself_holds_nothing_and_opens_without_a_log_in() -> None:
    make_library()
    make_patron(surname="Salainen")
    for address in (
        "/offline/desk/",
        "/offline/worker.js",
        "/offline/manifest.webmanifest",
    ):
        answer = Client().get(address)
        assert answer.status_code == 200
        assert "Salainen" not in answer.content.decode()
    assert Client().get("/offline/session/").status_code == 401
    worker = Client().get("/offline/worker.js")
    assert worker["Service-Worker-Allowed"] == "/"


def test_the_page_asks_the_same_number_of_queries(computer: Client) -> None:
    kit(computer)
    assert_same_queries_with_more_rows(
        lambda: computer.get("/offline/"), add_rows=lambda: kit(computer)
    )
