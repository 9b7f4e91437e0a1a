"""Text is pasted with marks that nobody sees: the form says so and keeps the rest."""

from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from kortisto.core.errands import NewErrand, ask
from kortisto.core.versions import configuration_changed
from kortisto.domain.patrons.actions.change_requests import request_changes
from kortisto.domain.patrons.errands import PROTECTION_LAPSED
from kortisto.domain.patrons.models import Patron, RequestedChange
from kortisto.interfaces.staff.tests.people import at_work
from kortisto.testing.builders import (
    chief,
    make_category,
    make_library,
    make_patron,
    themself,
)

pytestmark = pytest.mark.django_db

PASTED = "Toimisto \N{RIGHT-TO-LEFT OVERRIDE}7"
TOLD = "characters"


def told(client: Client, address: str, **sent: object) -> str:
    answer = client.post(address, sent)
    assert answer.status_code == 422, address
    return answer.content.decode()


def test_a_reason_to_see_a_protected_address() -> None:
    patron = make_patron(is_protected=True, street="Salakuja 1")

    page = told(at_work(), f"/patrons/{patron.pk}/address/", reason=PASTED)

    assert TOLD in page
    assert "Salakuja" not in page


def test_the_name_of_a_guardian() -> None:
    make_category("LAPSI", kind="dependant", may_have_guardian=True)
    child = make_patron(category="LAPSI", born_on=date(2016, 5, 4))

    page = told(
        at_work(), f"/patrons/{child.pk}/guardians/", name=PASTED, kind="guardian"
    )

    assert TOLD in page
    assert not child.guardians.exists()


def test_why_somebody_has_no_personal_identity_code() -> None:
    patron = make_patron()
    sent = {"what": "skip", "skip-reason": PASTED}

    page = told(at_work(), f"/patrons/{patron.pk}/identity/", **sent)

    assert TOLD in page
    assert Patron.objects.get().identity_skipped == ""


def test_the_answer_to_a_patron_who_asks_for_a_change() -> None:
    patron = make_patron(street="Vanha 1")
    by = themself(patron)
    request_changes(patron.pk, {"street": "Uusi 2"}, by=by, now=timezone.now())
    row = RequestedChange.objects.get()
    sent = {f"answer-{row.pk}": "deny", "note": PASTED}

    page = told(at_work(), f"/change-requests/{patron.pk}/", **sent)

    assert TOLD in page
    row.refresh_from_db()
    assert row.state == RequestedChange.State.WAITING


def test_the_note_that_ends_a_task() -> None:
    client, patron = at_work(), make_patron()
    new = NewErrand(kind=PROTECTION_LAPSED, subject_id=patron.pk, unit_id=None)
    errand = ask(new, by=chief(), now=timezone.now())

    assert TOLD in told(client, f"/tasks/{errand.pk}/end/", note=PASTED)

    errand.refresh_from_db()
    assert errand.state == errand.State.OPEN


def test_the_name_of_a_workstation() -> None:
    sent = {"unit": make_library().pk, "label": PASTED}

    assert TOLD in told(at_work(), "/workstations/", **sent)


def test_the_name_of_a_door() -> None:
    library = make_library()
    library.self_service = True
    library.save()
    configuration_changed()
    sent = {"library": library.pk, "label": PASTED}

    assert TOLD in told(at_work(), "/doors/", **sent)
