"""Every page of the staff site: nobody enters unasked, nobody without permission."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern
from django.urls.converters import IntConverter

from kortisto.core.permissions import Permission
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.interfaces.staff.urls import urlpatterns

pytestmark = pytest.mark.django_db

BEFORE_LOG_IN = {"log_in", "second_factor", "enrolment", "language", "first_steps"}


def addresses() -> Iterator[tuple[URLPattern, str]]:
    """Each page with an address that fits its pattern."""
    for pattern in urlpatterns:
        parts = {
            name: 1 if isinstance(converter, IntConverter) else "x"
            for name, converter in pattern.pattern.converters.items()
        }
        route = str(pattern.pattern)
        for name, value in parts.items():
            start = route.index("<")
            end = route.index(">") + 1
            assert name in route[start:end]
            route = f"{route[:start]}{value}{route[end:]}"
        yield pattern, f"/{route}"


def test_every_page_says_who_may_open_it() -> None:
    open_to_all = set()
    for pattern, address in addresses():
        assert hasattr(pattern.callback, "needs"), address
        if pattern.callback.needs is None:
            open_to_all.add(pattern.name)

    assert open_to_all == BEFORE_LOG_IN


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_gets_in_without_logging_in(method: str) -> None:
    for pattern, address in addresses():
        if pattern.name in BEFORE_LOG_IN:
            continue
        page = getattr(Client(), method)(address)
        assert page.status_code == 302, address
        assert page.headers["Location"].startswith("/login/"), address
        part = getattr(Client(), method)(address, headers={"HX-Request": "true"})
        assert part.status_code == 401, address


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_page_is_refused_without_its_permission_and_says_why(method: str) -> None:
    client = at_work(make_staff(may=()))
    for pattern, address in addresses():
        needs = pattern.callback.needs  # type: ignore[attr-defined]
        if not isinstance(needs, Permission):
            continue
        answer = getattr(client, method)(address)
        assert answer.status_code == 403, address
        assert str(needs.label) in answer.content.decode(), address


def test_the_places_on_the_left_are_those_one_may_open() -> None:
    some = at_work(make_staff("eero", may=())).get("/").content.decode()
    everything = at_work(make_staff("aino")).get("/").content.decode()

    assert 'href="/desk/"' not in some
    assert 'href="/desk/"' in everything


def test_a_form_of_another_session_is_told_so() -> None:
    make_staff()
    client = Client(enforce_csrf_checks=True)

    answer = client.post("/login/", {"username": "aino", "password": "x"})

    assert answer.status_code == 403
    assert "expired" in answer.content.decode()


def test_every_page_carries_the_strict_policy() -> None:
    answer = at_work().get("/")

    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
