"""The part of a patron's page about a log-in that wrong PINs have locked."""

from typing import Any

from django import template
from django.utils import timezone

from kortisto.core.actors import Actor
from kortisto.domain.patrons.actions import unlock
from kortisto.domain.patrons.models import Patron
from kortisto.interfaces.staff.audit_words import CHANNELS

register = template.Library()


@register.inclusion_tag("staff/_patron_pin_lock.html")
def pin_lock(patron: Patron, actor: Actor) -> dict[str, Any]:
    lock = unlock.pin_lock(patron, now=timezone.now())
    channel = "" if lock is None else CHANNELS.get(lock.channel, "")
    return {"patron": patron, "actor": actor, "lock": lock, "through": str(channel)}
