"""How severe each reason is at a library: one setting for each reason (CIR-11)."""

from collections.abc import Callable
from typing import Final

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from kortisto.core import counted
from kortisto.core.text import without_places
from kortisto.core.values import Choice, WholeNumber
from kortisto.domain.circulation.reasons import (
    ALWAYS_BLOCK,
    SEVERITIES,
    Reason,
    Severity,
)
from kortisto.domain.org.queries import Organisation
from kortisto.domain.org.settings import EXPIRED_EFFECT, Setting, declare

_title = lazy(without_places, str)
CHOICES = Choice(
    {
        Severity.BLOCK.value: _("stops the loan"),
        Severity.OVERRIDE.value: _("stops, but can be set aside"),
        Severity.NOTICE.value: _("is only told"),
        Severity.NONE.value: _("nothing"),
    }
)
EXPIRED: dict[str, Severity] = {
    "none": Severity.NONE,
    "warn": Severity.NOTICE,
    "block": Severity.OVERRIDE,
}
SEVERITY_SETTINGS: dict[Reason, Setting[str]] = {
    reason: declare(
        f"severity.{reason.value}",
        CHOICES,
        default=SEVERITIES[reason].value,
        title=_title(reason.label),
        help=_("What this reason does when an item is lent, renewed or put on hold."),
    )
    for reason in Reason
    if reason not in ALWAYS_BLOCK and reason is not Reason.CARD_EXPIRED
}

VOID_HOURS: Final = declare(
    "lending.void_hours",
    WholeNumber(least=1, most=720, counted=counted.HOURS),
    default=72,
    title=_("Voiding a loan to the wrong person"),
    help=_("For so many hours after a loan it can be voided, returned or not."),
)


def severity_at(
    tree: Organisation, library_id: int, *, expired_effect: str = ""
) -> Callable[[Reason], Severity]:
    """How severe a reason is at a library; asked only for reasons that stand.

    ``expired_effect`` is what the patron's category says of an expired card, when it
    says anything (S16).
    """

    def severity(reason: Reason) -> Severity:
        if reason is Reason.CARD_EXPIRED:
            effect = expired_effect or tree.setting(EXPIRED_EFFECT, library_id).value
            return EXPIRED[effect]
        setting = SEVERITY_SETTINGS.get(reason)
        if setting is None:
            return Severity.BLOCK
        return Severity(tree.setting(setting, library_id).value)

    return severity
