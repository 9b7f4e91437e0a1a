"""Mail in memory: what would have been sent."""

from dataclasses import dataclass, field
from datetime import datetime

from kortisto.core.events import event_from
from kortisto.core.failures import AdapterError
from kortisto.core.followers import followers
from kortisto.core.job_runs import claim, run
from kortisto.core.mail import Mail, mail_service
from kortisto.core.models import LoggedEvent
from kortisto.domain.notices.actions.sending import send_waiting


@dataclass
class MemoryMail:
    """``fails`` is raised by each sending, until it is None again."""

    is_set_up: bool = True
    fails: AdapterError | None = None
    sent: list[Mail] = field(default_factory=list)

    def send(self, mail: Mail) -> None:
        if self.fails is not None:
            raise self.fails
        self.sent.append(mail)


def post_box() -> MemoryMail:
    """The mail of this test, empty and working."""
    mail_service.cache_clear()
    service = mail_service()
    assert isinstance(service, MemoryMail)  # noqa: S101
    return service


def let_the_worker_write(now: datetime) -> None:
    """What a worker does about messages: reads the whole log, runs jobs, sends."""
    (notices,) = (one for one in followers() if one.name == "notices")
    rows = LoggedEvent.objects.filter(kind__in=notices.kinds or ()).order_by("pk")
    notices.read([(row, event_from(row)) for row in rows])
    while (job := claim(worker="test", queues=["default"], now=now)) is not None:
        run(job, now=now)
    send_waiting(clock=lambda: now, stopping=lambda: False)
