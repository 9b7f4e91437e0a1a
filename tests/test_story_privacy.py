"""Whoever asks what became of their data: who looked in May, the file, the erasure.

Acceptance scenario 17, through the pages of staff and patron.
"""

from datetime import date, datetime, time, timedelta

import orjson
import pytest
from django.conf import settings as given
from django.test import Client, override_settings
from django.utils import timezone

from kortisto.core.models import LoggedEvent
from kortisto.domain.patrons.actions.erasures import erase_due
from kortisto.domain.patrons.actions.viewing import view_patron
from kortisto.domain.patrons.models import Erasure, Patron
from kortisto.interfaces.opac.tests.shelf import log_in, somebody
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import (
    HELSINKI,
    card_of,
    chief,
    make_consortium,
    make_library,
)

pytestmark = pytest.mark.django_db

MAY = datetime(2026, 5, 1, 0, 0, tzinfo=HELSINKI)


def test_who_looked_at_this_patron_in_may_is_told_to_the_day() -> None:
    patron, other = somebody(surname="Kysyjä"), somebody(surname="Muu")
    here, there = make_library("MLI"), make_library("SVL")
    looks = (
        (patron, here, MAY - timedelta(seconds=1)),  # the last of April
        (patron, here, MAY),
        (patron, there, MAY + timedelta(days=30, hours=23)),
        (other, here, MAY + timedelta(days=3)),
        (patron, there, MAY + timedelta(days=31)),  # the first of June
    )
    for whom, library, at in looks:
        view_patron(whom.pk, by=chief(library), now=at, page="patron")

    auditor = at_work(make_staff("auditor", library=make_consortium()), library=here)
    rows = auditor.get(
        f"/audit/?card={card_of(patron)}&kind=looks&since=2026-05-01&until=2026-05-31"
    ).context["rows"]

    assert [row.event.unit_id for row in rows] == [there.pk, here.pk]
    assert {row.event.patron_id for row in rows} == {patron.pk}


@override_settings(**given.PUBLIC_SITE)
def test_the_patron_sees_who_looked_takes_the_file_along_and_asks_to_be_erased() -> (
    None
):
    patron = somebody(surname="Lähtijä")
    library = make_library("SVL")
    now = timezone.now()
    view_patron(patron.pk, by=chief(library), now=now, page="patron")
    client = Client()
    log_in(client, patron)

    looked = client.get("/account/privacy/").content.decode()
    file = client.post("/account/privacy/data/", {"form": "json"})
    client.post("/account/privacy/erase/", {"sure": "yes"})

    assert library.name in looked
    told = orjson.loads(file.content)
    assert "Lähtijä" in str(told)
    assert "pin_hash" not in str(told)
    assert patron.pin_hash not in str(told)
    day = Erasure.objects.get(patron_id=patron.pk).erase_on
    the_night(day - timedelta(days=1))
    assert Patron.objects.filter(pk=patron.pk).exists()
    the_night(day)
    assert not Patron.objects.filter(pk=patron.pk).exists()
    assert client.get("/account/").status_code == 302  # nobody is logged in any more
    kinds = LoggedEvent.objects.filter(patron_id=patron.pk).values_list(
        "kind", flat=True
    )
    assert {"PatronViewed", "PatronDataGathered"} <= set(kinds)  # who did what stays


def the_night(day: date) -> None:
    """What the job does in the night to a day."""
    erase_due(by=chief(), now=datetime.combine(day, time(3), tzinfo=HELSINKI))
