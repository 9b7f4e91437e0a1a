"""What goes on although the processing of the data is restricted (GDP-2).

It only closes something, or is the patron's own: waiting could do harm.
"""

from datetime import timedelta

import pytest

from kortisto.domain.entry.actions import bans, guardians
from kortisto.domain.entry.models import Ban, GuardianPermission
from kortisto.domain.patrons.actions import (
    binning,
    change,
    change_requests,
    erasures,
    family,
    notes,
    pin,
    pin_links,
    restrictions,
    unlock,
)
from kortisto.domain.patrons.models import (
    Erasure,
    Guardianship,
    Patron,
    RequestedChange,
    Restriction,
    Source,
)
from kortisto.domain.patrons.restriction_types import DECEASED
from tests.frozen_stage import (
    NOW,
    PIN,
    STAFF,
    TODAY,
    TOKEN,
    Stage,
    a_ban,
    set_up,
    stopped,
)

pytestmark = pytest.mark.django_db

YES, NO = GuardianPermission.Answer.YES, GuardianPermission.Answer.NO


@pytest.fixture
def stage() -> Stage:
    made = set_up()
    made.freeze()
    return made


def link_of(stage: Stage) -> Guardianship:
    return Guardianship.objects.get(pk=stage.link)


def test_a_lost_card_is_reported_and_no_other_flag_set(stage: Stage) -> None:
    change.set_flags(stage.patron, {"card_lost": True}, by=stage.by, now=NOW)
    for more in ({"card_lost": True, "check_email": True}, {"card_lost": False}):
        with stopped():
            change.set_flags(stage.patron, more, by=stage.by, now=NOW)

    patron = Patron.objects.get(pk=stage.patron)
    assert (patron.card_lost, patron.check_email) == (True, False)


def test_patrons_change_their_own_pin_and_a_lock_is_opened(stage: Stage) -> None:
    pin.set_pin(stage.patron, PIN, by=stage.own, now=NOW)
    pin_links.set_pin_by_link(TOKEN, "9153", now=NOW)
    locked = Patron.objects.filter(pk=stage.patron)
    assert pin.pin_is_right(locked.get(), "9153")
    locked.update(locked_until=NOW + timedelta(hours=1))

    assert unlock.unlock_pin(stage.patron, by=stage.by, now=NOW)

    assert locked.get().locked_until is None


def test_a_guardian_sees_nothing_any_more(stage: Stage) -> None:
    family.set_consent(stage.link, {"sees_loans": False}, by=stage.own, now=NOW)
    family.end_guardian(stage.link, by=stage.by, now=NOW)
    with stopped():
        family.set_consent(stage.going_on, {"sees_loans": True}, by=stage.own, now=NOW)

    assert (link_of(stage).sees_loans, link_of(stage).ends_on) == (False, TODAY)
    assert not Guardianship.objects.get(pk=stage.going_on).sees_loans


def test_a_guardian_s_last_day_comes_nearer_only(stage: Stage) -> None:
    sooner, later_on = TODAY + timedelta(days=3), TODAY + timedelta(days=9)
    with stopped():
        family.end_guardian(stage.link, last_day=later_on, by=stage.by, now=NOW)
    family.end_guardian(stage.link, last_day=sooner, by=stage.by, now=NOW)

    assert link_of(stage).ends_on == sooner


def test_a_guardian_says_no_to_open_libraries_but_not_yes(stage: Stage) -> None:
    in_force = GuardianPermission.objects.filter(child=stage.patron, ended_at=None)
    in_force.update(answer=YES)

    guardians.set_guardian_permission(stage.patron, NO, by=stage.by, now=NOW)
    assert in_force.get().answer == NO
    guardians.set_guardian_permission(stage.patron, None, by=stage.by, now=NOW)
    assert not in_force.exists()


def test_somebody_is_banned_so_that_others_are_safe(stage: Stage) -> None:
    made = bans.ban(stage.patron, a_ban(), by=stage.by, now=NOW)

    assert Ban.objects.filter(pk=made.pk, lifted_at=None).exists()


def test_wishes_are_taken_back(stage: Stage) -> None:
    Erasure.objects.create(
        patron_id=stage.other, asked_at=NOW, asked_by="x", erase_on=TODAY
    )
    erasures.take_back_erasure(stage.other, by=stage.by, now=NOW)
    change_requests.withdraw_change(stage.asked, by=stage.own, now=NOW)

    assert erasures.asked_of(stage.other) is None
    waits = RequestedChange.objects.filter(state=RequestedChange.State.WAITING)
    assert not waits.exists()


def test_what_the_population_register_says_is_written(stage: Stage) -> None:
    register = Source.POPULATION_REGISTER
    told = {"is_protected": True}
    change.change(stage.patron, told, by=stage.by, now=NOW, source=register)
    restrictions.restrict(stage.patron, "", kind=DECEASED, by=stage.by, now=NOW)

    assert Patron.objects.get(pk=stage.patron).is_protected
    assert Restriction.objects.filter(type__code=DECEASED).exists()


def test_who_is_in_the_bin_comes_out_to_the_page_where_it_is_lifted(
    stage: Stage,
) -> None:
    Patron.objects.filter(pk=stage.other).update(binned_at=NOW, bin_reason="Muutti")

    binning.take_out_of_bin(stage.other, by=stage.by, now=NOW)
    stage.lift()

    notes.write_note(stage.other, "Sovittu", audience=STAFF, by=stage.by, now=NOW)
