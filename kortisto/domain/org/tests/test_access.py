from datetime import date, timedelta

import pyotp
import pytest

from kortisto.core.actors import Actor, NotPermitted
from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.domain.org.actions.login import (
    check_password,
    enrol_second_factor,
    logged_in,
    remove_second_factor,
    verify_second_factor,
)
from kortisto.domain.org.actions.role_contents import (
    PROVEN_TWICE,
    create_role,
    install_ready_roles,
)
from kortisto.domain.org.actions.roles import (
    copy_grants,
    end_grant,
    give_role,
)
from kortisto.domain.org.actions.staff import (
    change_own_password,
    change_staff,
    create_staff,
    deactivate,
    end_sessions,
    reactivate,
    set_password,
    unlock,
)
from kortisto.domain.org.models import Grant, Role, Staff, Unit
from kortisto.domain.org.passwords import new_secret
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.org.queries import (
    grants_of,
    may_work_at,
    needs_second_factor,
    staff_actor,
    why_may_i_not,
)
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    desk,
    make_consortium,
    make_library,
)

pytestmark = pytest.mark.django_db
TODAY = date(2027, 3, 1)
DAY = timedelta(days=1)
PASSWORD = "nine lilies on a lake"
CALENDAR = OrgPermission.EDIT_CALENDAR


def make_staff(username: str = "aino", library: Unit | None = None) -> Staff:
    return create_staff(
        username,
        PASSWORD,
        full_name=username.title(),
        home_library_id=(library or make_library()).pk,
        by=chief(),
        now=MONDAY_NOON,
    )


def make_role(code: str = "hours", *permissions: str, strict: bool = False) -> Role:
    make_consortium()
    return create_role(
        permissions or (CALENDAR.value,),
        names={"fi": code, "en": code},
        second_factor=strict or bool(PROVEN_TWICE & set(permissions)),
        code=code,
        by=chief(),
        now=MONDAY_NOON,
    )


def give(
    staff: Staff,
    unit: Unit,
    *,
    role: str = "hours",
    starts_on: date = TODAY,
    ends_on: date | None = None,
    by: Actor | None = None,
) -> Grant:
    return give_role(
        staff.pk,
        role,
        unit_id=unit.pk,
        starts_on=starts_on,
        ends_on=ends_on,
        by=by or chief(),
        now=MONDAY_NOON,
    )


def test_a_role_holds_at_its_place_and_below_on_its_days() -> None:
    here, there = make_library("MLI"), make_library("SVL")
    staff = make_staff()
    make_role()
    assert here.parent is not None
    give(staff, here.parent, ends_on=TODAY + DAY)

    for day, expected in (
        (TODAY - DAY, False),
        (TODAY, True),
        (TODAY + DAY, True),
        (TODAY + 2 * DAY, False),
    ):
        actor = staff_actor(staff, here.pk, today=day)
        assert actor.may(CALENDAR) is expected
        assert not actor.may(CALENDAR, at=there.pk)
    assert [one.id for one in may_work_at(staff.pk, TODAY)] == [here.pk]


def test_nobody_gives_a_role_that_allows_more_than_they_may_themselves() -> None:
    library, staff = make_library(), make_staff()
    make_role("all", CALENDAR.value, OrgPermission.SEE_AUDIT_LOG.value)
    local = desk(library, also=(OrgPermission.MANAGE_STAFF.value, CALENDAR.value))
    with pytest.raises(Refused, match="gives-more") as no:
        give(staff, library, role="all", by=local)
    assert "audit log" in no.value.refusals[0].message
    assert not Grant.objects.exists()
    assert not LoggedEvent.objects.filter(kind="RoleGranted").exists()


def test_a_role_taken_away_at_once_is_out_of_force_today_and_remembered() -> None:
    staff, library = make_staff(), make_library()
    make_role()
    old = give(staff, library, starts_on=TODAY - 30 * DAY)
    future = give(staff, library, starts_on=TODAY + 30 * DAY)
    for grant in (old, future):
        end_grant(grant.pk, ends_on=TODAY - DAY, by=chief(), now=MONDAY_NOON)
    assert grants_of(staff.pk, TODAY) == {}
    assert Grant.objects.get().ends_on == TODAY - DAY
    assert LoggedEvent.objects.filter(kind="GrantEnded").count() == 2


