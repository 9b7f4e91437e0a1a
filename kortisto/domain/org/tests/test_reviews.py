"""Reviews of roles: asked for twice a year, done role by role; and leavers removed."""

from datetime import date, datetime, timedelta

import pytest

from kortisto.core.actors import Actor, ActorKind, NotPermitted
from kortisto.core.checks import run_checks
from kortisto.core.errands import drop, finish
from kortisto.core.models import Errand, LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.core.versions import configuration_changed
from kortisto.domain.org.actions.leavers import remove_leavers
from kortisto.domain.org.actions.reviews import ask_for_reviews, review_roles
from kortisto.domain.org.actions.staff import deactivate, reactivate
from kortisto.domain.org.models import Grant, Role, Staff, Unit
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.org.queries import staff_actor
from kortisto.domain.org.reviews import grants_under_review, open_review
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    make_consortium,
    make_library,
)

pytestmark = pytest.mark.django_db

TODAY = MONDAY_NOON.date()
MANAGE = OrgPermission.MANAGE_STAFF


def make_role(code: str = "rooli", *permissions: str) -> Role:
    role, _made = Role.objects.get_or_create(
        code=code, defaults={"name_fi": code, "permissions": list(permissions)}
    )
    return role


def make_grant(username: str, unit: Unit, role: Role | None = None) -> Grant:
    staff, _made = Staff.objects.get_or_create(
        username=username, defaults={"full_name": username, "home_library": unit}
    )
    grant = Grant.objects.create(
        staff=staff,
        role=role or make_role(),
        unit=unit,
        starts_on=date(2020, 1, 1),
        given_by="test",
        given_at=MONDAY_NOON - timedelta(days=700),
    )
    configuration_changed()
    return grant


def municipality(library: Unit) -> Unit:
    assert library.parent is not None
    return library.parent


def ask_at(now: datetime) -> int:
    return ask_for_reviews(by=chief(), now=now)


def test_each_municipality_that_gives_roles_is_asked_and_the_consortium() -> None:
    here, _other = make_library("MLI"), make_library("SVL")
    make_grant("aino", here)
    make_grant("helena", make_consortium())

    assert ask_at(MONDAY_NOON) == 2

    reviews = Errand.objects.order_by("pk")
    assert {one.subject_id for one in reviews} == {
        municipality(here).pk,
        make_consortium().pk,
    }
    assert {one.due_on for one in reviews} == {TODAY + timedelta(days=30)}


def test_it_is_asked_again_after_half_a_year_and_not_before() -> None:
    grant = make_grant("aino", make_library())
    unit = municipality(make_library()).pk
    ask_at(MONDAY_NOON)
    review_roles(unit, confirm=[grant.pk], by=chief(), now=MONDAY_NOON)

    assert ask_at(MONDAY_NOON + timedelta(days=180)) == 0
    assert ask_at(MONDAY_NOON + timedelta(days=184)) == 1


def test_it_ends_by_itself_when_every_role_has_been_seen_to() -> None:
    library = make_library()
    unit = municipality(library).pk
    kept, ended = make_grant("aino", library), make_grant("eero", library)
    ask_at(MONDAY_NOON)

    assert not review_roles(unit, confirm=[kept.pk], by=chief(), now=MONDAY_NOON)
    assert open_review(unit) is not None
    assert review_roles(unit, end=[ended.pk], by=chief(), now=MONDAY_NOON)

    kept.refresh_from_db()
    ended.refresh_from_db()
    assert (kept.confirmed_on, kept.confirmed_by) == (TODAY, "staff:2")
    assert ended.ends_on == TODAY - timedelta(days=1)
    assert Errand.objects.get().state == Errand.State.DONE
    assert LoggedEvent.objects.filter(kind="GrantConfirmed").count() == 1


def test_a_role_given_meanwhile_needs_no_second_look() -> None:
    library = make_library()
    old = make_grant("aino", library)
    ask_at(MONDAY_NOON)
    new = make_grant("uusi", library)
    Grant.objects.filter(pk=new.pk).update(given_at=MONDAY_NOON + timedelta(hours=1))

    unit = municipality(library).pk
    assert review_roles(unit, confirm=[old.pk], by=chief(), now=MONDAY_NOON)


