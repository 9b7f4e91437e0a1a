"""What is held on patrons in messages."""

from django.utils.translation import gettext_lazy as _

from kortisto.domain.notices.kinds import title_of
from kortisto.domain.notices.models import Notice
from kortisto.domain.patrons.gathered import value_of
from kortisto.domain.patrons.personal_data import (
    About,
    Erasing,
    Row,
    declare,
    personal_fields,
)


def _messages(patron_id: int) -> list[Row]:
    """Every message with its text, whose kind is told in words."""
    names = [name for name in personal_fields(Notice) if name != "patron"]
    rows = Notice.objects.filter(patron_id=patron_id).select_related("library")
    return [
        {
            **{name: value_of(row, name, patron_id) for name in names},
            "kind": title_of(row.kind),
        }
        for row in rows.order_by("-pk")
    ]


declare(
    About(
        model=Notice,
        owner="patron",
        title=_("Messages that the library has sent you"),
        words={
            "kind": _("Message"),
            "day": _("Day"),
            "transport": _("How it came"),
            "address": _("To which address"),
            "language": _("Language"),
            "subject": _("Subject"),
            "text": _("Text"),
            "state": _("State"),
            "trouble": _("Why it was not sent"),
            "created_at": _("Written at"),
            "sent_at": _("Sent at"),
            "read_at": _("Read at"),
            "author": _("Written by"),
            "library": _("Library"),
        },
        columns=("created_at", "subject", "text", "transport", "state"),
        rows=_messages,
        erasing=Erasing.DELETE,
    )
)
