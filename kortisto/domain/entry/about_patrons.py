"""What open libraries hold on a patron; ``patrons.personal_data`` says how."""

from django.utils.translation import gettext_lazy as _

from kortisto.domain.entry.models import (
    Ban,
    EntryAttempt,
    GuardianPermission,
    TermsAcceptance,
)
from kortisto.domain.patrons.personal_data import About, Erasing, declare

_PERMISSION = {
    "child": _("Dependant"),
    "answer": _("Answer"),
    "guardian": _("Guardian"),
    "given_by": _("Written by"),
    "given_at": _("Written at"),
    "channel": _("Through"),
    "ended_at": _("Ended at"),
    "ended_by": _("Ended by"),
}

declare(
    About(
        model=TermsAcceptance,
        owner="patron",
        title=_("Terms of open libraries that you have accepted"),
        words={
            "version": _("Version"),
            "accepted_at": _("Accepted at"),
            "accepted_by": _("Accepted by"),
            "channel": _("Through"),
        },
        columns=("version", "accepted_at", "accepted_by"),
        erasing=Erasing.DELETE,
    ),
    About(
        model=GuardianPermission,
        owner="child",
        title=_("What a guardian has said about you and open libraries"),
        words=_PERMISSION,
        columns=("answer", "guardian", "given_at", "ended_at"),
        erasing=Erasing.DELETE,
    ),
    About(
        model=GuardianPermission,
        owner="guardian",
        title=_("What you have said about open libraries as a guardian"),
        words=_PERMISSION,
        columns=("child", "answer", "given_at", "ended_at"),
        erasing=Erasing.FORGET,
        wiped={"guardian": None},
    ),
    About(
        model=Ban,
        owner="patron",
        title=_("Bans from open libraries"),
        words={
            "starts_on": _("From"),
            "ends_on": _("Until"),
            "everywhere": _("In all open libraries"),
            "libraries": _("Libraries"),
            "reason": _("Reason"),
            "hearing": _("How you were heard"),
            "public_note": _("Note to you"),
            "made_by": _("Made by"),
            "made_at": _("Made at"),
            "lifted_at": _("Lifted at"),
            "lifted_by": _("Lifted by"),
        },
        columns=("starts_on", "ends_on", "libraries", "reason", "hearing"),
        erasing=Erasing.DELETE,
    ),
    About(
        model=EntryAttempt,
        owner="patron",
        title=_("Attempts to enter open libraries"),
        words={
            "key": _("Reference"),
            "at": _("When"),
            "library": _("Library"),
            "device": _("Door"),
            "code": _("Outcome"),
            "offline": _("Decided by the door's own copy"),
        },
        columns=("at", "library", "device", "code"),
        order=("-at", "-pk"),
        erasing=Erasing.FORGET,
        wiped={"patron": None},
    ),
)
