"""Who has chosen to be told something, and how."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from kortisto.domain.patrons.actions.choices import reach_of
from kortisto.domain.patrons.models import (
    MessageChoice,
    MessageKind,
    Patron,
    Transport,
)
from kortisto.domain.patrons.rules import Tick, transports_for


def told_by_mail(
    kind: MessageKind, patrons: Collection[Patron]
) -> Mapping[int, int | None]:
    """Those whom e-mail tells: by their keys, how many days before. One statement."""
    chosen: dict[int, list[Tick]] = defaultdict(list)
    rows = MessageChoice.objects.filter(patron__in=patrons, kind=kind.value)
    for patron_id, way, days in rows.values_list("patron_id", "transport", "days"):
        chosen[patron_id].append(Tick(kind.value, way, days))
    found: dict[int, int | None] = {}
    for patron in patrons:
        ticks = chosen[patron.pk]
        ways = transports_for(
            kind.value, ticks, reach_of(patron), is_protected=patron.is_protected
        )
        if Transport.EMAIL in ways:
            ahead = (one.days for one in ticks if one.transport == Transport.EMAIL)
            found[patron.pk] = next(ahead, None)
    return found