def test_the_last_one_who_can_give_roles_keeps_the_role() -> None:
    staff, other, top = make_staff(), make_staff("eino"), make_consortium()
    make_role("boss", OrgPermission.MANAGE_STAFF.value)
    grant = give(staff, top, role="boss")
    with pytest.raises(Refused, match="last-manager"):
        end_grant(grant.pk, ends_on=TODAY, by=chief(), now=MONDAY_NOON)
    give(other, top, role="boss")
    end_grant(grant.pk, ends_on=TODAY, by=chief(), now=MONDAY_NOON)
    assert grants_of(staff.pk, TODAY + DAY) == {}


def test_taking_a_role_away_never_makes_it_last_longer() -> None:
    """Else who could not give an administrator's role could bring an old one back."""
    staff, library = make_staff(), make_library()
    make_role()
    grant = give(staff, library, starts_on=TODAY - 30 * DAY, ends_on=TODAY - 10 * DAY)
    with pytest.raises(Refused, match="grant-ends-earlier"):
        end_grant(grant.pk, ends_on=TODAY + DAY, by=chief(), now=MONDAY_NOON)
    assert grants_of(staff.pk, TODAY) == {}
    end_grant(grant.pk, ends_on=TODAY - 11 * DAY, by=chief(), now=MONDAY_NOON)


def test_the_account_of_the_last_one_who_can_give_roles_is_not_closed() -> None:
    staff, other, top = make_staff(), make_staff("eino"), make_consortium()
    make_role("boss", OrgPermission.MANAGE_STAFF.value)
    give(staff, top, role="boss")
    with pytest.raises(Refused, match="last-manager"):
        deactivate(staff.pk, today=TODAY, by=chief(), now=MONDAY_NOON)
    staff.refresh_from_db()
    assert staff.is_active
    give(other, top, role="boss")
    deactivate(staff.pk, today=TODAY, by=chief(), now=MONDAY_NOON)
    assert grants_of(staff.pk, TODAY) == {}


def test_copying_gives_the_roles_that_are_missing() -> None:
    staff, other, library = make_staff(), make_staff("eino"), make_library()
    make_role()
    give(staff, library)
    for expected in (1, 0):
        assert (
            copy_grants(staff.pk, other.pk, today=TODAY, by=chief(), now=MONDAY_NOON)
            == expected
        )
    assert grants_of(other.pk, TODAY) == grants_of(staff.pk, TODAY)


def test_ready_roles_are_installed_once_and_changed_ones_are_left_alone() -> None:
    make_consortium()
    made = install_ready_roles(by=chief(), now=MONDAY_NOON)
    assert len(made) == 14
    Role.objects.filter(code="tarkastaja").update(permissions=[])
    assert install_ready_roles(by=chief(), now=MONDAY_NOON) == ()
    assert Role.objects.get(code="tarkastaja").permissions == []


def test_a_role_with_an_unknown_permission_is_refused() -> None:
    with pytest.raises(Refused, match="unknown-permission"):
        make_role("odd", "org.fly")
    assert not Role.objects.exists()


def test_why_may_i_not_says_it_in_sentences() -> None:
    here, there = make_library("MLI"), make_library("SVL")
    staff, boss = make_staff(), make_staff("boss")
    make_role()
    make_role("boss", OrgPermission.MANAGE_STAFF.value)
    give(boss, make_consortium(), role="boss")

    def why(at: Unit) -> tuple[bool, str]:
        found = why_may_i_not(staff.pk, CALENDAR, at.pk, TODAY)
        return found.allowed, " ".join(found.sentences)

    allowed, text = why(here)
    assert not allowed
    assert "anywhere" in text
    assert "hours" in text
    assert "Boss" in text

    give(staff, there)
    assert "at SVL, which MLI does not belong to" in why(here)[1]
    give(staff, here, starts_on=TODAY - 9 * DAY, ends_on=TODAY - DAY)
    assert "ended on 28.2.2027" in why(here)[1]
    give(staff, here, starts_on=TODAY + DAY)
    assert "starts on 2.3.2027" in why(here)[1]
    assert not why(here)[0]
    give(staff, make_consortium())
    assert why(here)[0]


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short", "password-short"),
        ("fourteen chars", "password-short"),
        ("aaaaaaaaaaaaaaaaaaaa", "password-weak"),
        ("ainoainoaino12345", "password-weak"),
    ],
)
def test_a_password_that_is_easy_to_guess_is_refused(
    password: str, reason: str
) -> None:
    staff = make_staff()
    with pytest.raises(Refused, match=reason):
        set_password(staff.pk, password, by=chief(), now=MONDAY_NOON)
    staff.refresh_from_db()
    assert staff.check_password(PASSWORD)


