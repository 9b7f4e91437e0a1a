"""What the offline desk holds on a patron; ``patrons.personal_data`` says how."""

from django.utils.translation import gettext_lazy as _

from kortisto.domain.offline.models import Deed
from kortisto.domain.patrons.personal_data import About, Erasing, declare

declare(
    About(
        model=Deed,
        owner="patron",
        title=_("Check-outs without a connection that could not be recorded yet"),
        words={
            "key": _("Reference"),
            "kit": _("Desk"),
            "kind": _("What was done"),
            "happened_at": _("When"),
            "barcode": _("Barcode"),
            "told_due_on": _("Due date that you were told"),
            "received_at": _("Received at"),
            "received_by": _("Sent by"),
            "state": _("State"),
            "card": _("Card"),
            "why": _("Why it could not be recorded"),
            "answer": _("What the desk was told"),
            "ended_at": _("Ended at"),
            "ended_by": _("Ended by"),
        },
        columns=("kind", "happened_at", "barcode", "told_due_on"),
        erasing=Erasing.DELETE,
    )
)
