import pytest

from kortisto.core.actors import job_actor
from kortisto.core.refusals import Refused
from kortisto.domain.org.actions.founding import ADMINISTRATOR, create_administrator
from kortisto.domain.org.models import Grant, Staff, Unit
from kortisto.domain.org.permissions import OrgPermission
from kortisto.testing.builders import MONDAY_NOON

pytestmark = pytest.mark.django_db
SETUP = job_actor(*OrgPermission)
PASSWORD = "nine lilies on a lake"


def found(username: str, password: str = PASSWORD) -> Staff:
    return create_administrator(
        username,
        password,
        full_name="Aino Vesi",
        consortium="Lumme",
        by=SETUP,
        now=MONDAY_NOON,
    )


def test_on_an_empty_installation_the_consortium_and_the_roles_are_made() -> None:
    staff = found("aino")

    assert staff.check_password(PASSWORD)
    grant = Grant.objects.select_related("role", "unit").get(staff=staff)
    assert grant.role.code == ADMINISTRATOR
    assert grant.role.needs_second_factor
    assert grant.unit.kind == Unit.Kind.CONSORTIUM
    assert grant.unit.name_fi == "Lumme"


def test_a_second_administrator_joins_the_consortium_that_is_there() -> None:
    found("aino")
    found("väinö")

    assert Unit.objects.count() == 1
    assert Grant.objects.filter(role__code=ADMINISTRATOR).count() == 2


def test_a_bad_password_is_refused_and_nothing_is_made() -> None:
    with pytest.raises(Refused, match="password"):
        found("aino", "short")

    assert not Unit.objects.exists()
    assert not Staff.objects.exists()
