"""Who looked at whom is in the log (LOG-1), and only who may look sees anything."""

import pytest

from kortisto.core.actors import Actor, ActorKind, NotPermitted
from kortisto.core.models import LoggedEvent
from kortisto.domain.patrons.actions.viewing import view_candidates, view_patron
from kortisto.domain.patrons.models import Patron
from kortisto.testing.builders import MONDAY_NOON, desk, make_library, make_patron

pytestmark = pytest.mark.django_db


def views() -> list[tuple[int | None, str]]:
    events = LoggedEvent.objects.filter(kind="PatronViewed").order_by("id")
    return [(event.body["patron_id"], event.body["page"]) for event in events]


def test_a_look_at_a_patron_is_logged_with_who_and_where() -> None:
    library, patron = make_library(), make_patron()
    found = view_patron(patron.pk, by=desk(library), now=MONDAY_NOON, page="patron")
    assert found == patron
    event = LoggedEvent.objects.get()
    assert (event.kind, event.actor, event.unit_id) == (
        "PatronViewed",
        "staff:1",
        library.pk,
    )
    assert views() == [(patron.pk, "patron")]
    assert event.happened_at == MONDAY_NOON


def test_a_list_to_choose_from_logs_everybody_on_it_and_nobody_else() -> None:
    shown = make_patron()
    make_patron(surname="Kettunen")
    found = view_candidates("virt", by=desk(), now=MONDAY_NOON)
    assert [one.id for one in found] == [shown.pk]
    assert views() == [(shown.pk, "search")]


def test_who_may_not_see_patrons_sees_nothing_and_nothing_is_logged() -> None:
    patron = make_patron()
    nobody = Actor(kind=ActorKind.STAFF, id=2, library_id=make_library().pk)
    with pytest.raises(NotPermitted):
        view_patron(patron.pk, by=nobody, now=MONDAY_NOON, page="patron")
    with pytest.raises(NotPermitted):
        view_candidates("virt", by=nobody, now=MONDAY_NOON)
    assert views() == []


def test_nobody_is_looked_at_where_nobody_is() -> None:
    with pytest.raises(Patron.DoesNotExist):
        view_patron(404, by=desk(), now=MONDAY_NOON, page="patron")
    assert view_candidates("", by=desk(), now=MONDAY_NOON) == []
    assert views() == []
