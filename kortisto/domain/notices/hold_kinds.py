"""The messages about holds, each with the text that it ships with (NOT-1, HLD-13)."""

from collections import Counter
from datetime import date
from typing import Final

from django.utils.timezone import localdate
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from kortisto.domain.holds.bundles import groups_now
from kortisto.domain.holds.models import OF_A_GROUP, Hold
from kortisto.domain.notices.kinds import (
    LIBRARY,
    NAME,
    NoticeKind,
    Occasion,
    declare,
)
from kortisto.domain.notices.models import Notice
from kortisto.domain.notices.variables import Type, Values, Variable
from kortisto.domain.org.queries import organisation

TITLE: Final = Variable(name="title", title=_("The title"), type=Type.TEXT)
PICKUP: Final = Variable(
    name="pickup", title=_("Where it is picked up"), type=Type.TEXT
)
DAY: Final = Variable(
    name="day", title=_("The last day to pick it up"), type=Type.DAY, required=True
)
IDENTIFIER: Final = Variable(
    name="identifier", title=_("Hold identifier"), type=Type.TEXT
)
SHELF_PLACE: Final = Variable(
    name="shelf_place", title=_("Place on the hold shelf"), type=Type.TEXT
)
ADDRESS: Final = Variable(
    name="address",
    title=_("The page of the patron's own holds"),
    type=Type.ADDRESS,
    path="/account/holds/",
)
WAITS: Final = (NAME, LIBRARY, TITLE, PICKUP, DAY, IDENTIFIER, SHELF_PLACE, ADDRESS)
READY_CODE: Final = "hold-ready"


def _ready(occasion: Occasion) -> Values | None:
    """Nothing when it does not wait any more, or has arrived anew since then."""
    if "group" in occasion.facts:
        return _group_ready(occasion)
    hold = _hold(occasion)
    if hold is None or not _waits(hold, occasion) or _arrived_again(hold, occasion):
        return None
    return _values(hold, occasion)


def _reminder(occasion: Occasion) -> Values | None:
    """Nothing when it has been collected, cancelled or given another last day."""
    hold, day = _hold(occasion), date.fromisoformat(occasion.facts["day"])
    if hold is not None and hold.part == OF_A_GROUP:
        return _of_group(occasion, hold.bundle_id, Hold.State.WAITING, day=day)
    if hold is None or not _waits(hold, occasion) or hold.pickup_until != day:
        return None
    return _values(hold, occasion)


def _not_collected(occasion: Occasion) -> Values | None:
    hold = _hold(occasion)
    if hold is None or hold.ending != Hold.Ending.UNCOLLECTED:
        return None
    if hold.part == OF_A_GROUP and hold.pickup_until is not None:
        given_up = (Hold.State.UNCLEARED, Hold.State.EXPIRED)
        return _of_group(occasion, hold.bundle_id, *given_up, day=hold.pickup_until)
    return _values(hold, occasion)


def _group_ready(occasion: Occasion) -> Values | None:
    """Nothing of those few that have come when all have been told of together."""
    bundle_id = occasion.facts["group"]
    group = groups_now([bundle_id]).get(bundle_id)
    if group is None or group.is_complete is occasion.facts["late"]:
        return None
    return _of_group(occasion, bundle_id, Hold.State.WAITING)


def _of_group(
    occasion: Occasion,
    bundle_id: int | None,
    *states: Hold.State,
    day: date | None = None,
) -> Values | None:
    """Every title with its number of copies; the first last day of them.

    ``day``: only those whose last day it is. None when there is none.
    """
    mine = Hold.objects.filter(patron=occasion.patron, bundle=bundle_id)
    found = mine.filter(state__in=states, pickup_until__isnull=False)
    if day is not None:
        found = found.filter(pickup_until=day)
    holds = list(
        found.select_related("record", "shelf_place").order_by("pickup_until", "pk")
    )
    if not holds:
        return None
    copies = Counter(hold.record.title for hold in holds)
    places = dict.fromkeys(hold.stands_in.name for hold in holds if hold.stands_in)
    return {
        **_values(holds[0], occasion),
        "title": "\n".join(
            title if number == 1 else f"{title} ({number})"
            for title, number in copies.items()
        ),
        "shelf_place": ", ".join(places),
    }


def _not_after_all(occasion: Occasion) -> Values | None:
    """Only for who has been told that it waits, and if it still does not.

    A group was told of many: when some of them go back, it hears when it collects.
    """
    hold = _hold(occasion)
    if hold is None or hold.state == Hold.State.WAITING:
        return None
    told = Notice.objects.filter(
        patron=occasion.patron,
        kind=READY_CODE,
        facts__hold_id=hold.pk,
        facts__event__lt=occasion.facts["event"],
        state=Notice.State.SENT,
    )
    return _values(hold, occasion) if told.exists() else None


