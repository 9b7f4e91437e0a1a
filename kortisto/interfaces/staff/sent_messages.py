"""Messages to a patron as staff see them in a list: never their text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kortisto.domain.notices.kinds import title_of
from kortisto.domain.notices.models import Notice, Transport

BADGES: Final = {
    Notice.State.QUEUED: ("info", "clock"),
    Notice.State.SENDING: ("info", "renew"),
    Notice.State.SENT: ("ok", ""),
    Notice.State.FAILED: ("attention", "renew"),
    Notice.State.GIVEN_UP: ("stop", ""),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRow:
    """``author`` is empty for what the program wrote by itself."""

    id: int
    at: datetime
    title: str
    kind: str
    way: str
    icon: str
    badge: str
    badge_icon: str
    state: str
    trouble: str
    next_try_at: datetime | None
    author: str
    library: str


def message_row(notice: Notice) -> MessageRow:
    badge, badge_icon = BADGES[Notice.State(notice.state)]
    failed = notice.state == Notice.State.FAILED
    return MessageRow(
        id=notice.pk,
        at=notice.sent_at or notice.created_at,
        title=notice.subject or title_of(notice.kind),
        kind=title_of(notice.kind),
        way=notice.get_transport_display(),
        icon="mail" if notice.transport == Transport.EMAIL else "globe",
        badge=badge,
        badge_icon=badge_icon,
        state=notice.get_state_display(),
        trouble=notice.get_trouble_display() if notice.trouble else "",
        next_try_at=notice.next_try_at if failed else None,
        author=notice.author,
        library=notice.library.name if notice.library else "",
    )


def message_rows(notices: Sequence[Notice]) -> list[MessageRow]:
    return [message_row(one) for one in notices]