def test_nobody_ends_it_by_a_word() -> None:
    make_grant("aino", make_library())
    ask_at(MONDAY_NOON)
    review = Errand.objects.get()

    for end in (finish, drop):
        with pytest.raises(Refused, match="errand-ends-there"):
            end(review.pk, "katsottu", by=chief(), now=MONDAY_NOON)
    review.refresh_from_db()
    assert review.state == Errand.State.OPEN


def test_a_role_of_another_municipality_is_no_part_of_it() -> None:
    here, there = make_library("MLI"), make_library("SVL")
    make_grant("aino", here)
    other = make_grant("eero", there)
    ask_at(MONDAY_NOON)

    with pytest.raises(Refused, match="not-in-review"):
        review_roles(
            municipality(here).pk, confirm=[other.pk], by=chief(), now=MONDAY_NOON
        )
    other.refresh_from_db()
    assert other.confirmed_on is None


def test_one_confirms_ones_own_role_only_when_nobody_else_could() -> None:
    library, role = make_library(), make_role("pomo", MANAGE.value)
    unit = municipality(library)
    own = make_grant("pomo", unit, role)
    by = staff_actor(own.staff, library.pk, today=TODAY)
    second = make_grant("toinen", unit, role)
    ask_at(MONDAY_NOON)

    with pytest.raises(Refused, match="own-role"):
        review_roles(unit.pk, confirm=[own.pk], by=by, now=MONDAY_NOON)
    review_roles(unit.pk, end=[second.pk], by=by, now=MONDAY_NOON)
    assert review_roles(unit.pk, confirm=[own.pk], by=by, now=MONDAY_NOON)


def test_whoever_does_not_manage_there_reviews_nothing() -> None:
    grant = make_grant("aino", make_library())
    unit = municipality(make_library()).pk

    with pytest.raises(NotPermitted):
        review_roles(
            unit,
            confirm=[grant.pk],
            by=Actor(kind=ActorKind.STAFF, id=7, library_id=make_library().pk),
            now=MONDAY_NOON,
        )


def test_closed_accounts_and_roles_that_ended_are_not_asked_about() -> None:
    library = make_library()
    gone = make_grant("mennyt", library)
    Grant.objects.filter(pk=gone.pk).update(ends_on=TODAY - timedelta(days=1))
    closed = make_grant("suljettu", library)
    Staff.objects.filter(pk=closed.staff_id).update(is_active=False)

    unit = municipality(library).pk
    assert list(grants_under_review(unit, today=TODAY)) == []
    assert ask_at(MONDAY_NOON) == 0


def test_a_late_review_is_found_by_the_check() -> None:
    make_grant("aino", make_library())
    ask_at(MONDAY_NOON - timedelta(days=800))

    (reviews,) = [one for one in run_checks() if one.check.name == "reviews"]

    assert "was due on" in reviews.findings[0].sentence


def closed_account(left_on: date) -> Staff:
    library = make_library()
    grant = make_grant("lähtijä", library)
    staff = grant.staff
    staff.email, staff.totp_secret, staff.phone = "a@b.fi", "LUMME", "+358401234567"
    staff.set_password("a quite long first password")
    staff.save()
    left = MONDAY_NOON.replace(year=left_on.year, month=left_on.month, day=left_on.day)
    deactivate(staff.pk, today=left_on, by=chief(), now=left)
    return staff


def test_a_leaver_is_removed_after_half_a_year_and_the_name_stays() -> None:
    staff = closed_account(TODAY - timedelta(days=183))

    assert remove_leavers(by=chief(), now=MONDAY_NOON) == 1
    assert remove_leavers(by=chief(), now=MONDAY_NOON) == 0

    staff.refresh_from_db()
    assert staff.full_name == "lähtijä"
    assert staff.username != "lähtijä"
    assert not staff.has_usable_password()
    assert (staff.email, staff.phone, staff.totp_secret) == ("", "", "")
    assert (staff.home_library, staff.removed_on) == (None, TODAY)
    assert not staff.grants.exists()
    with pytest.raises(Refused, match="account-removed"):
        reactivate(staff.pk, by=chief(), now=MONDAY_NOON)


def test_a_leaver_stays_readable_until_then() -> None:
    staff = closed_account(TODAY - timedelta(days=182))

    assert remove_leavers(by=chief(), now=MONDAY_NOON) == 0

    staff.refresh_from_db()
    assert staff.username == "lähtijä"
