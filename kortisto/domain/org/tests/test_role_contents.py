"""What roles allow is decided at the top, and never so that nobody can decide again."""

from datetime import date, timedelta
from typing import Any

import pytest

from kortisto.core.actors import Actor, NotPermitted
from kortisto.core.models import LoggedEvent
from kortisto.core.permissions import all_permissions
from kortisto.core.refusals import Refused
from kortisto.domain.org.access import given_by_no_role
from kortisto.domain.org.actions.role_contents import (
    change_role,
    create_role,
    delete_role,
    install_ready_roles,
)
from kortisto.domain.org.actions.roles import end_grant, give_role
from kortisto.domain.org.actions.staff import create_staff, deactivate
from kortisto.domain.org.models import Grant, Role, Staff, Unit
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.org.queries import staff_actor
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    make_consortium,
    make_library,
)

pytestmark = pytest.mark.django_db
TODAY = date(2027, 3, 1)
MANAGE = OrgPermission.MANAGE_STAFF.value
CALENDAR = OrgPermission.EDIT_CALENDAR.value
WORKSTATIONS = OrgPermission.MANAGE_WORKSTATIONS.value


def make_role(
    name: str = "Kesätyö", *permissions: str, by: Actor | None = None
) -> Role:
    make_consortium()
    return create_role(
        permissions,
        names={"fi": name},
        second_factor=MANAGE in permissions,
        by=by or chief(),
        now=MONDAY_NOON,
    )


def change(role: Role, *permissions: str, by: Actor | None = None, **also: Any) -> Role:
    told: dict[str, Any] = {
        "names": role.names,
        "second_factor": role.needs_second_factor,
        "by": by or chief(),
        "now": MONDAY_NOON,
    }
    return change_role(role.pk, permissions, **(told | also))


def person(role: Role, at: Unit, username: str = "aino") -> Staff:
    """Somebody who has a role at a unit from today on."""
    staff = create_staff(
        username,
        "nine lilies on a lake",
        full_name=username.title(),
        home_library_id=make_library().pk,
        by=chief(),
        now=MONDAY_NOON,
    )
    give_role(
        staff.pk,
        role.code,
        unit_id=at.pk,
        starts_on=TODAY,
        by=chief(),
        now=MONDAY_NOON,
    )
    return staff


def acting(staff: Staff) -> Actor:
    return staff_actor(staff, make_library().pk, today=TODAY)


def kinds() -> list[str]:
    """What the log tells of roles, in order."""
    events = LoggedEvent.objects.filter(kind__startswith="Role").order_by("id")
    return list(events.values_list("kind", flat=True))


def test_a_role_gets_its_code_from_its_name() -> None:
    assert make_role("Kesätyöntekijä").code == "kesatyontekija"
    assert make_role("Kesätyöntekijä").code == "kesatyontekija-2"
    assert make_role("図書館").code == "rooli"
    assert kinds() == ["RoleChanged"] * 3


def test_an_upgraded_installation_gives_a_permission_that_nobody_has() -> None:
    top = make_consortium()
    role = make_role("Pääkäyttäjä", MANAGE)
    admin = person(role, top)
    assert OrgPermission.MANAGE_WORKSTATIONS in given_by_no_role()
    assert not acting(admin).may(OrgPermission.MANAGE_WORKSTATIONS, at=top.pk)

    change(role, MANAGE, WORKSTATIONS, by=acting(admin))

    assert OrgPermission.MANAGE_WORKSTATIONS not in given_by_no_role()
    assert acting(admin).may(OrgPermission.MANAGE_WORKSTATIONS, at=top.pk)
    told = LoggedEvent.objects.filter(kind="RoleChanged").latest("id")
    assert told.body == {"role_id": role.pk, "added": [WORKSTATIONS], "removed": []}
    assert told.actor == f"staff:{admin.pk}"


def test_ready_roles_leave_no_permission_to_nobody() -> None:
    make_consortium()
    install_ready_roles(by=chief(), now=MONDAY_NOON)

    left = {one for one in given_by_no_role() if ".tests." not in type(one).__module__}
    assert left == set()
    assert len(list(all_permissions())) > 40


