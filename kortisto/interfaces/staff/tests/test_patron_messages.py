"""The table of messages: what cannot work cannot be ticked, nor saved."""

from typing import Any

import pytest

from kortisto.domain.patrons.models import MessageChoice, Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import make_patron

pytestmark = pytest.mark.django_db

DAYS = {"days-advance": "3", "days-pickup-reminder": "2"}


def send(patron: Patron, *ticks: str, **typed: str) -> Any:
    data = {**DAYS, "tick": list(ticks), "sms_number": "", **typed}
    return at_work().post(f"/patrons/{patron.pk}/messages/", data)


def chosen(patron: Patron) -> set[tuple[str, str, int | None]]:
    rows = MessageChoice.objects.filter(patron=patron)
    return set(rows.values_list("kind", "transport", "days"))


def test_a_way_that_cannot_work_cannot_be_ticked_and_says_why() -> None:
    patron = make_patron(email="aino@example.fi")

    page = at_work().get(f"/patrons/{patron.pk}/messages/").content.decode()

    assert 'value="advance:email" aria-label' in page
    assert page.count('disabled aria-describedby="why-not-sms"') == 11
    assert page.count('disabled aria-describedby="why-not-paper"') == 11
    assert 'aria-describedby="why-not-email"' not in page
    assert "there is no number for them" in page


def test_what_is_ticked_is_saved_with_its_days_and_what_is_not_goes() -> None:
    patron = make_patron(email="aino@example.fi")
    MessageChoice.objects.create(patron=patron, kind="due", transport="email")

    answer = send(patron, "advance:email", "hold-ready:email", **{"days-advance": "5"})

    assert answer.status_code == 302
    assert chosen(patron) == {("advance", "email", 5), ("hold-ready", "email", None)}


def test_a_number_can_come_with_its_first_tick() -> None:
    patron = make_patron()

    answer = send(patron, "due:sms", sms_number="040 123 4567")

    assert answer.status_code == 302
    patron.refresh_from_db()
    assert patron.sms_number == "+358401234567"
    assert chosen(patron) == {("due", "sms", None)}


@pytest.mark.parametrize(
    ("ticks", "typed", "told"),
    [
        (["due:sms"], {}, "there is no number for it"),
        (["due:paper"], {}, "there is no address for it"),
        (["advance:email"], {"days-advance": "0"}, "1 to 7 days before"),
        (["advance:email"], {"days-advance": "8"}, "1 to 7 days before"),
        (["advance:email"], {"days-advance": "x"}, "1 to 7 days before"),
        (["due:none", "due:email"], {}, "both not at all"),
        (["due:pigeon"], {}, "There is no such field."),
        (["nonsense"], {}, "There is no such field."),
        (["due:email"], {"sms_number": "äiti"}, "digits only"),
    ],
)
def test_what_cannot_be_is_refused_and_the_ticks_stay(
    ticks: list[str], typed: dict[str, str], told: str
) -> None:
    patron = make_patron(email="aino@example.fi")

    answer = send(patron, "checkin-receipt:email", *ticks, **typed)

    assert answer.status_code == 422
    page = answer.content.decode()
    assert told in page
    kept = 'value="checkin-receipt:email"'
    assert "checked" in page.split(kept)[1].split(">")[0]
    assert chosen(patron) == set()


def test_no_letter_goes_to_a_protected_person() -> None:
    address = {"street": "Salatie 1", "city": "Juva"}
    patron = make_patron(is_protected=True, **address)

    answer = send(patron, "overdue:paper")

    assert answer.status_code == 422
    assert "Salatie" not in answer.content.decode()
    assert chosen(patron) == set()


def test_who_may_only_see_chooses_nothing() -> None:
    patron = make_patron()
    seer = at_work(make_staff("eero", may=(PatronPermission.SEE,)))

    assert seer.get(f"/patrons/{patron.pk}/messages/").status_code == 403
    assert "/messages/" not in seer.get(f"/patrons/{patron.pk}/").content.decode()


def test_the_page_leads_to_the_registration_of_the_family() -> None:
    patron = make_patron()

    page = at_work().get(f"/patrons/{patron.pk}/").content.decode()

    assert f"/patrons/new/?guardian={patron.pk}" in page
    assert f"/patrons/new/?copy={patron.pk}" in page