def test_an_account_needs_a_name_of_its_own() -> None:
    make_staff("aino")
    with pytest.raises(Refused, match="username-taken"):
        make_staff("Aino ")
    assert Staff.objects.count() == 1


def test_a_changed_password_ends_every_session() -> None:
    staff = make_staff()
    own = staff_actor(staff, make_library().pk, today=TODAY)
    with pytest.raises(Refused, match="wrong-password"):
        change_own_password(staff.pk, "wrong", "x" * 20, by=own, now=MONDAY_NOON)
    new = "ten herons by a stream"
    change_own_password(staff.pk, PASSWORD, new, by=own, now=MONDAY_NOON)
    end_sessions(staff.pk, by=own, now=MONDAY_NOON)
    staff.refresh_from_db()
    assert staff.check_password(new)
    assert staff.session_epoch == 2
    with pytest.raises(NotPermitted):
        set_password(staff.pk, PASSWORD, by=own, now=MONDAY_NOON)


def test_a_local_administrator_cannot_take_over_a_more_powerful_account() -> None:
    library, staff = make_library(), make_staff()
    make_role("audit", OrgPermission.SEE_AUDIT_LOG.value)
    local = desk(library, also=(OrgPermission.MANAGE_STAFF.value,))
    set_password(staff.pk, "ten herons by a stream", by=local, now=MONDAY_NOON)
    give(staff, make_consortium(), role="audit")
    with pytest.raises(Refused, match="may-more"):
        set_password(staff.pk, PASSWORD, by=local, now=MONDAY_NOON)
    with pytest.raises(Refused, match="may-more"):
        remove_second_factor(staff.pk, by=local, now=MONDAY_NOON)
    with pytest.raises(Refused, match="may-more"):
        deactivate(staff.pk, today=TODAY, by=local, now=MONDAY_NOON)
    staff.refresh_from_db()
    assert staff.is_active
    assert staff.check_password("ten herons by a stream")


def test_a_leaver_can_do_nothing_but_stays_in_the_logs() -> None:
    staff, library = make_staff(), make_library()
    make_role()
    give(staff, library, starts_on=TODAY - 30 * DAY)
    deactivate(staff.pk, today=TODAY, by=chief(), now=MONDAY_NOON)
    with pytest.raises(Refused, match="wrong-password"):
        check_password("aino", PASSWORD, now=MONDAY_NOON)
    assert grants_of(staff.pk, TODAY) == {}
    staff.refresh_from_db()
    assert staff.left_on == TODAY
    assert Grant.objects.get().ends_on == TODAY - DAY


def test_a_person_changes_their_own_data_but_not_who_manages_them() -> None:
    staff, other = make_staff(), make_library("SVL")
    own = staff_actor(staff, make_library().pk, today=TODAY)
    change_staff(staff.pk, {"language": "sv"}, by=own, now=MONDAY_NOON)
    with pytest.raises(NotPermitted):
        change_staff(staff.pk, {"home_library_id": other.pk}, by=own, now=MONDAY_NOON)
    with pytest.raises(TypeError, match="is_active"):
        change_staff(staff.pk, {"is_active": True}, by=own, now=MONDAY_NOON)
    staff.refresh_from_db()
    assert (staff.language, staff.home_library_id) == ("sv", make_library().pk)


