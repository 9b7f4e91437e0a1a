"""Patrons suggest titles to be bought; staff answer them (S33, ACQ-3)."""

from datetime import timedelta
from typing import Any

import pytest

from kortisto.core.actors import Actor, ActorKind, NotPermitted
from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.domain.acquisitions.actions.answering import (
    answer_suggestion,
    merge_suggestions,
    part_suggestion,
)
from kortisto.domain.acquisitions.actions.forgetting import forget_old_suggestions
from kortisto.domain.acquisitions.actions.suggesting import (
    NewSuggestion,
    suggest,
    withdraw_suggestion,
)
from kortisto.domain.acquisitions.models import Suggestion
from kortisto.domain.acquisitions.queries import (
    looks_like,
    suggestions_at,
    suggestions_of,
)
from kortisto.domain.acquisitions.settings import (
    MOST_WAITING,
    SUGGESTIONS_KEPT_DAYS,
    SUGGESTIONS_OPEN,
)
from kortisto.domain.catalogue.models import Record, RecordIdentifier
from kortisto.domain.org.actions.settings import set_setting
from kortisto.domain.patrons.models import Patron
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    desk,
    make_consortium,
    make_library,
    make_patron,
    make_record,
    themself,
)
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db

ISBN = "9789510432266"
LATER = MONDAY_NOON + timedelta(days=1)


def suggested(patron: Patron | None = None, **typed: Any) -> Suggestion:
    whose = patron or make_patron()
    library = typed.pop("library", None) or make_library()
    values: dict[str, Any] = {"title": "Sinuhe", "library_id": library.pk, **typed}
    return suggest(
        whose.pk, NewSuggestion(**values), by=themself(whose), now=MONDAY_NOON
    )


