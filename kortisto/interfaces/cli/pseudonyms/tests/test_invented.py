"""Invented people: shared names stay shared, ages stay, numbers keep their shape."""

from datetime import date, timedelta

import pytest

from kortisto.core.ages import completed_years
from kortisto.domain.patrons.contacts import PhoneKind, phone_kind, phone_number
from kortisto.interfaces.cli.pseudonyms.invented import FAMILIES, Inventor, Numbers

TODAY = date(2026, 6, 1)


def inventor(seed: int = 1, today: date = TODAY) -> Inventor:
    return Inventor(seed, today)


def test_a_surname_stays_shared_and_no_two_become_one() -> None:
    nobody = inventor()
    olds = [f"Suku{number}" for number in range(3 * len(FAMILIES))]

    new = [nobody.surname(old) for old in olds]

    assert len(set(new)) == len(olds)
    assert nobody.surname("Suku5") == new[5]


def test_a_shared_phone_and_mailbox_stay_shared_and_reach_nobody() -> None:
    nobody = inventor()

    phone = nobody.phone("+358401234567")

    assert nobody.phone("+358401234567") == phone != nobody.phone("+358407654321")
    assert phone_number(phone) == phone
    assert phone_kind(phone) is PhoneKind.MOBILE
    assert nobody.mail("Aino@x.fi") == nobody.mail("aino@x.fi") != nobody.mail("b@x.fi")
    assert nobody.mail("b@x.fi").endswith("@example.invalid")


def test_who_lives_together_still_does() -> None:
    nobody = inventor()

    homes = [nobody.street(f"Tie {number}") for number in range(100)]

    assert len(set(homes)) == len(homes)
    assert nobody.street("Tie 5") == homes[5]


@pytest.mark.parametrize("today", [TODAY, date(2028, 2, 29), date(2027, 2, 28)])
def test_everybody_is_as_old_as_before(today: date) -> None:
    for days in range(900):
        born = today - timedelta(days=days + 15 * 365)
        new = inventor(today=today).born_on(days, born)
        assert completed_years(new, today) == completed_years(born, today)
        assert new <= today


def test_a_new_number_has_the_old_shape_and_was_never_used() -> None:
    taken = [f"A-{number}" for number in range(10)]
    numbers = Numbers(taken, inventor(), "card")

    new = [numbers.like(old, key) for key, old in enumerate(taken)]

    assert not set(new) & set(taken)
    assert len(set(new)) == len(new)
    assert all(one[0].isupper() and one[1] == "-" for one in new)


def test_when_every_number_is_taken_they_get_longer() -> None:
    taken = [str(number) for number in range(10)]

    assert len(Numbers(taken, inventor(), "card").like("1", 1)) == 2
