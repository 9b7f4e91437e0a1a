"""Open libraries in the web: my terms, my bans, my children and nobody else's."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kortisto.domain.entry.actions.bans import NewBan, ban
from kortisto.domain.entry.models import GuardianPermission, TermsAcceptance
from kortisto.domain.entry.settings import TERMS_VERSION
from kortisto.domain.entry.tests.place import child_of, decided, open_library
from kortisto.interfaces.opac.tests.shelf import log_in, somebody
from kortisto.testing.builders import chief

pytestmark = pytest.mark.django_db

PAGE = "/account/open-library/"


def text(client: Client) -> str:
    answer = client.get(PAGE)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_terms_are_read_and_accepted(visitor: Client) -> None:
    patron = somebody()
    log_in(visitor, patron)
    assert "Accept the terms" in text(visitor)

    visitor.post(f"{PAGE}terms/", {"version": "1"})
    assert not TermsAcceptance.objects.exists()
    visitor.post(f"{PAGE}terms/", {"version": "1", "sure": "yes"})

    row = TermsAcceptance.objects.get()
    assert (row.patron_id, row.channel) == (patron.pk, "web")
    assert "You accepted these terms" in text(visitor)


def test_terms_that_have_changed_meanwhile_are_not_accepted(visitor: Client) -> None:
    patron = somebody()
    log_in(visitor, patron)
    decided(open_library(), TERMS_VERSION, 2)

    visitor.post(f"{PAGE}terms/", {"version": "1", "sure": "yes"})

    assert "The terms have changed" in text(visitor)
    assert not TermsAcceptance.objects.exists()


def test_a_ban_tells_its_public_note_and_not_the_reason(visitor: Client) -> None:
    patron, today = somebody(), timezone.localdate()
    new = NewBan(
        starts_on=today,
        ends_on=today + timedelta(days=3),
        reason="Seen by a neighbour",
        hearing="By telephone",
        public_note="You let others in.",
    )
    ban(patron.pk, new, by=chief(), now=timezone.now())
    log_in(visitor, patron)

    found = text(visitor)

    assert "You let others in." in found
    assert "Seen by a neighbour" not in found
    assert "By telephone" not in found


def test_a_guardian_decides_for_an_own_child(visitor: Client) -> None:
    guardian = somebody()
    born_on = timezone.localdate() - timedelta(days=3000)
    child = child_of(guardian, born_on=born_on, called_name="Eero")
    log_in(visitor, guardian)
    assert "Eero" in text(visitor)

    visitor.post(f"{PAGE}child/{child.pk}/", {"answer": "no"})

    row = GuardianPermission.objects.get()
    assert (row.child_id, row.answer, row.guardian_id, row.channel) == (
        child.pk,
        "no",
        guardian.pk,
        "web",
    )


def test_a_guardian_accepts_the_terms_for_an_own_child(visitor: Client) -> None:
    guardian = somebody()
    born_on = timezone.localdate() - timedelta(days=3000)
    child = child_of(guardian, terms=False, born_on=born_on, called_name="Eero")
    address = f"{PAGE}child/{child.pk}/terms/"
    log_in(visitor, guardian)

    visitor.post(address, {"version": "1"})
    assert not TermsAcceptance.objects.exists()
    visitor.post(address, {"version": "1", "sure": "yes"})

    row = TermsAcceptance.objects.get()
    told = (row.patron_id, row.accepted_by, row.channel)
    assert told == (child.pk, f"patron:{guardian.pk}", "web")
    page = text(visitor)
    assert "You have accepted the terms for Eero." in page
    assert "The terms were accepted for the child" in page
    assert "Accept the terms" in page  # the guardian's own are still to be read


def test_newer_terms_are_to_be_accepted_for_the_child_again(visitor: Client) -> None:
    guardian = somebody()
    born_on = timezone.localdate() - timedelta(days=3000)
    child = child_of(guardian, terms=False, born_on=born_on)
    address = f"{PAGE}child/{child.pk}/terms/"
    log_in(visitor, guardian)
    visitor.post(address, {"version": "1", "sure": "yes"})
    decided(open_library(), TERMS_VERSION, 2)

    visitor.post(address, {"version": "1", "sure": "yes"})
    page = text(visitor)

    assert "The terms have changed" in page
    assert "The terms were accepted for the child" not in page
    assert TermsAcceptance.objects.get().version == 1


def test_nobody_accepts_terms_for_the_child_of_another(visitor: Client) -> None:
    child = child_of(somebody(), terms=False)
    log_in(visitor, somebody())

    typed = {"version": "1", "sure": "yes"}
    answer = visitor.post(f"{PAGE}child/{child.pk}/terms/", typed)

    assert answer.status_code == 404
    assert not TermsAcceptance.objects.exists()


def test_nobody_decides_for_the_child_of_another(visitor: Client) -> None:
    child = child_of(somebody(), called_name="Eero")
    log_in(visitor, somebody())

    answer = visitor.post(f"{PAGE}child/{child.pk}/", {"answer": "yes"})

    assert answer.status_code == 404
    assert "Eero" not in text(visitor)
    assert not GuardianPermission.objects.exists()


def test_a_child_who_has_grown_out_of_it_is_asked_about_no_more(
    visitor: Client,
) -> None:
    guardian = somebody()
    child_of(
        guardian,
        born_on=timezone.localdate() - timedelta(days=6000),
        called_name="Eero",
    )
    log_in(visitor, guardian)

    assert "Eero" not in text(visitor)
