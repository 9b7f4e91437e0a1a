"""Review roles twice a year: confirm each one, or end it (PER-1, pain 46)."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.errands import NewErrand, ask, settle
from kortisto.core.events import publish
from kortisto.domain.org.actions.roles import end_grant
from kortisto.domain.org.errands import REVIEW
from kortisto.domain.org.events import GrantConfirmed
from kortisto.domain.org.models import Grant
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.org.queries import managers_of, organisation
from kortisto.domain.org.reasons import Reason, refused
from kortisto.domain.org.reviews import (
    grants_under_review,
    open_review,
    reviews_due,
    seen_in,
)
from kortisto.domain.org.settings import REVIEW_DAYS

MANAGE: Final = OrgPermission.MANAGE_STAFF


@transaction.atomic
def ask_for_reviews(*, by: Actor, now: datetime) -> int:
    """Ask every unit whose time has come. Returns how many were asked."""
    by.require(MANAGE)
    today, tree = localdate(now), organisation()
    due = reviews_due(today)
    for unit_id in due:
        days = tree.setting(REVIEW_DAYS, unit_id).value
        new = NewErrand(
            kind=REVIEW,
            subject_id=unit_id,
            unit_id=unit_id,
            due_on=today + timedelta(days=days),
        )
        ask(new, by=by, now=now)
    return len(due)


@transaction.atomic
def review_roles(
    unit_id: int,
    *,
    confirm: Collection[int] = (),
    end: Collection[int] = (),
    by: Actor,
    now: datetime,
) -> bool:
    """Confirm roles, end others at once. Returns whether the review is now done.

    Refused for a role that is no part of it, for one's own when somebody else could
    confirm it, and for what ``end_grant`` refuses.
    """
    by.require(MANAGE, at=unit_id)
    today = localdate(now)
    grants = {grant.pk: grant for grant in grants_under_review(unit_id, today=today)}
    if not grants.keys() >= {*confirm, *end}:
        raise refused(Reason.NOT_IN_REVIEW)
    for grant_id in confirm:
        _confirm(grants[grant_id], by=by, now=now)
    for grant_id in end:
        end_grant(grant_id, ends_on=today - timedelta(days=1), by=by, now=now)
    return _settle_when_done(unit_id, by=by, now=now)


def _confirm(grant: Grant, *, by: Actor, now: datetime) -> None:
    today = localdate(now)
    if by.label == f"staff:{grant.staff_id}":
        others = managers_of(grant.unit_id, today, but=grant.staff_id)
        if others:
            raise refused(Reason.OWN_ROLE, managers=", ".join(others))
    grant.confirmed_on, grant.confirmed_by = today, by.label
    grant.save(update_fields=["confirmed_on", "confirmed_by"])
    event = GrantConfirmed(
        grant_id=grant.pk,
        staff_id=grant.staff_id,
        role_id=grant.role_id,
        unit_id=grant.unit_id,
    )
    publish(event, by=by, at=now)


def _settle_when_done(unit_id: int, *, by: Actor, now: datetime) -> bool:
    review = open_review(unit_id)
    if review is None:
        return True
    left = grants_under_review(unit_id, today=localdate(now))
    if not all(seen_in(grant, review) for grant in left):
        return False
    settle(review.pk, by=by, now=now)
    return True
