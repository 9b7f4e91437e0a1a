"""What background jobs are called, and how they stand, in words."""

from collections.abc import Iterable
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kortisto.core.models import Job
from kortisto.domain.org.models import Staff

KINDS: Final = {
    "catalogue.import": gettext_lazy("Import records"),
    "catalogue.export": gettext_lazy("Export records"),
    "circulation.fines": gettext_lazy("Overdue charges of the night"),
    "circulation.simulate-rules": gettext_lazy("Try rules on the loans of the past"),
    "circulation.try-floating": gettext_lazy("Try floating on past returns"),
    "circulation.forget-history": gettext_lazy("Forget old loan history"),
    "circulation.long-overdue": gettext_lazy("Long overdue loans, lost items"),
    "patrons.population-register": gettext_lazy("Follow the population register"),
    "patrons.grow-up": gettext_lazy("Children who grow up, old protection orders"),
    "patrons.forget-web": gettext_lazy("Forget what nobody came for from the web"),
    "patrons.reconcile-identities": gettext_lazy("Compare with the identity vault"),
    "patrons.send-pin-link": gettext_lazy("Send a link to a new PIN"),
    "patrons.forget-pin-links": gettext_lazy("Forget links to a new PIN"),
    "patrons.empty-bin": gettext_lazy("Erase patrons from the bin"),
    "patrons.forget-old": gettext_lazy("Forget old restrictions, notes and values"),
    "patrons.erase": gettext_lazy("Erase patrons who have asked for it"),
    "patrons.inactive": gettext_lazy("Announce the erasing of inactive patrons"),
    "closures.carry-out": gettext_lazy("Move dates for a closure, or for many loans"),
    "closures.follow": gettext_lazy("Holds of libraries that close or open"),
    "delivery.forget": gettext_lazy("Forget baskets of home delivery that are over"),
    "closures.tell": gettext_lazy("Tell patrons of dates that were moved"),
    "notices.send": gettext_lazy("Send messages to patrons"),
    "notices.expiry": gettext_lazy("Tell patrons whose card is about to expire"),
    "notices.forget": gettext_lazy("Forget old messages"),
    "fees.lapse": gettext_lazy("Write off charges whose time is over"),
    "fees.forget-payers": gettext_lazy("Forget who paid long ago"),
    "holds.forget": gettext_lazy("Forget old holds"),
    "fulfilment.plan": gettext_lazy("Plan what is fetched from shelves"),
    "fulfilment.arrange": gettext_lazy("Arrange what is fetched in the whole region"),
    "acquisitions.forget": gettext_lazy("Forget old purchase suggestions"),
    "offline.forget": gettext_lazy("Delete what offline desks sent long ago"),
    "entry.forget": gettext_lazy("Forget who entered open libraries long ago"),
    "org.access-reviews": gettext_lazy("Ask for reviews of roles"),
    "org.remove-leavers": gettext_lazy("Remove accounts of those who left long ago"),
    "core.forget-old-work": gettext_lazy("Forget old jobs and keys"),
    "core.archive-log": gettext_lazy("Archive the old months of the log"),
    "core.forget-sessions": gettext_lazy("Forget log-ins that have ended"),
    "core.verify-audit-chain": gettext_lazy("Verify the audit chain"),
}
STATES: Final = {
    Job.State.WAITING.value: ("info", gettext_lazy("Waiting"), "clock"),
    Job.State.RUNNING.value: ("attention", gettext_lazy("Running"), "renew"),
    Job.State.DONE.value: ("ok", gettext_lazy("Done"), ""),
    Job.State.FAILED.value: ("stop", gettext_lazy("Failed"), ""),
    Job.State.CANCELLED.value: ("neutral", gettext_lazy("Cancelled"), "close"),
}

