"""The nightly job archives by the setting, and nobody is forgotten or found by it."""

from argparse import Namespace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta

from kortisto.core.archive import events_about, events_of_month, months
from kortisto.core.audit import verify
from kortisto.core.followers import follow
from kortisto.core.job_runs import claim, run
from kortisto.core.jobs import enqueue
from kortisto.core.keeping import report
from kortisto.core.models import ArchivedLog, Job, LoggedEvent
from kortisto.core.sealed_content import SEALER
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.org.actions.archiving import first_kept
from kortisto.domain.org.actions.settings import set_setting
from kortisto.domain.org.settings import LOG_MONTHS
from kortisto.domain.patrons.actions.erasing import erase
from kortisto.domain.patrons.actions.viewing import (
    view_patron,
    view_protected_address,
)
from kortisto.domain.patrons.activity import active_since
from kortisto.domain.patrons.personal_data import about_patrons
from kortisto.interfaces.cli import log
from kortisto.interfaces.cli.trouble import Trouble
from kortisto.testing.builders import (
    HELSINKI,
    MONDAY_NOON,
    chief,
    desk,
    make_consortium,
    make_item,
    make_patron,
    make_rules,
)
from kortisto.testing.loans import lend

pytestmark = pytest.mark.django_db(transaction=True)  # what is sealed is committed
MARCH = date(2027, 3, 1)
NEXT_YEAR = MONDAY_NOON + relativedelta(years=1, months=1)


def seal() -> None:
    while follow(SEALER, now=MONDAY_NOON):
        pass


def a_new_seal() -> None:
    """The newest one always stays at hand."""
    view_patron(make_patron().pk, by=desk(), now=NEXT_YEAR, page="desk")
    seal()


def night(now: datetime) -> Job:
    enqueue("core.archive-log", {}, by=chief(), run_after=now)
    taken = claim(worker="night", queues=["default"], now=now)
    assert taken is not None
    return run(taken, now=now)


def told() -> tuple[str, int | None]:
    one = next(one for one in report(NEXT_YEAR) if one.kept.code == "log")
    return one.period, one.tonight


def test_whole_months_stay_at_hand_as_many_as_were_decided() -> None:
    root = make_consortium()
    assert first_kept(NEXT_YEAR) == datetime(2027, 4, 1, tzinfo=HELSINKI)

    set_setting(root.pk, LOG_MONTHS, value=24, by=chief(), now=MONDAY_NOON)

    assert first_kept(NEXT_YEAR) == datetime(2026, 4, 1, tzinfo=HELSINKI)


def test_the_night_archives_what_the_dry_run_told() -> None:
    make_rules()
    item = make_item()
    lend(item)
    checkin(item.barcode, by=desk(), now=MONDAY_NOON + timedelta(days=2))
    seal()
    before = LoggedEvent.objects.filter(happened_at__lt=first_kept(NEXT_YEAR)).count()
    a_new_seal()
    assert told()[0].startswith("12 months at hand")
    assert told()[1] == before > 0

    assert night(NEXT_YEAR).result == {"archived": before}

    assert told()[1] == 0
    assert months() == [(MARCH, before)]
    seal()
    assert verify().broken == []
    assert night(NEXT_YEAR).result == {"archived": 0}


def test_the_archive_tells_no_item_and_no_minute_of_a_loan() -> None:
    make_rules()
    item = make_item()
    lend(item)
    seal()
    a_new_seal()

    night(NEXT_YEAR)

    loans = [e for e in log_of() if str(e["kind"]).startswith("Loan")]
    assert loans
    assert {(str(e["body"]), e["actor"]) for e in loans} == {("{}", "")}


def log_of() -> list[dict[str, Any]]:
    return [vars(event) for event in events_of_month(MARCH)]


def test_whoever_was_active_then_is_still_known_to_have_been() -> None:
    """Else the archive would have patrons erased who only ever log in or read here."""
    served, looked_at = make_patron(), make_patron()
    view_patron(served.pk, by=desk(), now=MONDAY_NOON, page="desk")
    view_patron(looked_at.pk, by=desk(), now=MONDAY_NOON, page="patron")
    seal()
    a_new_seal()
    both = [served.pk, looked_at.pk]
    assert active_since(both, MONDAY_NOON) == {served.pk}

    night(NEXT_YEAR)

    assert active_since(both, MONDAY_NOON) == {served.pk}
    assert active_since(both, MONDAY_NOON + timedelta(seconds=1)) == set()


def test_the_file_of_a_patron_has_the_old_looks_too() -> None:
    patron = make_patron()
    view_patron(patron.pk, by=desk(), now=MONDAY_NOON, page="desk")
    seal()
    a_new_seal()
    view_patron(patron.pk, by=desk(), now=NEXT_YEAR, page="patron")
    night(NEXT_YEAR)

    own = next(about for about in about_patrons() if about.model is LoggedEvent)
    assert own.rows is not None
    moments = [row["happened_at"] for row in own.rows(patron.pk)]
    assert moments[:1] == [NEXT_YEAR]
    assert MONDAY_NOON in moments


def test_an_erasure_reaches_the_archive() -> None:
    patron = make_patron(is_protected=True)
    view_protected_address(patron.pk, "Salainen syy", by=chief(), now=MONDAY_NOON)
    seal()
    a_new_seal()
    night(NEXT_YEAR)
    assert "Salainen syy" in str([event.body for event in events_about(patron.pk)])

    erase(patron.pk, by=chief(), now=NEXT_YEAR)

    kept = list(events_about(patron.pk))
    assert {str(event.body) for event in kept} == {"{}"}
    assert "ProtectedAddressViewed" in {event.kind for event in kept}
    seal()
    assert verify().broken == []


def test_the_archive_is_read_by_a_command_and_a_look_at_a_patron_is_logged(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "start_django", lambda: None)
    patron = make_patron()
    view_patron(patron.pk, by=desk(), now=MONDAY_NOON, page="desk")
    seal()
    a_new_seal()
    night(NEXT_YEAR)

    log.run(log_options(None, None))
    assert "2027-03  " in capsys.readouterr().out
    log.run(log_options("2027-03", patron.pk))
    lines = capsys.readouterr().out.splitlines()
    assert all(f'"patron_id": {patron.pk}' in line for line in lines)
    assert any('"page": "desk"' in line for line in lines)
    assert LoggedEvent.objects.filter(
        kind="PatronLogRead", patron_id=patron.pk
    ).exists()
    assert ArchivedLog.objects.count() == 1


def log_options(month: str | None, patron: int | None) -> Namespace:
    return Namespace(month=month, patron=patron)


@pytest.mark.parametrize("month", ["2027", "2027-13", "maaliskuu", "2027-03-01"])
def test_a_month_that_is_none_is_told(month: str) -> None:
    with pytest.raises(Trouble, match="is not a month"):
        log.run(log_options(month, None))
