"""A library is moved to another municipality or merged, on its pages."""

from datetime import timedelta

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
    assert "those until then stay with K-MLI" in page.content.decode()
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


def test_a_move_on_a_later_day_is_seen_told_and_withdrawn(client: Client) -> None:
    library, other = make_library(), make_library("SVL")
    address = f"/units/{library.pk}/move/"
    day = timezone.localdate() + timedelta(days=40)
    told = f"{day.day}.{day.month}.{day.year}"
    sent = {"to": other.parent_id, "on": day.isoformat()}
    page = client.post(address, {**sent, "do": "preview"}).content.decode()
    assert f"Nothing changes before {told}" in page
    assert f"Move on {told}" in page
    assert not Shift.objects.exists()

    page = client.post(address, {**sent, "do": "apply"}, follow=True).content.decode()
    [shift] = Shift.objects.all()
    assert f"It will be done on {told}." in page
    assert "MLI moved below K-SVL" in page
    assert "hx-get" not in page.partition('id="shift-progress"')[2].partition(">")[0]
    unit = client.get(f"/units/{library.pk}/").content.decode()
    assert f"From {told} on: MLI moved below K-SVL." in unit
    assert f"Will be done on {told}" in client.get("/closures/").content.decode()

    assert client.post(address, {**sent, "do": "apply"}).status_code == 409
    page = client.post(f"/shifts/{shift.pk}/withdraw/", follow=True).content.decode()
    assert "Withdrawn before its day" in page
    assert "MLI moved below" not in client.get(f"/units/{library.pk}/").content.decode()
    library.refresh_from_db()
    assert library.parent_id != other.parent_id


def test_who_closes_no_libraries_moves_a_unit_at_once_or_not_at_all() -> None:
    library, other = make_library(), make_library("SVL")
    staff = make_staff(
        "myy", may=(OrgPermission.EDIT_UNITS,), library=make_consortium()
    )
    client = at_work(staff, library=library)
    address = f"/units/{library.pk}/move/"
    assert 'name="on"' not in client.get(address).content.decode()
    sent = {"to": other.parent_id, "on": "2099-01-01", "do": "apply"}
    client.post(address, sent)
    library.refresh_from_db()
    assert library.parent_id == other.parent_id
    assert not Shift.objects.exists()


def test_a_merge_on_a_later_day_waits_and_a_day_gone_by_is_refused(
    client: Client,
) -> None:
    old, new = make_library(), make_library("SVL")
    address = f"/units/{old.pk}/merge/"
    day = timezone.localdate() + timedelta(days=1)
    sent = {"into": new.pk, "do": "apply"}
    gone = timezone.localdate() - timedelta(days=1)
    refused = client.post(address, {**sent, "on": gone.isoformat()})
    assert refused.status_code == 422
    assert set(refused.context["form"].errors) == {"on"}
    assert client.post(address, {**sent, "on": "someday"}).status_code == 422
    assert not Shift.objects.exists()
    client.post(address, {**sent, "on": day.isoformat()})
    assert Shift.objects.get().takes_effect_on == day
    old.refresh_from_db()
    assert old.closed_on is None