def _hold(occasion: Occasion) -> Hold | None:
    mine = Hold.objects.select_related("record", "shelf_place").filter(
        patron=occasion.patron
    )
    return mine.filter(pk=occasion.facts["hold_id"]).first()


def _waits(hold: Hold, occasion: Occasion) -> bool:
    """Whether a patron who comes today finds it."""
    last = hold.pickup_until
    waiting = hold.state == Hold.State.WAITING and last is not None
    return waiting and localdate(occasion.now) <= (last or date.min)


def _arrived_again(hold: Hold, occasion: Occasion) -> bool:
    """Of two arrivals that wait to be told, the later one is."""
    later = Notice.objects.filter(
        patron=occasion.patron,
        kind=READY_CODE,
        facts__hold_id=hold.pk,
        facts__event__gt=occasion.facts["event"],
    )
    return later.exists()


def _place(hold: Hold) -> str:
    """The library, with its address while it is not in its own house."""
    tree, library = organisation(), hold.pickup_library_id
    day = hold.pickup_until or localdate()
    away = tree.premises_on(library, day)
    name = tree.name(library)
    return name if away is None else f"{name}, {away.address}"


def _values(hold: Hold, occasion: Occasion) -> Values:
    """No mailbox may tell where a protected person borrows (GDP-5)."""
    patron = occasion.patron
    with override(patron.language):
        pickup = (
            _now("the library that you chose") if patron.is_protected else _place(hold)
        )
    return {
        "title": hold.record.title,
        "pickup": pickup,
        "day": hold.pickup_until,
        "identifier": patron.hold_identifier,
        "shelf_place": "" if hold.stands_in is None else hold.stands_in.name,
    }


READY: Final = declare(
    NoticeKind(
        code=READY_CODE,
        title=_("A hold has arrived"),
        when=_(
            "Some minutes after it was put on the hold shelf; a setting says how many."
        ),
        subject=_("Your hold can be picked up"),
        text=_(
            "Hello,\n\n"
            "your hold has arrived:\n\n"
            "{title}\n\n"
            "Where: {pickup}\n"
            "At the latest: {day}\n"
            "Your hold identifier: {identifier}\n\n"
            "All your holds: {address}\n\n"
            "{library}"
        ),
        variables=WAITS,
        find=_ready,
        names_titles=True,
    )
)
REMINDER: Final = declare(
    NoticeKind(
        code="pickup-reminder",
        title=_("Reminder to pick up a hold"),
        when=_("As many days before the last day as the patron has chosen."),
        subject=_("Your hold waits until {day}"),
        text=_(
            "Hello,\n\n"
            "your hold still waits for you:\n\n"
            "{title}\n\n"
            "Where: {pickup}\n"
            "At the latest: {day}\n"
            "Your hold identifier: {identifier}\n\n"
            "If you no longer need it, please cancel it, so that the next one gets it: "
            "{address}\n\n"
            "{library}"
        ),
        variables=WAITS,
        find=_reminder,
        names_titles=True,
    )
)
UNCOLLECTED: Final = declare(
    NoticeKind(
        code="hold-uncollected",
        title=_("A hold was not collected"),
        when=_("When a hold has waited past its last day; told as arrivals are."),
        subject=_("Your hold was not collected"),
        text=_(
            "Hello,\n\n"
            "your hold waited for you until {day} and is over now:\n\n"
            "{title}\n\n"
            "Where: {pickup}\n\n"
            "If you still want it, reserve it again.\n\n"
            "{library}"
        ),
        variables=(NAME, LIBRARY, TITLE, PICKUP, DAY),
        find=_not_collected,
        names_titles=True,
    )
)
NOT_AFTER_ALL: Final = declare(
    NoticeKind(
        code="hold-not-after-all",
        title=_("A hold has not arrived after all"),
        when=_(
            "When a copy that was set aside cannot be given to the patron after all, "
            "and they had been told that it waits."
        ),
        subject=_("Your hold cannot be picked up yet"),
        text=_(
            "Hello,\n\n"
            "we told you that your hold has arrived, but you cannot pick it up yet "
            "after all:\n\n"
            "{title}\n\n"
            "We are sorry. You have kept your place in the queue, and we tell you when "
            "it can be picked up at: {pickup}\n\n"
            "{library}"
        ),
        variables=(NAME, LIBRARY, TITLE, PICKUP),
        find=_not_after_all,
        names_titles=True,
    )
)
