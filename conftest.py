"""What every test may ask for."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import settings

from kortisto.core.versions import forget_everything
from kortisto.domain.patrons.vault import vault
from kortisto.domain.search.queries import engine

SHARED_DATA = Path(__file__).resolve().parent.parent / "shared" / "data"
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences"}

# A machine that is busy with something else is no fault of the code.
settings.register_profile("kortisto", deadline=None)
settings.load_profile("kortisto")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The collection of real records, vocabularies and vectors, read only.

    It lies beside the project; KORTISTO_SHARED_DATA names another place. In CI its
    absence is a failure, elsewhere the tests that read it are left out.
    """
    folder = Path(os.environ.get("KORTISTO_SHARED_DATA") or SHARED_DATA)
    if folder.is_dir():
        return folder
    message = f"the shared collection of records is not at {folder}"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(autouse=True)
def _nothing_compiled_outlives_its_test() -> None:
    forget_everything()
    engine.cache_clear()
    vault.cache_clear()


@pytest.fixture(autouse=True)
def _a_language_ends_with_its_test() -> Iterator[None]:
    yield
    translation.deactivate()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests also by what they get through fixtures, so that ``-m`` finds them.

    Browser tests of a file share a server and a browser, so one worker takes them all.
    The slow ones come first: no worker is left alone with one at the end.
    """
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if "shared_data" in fixtures:
            item.add_marker("data")
        if item.get_closest_marker("django_db") or fixtures & DATABASE_FIXTURES:
            item.add_marker("touches_database")
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
