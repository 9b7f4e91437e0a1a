"""A library is moved to another municipality or merged, on its pages."""

import pytest
from django.test import Client
from django.utils import timezone

from kortisto.domain.closures.models import Shift
from kortisto.domain.org.models import Membership
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.org.queries import organisation
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import (
    make_consortium,
    make_item,
    make_library,
    make_patron,
)
from kortisto.testing.closures import carried_out

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    library = make_library()
    make_item()
    make_patron()
    return at_work(make_staff("pomo", library=make_consortium()), library=library)


def test_a_merge_is_seen_first_then_done_and_taken_back(client: Client) -> None:
    old, new = make_library(), make_library("SVL")
    address = f"/units/{old.pk}/merge/"
    assert address in client.get(f"/units/{old.pk}/").content.decode()
    page = client.post(address, {"into": new.pk, "do": "preview"}).content.decode()
    assert "What goes over to SVL" in page
    assert "Items by their home library" in page
    assert not Shift.objects.exists()

    client.post(address, {"into": new.pk, "do": "apply"})
    [shift] = Shift.objects.all()
    carried_out(shift, now=timezone.now())
    page = client.get(f"/shifts/{shift.pk}/").content.decode()
    assert "MLI merged into SVL" in page
    assert "A patron" in page
    assert "Virtanen" not in page
    client.post(f"/shifts/{shift.pk}/put-back/")
    back = Shift.objects.latest("pk")
    carried_out(back, now=timezone.now())
    assert "Merge taken back" in client.get(f"/shifts/{back.pk}/").content.decode()
    old.refresh_from_db()
    assert old.closed_on is None


def test_a_merge_into_nothing_or_itself_is_told(client: Client) -> None:
    address = f"/units/{make_library().pk}/merge/"
    for into in ("", str(make_library().pk)):
        assert client.post(address, {"into": into, "do": "apply"}).status_code == 422
    assert not Shift.objects.exists()
    assert client.get(f"/units/{make_consortium().pk}/merge/").status_code == 404


def test_a_move_says_what_changes_and_then_records_from_when(client: Client) -> None:
    library, other = make_library(), make_library("SVL")
    address = f"/units/{library.pk}/move/"
    page = client.post(address, {"to": other.parent_id, "do": "preview"})
    assert "those until now stay with K-MLI" in page.content.decode()
    assert organisation().municipality_of(library.pk) == library.parent_id
    assert not Membership.objects.exists()
    client.post(address, {"to": other.parent_id, "do": "apply"})
    assert organisation().municipality_of(library.pk) == other.parent_id
    assert Membership.objects.get().owner_id == other.parent_id


def test_it_cannot_be_moved_below_itself(client: Client) -> None:
    library = make_library()
    told = client.post(f"/units/{library.pk}/move/", {"to": library.pk, "do": "apply"})
    assert told.status_code == 422


def test_who_may_not_close_libraries_merges_none() -> None:
    clerk = at_work(make_staff("myyja", may=(OrgPermission.EDIT_UNITS,)))
    library, other = make_library(), make_library("SVL")
    sent = {"into": other.pk, "do": "apply"}
    assert clerk.post(f"/units/{library.pk}/merge/", sent).status_code == 403
    assert "/merge/" not in clerk.get(f"/units/{library.pk}/").content.decode()
    assert not Shift.objects.exists()
