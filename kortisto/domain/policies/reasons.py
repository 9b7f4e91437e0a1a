"""Why a change of the rules is refused."""

from django.utils.translation import gettext_lazy as _

from kortisto.core import refusals
from kortisto.core.refusals import Refusal, Refused


class Reason(refusals.Reason):
    NO_DRAFT = "no-draft", _("There is no draft of the rules to change.")
    BAD_VALUE = "bad-rule-value", _("{why}")
    NO_SUCH_ROW = "no-such-rule-row", _("There is no such row in the draft.")
    STARTS_IN_THE_PAST = (
        "rules-start-in-the-past",
        _("Rules cannot start before today: loans have been made by the earlier ones."),
    )
    RULES_HAVE_ERRORS = "rules-have-errors", _("{sentence} {suggestion}")
    NOT_PUBLISHED = "rules-not-published", _("Version {number} was never published.")


def refused(reason: Reason, **facts: object) -> Refused:
    """The exception for one reason that nobody can set aside."""
    return Refused([Refusal(reason, facts=facts)])
