"""How long the patron register keeps what (GDP-1)."""

from datetime import datetime

from django.utils.timezone import localdate
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kortisto.core.keeping import Kept, declare
from kortisto.domain.org.queries import organisation, setting_in_words
from kortisto.domain.patrons.actions.binning import due_in_bin
from kortisto.domain.patrons.actions.change_requests import due_answered
from kortisto.domain.patrons.actions.forgetting import (
    due_changes,
    due_notes,
    due_restrictions,
)
from kortisto.domain.patrons.actions.inactive import inactive
from kortisto.domain.patrons.actions.provisional import due_unclaimed
from kortisto.domain.patrons.models import Erasure, PinLink
from kortisto.domain.patrons.settings import (
    ANSWERED_DAYS,
    BIN_DAYS,
    CHANGES_YEARS,
    ERASURE_DAYS,
    INACTIVE_MONTHS,
    PIN_LINK_MINUTES,
    RESTRICTIONS_DAYS,
    UNCLAIMED_DAYS,
    WITHDRAWN_NOTES_DAYS,
)


def _inactive_period() -> str:
    return setting_in_words(INACTIVE_MONTHS)


def _restrictions_period() -> str:
    if not organisation().setting(RESTRICTIONS_DAYS, None).value:
        return _t("until they end")
    return _t("{days} after their end").format(days=setting_in_words(RESTRICTIONS_DAYS))


def _erasures(now: datetime) -> int:
    due = Erasure.objects.filter(ended_at=None, erase_on__lte=localdate(now))
    return due.count()


declare(
    Kept(
        code="patrons",
        title=_("The record of a patron, its changes and choices"),
        period=lambda: _("as long as the person is a patron"),
        how=_("Everything is erased when the patron asks for it and owes nothing."),
    ),
    Kept(
        code="erasures",
        title=_("Patrons who have asked to be erased"),
        period=lambda: setting_in_words(ERASURE_DAYS),
        how=_(
            "The patron is erased from every table; until then it can be taken back."
        ),
        due=_erasures,
        job="patrons.erase",
        counted=("erased",),
        setting=ERASURE_DAYS.key,
    ),
    Kept(
        code="inactive",
        title=_("Grown-up patrons with an expired card who do nothing"),
        period=_inactive_period,
        how=_("They are told by e-mail, and erased if they go on doing nothing."),
        due=lambda now: sum(1 for _one in inactive(now)),
        job="patrons.inactive",
        counted=("announced",),
        setting=INACTIVE_MONTHS.key,
    ),
    Kept(
        code="bin",
        title=_("Deleted patrons"),
        period=lambda: setting_in_words(BIN_DAYS),
        how=_(
            "The patron is erased from every table; until then it can be taken back."
        ),
        due=lambda now: due_in_bin(now).count(),
        job="patrons.empty-bin",
        counted=("gone",),
        setting=BIN_DAYS.key,
    ),
    Kept(
        code="restrictions",
        title=_("Restrictions that have ended"),
        period=_restrictions_period,
        how=_(
            "The restriction and its note are deleted; the event log keeps its kind."
        ),
        due=lambda now: due_restrictions(now).count(),
        job="patrons.forget-old",
        counted=("restrictions",),
        setting=RESTRICTIONS_DAYS.key,
    ),
    Kept(
        code="notes",
        title=_("Notes that were withdrawn"),
        period=lambda: setting_in_words(WITHDRAWN_NOTES_DAYS),
        how=_("The note is deleted."),
        due=lambda now: due_notes(now).count(),
        job="patrons.forget-old",
        counted=("notes",),
        setting=WITHDRAWN_NOTES_DAYS.key,
    ),
    Kept(
        code="changes",
        title=_("Earlier values of a patron's record"),
        period=lambda: setting_in_words(CHANGES_YEARS),
        how=_("The change is deleted; the newest of each field stays."),
        due=lambda now: due_changes(now).count(),
        job="patrons.forget-old",
        counted=("changes",),
        setting=CHANGES_YEARS.key,
    ),
    Kept(
        code="registrations",
        title=_("Registrations on the web that nobody comes for"),
        period=lambda: setting_in_words(UNCLAIMED_DAYS),
        how=_("The registration is deleted."),
        due=lambda now: due_unclaimed(localdate(now)),
        job="patrons.forget-web",
        counted=("unclaimed",),
        setting=UNCLAIMED_DAYS.key,
    ),
    Kept(
        code="change-requests",
        title=_("Changes asked for on the web, once answered"),
        period=lambda: setting_in_words(ANSWERED_DAYS),
        how=_(
            "The request is deleted; the history of the record has what was written."
        ),
        due=lambda now: due_answered(now).count(),
        job="patrons.forget-web",
        counted=("requests",),
        setting=ANSWERED_DAYS.key,
    ),
    Kept(
        code="pin-links",
        title=_("Links by which a PIN is replaced"),
        period=lambda: setting_in_words(PIN_LINK_MINUTES),
        how=_("The link is deleted."),
        due=lambda now: PinLink.objects.filter(ends_at__lte=now).count(),
        job="patrons.forget-pin-links",
        counted=("links",),
        setting=PIN_LINK_MINUTES.key,
    ),
)
