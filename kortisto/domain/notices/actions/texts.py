"""Change the texts of messages: each save is a version, and none is lost."""

from datetime import datetime

from django.db import transaction

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.refusals import Refusal, Refused
from kortisto.core.text import ControlCharacters, tidy, visible
from kortisto.domain.notices.events import MessageTextChanged
from kortisto.domain.notices.kinds import LANGUAGES, NoticeKind, kind_of
from kortisto.domain.notices.models import NoticeText
from kortisto.domain.notices.permissions import NoticePermission
from kortisto.domain.notices.queries import texts_of, wording_of
from kortisto.domain.notices.reasons import Reason
from kortisto.domain.notices.rules import faults_in
from kortisto.domain.notices.variables import Wording

SHIPPED = Wording("", "")


@transaction.atomic
def save_text(
    kind: str,
    language: str,
    wording: Wording,
    *,
    seen: int,
    by: Actor,
    now: datetime,
) -> NoticeText | None:
    """Put a text in force; None when it says what is in force already.

    ``seen`` is the version that was on the page when the writing began. Raises Refused
    with every fault and its field, or when somebody else has saved meanwhile;
    LookupError for a kind or a language that there is not; NotPermitted.
    """
    by.require(NoticePermission.EDIT_TEXTS)
    one = _kind(kind, language)
    tidied = tidy_wording(wording)
    if faults := faults_in(tidied, one.variables):
        raise Refused(faults)
    if tidied == wording_of(one, language)[0]:
        return None
    return _add(one, language, tidied, seen=seen, by=by, now=now)


@transaction.atomic
def restore_text(
    kind: str, language: str, *, seen: int, by: Actor, now: datetime
) -> NoticeText | None:
    """The shipped text again; None when it is in force already. Raises as saving."""
    by.require(NoticePermission.EDIT_TEXTS)
    one = _kind(kind, language)
    newest = texts_of(kind, language).first()
    if newest is None or newest.is_shipped:
        return None
    return _add(one, language, SHIPPED, seen=seen, by=by, now=now)


def tidy_wording(wording: Wording) -> Wording:
    """One line of subject; of the text, lines without spaces at their ends.

    Raises Refused for characters that nobody can see.
    """
    tidied = {}
    for field, text in (("subject", wording.subject), ("text", wording.text)):
        try:
            tidied[field] = tidy(text) if field == "subject" else _lines(text)
        except ControlCharacters as error:
            facts = {"field": field, "why": str(error)}
            raise Refused([Refusal(Reason.BAD_TEXT, facts=facts)]) from error
    return Wording(tidied["subject"], tidied["text"])


def _lines(text: str) -> str:
    """Empty lines and spaces at the beginning of a line are somebody's layout."""
    lines = visible(text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def _kind(code: str, language: str) -> NoticeKind:
    if language not in LANGUAGES:
        raise LookupError(language)
    return kind_of(code)


def _add(
    kind: NoticeKind,
    language: str,
    wording: Wording,
    *,
    seen: int,
    by: Actor,
    now: datetime,
) -> NoticeText:
    newest = texts_of(kind.code, language).select_for_update().first()
    version = 0 if newest is None else newest.version
    if version != seen:
        raise Refused([Refusal(Reason.CHANGED_MEANWHILE)])
    made = NoticeText.objects.create(
        kind=kind.code,
        language=language,
        version=version + 1,
        subject=wording.subject,
        text=wording.text,
        written_by=by.label,
        written_at=now,
    )
    event = MessageTextChanged(
        kind=kind.code,
        language=language,
        version=made.version,
        shipped=made.is_shipped,
    )
    publish(event, by=by, at=now)
    return made
