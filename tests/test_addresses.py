"""Numbers in addresses that no row can have are not found, on both databases."""

import pytest
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client

from kortisto.config.addresses import GREATEST_ID, OddRequests
from kortisto.interfaces.staff.tests.people import at_work

FAR_TOO_MUCH = 10**30


def answer(_request: HttpRequest, **_parts: object) -> HttpResponse:
    return HttpResponse()


@pytest.mark.django_db
@pytest.mark.parametrize("number", [GREATEST_ID, GREATEST_ID + 1, FAR_TOO_MUCH])
@pytest.mark.parametrize(
    "address", ["/desk/serve/{}/", "/patrons/{}/", "/titles/{}/", "/items/{}/"]
)
def test_a_number_that_no_row_has_is_not_found(number: int, address: str) -> None:
    client: Client = at_work()
    assert client.get(address.format(number)).status_code in {404, 405}


def test_only_what_is_too_great_is_stopped() -> None:
    checked, request = OddRequests(answer), HttpRequest()
    checked.process_view(request, answer, (), {"id": GREATEST_ID, "name": "x" * 99})
    with pytest.raises(Http404):
        checked.process_view(request, answer, (), {"id": GREATEST_ID + 1})


@pytest.mark.django_db
def test_a_zero_character_is_a_bad_request_and_other_odd_ones_are_not() -> None:
    client = at_work()
    assert client.get("/titles/", {"q": "a\0b"}).status_code == 400
    assert client.post("/scan/", {"scan": "\0", "key": "k"}).status_code == 400
    assert client.get("/settings/a%00b/").status_code in {400, 404}
    assert (
        client.get("/titles/", {"q": "\N{RIGHT-TO-LEFT OVERRIDE}"}).status_code == 200
    )
