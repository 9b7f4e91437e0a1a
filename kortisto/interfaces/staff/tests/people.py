"""Staff for tests: an account with a role, a browser session that is logged in."""

from django.test import Client
from django.utils import timezone

from kortisto.core.permissions import Permission, all_permissions
from kortisto.core.versions import configuration_changed
from kortisto.domain.org.models import Grant, Role, Staff, Unit
from kortisto.interfaces.staff.middleware import DESK, EPOCH, LIBRARY, STAFF, TOUCHED
from kortisto.testing.builders import make_library

PASSWORD = "correct horse battery staple"  # noqa: S105


def make_staff(
    username: str = "aino",
    *,
    may: tuple[Permission, ...] | None = None,
    library: Unit | None = None,
    second_factor: bool = False,
) -> Staff:
    """An account that may do what is named (everything when left out) there."""
    place = library or make_library()
    staff = Staff.objects.create_user(
        username,
        PASSWORD,
        full_name=f"Virkailija {username.capitalize()}",
        home_library=place,
        language="en",
    )
    allowed = all_permissions() if may is None else may
    role = Role.objects.create(
        code=f"role-{username}",
        name_fi=f"Rooli {username}",
        permissions=[permission.value for permission in allowed],
        needs_second_factor=second_factor,
    )
    Grant.objects.create(
        staff=staff,
        role=role,
        unit=place,
        starts_on=timezone.localdate().replace(month=1, day=1),
        given_by="test",
    )
    configuration_changed()
    return staff


def at_work(
    staff: Staff | None = None, *, library: Unit | None = None, desk: int | None = None
) -> Client:
    """A browser whose person is logged in and works at a library."""
    person = staff or make_staff(library=library)
    place = library or person.home_library
    assert place is not None  # noqa: S101
    client = Client()
    session = client.session
    session[STAFF] = person.pk
    session[EPOCH] = person.session_epoch
    session[LIBRARY] = place.pk
    session[DESK] = desk
    session[TOUCHED] = int(timezone.now().timestamp())
    session.save()
    return client
