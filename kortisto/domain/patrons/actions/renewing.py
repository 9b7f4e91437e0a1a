"""Make a card good for longer once the data has been checked (S15)."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.domain.patrons.actions.change import change
from kortisto.domain.patrons.actions.writing import source_of, to_change, write_changes
from kortisto.domain.patrons.events import MembershipRenewed
from kortisto.domain.patrons.fields import EDITABLE
from kortisto.domain.patrons.models import Patron, Renewal, Source
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.queries import months_of_validity
from kortisto.domain.patrons.reasons import Reason, about, raise_if_unfit
from kortisto.domain.patrons.rules import expiry

CHECKED = ("street", "postal_code", "city", "phone", "email")  # "Check the data"


@transaction.atomic
def renew_membership(
    patron_id: int,
    *,
    by: Actor,
    now: datetime,
    checked: Collection[str] = CHECKED,
    changes: Mapping[str, Any] | None = None,
    edition: int | None = None,
    source: Source | None = None,
) -> Patron:
    """The data has been checked: the card is good from today on, early or late.

    ``checked`` names the fields that were looked at with the patron; ``changes`` are
    what was found to be different (*Edit then renew*), with everything ``change``
    says about them. The flags that ask to check what was checked are lowered.
    """
    by.require(PatronPermission.EDIT)
    raise_if_unfit(
        about(name, Reason.UNKNOWN_FIELD) for name in checked if name not in EDITABLE
    )
    if changes:
        change(patron_id, changes, by=by, now=now, edition=edition, source=source)
    patron = to_change(patron_id)
    months = months_of_validity(patron.category, patron.home_library_id)
    was, until = patron.expires_on, expiry(localdate(now), months)
    flags = {
        flag: False
        for flag, field in (
            ("check_address", "street"),
            ("check_phone", "phone"),
            ("check_email", "email"),
        )
        if field in checked
    }
    write_changes(patron, {"expires_on": until, **flags}, by=by, now=now, source=source)
    renewal = Renewal.objects.create(
        patron=patron,
        checked=sorted(checked),
        expired_on=was,
        expires_on=until,
        source=source or source_of(by),
        actor=by.label,
        at=now,
    )
    event = MembershipRenewed(patron_id=patron.pk, renewal_id=renewal.pk)
    publish(event, by=by, at=now)
    return patron
