"""Staff write to a patron: by e-mail, or to the web account (PAT-16).

Who wrote it and at which library is written down by itself; the patron sees the
library and never the author.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.jobs import enqueue
from kortisto.core.mailing import mail_is_sent
from kortisto.core.refusals import Refusal, Refused
from kortisto.domain.notices.actions.queueing import SEND
from kortisto.domain.notices.actions.texts import tidy_wording
from kortisto.domain.notices.events import MessageWritten
from kortisto.domain.notices.kinds import NoticeKind, kind_of
from kortisto.domain.notices.models import Notice, Transport
from kortisto.domain.notices.permissions import NoticePermission
from kortisto.domain.notices.queries import common_values, wording_of
from kortisto.domain.notices.reasons import Reason
from kortisto.domain.notices.rules import said_wrongly
from kortisto.domain.notices.variables import Wording, rendered
from kortisto.domain.patrons.models import Patron


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What somebody wants to send.

    ``key`` is made with the form: sent twice, it goes once. ``template`` is the code of
    the kind that the writing began with.
    """

    key: str
    template: str
    transport: Transport
    wording: Wording


def draft(patron: Patron, template: str, *, by: Actor) -> Wording:
    """What a template says to this patron, in the patron's language.

    Raises Refused for a template that there is not.
    """
    kind = _template(template)
    place = by.library_id or patron.home_library_id
    values = common_values(kind, patron, unit_id=place)
    wording, _version = wording_of(kind, patron.language)
    return rendered(wording, kind.variables, values)


def why_not(patron: Patron, transport: Transport) -> list[Refusal]:
    """Every reason why a patron cannot be written to in this way."""
    wrong = []
    if patron.binned_at is not None or patron.died_on is not None:
        wrong.append(Refusal(Reason.NOT_IN_USE))
    if transport == Transport.EMAIL:
        if not mail_is_sent():
            wrong.append(Refusal(Reason.NO_MAIL_SERVICE, facts={"field": "transport"}))
        if not patron.email:
            wrong.append(Refusal(Reason.NO_EMAIL_ADDRESS, facts={"field": "transport"}))
    elif not patron.pin_hash:
        wrong.append(Refusal(Reason.NO_WEB_ACCOUNT, facts={"field": "transport"}))
    return wrong


@transaction.atomic
def write_message(
    patron_id: int, letter: Letter, *, by: Actor, now: datetime
) -> Notice:
    """Send what somebody has written; once for each key, however often it is asked.

    Raises Refused with every reason and its field, Patron.DoesNotExist, NotPermitted.
    Nothing has been written then.
    """
    by.require(NoticePermission.WRITE)
    patron = Patron.objects.select_for_update().get(pk=patron_id)
    kind = _template(letter.template)
    wording = tidy_wording(letter.wording)
    wrong = [*why_not(patron, letter.transport), *said_wrongly(wording)]
    if wrong:
        raise Refused(wrong)
    about = f"written:{letter.key}"
    same = Notice.objects.filter(patron=patron, about=about).first()
    if same is not None:
        return same
    on_web = letter.transport == Transport.WEB
    notice = Notice.objects.create(
        patron=patron,
        kind=kind.code,
        about=about,
        day=localdate(now),
        transport=letter.transport,
        address="" if on_web else patron.email,
        language=patron.language,
        template_version=wording_of(kind, patron.language)[1],
        subject=wording.subject,
        text=wording.text,
        state=Notice.State.SENT if on_web else Notice.State.QUEUED,
        created_at=now,
        sent_at=now if on_web else None,
        next_try_at=None if on_web else now,
        author=by.label,
        library_id=by.library_id,
    )
    if not on_web:
        enqueue(SEND, {}, by=by, run_after=now)
    event = MessageWritten(
        patron_id=patron.pk, notice_id=notice.pk, transport=letter.transport.value
    )
    publish(event, by=by, at=now)
    return notice


def _template(code: str) -> NoticeKind:
    try:
        kind = kind_of(code)
    except LookupError as unknown:
        raise Refused([_no_template()]) from unknown
    if not kind.by_staff:
        raise Refused([_no_template()])
    return kind


def _no_template() -> Refusal:
    return Refusal(Reason.UNKNOWN_TEMPLATE, facts={"field": "template"})
