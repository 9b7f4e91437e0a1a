"""Messages belong to a person: told, moved, erased, and forgotten after their years."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from kortisto.core.job_runs import claim, run
from kortisto.core.jobs import enqueue
from kortisto.core.keeping import report
from kortisto.domain.notices.actions.forgetting import forget_messages
from kortisto.domain.notices.actions.writing import Letter, write_message
from kortisto.domain.notices.models import Notice, Transport
from kortisto.domain.notices.settings import KEPT_YEARS
from kortisto.domain.notices.variables import Wording
from kortisto.domain.org.actions.settings import set_setting
from kortisto.domain.patrons.actions.erasing import erase
from kortisto.domain.patrons.actions.gathering import gather
from kortisto.domain.patrons.actions.merge import merge, undo_merge
from kortisto.domain.patrons.models import Patron
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    make_consortium,
    make_patron,
    themself,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
MINE = {"pin_hash": "x", "language": "en"}


def write(patron: Patron) -> Notice:
    letter = Letter(
        key=uuid4().hex,
        template="free",
        transport=Transport.WEB,
        wording=Wording("Your glasses", "They lie at the desk."),
    )
    return write_message(patron.pk, letter, by=chief(), now=MONDAY_NOON)


def test_my_data_has_every_message_and_not_who_wrote_it() -> None:
    patron = make_patron(**MINE)
    write(patron)

    gathered = gather(patron.pk, by=themself(patron), now=MONDAY_NOON)

    (group,) = (one for one in gathered.groups if one.code == "notice")
    (row,) = group.rows
    assert (row["kind"], row["subject"], row["text"], row["transport"]) == (
        "Free text",
        "Your glasses",
        "They lie at the desk.",
        "Web account",
    )
    assert row["author"] == "The library's staff"
    assert group.readable == ("created_at", "subject", "text", "transport", "state")


def test_messages_go_with_a_merge_and_come_back() -> None:
    survivor, other = make_patron(**MINE), make_patron(**MINE)
    kept, moved = write(survivor), write(other)

    merge(survivor.pk, other.pk, by=chief(), now=MONDAY_NOON)
    assert set(survivor.notices.all()) == {kept, moved}

    undo_merge(survivor.pk, by=chief(), now=MONDAY_NOON + DAY)
    assert list(survivor.notices.all()) == [kept]
    assert list(other.notices.all()) == [moved]


def test_messages_go_with_an_erasure() -> None:
    patron, other = make_patron(**MINE), make_patron(**MINE)
    write(patron)
    stays = write(other)

    erase(patron.pk, by=chief(), now=MONDAY_NOON)

    assert list(Notice.objects.all()) == [stays]


@pytest.mark.parametrize(
    ("now", "left"),
    [
        (datetime(2030, 12, 31, 21, 0, tzinfo=UTC), 1),
        (datetime(2030, 12, 31, 22, 30, tzinfo=UTC), 0),  # the new year, in Helsinki
    ],
)
def test_a_message_is_kept_for_its_year_and_three_more(
    now: datetime, left: int
) -> None:
    write(make_patron(**MINE))  # in March 2027

    assert forget_messages(now=now) == 1 - left
    assert Notice.objects.count() == left


def test_the_report_counts_what_the_job_forgets() -> None:
    set_setting(make_consortium().pk, KEPT_YEARS, value=0, by=chief(), now=MONDAY_NOON)
    write(make_patron(**MINE))
    later = MONDAY_NOON + 365 * DAY

    (told,) = (one for one in report(later) if one.kept.code == "messages")
    assert (told.tonight, told.period) == (
        1,
        "the year in which they were written, and 0 years after it",
    )
    enqueue("notices.forget", {}, by=chief(), run_after=later)
    job = claim(worker="w", queues=["default"], now=later)
    assert job is not None
    assert run(job, now=later).result == {"messages": 1}
    assert not Notice.objects.exists()
