"""Names, addresses, phones and e-mails are seen to on the web (S11).

Patrons see to their own, and guardians to those of small children (PAT-15).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.domain.patrons.actions.change_requests import Requested, request_changes
from kortisto.domain.patrons.actions.writing import to_change, write_changes
from kortisto.domain.patrons.events import EmailReplaced
from kortisto.domain.patrons.fields import clean, label_of
from kortisto.domain.patrons.models import FieldChange
from kortisto.domain.patrons.reasons import Reason, about, raise_if_unfit

VOUCHED_FOR: Final = {"phone": "check_phone", "email": "check_email"}


@transaction.atomic
def change_contacts(
    patron_id: int,
    changes: Mapping[str, Any],
    *,
    seen: Mapping[str, Any],
    by: Actor,
    now: datetime,
) -> Requested:
    """Ask for what has been changed in a form, as ``request_changes`` does.

    ``seen`` is what the whole form showed when it was opened, changed or not: what
    somebody else has changed since is told (changed-meanwhile) and not written over.
    A phone and an e-mail that the patron has seen and saved need no check any more
    (PAT-12); a guardian's word does not make them the patron's. Raises Unfit, and
    NotPermitted; then nothing has been written.
    """
    patron = to_change(patron_id)
    then, _odd = clean(seen)
    raise_if_unfit(
        about(name, Reason.CHANGED_MEANWHILE, label=label_of(name))
        for name in changes
        if name in then and getattr(patron, name) != then[name]
    )
    done = request_changes(patron_id, changes, by=by, now=now)
    patron.refresh_from_db()
    flags = {
        flag: False
        for name, flag in VOUCHED_FOR.items()
        if by.id == patron_id and name in seen and name not in done.waiting
    }
    write_changes(patron, flags, by=by, now=now)
    if then.get("email") and "email" in done.applied:
        rows = FieldChange.objects.filter(patron_id=patron_id, field="email")
        event = EmailReplaced(patron_id=patron_id, change_id=rows.latest("pk").pk)
        publish(event, by=by, at=now)
    return done