def test_who_gives_roles_at_one_library_cannot_decide_what_roles_allow() -> None:
    """Else they would give themselves everything, everywhere."""
    role = make_role("Johtaja", MANAGE)
    local = acting(person(role, make_library()))
    assert local.may(OrgPermission.MANAGE_STAFF)

    with pytest.raises(NotPermitted):
        change(role, MANAGE, CALENDAR, by=local)
    with pytest.raises(NotPermitted):
        make_role("Oma", CALENDAR, by=local)
    with pytest.raises(NotPermitted):
        delete_role(make_role("Turha").pk, by=local, now=MONDAY_NOON)

    role.refresh_from_db()
    assert role.permissions == [MANAGE]
    assert set(Role.objects.values_list("code", flat=True)) == {"johtaja", "turha"}


def test_the_last_role_that_gives_roles_everywhere_keeps_that() -> None:
    top = make_consortium()
    role = make_role("Pääkäyttäjä", MANAGE, CALENDAR)
    admin = person(role, top)
    person(make_role("Johtaja", MANAGE), make_library(), "eino")  # there only

    with pytest.raises(Refused, match="last-manager-of-all"):
        change(role, CALENDAR, by=acting(admin))
    role.refresh_from_db()
    assert MANAGE in role.permissions

    other = make_role("Varalla", MANAGE)
    helper = person(other, top, "helmi")
    change(role, CALENDAR, by=acting(admin))
    with pytest.raises(Refused, match="last-manager"):
        end_grant(
            Grant.objects.get(staff=helper).pk,
            ends_on=TODAY,
            by=chief(),
            now=MONDAY_NOON,
        )


def test_a_closed_account_is_nobody_who_gives_roles() -> None:
    top = make_consortium()
    role, other = make_role("Pääkäyttäjä", MANAGE), make_role("Varalla", MANAGE)
    person(role, top)
    gone = person(other, top, "poissa")
    deactivate(gone.pk, today=TODAY, by=chief(), now=MONDAY_NOON)

    with pytest.raises(Refused, match="last-manager-of-all"):
        change(role)


def test_two_who_change_the_same_role_do_not_undo_one_another() -> None:
    role = make_role("Oma", CALENDAR)
    change(role, CALENDAR, WORKSTATIONS, seen=[CALENDAR])

    with pytest.raises(Refused, match="changed-meanwhile"):
        change(role, seen=[CALENDAR])

    role.refresh_from_db()
    assert role.permissions == [CALENDAR, WORKSTATIONS]


@pytest.mark.parametrize(
    ("permissions", "also", "reason"),
    [
        (["org.fly"], {}, "unknown-permission"),
        ([CALENDAR], {"names": {"fi": "", "sv": "Roll"}}, "name-missing"),
        ([MANAGE], {"second_factor": False}, "proven-twice"),
        (["org.see-audit-log"], {"second_factor": False}, "proven-twice"),
    ],
)
def test_what_no_role_can_be_is_refused_and_nothing_changes(
    permissions: list[str], also: dict[str, Any], reason: str
) -> None:
    role = make_role("Oma", CALENDAR)

    with pytest.raises(Refused, match=reason):
        change(role, *permissions, **also)

    role.refresh_from_db()
    assert (role.permissions, role.name_fi) == ([CALENDAR], "Oma")
    assert kinds() == ["RoleChanged"]


def test_a_new_name_is_told_apart_and_no_change_tells_nothing() -> None:
    role = make_role("Oma", CALENDAR)

    change(role, CALENDAR)
    change(role, CALENDAR, names={"fi": "Toinen", "sv": "Annan", "en": "Other"})

    assert kinds() == ["RoleChanged", "RoleRenamed"]
    role.refresh_from_db()
    assert (role.code, role.names["sv"]) == ("oma", "Annan")


def test_a_role_is_deleted_when_nobody_has_it_any_more() -> None:
    role = make_role("Oma", CALENDAR)
    staff = person(role, make_library())

    with pytest.raises(Refused, match="role-in-use") as no:
        delete_role(role.pk, by=chief(), now=MONDAY_NOON)
    assert "1 people have the role" in no.value.refusals[0].message

    grant = Grant.objects.get(staff=staff)
    yesterday = TODAY - timedelta(days=1)
    end_grant(grant.pk, ends_on=yesterday, by=chief(), now=MONDAY_NOON)
    delete_role(role.pk, by=chief(), now=MONDAY_NOON)

    assert not Role.objects.exists()
    told = LoggedEvent.objects.get(kind="RoleRemoved")
    assert told.body == {"role_id": role.pk, "name": "Oma"}
