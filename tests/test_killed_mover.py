"""A worker is killed in the middle of a closure: each thing moves once all the same."""

import os
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.utils import timezone
from django.utils.timezone import localdate

from kortisto.core.job_runs import LEASE, take_back_lost
from kortisto.core.models import LoggedEvent
from kortisto.domain.circulation.models import Loan
from kortisto.domain.closures.actions.asking import set_closure
from kortisto.domain.closures.models import Shift
from kortisto.testing.builders import chief, make_item, make_library, make_rules
from kortisto.testing.closures import carried_out, make_closure
from kortisto.testing.loans import lend

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[1]
KILLED = -9
DAY = timedelta(days=1)


def die_at(number: int) -> int:
    """A worker in a process of its own, over the database of this test."""
    name = str(connection.settings_dict["NAME"])
    url = os.environ.get("KORTISTO_DATABASE_URL", "")
    here = url.startswith("postgres")
    url = (
        urlsplit(url)._replace(path=f"/{name}").geturl()
        if here
        else f"sqlite:///{name}"
    )
    return subprocess.run(
        [sys.executable, "-m", "tests.killed_mover", str(number)],
        cwd=ROOT,
        check=False,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "kortisto.config.settings.worker",
            "KORTISTO_DATABASE_URL": url,
        },
    ).returncode


def test_killed_twice_it_goes_on_where_it_was_and_moves_nothing_twice() -> None:
    make_rules({"values": {"loan_period": 28}})
    now = timezone.now()
    loans = [lend(make_item(), now=now).loan_id for _loan in range(6)]
    due = localdate(Loan.objects.get(pk=loans[0]).due_at)
    closure = make_closure(
        make_library(), starts_on=due, ends_on=due + 30 * DAY, now=now
    )
    shift = set_closure(closure.pk, closure.ends_on, by=chief(), now=now)

    assert die_at(3) == KILLED
    assert states(shift) == {"done": 2, "planned": 4}
    later = timezone.now() + LEASE + DAY
    assert take_back_lost(later) == 1
    carried_out(shift, now=later + DAY)

    assert states(shift) == {"done": 6}
    days = {localdate(loan.due_at) for loan in Loan.objects.all()}
    assert days == {closure.ends_on + DAY}
    moved = LoggedEvent.objects.filter(kind="LoanDueMoved").values_list(
        "body", flat=True
    )
    assert Counter(body["loan_id"] for body in moved) == dict.fromkeys(loans, 1)
    assert LoggedEvent.objects.filter(kind="ClosureSet").count() == 1


def states(shift: Shift) -> dict[str, int]:
    return dict(Counter(shift.moves.values_list("state", flat=True)))
