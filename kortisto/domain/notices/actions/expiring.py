"""Tell patrons that their card is about to expire: once for each last day (S15)."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.mailing import mail_is_sent
from kortisto.domain.notices.actions.queueing import NewNotice, queue
from kortisto.domain.notices.choices import told_by_mail
from kortisto.domain.notices.models import Notice
from kortisto.domain.notices.patron_kinds import EXPIRY
from kortisto.domain.notices.settings import EXPIRY_DAYS
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.category_kinds import CUSTOMERS
from kortisto.domain.patrons.models import MessageKind, Patron

AT_ONCE: Final = 500
ABOUT: Final = "card"


def tell_expiring(*, by: Actor, now: datetime) -> int:
    """Queue a message for everybody whose card expires soon and who wants to know.

    A night that was missed is made good the next one. Returns how many were queued.
    """
    if not mail_is_sent():
        return 0
    today, told = localdate(now), 0
    for days, libraries in _libraries_by_days().items():
        last = 0
        until = today + timedelta(days=days)
        while patrons := _page(libraries, today, until, after=last):
            wanted = list(_wanted(patrons))
            queue(wanted, by=by, now=now)
            told += len(wanted)
            last = patrons[-1].pk
    return told


def _libraries_by_days() -> dict[int, list[int]]:
    """Home libraries by how many days ahead they tell."""
    tree = organisation()
    found: dict[int, list[int]] = defaultdict(list)
    for unit_id in tree.units:
        days = tree.setting(EXPIRY_DAYS, unit_id).value
        if days is not None:
            found[days].append(unit_id)
    return found


def _page(
    libraries: Collection[int], today: date, until: date, *, after: int
) -> "list[Patron]":
    told = Notice.objects.filter(
        patron=OuterRef("pk"),
        kind=EXPIRY.code,
        about=ABOUT,
        day=OuterRef("expires_on"),
    )
    rows: QuerySet[Patron] = Patron.objects.filter(
        home_library__in=libraries,
        expires_on__range=(today, until),
        category__kind__in=CUSTOMERS,
        binned_at=None,
        died_on=None,
        pk__gt=after,
    ).exclude(email="")
    return list(rows.exclude(Exists(told)).order_by("pk")[:AT_ONCE])


def _wanted(patrons: Collection[Patron]) -> Iterator[NewNotice]:
    """One for each who has chosen to be told by e-mail."""
    wanting = told_by_mail(MessageKind.EXPIRY, patrons)
    for patron in patrons:
        if patron.pk in wanting:
            day = patron.expires_on
            yield NewNotice(
                kind=EXPIRY,
                patron_id=patron.pk,
                about=ABOUT,
                day=day,
                facts={"expires_on": day.isoformat()},
            )
