"""What is compiled once per process is compiled anew when the configuration changes."""

import pytest
from django.db import transaction

from kortisto.core.versions import (
    Compiled,
    configuration_changed,
    configuration_number,
)

pytestmark = pytest.mark.django_db


def test_a_value_is_built_once_and_again_after_a_change() -> None:
    built: list[int] = []
    compiled = Compiled(lambda: built.append(1) or len(built))  # type: ignore[func-returns-value]

    assert [compiled.get(), compiled.get()] == [1, 1]
    configuration_changed()
    assert [compiled.get(), compiled.get()] == [2, 2]


def test_the_number_of_a_change_that_was_rolled_back_never_comes_again() -> None:
    configuration_changed()
    before = configuration_number()
    with transaction.atomic():
        configuration_changed()
        rolled_back = configuration_number()
        transaction.set_rollback(True)
    assert configuration_number() == before < rolled_back

    configuration_changed()

    assert configuration_number() > rolled_back
