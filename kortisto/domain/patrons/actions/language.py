"""Remember in which language a patron reads."""

from datetime import datetime

from kortisto.core.actors import Actor
from kortisto.domain.patrons.actions.change import change


def set_language(patron_id: int, language: str, *, by: Actor, now: datetime) -> None:
    """Pages and messages will be in this language: fi, sv or en.

    A patron may choose for themselves. Does nothing when it is so already.
    """
    change(patron_id, {"language": language}, by=by, now=now)
