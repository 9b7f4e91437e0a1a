"""The part of a patron's page that is about open libraries."""

from typing import Any

from django import template
from django.utils import timezone

from kortisto.core.actors import Actor
from kortisto.domain.entry.queries import (
    accepted_terms,
    bans_in_force,
    word_of_guardian,
)
from kortisto.domain.patrons.models import Patron

register = template.Library()


@register.inclusion_tag("staff/_patron_entry.html")
def open_library(patron: Patron, actor: Actor) -> dict[str, Any]:
    """What is decided about the patron, in a fixed number of questions."""
    return {
        "patron": patron,
        "actor": actor,
        "terms": accepted_terms(patron.pk),
        "word": word_of_guardian(patron.pk),
        "bans": list(bans_in_force(patron.pk, timezone.localdate())),
    }
