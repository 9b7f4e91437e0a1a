"""What cannot happen because nothing does it yet; whoever adds it is led here.

The pains behind it are in docs/guide/pain-points.md: all holds cancelled by accident,
batch tools without an undo, merges that lose holds and parts.
"""

import ast
from typing import Final

import pytest
from django.conf import settings as given
from django.test import Client, override_settings

from kortisto.domain.holds.models import Hold
from kortisto.interfaces.opac.tests.shelf import log_in, somebody
from kortisto.testing.builders import make_hold, make_record
from tests.source import CODE, modules, tree
from tests.walk import OPAC

MANY: Final = {
    "pages/calendars.py": "ticked days that differ are removed; none is ticked before",
    "pages/hold.py": "ticked copies for a group; cancelled ones come back",
    "pages/patron_family.py": "the order of one patron's guardians",
    "pages/patron_holds.py": "ticked holds of one patron; cancelled ones come back",
    "pages/renewals.py": "ticked loans of one patron; a renewal lengthens, never ends",
    "pages/suggestions.py": "ticked suggestions are merged; each can be taken apart",
    "pages/transits.py": "ticked journeys that never came; a scan finds the copy",
}
"""Pages that change many rows which somebody has chosen, and why that is safe.

A new one shows before it writes what will become of each row, ticks none of them, and
can be undone (REQUIREMENTS pain 55).
"""

ONE_ROW: Final = {
    "message_matrix.py",  # the ticks of one patron
    "pages/desk.py",  # reasons that are set aside
    "pages/identity.py",
    "pages/offline.py",  # reasons that are set aside
    "pages/patron_edit.py",  # fields of one record
    "pages/placing.py",  # reasons that are set aside
    "pages/pull_list.py",  # shelves that somebody walks along
    "pages/registration.py",
    "pages/several_titles.py",  # reasons that are set aside
    "title_search.py",  # what a search is narrowed to
}
"""Several values that are not rows."""


@pytest.mark.django_db
def test_only_one_address_of_the_web_library_cancels_and_that_asks_first() -> None:
    """And what it cancels comes back for a day, to the old place (pain 53)."""
    with override_settings(**given.PUBLIC_SITE):
        patron = somebody()
        holds = [make_hold(patron, make_record(name)) for name in ("Sinuhe", "Muumit")]
        before = list(Hold.objects.order_by("pk").values())
        client = Client()
        log_in(client, patron)
        own = [one for one in OPAC if getattr(one.callback, "for_patrons", False)]
        for one in own:
            path = str(one.pattern)
            for place in one.pattern.converters:
                start, _after = path.split(f":{place}>", 1)
                path = path.replace(
                    f"{start[start.rindex('<') :]}:{place}>", str(holds[0].pk)
                )
            answer = client.post(f"/{path}", {"all": "yes"})
            assert answer.status_code < 500, path
        assert len(own) > 20
        assert list(Hold.objects.order_by("pk").values()) == before

        client.post("/account/holds/cancel/", {"all": "yes", "sure": "yes"})
        ended = Hold.objects.filter(state=Hold.State.CANCELLED)
        assert ended.count() == len(holds)
        for hold in holds:
            client.post(f"/account/holds/{hold.pk}/restore/")
        assert list(Hold.objects.order_by("pk").values()) == before


def test_pages_that_change_many_rows_at_once_are_written_down() -> None:
    folder = CODE / "interfaces" / "staff"
    found = {
        str(module.relative_to(folder))
        for module in modules(leaving_out=("tests",))
        if folder in module.parents and ".getlist(" in module.read_text()
    }

    assert found - ONE_ROW == set(MANY)


def test_nothing_merges_titles() -> None:
    """It needs what merging patrons has: everything moves, a preview, an undo."""
    folder = CODE / "domain" / "catalogue" / "actions"
    merging = [
        f"{module.relative_to(folder)}: {node.name}"
        for module in modules(leaving_out=("tests",))
        if folder in module.parents
        for node in ast.walk(tree(module))
        if isinstance(node, ast.FunctionDef) and "merge" in node.name
    ]

    assert merging == []