def test_somebody_who_comes_back_has_no_role_and_an_open_lock() -> None:
    staff, library = make_staff(), make_library()
    make_role()
    give(staff, library)
    deactivate(staff.pk, today=TODAY, by=chief(), now=MONDAY_NOON)
    Staff.objects.update(locked_until=MONDAY_NOON + DAY)

    reactivate(staff.pk, by=chief(), now=MONDAY_NOON)
    unlock(staff.pk, by=chief(), now=MONDAY_NOON)

    assert check_password("aino", PASSWORD, now=MONDAY_NOON) == staff
    assert grants_of(staff.pk, TODAY) == {}


def test_a_log_in_is_told_and_remembers_the_library() -> None:
    staff, library = make_staff(), make_library()
    found = check_password(" AINO ", PASSWORD, now=MONDAY_NOON)
    assert found == staff
    actor = logged_in(found, library.pk, today=TODAY, now=MONDAY_NOON)
    staff.refresh_from_db()
    assert staff.last_library_id == actor.library_id == library.pk
    assert LoggedEvent.objects.filter(kind="StaffLoggedIn").count() == 1


def test_five_wrong_passwords_lock_the_account_for_a_while() -> None:
    staff = make_staff()
    for _ in range(5):
        with pytest.raises(Refused, match="wrong-password"):
            check_password("aino", "wrong", now=MONDAY_NOON)
    with pytest.raises(Refused, match="account-locked"):
        check_password("aino", PASSWORD, now=MONDAY_NOON)
    later = MONDAY_NOON + timedelta(minutes=15)
    assert check_password("aino", PASSWORD, now=later) == staff
    with pytest.raises(Refused, match="wrong-password"):
        check_password("aino", "wrong", now=later)
    staff.refresh_from_db()
    assert staff.failed_logins == 1
    assert "wrong" not in str(
        LoggedEvent.objects.filter(kind="StaffLoginFailed").values("body")
    )


def test_an_unknown_name_answers_as_a_wrong_password_does() -> None:
    with pytest.raises(Refused, match="wrong-password"):
        check_password("nobody", PASSWORD, now=MONDAY_NOON)
    body = LoggedEvent.objects.get().body
    assert body == {"staff_id": None, "reason": "no-account"}


def test_a_code_works_once_and_for_half_a_minute_on_both_sides() -> None:
    staff, secret = make_staff(), new_secret()
    own = staff_actor(staff, None, today=TODAY)
    codes = pyotp.TOTP(secret)
    with pytest.raises(Refused, match="wrong-code"):
        enrol_second_factor(staff.pk, secret, code="000", by=own, now=MONDAY_NOON)
    code = codes.at(MONDAY_NOON)
    enrol_second_factor(staff.pk, secret, code=code, by=own, now=MONDAY_NOON)
    staff.refresh_from_db()
    with pytest.raises(Refused, match="wrong-code"):
        verify_second_factor(staff, code, now=MONDAY_NOON)

    later = MONDAY_NOON + timedelta(minutes=5)
    fresh = codes.at(later - timedelta(seconds=30))
    verify_second_factor(staff, f"{fresh[:3]} {fresh[3:]}", now=later)
    with pytest.raises(Refused, match="wrong-code"):
        verify_second_factor(staff, fresh, now=later)
    with pytest.raises(Refused, match="wrong-code"):
        verify_second_factor(staff, codes.at(later - timedelta(minutes=2)), now=later)

    with pytest.raises(Refused, match="already-enrolled"):
        enrol_second_factor(staff.pk, secret, code=fresh, by=own, now=later)
    remove_second_factor(staff.pk, by=chief(), now=later)
    staff.refresh_from_db()
    with pytest.raises(Refused, match="not-enrolled"):
        verify_second_factor(staff, fresh, now=later)


def test_administrators_need_a_second_factor_while_their_role_is_in_force() -> None:
    staff, library = make_staff(), make_library()
    make_role("strict", strict=True)
    give(staff, library, role="strict", ends_on=TODAY)
    assert needs_second_factor(staff.pk, TODAY)
    assert not needs_second_factor(staff.pk, TODAY + DAY)
