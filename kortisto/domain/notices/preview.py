"""What a text would say to a patron whom there is not."""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import override

from kortisto.domain.notices.kinds import LIBRARY, NAME, NoticeKind
from kortisto.domain.notices.variables import (
    Type,
    Values,
    Variable,
    Wording,
    in_words,
    rendered,
)
from kortisto.domain.org.queries import organisation

AHEAD: Final = timedelta(days=14)


def made_up(
    kind: NoticeKind, language: str, *, unit_id: int | None, now: datetime
) -> Values:
    """A value for each variable, as it might be."""
    with override(language):
        name, library = _("Aino"), organisation().name(unit_id)
    known: Values = {NAME.name: name, LIBRARY.name: library}
    by_type: dict[Type, object] = {
        Type.TEXT: "…",
        Type.DAY: localdate(now) + AHEAD,
        Type.TIME: now,
    }
    return {
        one.name: f"{settings.PUBLIC_URL}{one.path}"
        if one.type is Type.ADDRESS
        else known.get(one.name, by_type[one.type])
        for one in kind.variables
    }


def preview(
    kind: NoticeKind,
    language: str,
    wording: Wording,
    *,
    unit_id: int | None,
    now: datetime,
) -> Wording:
    """The words as a patron would read them. The wording has no faults."""
    values = made_up(kind, language, unit_id=unit_id, now=now)
    return rendered(wording, kind.variables, values, secrets=True)


def example(variable: Variable, values: Values) -> str:
    """A value of the made-up patron, for the list of variables."""
    return in_words(values[variable.name], variable.type)