def reasons(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [one.reason.value for one in refused.value.refusals]


def decide(suggestion: Suggestion, state: str, **told: Any) -> int:
    suggestion.refresh_from_db()
    values: dict[str, Any] = {"seen": suggestion.state, "by": chief(), **told}
    return answer_suggestion(suggestion.pk, state, now=LATER, **values)


def queue() -> list[tuple[int, int]]:
    """What waits, with how many more patrons have suggested the same."""
    rows = suggestions_at([make_library().pk])
    return [(one.pk, vars(one)["others"]) for one in rows]


def owned(isbn: str = ISBN, **fields: Any) -> Record:
    record = make_record("Sinuhe egyptiläinen", **fields)
    RecordIdentifier.objects.create(record=record, kind="isbn", value=isbn)
    return record


# --- suggesting -----------------------------------------------------------------


def test_a_title_is_kept_as_it_was_meant() -> None:
    patron = make_patron()

    made = suggested(
        patron,
        title="  Sinuhe   egyptiläinen ",
        author="Mika Waltari",
        isbn="951-0-43226-1 ",
        link="https://kauppa.example/sinuhe",
        why="Lukupiirille",
    )

    made.refresh_from_db()
    assert (made.title, made.state) == ("Sinuhe egyptiläinen", "new")
    assert made.isbn == ISBN
    assert made.link == "https://kauppa.example/sinuhe"
    assert list(suggestions_of(patron.pk)) == [made]
    event = LoggedEvent.objects.get(kind="PurchaseSuggested")
    assert event.body == {"patron_id": patron.pk, "suggestion_id": made.pk}
    assert "Sinuhe" not in str(list(LoggedEvent.objects.values()))


@pytest.mark.parametrize(
    ("typed", "reason", "field"),
    [
        ({"title": "  "}, "needs-title", "title"),
        ({"title": "x" * 201}, "bad-text", "title"),
        ({"author": "a\u202eb"}, "bad-text", "author"),
        ({"isbn": "12345"}, "bad-isbn", "isbn"),
        ({"isbn": "9789510432267"}, "bad-isbn", "isbn"),
        ({"link": "javascript:alert(1)"}, "bad-link", "link"),
        ({"link": "kauppa.example"}, "bad-link", "link"),
        ({"link": "http://["}, "bad-link", "link"),
        ({"library_id": 987654}, "no-library", "library"),
    ],
)
def test_what_cannot_be_is_told_beside_its_field(
    typed: dict[str, Any], reason: str, field: str
) -> None:
    with pytest.raises(Refused) as refused:
        suggested(**typed)

    (refusal,) = refused.value.refusals
    assert (refusal.reason.value, refusal.facts["field"]) == (reason, field)
    assert not Suggestion.objects.exists()
    assert not LoggedEvent.objects.exists()


def test_nobody_suggests_in_the_name_of_another() -> None:
    patron, other = make_patron(), make_patron()
    new = NewSuggestion(title="Sinuhe", library_id=make_library().pk)

    for by in (themself(other), desk(), chief()):
        with pytest.raises(NotPermitted):
            suggest(patron.pk, new, by=by, now=MONDAY_NOON)
    assert not Suggestion.objects.exists()


def test_the_settings_of_the_home_library_say_whether_and_how_many() -> None:
    patron, library = make_patron(), make_library()
    set_setting(library.pk, MOST_WAITING, value=1, by=chief(), now=MONDAY_NOON)
    first = suggested(patron)
    with pytest.raises(Refused) as refused:
        suggested(patron, title="Toinen")
    assert reasons(refused) == ["too-many-suggestions"]

    decide(first, "declined", answer="money")
    assert suggested(patron, title="Toinen").pk  # what is handled waits no more

    set_setting(library.pk, SUGGESTIONS_OPEN, value=False, by=chief(), now=MONDAY_NOON)
    with pytest.raises(Refused) as refused:
        suggested(patron, title="Kolmas")
    assert reasons(refused) == ["suggestions-closed", "too-many-suggestions"]


def test_a_patron_suggests_the_same_once() -> None:
    patron = make_patron()
    suggested(patron, title="Élan vital", isbn=ISBN)

    for again in ({"title": "elan VITAL"}, {"title": "Muu nimi", "isbn": ISBN}):
        with pytest.raises(Refused) as refused:
            suggested(patron, **again)
        assert reasons(refused) == ["suggested-before"]
    assert suggested(make_patron(), title="Élan vital").pk  # somebody else may


def test_what_the_libraries_have_is_shown_first_and_can_be_wanted_all_the_same() -> (
    None
):
    record = owned()
    owned(suppressed=True)

    with pytest.raises(Refused) as refused:
        suggested(isbn=ISBN)

    (refusal,) = refused.value.refusals
    assert refusal.reason.value == "in-the-collection"
    assert refusal.facts["records"] == (record.pk,)
    assert suggested(isbn=ISBN, anyway=True).isbn == ISBN


def test_a_new_one_is_taken_back_by_its_own_patron_only() -> None:
    patron = make_patron()
    made = suggested(patron)
    with pytest.raises(NotPermitted):
        withdraw_suggestion(made.pk, by=themself(make_patron()), now=LATER)
    assert Suggestion.objects.exists()

    withdraw_suggestion(made.pk, by=themself(patron), now=LATER)
    assert not Suggestion.objects.exists()
    assert LoggedEvent.objects.filter(kind="SuggestionWithdrawn").exists()

    seen = suggested(patron)
    decide(seen, "considered")
    with pytest.raises(Refused, match="suggestion-not-new"):
        withdraw_suggestion(seen.pk, by=themself(patron), now=LATER)
    assert Suggestion.objects.exists()


# --- answering --------------------------------------------------------------------


def test_an_answer_is_a_state_with_a_ready_text_and_a_note() -> None:
    patron = make_patron()
    made = suggested(patron)

    told = decide(made, "declined", answer="interlibrary", note=" Kysy  tiskiltä ")

    made.refresh_from_db()
    assert told == 1
    assert (made.state, made.answer, made.note) == (
        "declined",
        "interlibrary",
        "Kysy tiskiltä",
    )
    assert made.answered_at == LATER
    event = LoggedEvent.objects.get(kind="SuggestionAnswered")
    assert (event.patron_id, event.body["state"]) == (patron.pk, "declined")
    assert "Kysy" not in str(event.body)


def test_a_wrong_answer_is_put_right_and_a_slower_one_is_refused() -> None:
    made = suggested()
    decide(made, "declined")

    with pytest.raises(Refused, match="suggestion-changed"):
        decide(made, "ordered", seen="new")
    made.refresh_from_db()
    assert made.state == "declined"

    decide(made, "new")
    made.refresh_from_db()
    assert (made.state, made.answered_at, made.answered_by) == ("new", None, "")


@pytest.mark.parametrize(
    ("state", "answer"), [("bought", "money"), ("lost", ""), ("declined", "<b>")]
)
def test_an_answer_that_is_not_ready_for_the_state_is_refused(
    state: str, answer: str
) -> None:
    made = suggested()

    with pytest.raises(Refused, match="no-such-answer"):
        decide(made, state, answer=answer)

    made.refresh_from_db()
    assert made.state == "new"


@pytest.mark.parametrize("note", ["x" * 201, "a\u202eb"])
def test_a_note_that_cannot_be_kept_is_told(note: str) -> None:
    made = suggested()

    with pytest.raises(Refused, match="bad-text"):
        decide(made, "declined", note=note)

    made.refresh_from_db()
    assert made.state == "new"


def test_only_who_may_answers_and_only_there() -> None:
    made = suggested()
    elsewhere = chief(make_library("SVL"))
    nobody = Actor(kind=ActorKind.STAFF, id=1, library_id=make_library().pk)

    for by in (desk(), nobody, themself(make_patron())):
        with pytest.raises(NotPermitted):
            decide(made, "declined", by=by)
    decide(made, "considered", by=elsewhere)  # may everywhere
    made.refresh_from_db()
    assert made.state == "considered"


# --- the same -----------------------------------------------------------------------


def test_what_looks_alike_is_merged_answered_together_and_taken_apart() -> None:
    first = suggested(title="Sinuhe egyptiläinen")
    second = suggested(title="SINUHE Egyptiläinen")
    third = suggested(title="The Egyptian", isbn=ISBN)
    other = suggested(title="Muu")
    assert list(looks_like(first)) == [second]

    merge_suggestions(first.pk, [second.pk, third.pk], by=chief(), now=LATER)

    assert queue() == [(first.pk, 2), (other.pk, 0)]
    assert decide(first, "ordered", answer="ordered") == 3
    second.refresh_from_db()
    assert (second.state, second.answer) == ("ordered", "ordered")
    with pytest.raises(Refused, match="suggestion-merged"):
        decide(second, "declined")

    assert part_suggestion(second.pk, by=chief(), now=LATER) == first.pk
    decide(second, "declined")
    first.refresh_from_db()
    assert first.state == "ordered"
    assert LoggedEvent.objects.filter(kind="SuggestionMerged").count() == 2
    assert LoggedEvent.objects.filter(kind="SuggestionParted").count() == 1


def test_a_merge_keeps_what_was_merged_before_and_what_was_answered() -> None:
    first, second, third = (suggested(title=f"Osa {n}") for n in range(3))
    merge_suggestions(second.pk, [third.pk], by=chief(), now=LATER)
    decide(first, "considered", answer="looking")

    merge_suggestions(first.pk, [second.pk], by=chief(), now=LATER)

    rows = Suggestion.objects.filter(same_as=first)
    assert set(rows.values_list("pk", "state", "answer")) == {
        (second.pk, "considered", "looking"),
        (third.pk, "considered", "looking"),
    }


def test_a_merge_that_cannot_be_changes_nothing() -> None:
    first, second, third = (suggested(title=f"Osa {n}") for n in range(3))
    merge_suggestions(second.pk, [third.pk], by=chief(), now=LATER)

    for others, match in (([], "nothing-chosen"), ([third.pk], "suggestion-merged")):
        with pytest.raises(Refused, match=match):
            merge_suggestions(first.pk, others, by=chief(), now=LATER)
    with pytest.raises(Suggestion.DoesNotExist):
        merge_suggestions(first.pk, [second.pk, 987654], by=chief(), now=LATER)
    with pytest.raises(Refused, match="suggestion-not-merged"):
        part_suggestion(first.pk, by=chief(), now=LATER)
    assert Suggestion.objects.get(same_as__isnull=False).pk == third.pk


def test_who_takes_theirs_back_leaves_the_others_theirs() -> None:
    patron = make_patron()
    first = suggested(patron)
    second, third = suggested(), suggested()
    merge_suggestions(first.pk, [second.pk, third.pk], by=chief(), now=LATER)

    withdraw_suggestion(first.pk, by=themself(patron), now=LATER)

    assert queue() == [(second.pk, 1)]


def test_a_queue_asks_the_same_for_many() -> None:
    def look() -> None:
        for row in suggestions_at([make_library().pk]):
            assert row.library.name is not None

    assert_same_queries_with_more_rows(look, add_rows=lambda: suggested())


# --- forgetting ---------------------------------------------------------------------


def test_a_year_after_the_answer_it_is_forgotten_and_what_waits_stays() -> None:
    old, open_one, waiting = suggested(), suggested(), suggested()
    decide(old, "bought")
    decide(waiting, "ordered")
    year = LATER + timedelta(days=365)

    assert forget_old_suggestions(by=chief(), now=year) == 0
    assert forget_old_suggestions(by=chief(), now=year + timedelta(seconds=1)) == 1

    kept = set(Suggestion.objects.values_list("pk", flat=True))
    assert kept == {open_one.pk, waiting.pk}
    assert LoggedEvent.objects.get(kind="SuggestionsForgotten").body == {
        "suggestions": 1
    }


def test_the_consortium_decides_how_long() -> None:
    made = suggested()
    decide(made, "declined")
    root = make_consortium()
    set_setting(root.pk, SUGGESTIONS_KEPT_DAYS, value=30, by=chief(), now=LATER)

    assert forget_old_suggestions(by=chief(), now=LATER + timedelta(days=31)) == 1


def test_nobody_forgets_without_the_permission() -> None:
    with pytest.raises(NotPermitted):
        forget_old_suggestions(by=desk(), now=LATER)
