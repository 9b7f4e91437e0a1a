"""Every form about a patron is a look: allowed, logged, and at nobody in the bin."""

import pytest
from django.utils import timezone

from kortisto.core.models import LoggedEvent
from kortisto.core.permissions import Permission
from kortisto.domain.entry.permissions import EntryPermission
from kortisto.domain.patrons.actions.binning import put_in_bin
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import chief, make_patron

pytestmark = pytest.mark.django_db

FORMS: tuple[tuple[str, Permission], ...] = (
    ("note/", PatronPermission.EDIT),
    ("card/", PatronPermission.EDIT),
    ("pin/", PatronPermission.RESET_PIN),
    ("restrict/", PatronPermission.RESTRICT),
    ("delete/", PatronPermission.DELETE),
    ("entry/ban/", EntryPermission.BAN),
)
CHANGES = (
    *((form, may) for form, may in FORMS),
    ("unlock/", PatronPermission.RESET_PIN),
    ("flags/", PatronPermission.EDIT),
    ("renewed/", PatronPermission.EDIT),
    ("entry/word/", EntryPermission.PERMIT),
    ("entry/terms/", EntryPermission.PERMIT),
)


def looks_at(patron: Patron) -> int:
    looks = LoggedEvent.objects.filter(kind="PatronViewed", patron_id=patron.pk)
    return looks.count()


@pytest.mark.parametrize(("form", "needs"), FORMS)
def test_whoever_opens_a_form_has_looked_at_the_patron(
    form: str, needs: Permission
) -> None:
    patron = make_patron(surname="Katsottu")
    client = at_work(make_staff(may=(needs, PatronPermission.SEE)))

    page = client.get(f"/patrons/{patron.pk}/{form}")

    assert "Katsottu" in page.content.decode()
    assert looks_at(patron) == 1


@pytest.mark.parametrize(("form", "needs"), FORMS)
def test_a_form_that_comes_back_shows_the_patron_once_more(
    form: str, needs: Permission
) -> None:
    patron = make_patron(surname="Katsottu")
    client = at_work(make_staff(may=(needs, PatronPermission.SEE)))

    page = client.post(f"/patrons/{patron.pk}/{form}", {"text": "", "number": ""})

    assert page.status_code == 422
    assert looks_at(patron) == 1


@pytest.mark.parametrize(("form", "needs"), CHANGES)
def test_who_may_not_see_patrons_neither_sees_nor_changes_one(
    form: str, needs: Permission
) -> None:
    patron = make_patron(surname="Katsottu")
    client = at_work(make_staff(may=(needs,)))

    for answer in (
        client.get(f"/patrons/{patron.pk}/{form}"),
        client.post(f"/patrons/{patron.pk}/{form}", {"text": "Moi"}),
    ):
        assert answer.status_code in {403, 405}
        assert "Katsottu" not in answer.content.decode()
    assert looks_at(patron) == 0


@pytest.mark.parametrize(("form", "needs"), CHANGES)
def test_who_is_in_the_bin_is_on_no_form(form: str, needs: Permission) -> None:
    patron = make_patron(surname="Katsottu")
    put_in_bin(patron.pk, "Muutti pois", by=chief(), now=timezone.now())
    client = at_work(make_staff(may=(needs, PatronPermission.SEE)))

    for answer in (
        client.get(f"/patrons/{patron.pk}/{form}"),
        client.post(f"/patrons/{patron.pk}/{form}", {"text": "Moi"}),
    ):
        assert answer.status_code in {404, 405}
        assert "Katsottu" not in answer.content.decode()
    assert looks_at(patron) == 0
