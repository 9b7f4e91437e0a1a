"""The ready roles and the permissions that the apps declare fit each other."""

from kortisto.core.permissions import all_permissions
from kortisto.domain.org.ready_roles import EVERYTHING, READY_ROLES

KNOWN = {
    permission.value
    for permission in all_permissions()
    if ".tests." not in type(permission).__module__  # tests declare their own
}


def test_every_permission_in_a_ready_role_exists() -> None:
    for role in READY_ROLES:
        assert set(role.permissions) <= KNOWN, role.code


def test_every_permission_is_in_some_ready_role() -> None:
    given = {value for role in READY_ROLES for value in role.permissions}
    assert given >= KNOWN


def test_the_consortium_administrator_may_do_everything() -> None:
    assert set(EVERYTHING) == KNOWN


def test_roles_have_names_in_three_languages_and_their_own_codes() -> None:
    assert len({role.code for role in READY_ROLES}) == len(READY_ROLES)
    for role in READY_ROLES:
        assert all(role.names[language] for language in ("fi", "sv", "en"))


def test_whoever_gives_roles_or_reads_logs_needs_a_second_factor() -> None:
    for role in READY_ROLES:
        if {"org.manage-staff", "org.see-audit-log"} & set(role.permissions):
            assert role.needs_second_factor, role.code
