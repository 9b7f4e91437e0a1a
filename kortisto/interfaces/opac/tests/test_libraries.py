"""The public is told where a library works while its own house is repaired."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import override

from kortisto.domain.closures.models import Shift
from kortisto.domain.org.models import Unit
from kortisto.testing.builders import make_library
from kortisto.testing.closures import last_until, make_premises

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with override("en"):
        yield


def libraries() -> str:
    client = Client(headers={"accept-language": "en"})
    return client.get("/libraries/").content.decode()


def test_the_page_of_the_libraries_tells_the_other_address_while_it_lasts() -> None:
    library, today = make_library(), localdate()
    Unit.objects.filter(pk=library.pk).update(street="Raatihuoneenkatu 6", city="X")
    now = timezone.now()
    coming = make_premises(
        library, starts_on=today + 10 * DAY, ends_on=today + 20 * DAY, now=now,
        street="Myöhemmintie 1",
    )  # fmt: skip
    place = make_premises(
        library, starts_on=today, ends_on=today + 5 * DAY, now=now,
        phone="015 123", van_note="Pihan puolella",
    )  # fmt: skip
    assert "Väistökatu" not in libraries()

    last_until(coming, coming.ends_on, now=now)
    last_until(place, place.ends_on, now=now)
    page = libraries()
    assert "<p>Väistökatu 3, 50100 Mikkeli</p>" in page
    assert "<p>015 123</p>" in page
    assert "at Väistökatu 3, 50100 Mikkeli: Peruskorjaus." in page
    assert "at Myöhemmintie 1, 50100 Mikkeli" in page  # soon, and told before
    assert "Raatihuoneenkatu" not in page
    assert "Pihan puolella" not in page

    last_until(place, None, now=now)
    page = libraries()
    assert "Raatihuoneenkatu 6" in page
    assert "Väistökatu" not in page
    assert Shift.objects.count() == 3
