"""The public site, whatever site the other tests look at."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import translation
from pytest_django import Settings

from kortisto.domain.search.queries import engine


@pytest.fixture(autouse=True)
def public_site(settings: Settings) -> Iterator[None]:
    """Every address, template and middleware of the public process."""
    for name, value in settings.PUBLIC_SITE.items():
        setattr(settings, name, value)
    engine.cache_clear()
    with translation.override("en"):
        yield
    engine.cache_clear()


@pytest.fixture
def visitor() -> Client:
    """Somebody who reads English."""
    return Client(headers={"accept-language": "en"})
