"""Two desks give the same thing at once: one gets it, the other reads why."""

from datetime import date
from functools import partial

import pytest

from kortisto.domain.patrons.actions.change import change, set_hold_identifier
from kortisto.domain.patrons.actions.family import end_guardian
from kortisto.domain.patrons.actions.pin import set_pin
from kortisto.domain.patrons.actions.register import register
from kortisto.domain.patrons.models import Card, Guardianship, Patron
from kortisto.domain.patrons.new_patron import NewPatron
from kortisto.domain.patrons.pin_hashes import matches
from kortisto.testing.builders import (
    MONDAY_NOON,
    desk,
    make_category,
    make_library,
    make_patron,
)
from kortisto.testing.races import at_once, codes

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = 5


def test_two_desks_give_the_same_hold_identifier() -> None:
    by = desk()
    for n in range(TIMES):
        patrons = [make_patron() for _ in range(2)]
        spellings = (f"Oma {n}", f"oma{n}")
        answers = at_once(
            *(
                partial(set_hold_identifier, one.pk, typed, by=by, now=MONDAY_NOON)
                for one, typed in zip(patrons, spellings, strict=True)
            )
        )
        assert codes(answers) == ["hold-identifier-taken"]
        assert Patron.objects.filter(hold_identifier__in=spellings).count() == 1


def test_two_desks_give_the_same_card_to_two_new_patrons() -> None:
    make_category()
    by, library = desk(), make_library().pk
    for n in range(TIMES):
        wanted = [
            NewPatron(
                card_number=f"K{n}",
                surname=f"{name} {n}",
                category="HENKILO",
                home_library_id=library,
                born_on=date(1984, 5, 17),
            )
            for name in ("Lahti", "Salo")
        ]
        answers = at_once(
            *(partial(register, one, by=by, now=MONDAY_NOON) for one in wanted)
        )
        assert codes(answers) == ["card-in-use"]
        assert Card.objects.filter(number=f"K{n}").count() == 1
    assert Patron.objects.count() == TIMES, "the other is not half registered"


def test_two_desks_end_the_last_two_guardians() -> None:
    make_category(
        "LAPSI", kind="dependant", may_have_guardian=True, needs_guardian=True
    )
    by = desk()
    for _ in range(TIMES):
        child = make_patron(category="LAPSI", born_on=MONDAY_NOON.date())
        links = [
            Guardianship.objects.create(dependant=child, name=name, order=order)
            for order, name in enumerate(("Äiti", "Isä"), 1)
        ]
        answers = at_once(
            *(partial(end_guardian, one.pk, by=by, now=MONDAY_NOON) for one in links)
        )
        assert codes(answers) == ["last-guardian"]
        assert Guardianship.objects.filter(dependant=child, ends_on=None).count() == 1


def test_a_category_changes_while_another_desk_sets_the_pin() -> None:
    make_category()
    make_category("KOTIPALVEL")
    by = desk()
    for n in range(TIMES):
        patron = make_patron(category="HENKILO")
        answers = at_once(
            partial(
                change, patron.pk, {"category": "KOTIPALVEL"}, by=by, now=MONDAY_NOON
            ),
            partial(set_pin, patron.pk, f"73{n}5", by=by, now=MONDAY_NOON),
        )
        assert codes(answers) == []
        patron.refresh_from_db()
        assert patron.category.code == "KOTIPALVEL"
        assert matches(f"73{n}5", patron.pin_hash), "whoever waited has lost nothing"
