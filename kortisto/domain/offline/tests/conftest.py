from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Sentences are tested as they stand in the source."""
    with translation.override("en"):
        yield
