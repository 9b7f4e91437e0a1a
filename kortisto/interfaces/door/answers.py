"""A decision as the sentences of a door's screen, in every language."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from kortisto.domain.entry.rules import Decision


def sentences(decision: Decision) -> dict[str, str]:
    """By language: the first reason against, or a welcome."""
    told = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            told[code] = (
                _("Welcome!") if decision.granted else decision.refusals[0].message
            )
    return told
