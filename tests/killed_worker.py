"""A worker that is killed, as by ``kill -9``, for test_killed_worker.py.

    python -m tests.killed_worker FOLDER before|after|never N

sends what waits in the database of the settings into a folder, and dies at the Nth
message: before it was handed over, or after that and before anybody could write it
down.
"""

import os
import signal
import sys
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.utils import timezone  # noqa: E402

from kortisto.adapters.email.folder import FolderMail  # noqa: E402
from kortisto.core.mail import Mail  # noqa: E402
from kortisto.domain.notices.actions.sending import send_waiting  # noqa: E402


class DeadlyMail:
    """Mail into a folder, up to a point."""

    is_set_up = True

    def __init__(self, folder: Path, *, when: str, number: int) -> None:
        self._folder = FolderMail(folder, sender="library@localhost")
        self._when = when
        self._left = number

    def send(self, mail: Mail) -> None:
        self._left -= 1
        self._die_if("before")
        self._folder.send(mail)
        self._die_if("after")

    def _die_if(self, when: str) -> None:
        if self._left == 0 and self._when == when:
            os.kill(os.getpid(), signal.SIGKILL)


def service() -> DeadlyMail:
    """As the settings name it."""
    folder, when, number = sys.argv[1:]
    return DeadlyMail(Path(folder), when=when, number=int(number))


if __name__ == "__main__":
    settings.MAIL_SERVICE = "tests.killed_worker.service"
    send_waiting(clock=timezone.now, stopping=lambda: False)
