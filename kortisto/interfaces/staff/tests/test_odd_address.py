"""An address that no link leads to."""

import pytest

from kortisto.interfaces.staff.tests.people import at_work

pytestmark = pytest.mark.django_db


def test_what_no_keyboard_sends_is_answered_in_the_look_of_the_rest() -> None:
    answer = at_work().get("/titles/", {"q": "\0"})
    assert answer.status_code == 400
    assert "There is nothing here" in answer.content.decode()
