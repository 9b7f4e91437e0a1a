"""Workstations: enrolled by a code, renewed by themselves, dead when shut out."""

from datetime import datetime, timedelta

import pytest

from kortisto.core.actors import NotPermitted
from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.domain.org.actions.leavers import forget_workstations
from kortisto.domain.org.actions.recognising import note_use, recognise
from kortisto.domain.org.actions.workstations import (
    add_workstation,
    enrol,
    new_code,
    shut_out,
)
from kortisto.domain.org.enrolment_codes import digest, grouped
from kortisto.domain.org.enrolment_codes import new_code as random_code
from kortisto.domain.org.models import Staff, Workstation
from kortisto.testing.builders import MONDAY_NOON, chief, desk, make_library

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def add(label: str = "LT-204") -> tuple[Workstation, str]:
    return add_workstation(make_library().pk, label, by=chief(), now=MONDAY_NOON)


def enrolled(label: str = "LT-204") -> tuple[Workstation, str]:
    return enrol(add(label)[1], now=MONDAY_NOON)


def is_known(token: str, *, now: datetime = MONDAY_NOON) -> bool:
    return recognise(token, now=now) is not None


def test_a_code_enrols_once_however_it_is_typed() -> None:
    made, code = add()

    row, token = enrol(f" {code.lower().replace('-', ' ')}", now=MONDAY_NOON)

    assert row == made
    assert is_known(token)
    assert code not in LoggedEvent.objects.values_list("body", flat=True)
    with pytest.raises(Refused, match="code-unknown"):
        enrol(code, now=MONDAY_NOON)


def test_a_code_is_good_for_a_day() -> None:
    _made, code = add()

    with pytest.raises(Refused, match="code-unknown"):
        enrol(code, now=MONDAY_NOON + DAY)


@pytest.mark.parametrize("text", ["", "x", "1", "1.", ".secret", "999.secret", "1.ä"])
def test_what_nobody_was_given_is_not_known(text: str) -> None:
    enrolled()

    assert not is_known(text)


def test_only_digests_are_kept() -> None:
    _row, token = enrolled()
    secret = token.partition(".")[2]

    kept = str(list(Workstation.objects.values()))
    assert secret not in kept


def test_a_workstation_in_use_renews_itself_and_never_has_to_be_enrolled_again() -> (
    None
):
    _row, token = enrolled()
    now = MONDAY_NOON
    for _month in range(24):
        now += 31 * DAY
        known = recognise(token, now=now)
        assert known is not None
        token = known.token or token

    assert is_known(token, now=now)


def test_a_renewal_that_is_lost_on_the_way_locks_nobody_out() -> None:
    _row, token = enrolled()
    later = MONDAY_NOON + 50 * DAY
    lost = recognise(token, now=later)
    assert lost is not None
    assert lost.token

    at_once = recognise(token, now=later + timedelta(minutes=1))
    again = recognise(token, now=later + timedelta(hours=2))

    assert at_once is not None
    assert again is not None
    assert at_once.token == ""  # it is on its way
    assert again.token not in {"", lost.token}
    assert is_known(again.token, now=later + timedelta(hours=3))
    assert not is_known(token, now=later + timedelta(hours=3))  # the new one is in use
    assert not is_known(lost.token, now=later + timedelta(hours=3))


def test_one_that_nobody_used_for_long_must_be_enrolled_again() -> None:
    row, token = enrolled()

    assert is_known(token, now=MONDAY_NOON + 89 * DAY)
    late = MONDAY_NOON + (89 + 90) * DAY
    assert not is_known(token, now=late)

    code = new_code(row.pk, by=chief(), now=late)
    _again, fresh = enrol(code, now=late)
    assert is_known(fresh, now=late)


def test_a_new_enrolment_ends_the_credential_before_it() -> None:
    row, old = enrolled()

    _row, new = enrol(new_code(row.pk, by=chief(), now=MONDAY_NOON), now=MONDAY_NOON)

    assert is_known(new)
    assert not is_known(old)


def test_a_stolen_one_is_dead_and_so_are_sessions_of_those_who_used_it_lately() -> None:
    row, token = enrolled()
    lately, long_ago, never = (
        Staff.objects.create_user(name, "x" * 20) for name in ("eka", "toka", "kolmas")
    )
    note_use(row.pk, long_ago.pk, now=MONDAY_NOON - 40 * DAY)
    note_use(row.pk, lately.pk, now=MONDAY_NOON - 2 * DAY)

    ended = shut_out(row.pk, stolen=True, by=chief(), now=MONDAY_NOON)

    assert ended == (lately.pk,)
    epochs = dict(Staff.objects.values_list("pk", "session_epoch"))
    assert (epochs[lately.pk], epochs[long_ago.pk], epochs[never.pk]) == (1, 0, 0)
    assert not is_known(token)
    row.refresh_from_db()
    assert (row.removed_why, row.token_digest) == ("stolen", "")
    assert row.uses.count() == 2  # who used it, and when, can still be read
    with pytest.raises(Refused, match="workstation-removed"):
        new_code(row.pk, by=chief(), now=MONDAY_NOON)


def test_out_of_use_ends_no_other_sessions_and_frees_the_name() -> None:
    row, token = enrolled()
    person = Staff.objects.create_user("eka", "x" * 20)
    note_use(row.pk, person.pk, now=MONDAY_NOON)

    assert shut_out(row.pk, stolen=False, by=chief(), now=MONDAY_NOON) == ()

    person.refresh_from_db()
    assert person.session_epoch == 0
    assert not is_known(token)
    assert add("LT-204")[0] != row


def test_the_first_and_the_last_use_are_kept() -> None:
    row, _token = enrolled()
    person = Staff.objects.create_user("eka", "x" * 20)

    for days in (0, 3, 7):
        note_use(row.pk, person.pk, now=MONDAY_NOON + days * DAY)

    use = row.uses.get()
    assert (use.first_at, use.last_at) == (MONDAY_NOON, MONDAY_NOON + 7 * DAY)


def test_a_name_is_needed_and_taken_once() -> None:
    add("LT-204")

    with pytest.raises(Refused, match="label-missing"):
        add("  ")
    with pytest.raises(Refused, match="label-taken"):
        add("LT-204")


def test_whoever_may_not_manage_workstations_there_does_nothing() -> None:
    row, token = enrolled()

    with pytest.raises(NotPermitted):
        add_workstation(make_library().pk, "X", by=desk(), now=MONDAY_NOON)
    with pytest.raises(NotPermitted):
        shut_out(row.pk, stolen=True, by=desk(), now=MONDAY_NOON)
    with pytest.raises(NotPermitted):
        new_code(row.pk, by=desk(), now=MONDAY_NOON)
    assert is_known(token)


def test_one_shut_out_is_forgotten_after_half_a_year() -> None:
    row, _token = enrolled()
    shut_out(row.pk, stolen=True, by=chief(), now=MONDAY_NOON)

    assert forget_workstations(by=chief(), now=MONDAY_NOON + 182 * DAY) == 0
    assert forget_workstations(by=chief(), now=MONDAY_NOON + 183 * DAY) == 1
    assert not Workstation.objects.exists()


def test_codes_are_random_and_their_digest_needs_the_key() -> None:
    code = random_code()

    assert len({random_code() for _nth in range(50)}) == 50
    assert len(grouped(code)) == 11
    assert digest(grouped(code), key="a") == digest(code, key="a")
    assert digest(code, key="a") != digest(code, key="b")
