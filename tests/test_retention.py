"""How long data is kept: what is told is what the night does."""

from datetime import timedelta

import pytest
from dateutil.relativedelta import relativedelta
from django.utils import timezone

from kortisto.core.jobs import enqueue
from kortisto.core.keeping import everything_kept, report
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.entry.models import EntryAttempt
from kortisto.domain.holds.actions.forgetting import forget_old_holds
from kortisto.domain.holds.models import Hold
from kortisto.domain.org.actions.settings import set_setting
from kortisto.domain.org.settings import HISTORY_YEARS, SETTINGS
from kortisto.domain.patrons.models import Patron
from kortisto.interfaces.staff.job_words import KINDS
from kortisto.interfaces.staff.tests.people import at_work
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    desk,
    make_consortium,
    make_hold,
    make_item,
    make_library,
    make_patron,
    make_record,
    make_rules,
)
from kortisto.testing.jobs import work
from kortisto.testing.loans import lend

pytestmark = pytest.mark.django_db


def told(code: str, *, years: int = 0) -> tuple[str, int | None]:
    now = MONDAY_NOON + relativedelta(years=years)
    one = next(one for one in report(now) if one.kept.code == code)
    return one.period, one.tonight


def ended(state: Hold.State = Hold.State.FILLED, **patron: object) -> Hold:
    hold = make_hold(make_patron(**patron), make_record())  # type: ignore[arg-type]
    Hold.objects.filter(pk=hold.pk).update(state=state, ended_at=MONDAY_NOON)
    return hold


def test_what_would_go_tonight_is_counted_and_stays() -> None:
    make_rules()
    item = make_item()
    lend(item)
    checkin(item.barcode, by=desk(), now=MONDAY_NOON + timedelta(days=1))
    EntryAttempt.objects.create(
        key="k", at=MONDAY_NOON, library=make_library(), device="Ovi",
        patron=make_patron(), code="granted",
    )  # fmt: skip

    assert told("loan-history") == ("3 years", 0)
    assert told("loan-history", years=4)[1] == 1
    assert told("entries", years=1) == ("90 days", 1)
    assert EntryAttempt.objects.exclude(patron=None).count() == 1


def test_the_period_that_is_told_is_the_one_that_was_set() -> None:
    root = make_consortium()
    set_setting(root.pk, HISTORY_YEARS, value=5, by=chief(), now=MONDAY_NOON)

    assert told("loan-history")[0] == "5 years"


def test_what_the_last_night_did_is_told() -> None:
    enqueue("circulation.forget-history", {}, by=chief(), run_after=timezone.now())
    work()

    page = at_work().get("/retention/")

    rows = {row.kept.code: row for row, _job in page.context["rows"]}
    assert rows["loan-history"].last_removed == 0
    assert rows["loan-history"].last_at is not None
    assert rows["accounts"].last_removed is None
    assert "Past loans" in page.content.decode()


def test_every_kind_names_a_job_and_a_setting_that_exist() -> None:
    for one in everything_kept():
        assert not one.job or one.job in KINDS, one.code
        assert not one.setting or one.setting in SETTINGS, one.code
        assert (one.due is None) == (not one.job), one.code


def test_ended_holds_are_kept_three_years_and_open_ones_for_ever() -> None:
    old = ended()
    waiting = make_hold(make_patron(), make_record())
    until = MONDAY_NOON + relativedelta(years=3)

    assert forget_old_holds(by=chief(), now=until) == 0
    assert forget_old_holds(by=chief(), now=until + timedelta(seconds=1)) == 1

    assert not Hold.objects.filter(pk=old.pk).exists()
    assert Hold.objects.get() == waiting


def test_holds_follow_the_choice_of_history() -> None:
    forever = ended(history=Patron.History.FOREVER)
    ended(history=Patron.History.NEVER)

    gone = forget_old_holds(by=chief(), now=MONDAY_NOON + relativedelta(days=2))

    assert gone == 1
    late = MONDAY_NOON + relativedelta(years=50)
    assert forget_old_holds(by=chief(), now=late) == 0
    assert Hold.objects.get() == forever
