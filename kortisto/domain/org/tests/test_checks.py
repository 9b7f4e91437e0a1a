import pytest

from kortisto.core.versions import forget_everything
from kortisto.domain.org.actions.role_contents import install_ready_roles
from kortisto.domain.org.actions.roles import give_role
from kortisto.domain.org.actions.staff import create_staff
from kortisto.domain.org.checks import (
    libraries_open_some_day,
    paths_follow_parents,
    roles_make_sense,
    settings_can_be_read,
)
from kortisto.domain.org.models import Role, SettingValue, Unit, WeeklyHours
from kortisto.testing.builders import MONDAY_NOON, chief, make_consortium, make_library

pytestmark = pytest.mark.django_db


def test_a_sound_organisation_gives_no_finding() -> None:
    library = make_library()
    make_consortium()
    install_ready_roles(by=chief(), now=MONDAY_NOON)
    staff = create_staff(
        "aino",
        "nine lilies on a lake",
        full_name="Aino Vesi",
        home_library_id=library.pk,
        by=chief(),
        now=MONDAY_NOON,
    )
    give_role(
        staff.pk,
        "kimpan-paakayttaja",
        unit_id=make_consortium().pk,
        starts_on=MONDAY_NOON.date().replace(year=2020),
        by=chief(),
        now=MONDAY_NOON,
    )
    for look in (
        paths_follow_parents,
        libraries_open_some_day,
        roles_make_sense,
        settings_can_be_read,
    ):
        assert list(look()) == []


def test_what_is_broken_is_told_with_what_to_do() -> None:
    library = make_library()
    Unit.objects.filter(pk=library.pk).update(path=f"/{library.pk}/")
    WeeklyHours.objects.all().delete()
    Role.objects.create(code="odd", name_fi="Outo", permissions=["org.fly"])
    SettingValue.objects.create(
        unit=library, key="lending.undo_minutes", value="often", changed_by="test"
    )
    forget_everything()
    for look, words in (
        (paths_follow_parents, "MLI"),
        (libraries_open_some_day, "opening hours"),
        (settings_can_be_read, "often"),
        (roles_make_sense, "Nobody"),
        (roles_make_sense, "org.fly"),
    ):
        found = list(look())
        assert any(words in finding.sentence for finding in found), look
        assert all(finding.fix for finding in found)
