"""Whoever has not used the library for years is told and erased, and nobody else."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from kortisto.core.actors import Actor, ActorKind, Channel, NotPermitted, job_actor
from kortisto.core.events import publish
from kortisto.core.mail import AddressRefused
from kortisto.core.models import Errand, Job
from kortisto.core.refusals import Refused
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.entry.models import EntryAttempt
from kortisto.domain.fees.actions.charges import charge
from kortisto.domain.fees.actions.payments import pay
from kortisto.domain.org.actions.settings import set_setting
from kortisto.domain.patrons.actions.erasures import (
    ask_erasure,
    erase_due,
    take_back_erasure,
)
from kortisto.domain.patrons.actions.inactive import (
    announce_inactive,
    begin_days_of_told,
    inactive,
)
from kortisto.domain.patrons.actions.viewing import view_patron
from kortisto.domain.patrons.events import PatronLoggedIn, PinChanged
from kortisto.domain.patrons.models import Erasure, Guardianship, Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.settings import INACTIVE_MONTHS
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    desk,
    make_category,
    make_consortium,
    make_hold,
    make_item,
    make_library,
    make_patron,
    make_record,
    make_rules,
    themself,
)
from kortisto.testing.loans import lend
from kortisto.testing.mail import MemoryMail, let_the_worker_write, post_box

pytestmark = pytest.mark.django_db

NIGHTLY = job_actor(PatronPermission.ERASE)
LATELY = MONDAY_NOON - timedelta(days=300)
LONG_AGO = MONDAY_NOON - timedelta(days=4000)
NIGHT = MONDAY_NOON + timedelta(days=30)


@pytest.fixture(autouse=True)
def three_years() -> None:
    """The consortium has decided: whoever does nothing for three years."""
    set_setting(
        make_consortium().pk, INACTIVE_MONTHS, value=36, by=chief(), now=MONDAY_NOON
    )


@pytest.fixture
def post() -> Iterator[MemoryMail]:
    yield post_box()
    post_box()


def sleeper(**fields: Any) -> Patron:
    """Registered ages ago, expired, and nothing since."""
    patron = make_patron(**{"expires_on": date(2022, 1, 1), **fields})
    Patron.objects.filter(pk=patron.pk).update(created_at=LONG_AGO)
    return patron


def test_who_has_done_nothing_is_told_by_mail_and_erased_a_month_later(
    post: MemoryMail,
) -> None:
    patron = sleeper(email="uni@posti.example", language="en")

    done = announce_inactive(by=NIGHTLY, now=MONDAY_NOON)

    assert (done.announced, done.hindered) == (1, 0)
    let_the_worker_write(MONDAY_NOON)
    (mail,) = post.sent
    assert mail.to == "uni@posti.example"
    assert "31.3.2027" in mail.text
    assert erase_due(by=NIGHTLY, now=NIGHT - timedelta(days=1)).erased == 0
    assert erase_due(by=NIGHTLY, now=NIGHT).erased == 1
    assert not Patron.objects.filter(pk=patron.pk).exists()


def test_whose_message_does_not_arrive_is_not_erased_and_a_person_tells_them(
    post: MemoryMail,
) -> None:
    patron = sleeper(email="gone@posti.example")
    post.fails = AddressRefused("550", permanent=True)

    announce_inactive(by=NIGHTLY, now=MONDAY_NOON)
    let_the_worker_write(MONDAY_NOON)

    assert erase_due(by=NIGHTLY, now=NIGHT + timedelta(days=365)).erased == 0
    task = Errand.objects.get()
    assert (task.kind, task.subject_id) == ("patrons.inactive-untold", patron.pk)
    begin_days_of_told(patron.pk, by=chief(), now=NIGHT)
    post.fails = None
    let_the_worker_write(NIGHT)
    assert post.sent == [], "somebody has told them"


@pytest.mark.parametrize(("email", "service"), [("", True), ("u@posti.example", False)])
def test_whom_no_mail_reaches_is_not_erased_before_somebody_has_told_them(
    *, post: MemoryMail, email: str, service: bool
) -> None:
    post.is_set_up = service
    patron = sleeper(email=email)

    first = announce_inactive(by=NIGHTLY, now=MONDAY_NOON)
    again = announce_inactive(by=NIGHTLY, now=NIGHT)

    assert (first.announced, first.untold, again.untold) == (0, 1, 1)
    assert not Erasure.objects.exists()
    assert not Job.objects.exists()
    assert erase_due(by=NIGHTLY, now=NIGHT + timedelta(days=365)).erased == 0
    task = Errand.objects.get()
    assert (task.kind, task.subject_id) == ("patrons.inactive-untold", patron.pk)
    assert task.unit_id == patron.home_library_id

    begin_days_of_told(patron.pk, by=chief(), now=NIGHT)

    task.refresh_from_db()
    assert task.state == Errand.State.DONE
    a_month = NIGHT + timedelta(days=30)
    assert erase_due(by=NIGHTLY, now=a_month - timedelta(days=1)).erased == 0
    assert erase_due(by=NIGHTLY, now=a_month).erased == 1


def test_the_days_of_a_told_patron_begin_once_and_only_for_whom_it_was_asked() -> None:
    patron, other, back = sleeper(), sleeper(expires_on=date(2030, 1, 1)), sleeper()
    announce_inactive(by=NIGHTLY, now=MONDAY_NOON)
    view_patron(back.pk, by=desk(), now=NIGHT, page="desk")
    begin_days_of_told(patron.pk, by=chief(), now=NIGHT)

    with pytest.raises(Refused, match="not-to-be-told"):
        begin_days_of_told(patron.pk, by=chief(), now=NIGHT)
    with pytest.raises(Refused, match="not-to-be-told"):
        begin_days_of_told(other.pk, by=chief(), now=NIGHT)
    with pytest.raises(Refused, match="in-use-again"):
        begin_days_of_told(back.pk, by=chief(), now=NIGHT)
    with pytest.raises(NotPermitted):
        begin_days_of_told(back.pk, by=desk(), now=NIGHT)

    assert [one.patron_id for one in Erasure.objects.all()] == [patron.pk]


def borrow(patron: Patron) -> None:
    make_rules()
    item = make_item()
    lend(item, patron, now=LATELY)
    checkin(item.barcode, by=desk(), now=LATELY + timedelta(days=1))


def pay_for_copies(patron: Patron) -> None:
    charge(patron.pk, "NEW_CARD", 100, key="c", by=chief(), now=LATELY)
    pay(patron.pk, 100, key="c", by=chief(), now=LATELY)


def come_at_night(patron: Patron) -> None:
    EntryAttempt.objects.create(
        key="k", at=LATELY, library=make_library(), device="Ovi", patron=patron,
        code="granted",
    )  # fmt: skip


@pytest.mark.parametrize(
    "do",
    [
        borrow,
        pay_for_copies,
        come_at_night,
        lambda patron: publish(
            PatronLoggedIn(patron_id=patron.pk), by=themself(patron), at=LATELY
        ),
        lambda patron: publish(PinChanged(patron_id=patron.pk), by=desk(), at=LATELY),
        lambda patron: make_hold(patron, make_record(), placed_at=LATELY),
        lambda patron: view_patron(patron.pk, by=desk(), now=LATELY, page="desk"),
    ],
    ids=["loan", "copies", "door", "log-in", "pin", "hold", "served"],
)
def test_any_use_of_the_library_keeps_a_patron(do: Callable[[Patron], object]) -> None:
    do(sleeper())

    assert list(inactive(MONDAY_NOON)) == []


def test_a_look_of_staff_and_the_work_of_a_job_are_no_use() -> None:
    patron = sleeper()
    view_patron(patron.pk, by=desk(), now=LATELY, page="patron")
    job = Actor(kind=ActorKind.JOB, channel=Channel.JOB)
    publish(PinChanged(patron_id=patron.pk), by=job, at=LATELY)

    assert list(inactive(MONDAY_NOON)) == [patron.pk]


@pytest.mark.parametrize(
    "fields",
    [
        {"born_on": date(2015, 1, 1)},
        {"born_on": None},
        {"expires_on": date(2030, 1, 1)},
        {"registered_on": date(2026, 9, 1), "expires_on": date(2026, 12, 1)},
    ],
    ids=["child", "age unknown", "card is good", "came lately"],
)
def test_children_and_those_with_a_good_card_are_never_meant(
    fields: dict[str, Any],
) -> None:
    sleeper(**fields)

    assert list(inactive(MONDAY_NOON)) == []


def test_cards_of_work_and_organisations_are_never_meant() -> None:
    make_category("YHTEISO", kind="organisation")
    sleeper(category="YHTEISO")

    assert list(inactive(MONDAY_NOON)) == []


def test_a_parent_whose_children_borrow_stays_and_is_told_of_as_hindered() -> None:
    parent = sleeper()
    child = make_patron(born_on=date(2018, 1, 1))
    Guardianship.objects.create(guardian=parent, dependant=child)

    done = announce_inactive(by=NIGHTLY, now=MONDAY_NOON)

    assert (done.announced, done.hindered) == (0, 1)
    assert not Erasure.objects.exists()


def test_who_uses_the_library_after_the_message_stays() -> None:
    patron = sleeper(email="uni@posti.example")
    announce_inactive(by=NIGHTLY, now=MONDAY_NOON)
    later = MONDAY_NOON + timedelta(days=5)
    publish(PatronLoggedIn(patron_id=patron.pk), by=themself(patron), at=later)

    done = erase_due(by=NIGHTLY, now=NIGHT)

    assert (done.erased, done.in_use_again) == (0, 1)
    assert Patron.objects.filter(pk=patron.pk).exists()


def test_who_has_asked_themselves_is_erased_though_they_have_logged_in() -> None:
    patron = make_patron()
    ask_erasure(patron.pk, by=themself(patron), now=MONDAY_NOON)
    publish(PatronLoggedIn(patron_id=patron.pk), by=themself(patron), at=NIGHT)

    assert erase_due(by=NIGHTLY, now=NIGHT).erased == 1


def test_nobody_is_told_twice_and_who_takes_it_back_is_in_use() -> None:
    patron = sleeper(email="uni@posti.example")
    announce_inactive(by=NIGHTLY, now=MONDAY_NOON)
    assert announce_inactive(by=NIGHTLY, now=MONDAY_NOON).announced == 0

    take_back_erasure(patron.pk, by=themself(patron), now=MONDAY_NOON)

    assert list(inactive(NIGHT)) == []


def test_while_the_consortium_has_decided_nothing_nobody_is_inactive() -> None:
    set_setting(
        make_consortium().pk, INACTIVE_MONTHS, value=None, by=chief(), now=MONDAY_NOON
    )
    sleeper()

    assert list(inactive(MONDAY_NOON)) == []
    assert announce_inactive(by=NIGHTLY, now=MONDAY_NOON).announced == 0
