"""Hold identifiers: short, anonymous, never two alike (S23)."""

from collections import Counter
from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kortisto.core.actors import NotPermitted
from kortisto.core.refusals import Refused
from kortisto.domain.org.models import Staff
from kortisto.domain.patrons.actions.change import change, set_hold_identifier
from kortisto.domain.patrons.actions.hold_identifiers import new_hold_identifier
from kortisto.domain.patrons.hold_identifiers import (
    chosen,
    grouped,
    hold_key,
    rarest,
    tries,
)
from kortisto.domain.patrons.models import FieldChange, Patron
from kortisto.domain.patrons.queries import patrons_holding
from kortisto.domain.patrons.reasons import Unfit
from kortisto.testing.builders import (
    MONDAY_NOON,
    desk,
    make_library,
    make_patron,
    themself,
)

pytestmark = pytest.mark.django_db
ALPHABET = st.text(st.sampled_from("0189abzåäöABZÅÄÖ -"), min_size=1, max_size=12)


def same(seed: int) -> Callable[[int], int]:
    """Dice that fall the same way each time."""
    return Random(seed).randrange  # noqa: S311 - chance is what is left out here


@pytest.mark.parametrize(
    ("kept", "read"),
    [
        ("12345678", "1234 5678"),
        ("123456789", "1 2345 6789"),
        ("123", "123"),
        ("Mäkelä 12", "Mäkelä 12"),
    ],
)
def test_digits_are_read_in_groups_and_words_as_they_are(kept: str, read: str) -> None:
    assert grouped(kept) == read
    assert hold_key(read) == hold_key(kept)


@pytest.mark.parametrize(
    "typed", ["", "  ", "-", "É1", "Ш", "a_b", "x" * 51, "a\u202eb"]
)
def test_other_signs_and_nothing_at_all_are_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r"hold identifier|cannot be seen"):
        chosen(typed)


@given(ALPHABET)
def test_a_space_or_a_capital_makes_no_other_identifier(text: str) -> None:
    assert hold_key(text) == hold_key(f" {text.swapcase()} ")
    assert hold_key(hold_key(text)) == hold_key(text)


@given(st.integers(0))
def test_generated_ones_are_eight_digits_with_endings_of_their_own(seed: int) -> None:
    some = tries(20, below=same(seed))
    assert all(len(one) == 8 and one[0] != "0" for one in some)
    assert len({one[-4:] for one in some}) == 20
    assert all(chosen(one) == one for one in some)


def test_the_rarest_ending_comes_first() -> None:
    assert rarest(["10000001", "10000002"], {"0001": 3, "0002": 1})[0] == "10000002"


@pytest.mark.parametrize(
    ("one", "other"),
    [("Åke Ä-1", " åke  ä-1"), ("12345678", "1234 5678"), ("ööÖ", "ÖÖö")],
)
def test_the_database_compares_as_the_rule_does(one: str, other: str) -> None:
    patron = make_patron(hold_identifier=one)
    assert patrons_holding(other).get() == patron
    with pytest.raises(Unfit) as refused:
        change(make_patron().pk, {"hold_identifier": other}, by=desk(), now=MONDAY_NOON)
    [(field, sentence)] = refused.value.errors
    assert field == "hold_identifier"
    assert sentence.startswith("Somebody else has this hold identifier.")


def test_a_card_number_or_a_log_in_is_no_hold_identifier() -> None:
    patron = make_patron()
    make_patron(card="K123")
    Staff.objects.create(username="aino", full_name="Aino")
    for taken in ("k 123", "Aino"):
        with pytest.raises(Refused, match="card number or a log-in"):
            set_hold_identifier(patron.pk, taken, by=desk(), now=MONDAY_NOON)
    assert not FieldChange.objects.exists()


def test_patrons_choose_their_own_and_nobody_else_s() -> None:
    patron, other = make_patron(), make_patron()
    set_hold_identifier(patron.pk, "  Aino   84 ", by=themself(patron), now=MONDAY_NOON)
    with pytest.raises(NotPermitted):
        set_hold_identifier(other.pk, "Aino 85", by=themself(patron), now=MONDAY_NOON)
    patron.refresh_from_db()
    assert patron.hold_identifier == "Aino 84"
    told = FieldChange.objects.get()
    assert (told.field, told.new) == ("hold_identifier", "Aino 84")
    assert told.source == "online"


def test_a_clash_loses_nothing_else_of_the_form() -> None:
    make_patron(hold_identifier="77")
    patron = make_patron(email="a@b.example")
    with pytest.raises(Unfit) as refused:
        change(
            patron.pk,
            {"hold_identifier": "77", "phone": "äiti", "email": "uusi@b.example"},
            by=desk(),
            now=MONDAY_NOON,
        )
    assert {field for field, _sentence in refused.value.errors} == {"phone"}
    patron.refresh_from_db()
    assert patron.email == "a@b.example"


def test_endings_are_spread_over_a_library() -> None:
    below = same(3)
    library = make_library()
    for _ in range(60):
        identifier = new_hold_identifier(library.pk, below=below)
        make_patron(hold_identifier=identifier, home_library=library)
    held = Patron.objects.values_list("hold_identifier", flat=True)
    assert max(Counter(one[-4:] for one in held).values()) == 1


def test_the_generator_passes_over_what_is_taken() -> None:
    first = new_hold_identifier(make_library().pk, below=same(1))
    make_patron(card=first)
    second = new_hold_identifier(make_library().pk, below=same(1))
    assert first != second