RESULTS: Final = {
    "file": gettext_lazy("File"),
    "records": gettext_lazy("Records"),
    "items": gettext_lazy("Items"),
    "read": gettext_lazy("Read"),
    "added": gettext_lazy("Added"),
    "changed": gettext_lazy("Changed"),
    "unchanged": gettext_lazy("Unchanged"),
    "rejected": gettext_lazy("Turned away"),
    "repaired": gettext_lazy("Repaired"),
    "items_added": gettext_lazy("Items added"),
    "forgotten": gettext_lazy("Forgotten"),
    "blurred": gettext_lazy("Left with their day only"),
    "announced": gettext_lazy("Announced"),
    "in_use_again": gettext_lazy("In use again, kept"),
    "lapsed": gettext_lazy("Lapsed"),
    "erased": gettext_lazy("Erased"),
    "gone": gettext_lazy("Erased from the bin"),
    "kept_in_part": gettext_lazy("Of these, accounts kept under a number"),
    "hindered": gettext_lazy("Hindered"),
    "untold": gettext_lazy("To be told by staff"),
    "items_changed": gettext_lazy("Items changed"),
    "grown": gettext_lazy("Grown up"),
    "protections_over": gettext_lazy("Asked about protection"),
    "unclaimed": gettext_lazy("Registrations forgotten"),
    "requests": gettext_lazy("Answered requests forgotten"),
    "restrictions": gettext_lazy("Ended restrictions forgotten"),
    "notes": gettext_lazy("Withdrawn notes forgotten"),
    "changes": gettext_lazy("Earlier values forgotten"),
    "payers": gettext_lazy("Charges that forgot whose they were"),
    "kits": gettext_lazy("Offline desks forgotten"),
    "errands": gettext_lazy("Ended tasks forgotten"),
    "sent": gettext_lazy("Sent"),
    "failed": gettext_lazy("Failed, tried again later"),
    "given_up": gettext_lazy("Given up"),
    "moved": gettext_lazy("Moved"),
    "left": gettext_lazy("Left: somebody had changed it meanwhile"),
    "closures": gettext_lazy("Closures whose holds move"),
    "baskets": gettext_lazy("Baskets forgotten"),
    "moves_begun": gettext_lazy("Moves and merges of today"),
    "queued": gettext_lazy("Put into the queue"),
    "messages": gettext_lazy("Messages forgotten"),
    "claims": gettext_lazy("Claims forgotten"),
    "lost": gettext_lazy("Marked lost"),
    "long_overdue": gettext_lazy("Marked long overdue"),
    "pulls": gettext_lazy("Copies to fetch"),
    "rearranged": gettext_lazy("Holds that get another copy"),
    "item_moves": gettext_lazy("Items that travel"),
    "item_moves_saved": gettext_lazy("Saved: items that travel"),
    "kilometres": gettext_lazy("Kilometres of items"),
    "kilometres_saved": gettext_lazy("Saved: kilometres of items"),
    "waiting_days": gettext_lazy("Days until they can be collected"),
    "waiting_days_saved": gettext_lazy("Saved: days until they can be collected"),
    "from_best_cents": gettext_lazy("Cents that a better plan could save at most"),
}
"""What the numbers in a job's result are; others are shown by their codes."""


def kind_words(kind: str) -> str:
    """The name of a kind of job; its code when nobody has named it."""
    return str(KINDS.get(kind, kind))


def actor_names(labels: Iterable[str]) -> dict[str, str]:
    """Names for actors as logs have them (``staff:12``): one statement."""
    wanted = set(labels)
    ids = {_id(label) for label in wanted if label.startswith("staff:")}
    people = dict(Staff.objects.filter(pk__in=ids - {0}).values_list("pk", "full_name"))
    return {label: _name(label, people) for label in wanted}


def _name(label: str, people: dict[int, str]) -> str:
    kind, _colon, number = label.partition(":")
    if kind == "staff":
        return people.get(_id(label), label)
    words = {
        "job": _("the system itself"),
        "patron": _("a patron"),
        "device": _("a machine"),
        "api": _("another system"),
    }
    named = words.get(kind, label)
    return f"{named} {number}" if number and kind in {"device", "api"} else named


def _id(label: str) -> int:
    number = label.partition(":")[2]
    return int(number) if number.isdigit() else 0
