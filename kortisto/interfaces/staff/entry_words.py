"""Decisions and attempts of open libraries in the words of staff pages."""

from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kortisto.domain.entry.reasons import GRANTED, Reason
from kortisto.domain.entry.rules import Decision, Step
from kortisto.domain.org.queries import organisation
from kortisto.domain.org.settings import SETTINGS
from kortisto.ui.parts import TraceLine

OUTCOMES: Final[dict[str, "str | Promise"]] = {
    GRANTED: gettext_lazy("Let in"),
    Reason.DENIED.value: gettext_lazy("Wrong card or PIN"),
    Reason.LOCKED.value: gettext_lazy("Locked after wrong PINs"),
    Reason.STALE.value: gettext_lazy("No fresh data at the door"),
    Reason.MISCONFIGURED.value: gettext_lazy("Library not set up"),
    Reason.NEVER_ENTERS.value: gettext_lazy("Account, not a patron"),
    Reason.MISSING_TERMS.value: gettext_lazy("Terms not accepted"),
    Reason.REVOKED.value: gettext_lazy("Banned"),
    Reason.GUARDIAN_REFUSED.value: gettext_lazy("Guardian's refusal"),
    Reason.GUARDIAN_NOT_ASKED.value: gettext_lazy("No guardian's permission"),
    Reason.CATEGORY.value: gettext_lazy("Patron category"),
    Reason.UNDERAGE.value: gettext_lazy("Too young"),
    Reason.AGE_UNKNOWN.value: gettext_lazy("Age not known"),
    Reason.CARD_LOST.value: gettext_lazy("Card lost"),
    Reason.NOT_IN_USE.value: gettext_lazy("Card not in use"),
    Reason.CARD_EXPIRED.value: gettext_lazy("Card expired"),
    Reason.RESTRICTED.value: gettext_lazy("Restricted"),
    Reason.OWES_TOO_MUCH.value: gettext_lazy("Unpaid charges"),
    Reason.CLOSED.value: gettext_lazy("Closed"),
}
CHECKS: Final[dict[str, "str | Promise"]] = {
    "library_is_set_up": gettext_lazy("The library is set up to be without staff"),
    "it_is_a_patrons_card": gettext_lazy("Accounts of staff and of devices"),
    "nobody_has_banned_them": gettext_lazy("Bans"),
    "card_is_not_lost": gettext_lazy("Lost cards"),
    "they_are_alive": gettext_lazy("Cards of the dead"),
    "library_is_open": gettext_lazy("Opening hours"),
}


def outcome_words(code: str) -> str:
    """What became of an attempt; the code itself when it is of another version."""
    return str(OUTCOMES.get(code, code))


def trace_lines(decision: Decision) -> list[TraceLine]:
    """Each check: what it looked at, who had decided that, whether it let through."""
    return [_line(step) for step in decision.trace]


def _line(step: Step) -> TraceLine:
    setting: Any = SETTINGS.get(step.parameter)
    name = CHECKS.get(step.check, step.check) if setting is None else setting.title
    value = "" if setting is None else setting.kind.show(step.value)
    verdict = outcome_words(step.refused) if step.refused else _("no hindrance")
    place = organisation().name(step.unit_id) or _("Default of the system")
    return TraceLine(
        name=str(name),
        value=value,
        source=_("{place}: {verdict}").format(place=place, verdict=verdict),
    )
