"""Staff work through what patrons suggest to be bought, without seeing who (ACQ-3)."""

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from kortisto.domain.acquisitions.actions.suggesting import NewSuggestion, suggest
from kortisto.domain.acquisitions.models import Suggestion
from kortisto.domain.acquisitions.permissions import AcquisitionsPermission as May
from kortisto.domain.org.models import Unit
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import (
    make_consortium,
    make_library,
    make_patron,
    themself,
)
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db

QUEUE = "/suggestions/"


def suggested(name: str = "Sinuhe", *, library: Unit | None = None) -> Suggestion:
    patron = make_patron(surname="Salainen")
    place = library or make_library()
    new = NewSuggestion(title=name, why="Lukupiirille", library_id=place.pk)
    return suggest(patron.pk, new, by=themself(patron), now=timezone.now())


def words(answer: object, status: int = 200) -> str:
    assert isinstance(answer, HttpResponse)
    assert answer.status_code == status
    return answer.content.decode()


def clerk() -> Client:
    """Somebody who answers at one library, and may do nothing else."""
    staff = make_staff(
        "hankkija", library=make_library(), may=(May.ANSWER_SUGGESTIONS,)
    )
    return at_work(staff, library=make_library())


def test_the_queue_tells_what_waits_and_never_who() -> None:
    made = suggested()
    client = clerk()

    assert f'href="{QUEUE}"' in words(client.get("/"))
    queue = words(client.get(QUEUE))
    one = words(client.get(f"{QUEUE}{made.pk}/"))

    assert "Sinuhe" in queue
    assert "Lukupiirille" in one
    for found in (queue, one):
        assert "Salainen" not in found
        assert f"/patrons/{made.patron_id}/" not in found
    reader = at_work(make_staff("reader", may=(PatronPermission.SEE,)))
    assert QUEUE not in words(reader.get("/"))
    for address in (QUEUE, f"{QUEUE}{made.pk}/"):
        assert reader.get(address).status_code == 403


def test_a_library_and_a_state_narrow_the_queue() -> None:
    here, there = suggested("Täällä"), suggested("Muualla", library=make_library("SVL"))
    client = at_work(make_staff(library=make_consortium()), library=make_library())
    client.post(f"{QUEUE}{here.pk}/", {"answer": "declined:money", "seen": "new"})

    assert "Täällä" not in words(client.get(QUEUE))
    assert "Täällä" in words(client.get(f"{QUEUE}?state=declined"))
    assert "Muualla" not in words(client.get(QUEUE))
    for where in ("all", str(there.library_id)):
        assert "Muualla" in words(client.get(f"{QUEUE}?library={where}"))
    for odd in ("library=x", "library=987654", "state=x", "after=x"):
        assert client.get(f"{QUEUE}?{odd}").status_code == 200


def test_an_answer_is_saved_once_and_the_slower_one_keeps_the_text() -> None:
    made, client = suggested(), clerk()
    address = f"{QUEUE}{made.pk}/"

    first = client.post(address, {"answer": "ordered:ordered", "seen": "new"})
    late = client.post(
        address, {"answer": "declined:", "note": "Liian kallis", "seen": "new"}
    )

    assert first.headers["Location"] == QUEUE
    found = words(late, status=409)
    assert "Somebody else has answered this suggestion meanwhile." in found
    assert "Liian kallis" in found
    assert 'name="seen" value="ordered"' in found
    made.refresh_from_db()
    assert (made.state, made.answer, made.note) == ("ordered", "ordered", "")


@pytest.mark.parametrize("answer", ["", "lost:", "bought:money", ":::"])
def test_an_answer_that_is_none_is_told(answer: str) -> None:
    made = suggested()

    found = clerk().post(f"{QUEUE}{made.pk}/", {"answer": answer, "seen": "new"})

    assert "Choose an answer." in words(found, status=409)
    made.refresh_from_db()
    assert made.state == "new"


def test_what_looks_the_same_is_offered_unticked_merged_and_taken_apart() -> None:
    first, second = suggested("Sinuhe"), suggested("SINUHE")
    client = clerk()
    address = f"{QUEUE}{first.pk}/"

    offered = words(client.get(address))
    assert f'name="same" value="{second.pk}">' in offered
    assert " checked" not in offered
    nothing = client.post(f"{address}merge/", {})
    assert "Choose the suggestions that are the same." in words(nothing, status=409)

    client.post(f"{address}merge/", {"same": [str(second.pk)]})

    merged = words(client.get(address))
    assert "Suggested by others as well" in merged
    assert "SINUHE" in merged
    queue = client.get(QUEUE).context["rows"]
    assert [(row.id, row.patrons) for row in queue] == [(first.pk, 2)]
    there = client.get(f"{QUEUE}{second.pk}/")
    assert there.headers["Location"] == address

    back = client.post(f"{QUEUE}{second.pk}/part/")
    assert back.headers["Location"] == address
    assert len(client.get(QUEUE).context["rows"]) == 2
    client.post(f"{QUEUE}{second.pk}/part/")
    assert "has not been merged" in words(client.get(f"{QUEUE}{second.pk}/"))


def test_what_is_of_another_library_is_neither_seen_nor_merged() -> None:
    here = suggested()
    there = suggested(library=make_library("SVL"))
    client = clerk()

    assert f'value="{there.pk}"' not in words(client.get(f"{QUEUE}{here.pk}/"))
    assert client.get(f"{QUEUE}{there.pk}/").status_code == 403
    sent = client.post(f"{QUEUE}{here.pk}/merge/", {"same": [str(there.pk)]})
    assert sent.status_code == 403
    assert client.post(f"{QUEUE}{there.pk}/part/").status_code == 403
    assert client.get(f"{QUEUE}987654/").status_code == 404
    odd = client.post(f"{QUEUE}{here.pk}/merge/", {"same": ["987654", "x"]})
    assert odd.status_code == 404
    assert not Suggestion.objects.exclude(same_as=None).exists()


def test_the_queue_asks_the_same_for_many() -> None:
    client = clerk()
    suggested()

    assert_same_queries_with_more_rows(
        lambda: client.get(QUEUE), add_rows=lambda: suggested()
    )
