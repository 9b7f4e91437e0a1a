"""No is said with every reason, and set aside only by who asks to and may."""

import pytest
from django.utils.translation import gettext_lazy as _

from kortisto.core.actors import Actor, ActorKind, NotPermitted, job_actor
from kortisto.core.permissions import all_permissions, permission
from kortisto.core.refusals import Reason, Refusal, Refused, refuse
from kortisto.core.tests.happenings import DESK, NOBODY, Allowed


class No(Reason):
    FULL = "full", _("There are {number} already.")
    LATE = "late", _("It is late.")


FULL = Refusal(No.FULL, override=Allowed.RUN_JOBS, facts={"number": 3})
LATE = Refusal(No.LATE)
NOTICE = Refusal(No.LATE, notice=True)


def test_a_reason_is_a_sentence_with_its_facts() -> None:
    assert FULL.message.format() == FULL.message
    assert "3" in FULL.message


def test_every_reason_is_told_also_those_that_would_be_set_aside() -> None:
    with pytest.raises(Refused, match="full, late") as refused:
        refuse([FULL, NOTICE, LATE], by=DESK, overriding={"full"})

    assert refused.value.refusals == (FULL, LATE)


def test_who_may_and_asks_to_sets_a_reason_aside() -> None:
    assert refuse([FULL, NOTICE], by=DESK, overriding={"full"}) == (FULL,)
    assert refuse([NOTICE], by=NOBODY) == ()


@pytest.mark.parametrize(
    ("refusal", "by", "overriding"),
    [(FULL, DESK, set[str]()), (FULL, NOBODY, {"full"}), (LATE, DESK, {"late"})],
)
def test_nothing_else_sets_it_aside(
    refusal: Refusal, by: Actor, overriding: set[str]
) -> None:
    with pytest.raises(Refused):
        refuse([refusal], by=by, overriding=overriding)


def test_a_permission_holds_where_it_was_granted_and_nowhere_else() -> None:
    DESK.require(Allowed.RUN_JOBS)
    DESK.require(Allowed.RUN_JOBS, at=3)
    assert DESK.may_somewhere(Allowed.RUN_JOBS)
    assert not NOBODY.may_somewhere(Allowed.RUN_JOBS)
    with pytest.raises(NotPermitted) as refused:
        DESK.require(Allowed.RUN_JOBS, at=4)
    assert (refused.value.permission, refused.value.at) == (Allowed.RUN_JOBS, 4)


def test_a_job_may_everywhere_exactly_what_was_named() -> None:
    nightly = job_actor(Allowed.RUN_JOBS)

    assert nightly.may(Allowed.RUN_JOBS, at=99)
    assert not job_actor().may(Allowed.RUN_JOBS, at=99)
    assert (nightly.label, DESK.label) == ("job", "staff:12")
    assert Actor(kind=ActorKind.PATRON, id=5).label == "patron:5"


def test_permissions_are_found_by_what_is_stored() -> None:
    assert permission("test.run-jobs") is Allowed.RUN_JOBS
    assert Allowed.RUN_JOBS in set(all_permissions())
    with pytest.raises(LookupError, match="no such permission"):
        permission("test.fly")
