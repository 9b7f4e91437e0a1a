"""Why an item or a record cannot go: somebody waits for it, or it is on its way."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from kortisto.core import refusals
from kortisto.core.refusals import Refusal
from kortisto.domain.catalogue.hindrances import hinders_items, hinders_records
from kortisto.domain.holds.models import Hold, Transit
from kortisto.domain.holds.queue import OPEN, TRAPPED
from kortisto.domain.patrons.hindrances import hinders_erasing


class Hindrance(refusals.Reason):
    ITEM_IS_HELD = "item-is-held", _("The item is held for somebody.")
    ITEM_HAS_A_PAST = (
        "item-has-a-past",
        _("The item has filled holds or travelled. Withdraw it instead."),
    )
    ITEM_IS_ON_ITS_WAY = "item-is-on-its-way", _("The item is on its way.")
    HOLD_IS_SET_ASIDE = (
        "hold-is-set-aside",
        _("Holds that wait to be picked up or are on their way: {holds}."),
    )
    RECORD_HAS_HOLDS = "record-has-holds", _("{holds} holds wait for the title.")


@hinders_items("holds")
def holds_of_items(item_ids: Collection[int]) -> Mapping[int, Sequence[Refusal]]:
    """Open holds first; ended ones and journeys are kept with their item too."""
    about = Hold.objects.filter(
        Q(item_id__in=item_ids) | Q(wanted_item_id__in=item_ids)
    )
    found: dict[int, list[Refusal]] = {}
    rows = about.values_list("item_id", "wanted_item_id", "state")
    for item_id in {
        each
        for item, wanted, state in rows
        if state in OPEN
        for each in (item, wanted)
        if each in item_ids
    }:
        found[item_id] = [Refusal(Hindrance.ITEM_IS_HELD)]
    journeys = Transit.objects.filter(item_id__in=item_ids)
    travelling = journeys.filter(arrived_at=None, cancelled_at=None)
    for item_id in travelling.values_list("item_id", flat=True):
        found.setdefault(item_id, []).append(Refusal(Hindrance.ITEM_IS_ON_ITS_WAY))
    past = {each for row in rows for each in row[:2] if each in item_ids}
    past |= set(journeys.values_list("item_id", flat=True))
    for item_id in past - found.keys():
        found[item_id] = [Refusal(Hindrance.ITEM_HAS_A_PAST)]
    return found


@hinders_records("holds")
def holds_of_records(record_ids: Collection[int]) -> Mapping[int, Sequence[Refusal]]:
    waiting = (
        Hold.objects.filter(record_id__in=record_ids, state__in=OPEN)
        .values_list("record_id")
        .annotate(holds=Count("pk"))
        .order_by()
    )
    return {
        record_id: [Refusal(Hindrance.RECORD_HAS_HOLDS, facts={"holds": holds})]
        for record_id, holds in waiting
    }


@hinders_erasing("holds")
def holds_on_the_way(patron_id: int, today: date) -> Sequence[Refusal]:
    """Items that are set aside; wishes in a queue go with the patron."""
    del today
    number = Hold.objects.filter(patron_id=patron_id, state__in=TRAPPED).count()
    return (
        [Refusal(Hindrance.HOLD_IS_SET_ASIDE, facts={"holds": number})]
        if number
        else ()
    )
