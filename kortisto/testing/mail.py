"""Mail in memory: what would have been sent."""

from dataclasses import dataclass, field

from kortisto.core.failures import AdapterError
from kortisto.core.mail import Mail


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
