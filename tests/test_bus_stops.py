"""The public reads where a bookmobile stops, and reserves to a stop."""

import pytest
from django.conf import settings as given
from django.test import Client, override_settings

from kortisto.domain.holds.models import Hold
from kortisto.domain.org.models import Unit
from kortisto.interfaces.opac.tests.shelf import log_in, somebody
from kortisto.interfaces.staff.tests.test_stops import bus, stop_at
from kortisto.testing.builders import make_item, make_record

pytestmark = pytest.mark.django_db

__all__ = ["bus"]


def test_the_public_reads_the_stops_and_reserves_to_one(bus: Unit) -> None:
    stop, record = stop_at(bus, "Koulu", 9), make_record()
    make_item(record=record)
    with override_settings(**given.PUBLIC_SITE):
        client, patron = Client(), somebody()
        page = client.get("/libraries/", headers={"accept-language": "en"})
        assert "Koulu" in page.content.decode()
        assert "9.00–9.45" in page.content.decode()
        log_in(client, patron)
        address = f"/record/{record.pk}/reserve/"
        assert "Koulu" in client.get(address).content.decode()
        told = {"key": "k1", "pickup": bus.pk, "back": ""}
        assert client.post(address, told).status_code == 422
        assert client.post(address, told | {"stop": stop.pk}).status_code == 302
    assert Hold.objects.get().stop == stop
