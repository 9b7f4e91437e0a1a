"""Workers are killed while they send: nothing goes twice, nothing is forgotten."""

import os
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.utils import timezone

from kortisto.core.actors import job_actor
from kortisto.domain.notices.actions.queueing import NewNotice, queue
from kortisto.domain.notices.actions.sending import LOST_AFTER, send_waiting
from kortisto.domain.notices.models import Notice
from kortisto.domain.notices.patron_kinds import WELCOME
from kortisto.testing.builders import make_patron
from kortisto.testing.mail import post_box

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[1]
State = Notice.State
KILLED = -9


def wait_in_queue(count: int) -> None:
    now = timezone.now()
    for number in range(count):
        patron = make_patron(email=f"p{number}@posti.example")
        new = NewNotice(kind=WELCOME, patron_id=patron.pk, about="x", day=now.date())
        queue([new], by=job_actor(), now=now)


def begin(folder: Path, when: str, number: int) -> "subprocess.Popen[bytes]":
    """A worker in a process of its own, over the database of this test."""
    name = str(connection.settings_dict["NAME"])
    url = os.environ.get("KORTISTO_DATABASE_URL", "")
    here = url.startswith("postgres")
    url = (
        urlsplit(url)._replace(path=f"/{name}").geturl()
        if here
        else f"sqlite:///{name}"
    )
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.killed_worker",
            str(folder),
            when,
            str(number),
        ],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "kortisto.config.settings.worker",
            "KORTISTO_DATABASE_URL": url,
            "KORTISTO_MAIL_URL": f"folder:{folder}",
        },
    )


def arrived(folder: Path) -> Counter[str]:
    """How many messages the outside has seen, by address."""
    mails = [message_from_bytes(file.read_bytes()) for file in folder.glob("*.eml")]
    return Counter(str(mail["To"]) for mail in mails)


def much_later() -> None:
    """What a worker that lives does about those that died."""
    post_box()
    now = timezone.now() + LOST_AFTER + timedelta(minutes=1)
    send_waiting(clock=lambda: now, stopping=lambda: False)


def states() -> Counter[str]:
    return Counter(Notice.objects.values_list("state", flat=True))


@pytest.mark.parametrize(("when", "seen"), [("before", 1), ("after", 2)])
def test_what_was_in_hand_is_never_sent_again_and_staff_are_told(
    tmp_path: Path, when: str, seen: int
) -> None:
    wait_in_queue(3)

    assert begin(tmp_path, when, 2).wait() == KILLED
    assert states() == {State.SENT: 1, State.SENDING: 1, State.QUEUED: 1}
    assert begin(tmp_path, "never", 0).wait() == 0
    assert states() == {State.SENT: 2, State.SENDING: 1}
    much_later()

    assert sum(arrived(tmp_path).values()) == seen + 1
    assert max(arrived(tmp_path).values()) == 1
    lost = Notice.objects.get(state=State.GIVEN_UP)
    assert lost.trouble == Notice.Trouble.INTERRUPTED


def test_two_workers_that_die_again_and_again_send_each_message_once(
    tmp_path: Path,
) -> None:
    wait_in_queue(24)

    for _round in range(8):
        pair = [begin(tmp_path, "after", 4), begin(tmp_path, "before", 5)]
        for worker in pair:
            worker.wait()
        if not Notice.objects.filter(state=State.QUEUED).exists():
            break
    much_later()

    seen = arrived(tmp_path)
    assert set(seen.values()) == {1}
    assert states()[State.SENT] + states()[State.GIVEN_UP] == 24
    for notice in Notice.objects.filter(state=State.SENT):
        assert seen[notice.address] == 1, "nothing is called sent that did not go"
