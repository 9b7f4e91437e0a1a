"""What `kortisto check` asks of the search index."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kortisto.core.checks import Finding, check
from kortisto.core.followers import last_position
from kortisto.domain.search.collection import searchable_records
from kortisto.domain.search.follower import position_of
from kortisto.domain.search.ports import SearchUnavailable
from kortisto.domain.search.queries import engine

MOST_EVENTS_BEHIND = 5_000


@check("search-index", gettext_lazy("The search index of this machine is up to date."))
def the_index_is_up_to_date() -> Iterable[Finding]:
    try:
        engine().check()
    except SearchUnavailable as trouble:
        if not searchable_records().exists():
            return  # nothing to index yet
        yield Finding(str(trouble), _("Run: kortisto reindex"))
        return
    end, reached = last_position(), position_of(engine())
    if end is not None and end.event_id - reached.event_id > MOST_EVENTS_BEHIND:
        behind = end.event_id - reached.event_id
        yield Finding(
            _("The search index is {behind} events behind.").format(behind=behind),
            _("See that kortisto work runs on this machine, or run: kortisto reindex"),
        )
