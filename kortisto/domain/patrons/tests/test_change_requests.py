"""Changes asked for on the web: at once, or answered by staff (PAT-15)."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from kortisto.core.actors import Actor, ActorKind, NotPermitted
from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.domain.org.actions.settings import set_setting
from kortisto.domain.org.settings import Setting
from kortisto.domain.patrons.actions.change import change
from kortisto.domain.patrons.actions.change_requests import (
    Answer,
    Requested,
    answer_changes,
    forget_answered,
    request_changes,
    requests_of,
    view_queue,
    view_requested,
    waiting_at,
    withdraw_change,
)
from kortisto.domain.patrons.models import (
    FieldChange,
    Guardianship,
    Patron,
    RequestedChange,
)
from kortisto.domain.patrons.reasons import Unfit
from kortisto.domain.patrons.settings import (
    ADDRESS_AT_ONCE,
    ANSWERED_DAYS,
    PHONE_AT_ONCE,
)
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    desk,
    make_category,
    make_consortium,
    make_library,
    make_patron,
    themself,
)
from kortisto.testing.queries import assert_same_queries_with_more_rows
from kortisto.testing.races import at_once, codes

pytestmark = pytest.mark.django_db

MOVE = {"street": "Uusikatu 2", "postal_code": "57100", "city": "Savonlinna"}


def ask(
    patron: Patron, changes: dict[str, Any], *, by: Patron | None = None
) -> Requested:
    actor = themself(patron if by is None else by)
    return request_changes(patron.pk, changes, by=actor, now=MONDAY_NOON)


def waiting(patron: Patron) -> dict[str, RequestedChange]:
    rows = RequestedChange.objects.filter(patron=patron, state="waiting")
    return {row.field: row for row in rows}


def events(kind: str) -> list[dict[str, object]]:
    return list(LoggedEvent.objects.filter(kind=kind).values_list("body", flat=True))


def decide(setting: Setting[bool], *, value: bool) -> None:
    set_setting(make_library().pk, setting, value=value, by=chief(), now=MONDAY_NOON)


def test_a_phone_is_taken_at_once_and_an_address_waits_for_staff() -> None:
    patron = make_patron(street="Vanhakatu 1", city="Mikkeli")

    told = ask(patron, {**MOVE, "phone": "050 123 4567"})

    assert told == Requested(("phone",), ("street", "postal_code", "city"))
    patron.refresh_from_db()
    assert (patron.phone, patron.street) == ("+358501234567", "Vanhakatu 1")
    row = waiting(patron)["street"]
    assert (row.old, row.new) == ("Vanhakatu 1", "Uusikatu 2")
    assert FieldChange.objects.get().source == "online"
    assert events("ChangesRequested")[0]["fields"] == ["street", "postal_code", "city"]
    assert "Uusikatu" not in str(list(LoggedEvent.objects.values()))


def test_the_settings_of_the_home_library_decide_what_waits() -> None:
    patron = make_patron()
    decide(ADDRESS_AT_ONCE, value=True)
    decide(PHONE_AT_ONCE, value=False)

    assert ask(patron, {"city": "Turku", "phone": "0501234567"}) == Requested(
        ("city",), ("phone",)
    )


def test_staff_accept_one_field_and_deny_another_with_a_note() -> None:
    patron = make_patron(street="Vanhakatu 1")
    ask(patron, {**MOVE, "surname": "Pekkanen"})
    rows = waiting(patron)
    answers = {row.pk: Answer.ACCEPT for row in rows.values()}
    answers[rows["surname"].pk] = Answer.DENY
    answers[rows["city"].pk] = Answer.LATER

    changed = answer_changes(
        patron.pk, answers, by=desk(), now=MONDAY_NOON, note=" Tuo  henkilötodistus "
    )

    assert changed == ("street", "postal_code")
    patron.refresh_from_db()
    assert (patron.street, patron.surname, patron.city) == (
        "Uusikatu 2",
        "Virtanen",
        "",
    )
    assert set(waiting(patron)) == {"city"}
    told = FieldChange.objects.get(field="street")
    assert (told.source, told.actor) == ("online", "staff:1")
    seen = {row.field: row for row in requests_of(patron.pk, now=MONDAY_NOON)}
    assert (seen["surname"].state, seen["surname"].note) == (
        "denied",
        "Tuo henkilötodistus",
    )
    assert seen["street"].note == ""
    assert events("ChangesAnswered") == [
        {
            "patron_id": patron.pk,
            "accepted": ["street", "postal_code"],
            "denied": ["surname"],
        }
    ]


def test_asking_again_asks_for_something_else_instead() -> None:
    patron = make_patron()
    ask(patron, {"city": "Turku"})
    first = waiting(patron)["city"]
    ask(patron, {"city": "Oulu"})

    assert waiting(patron)["city"].new == "Oulu"
    with pytest.raises(Refused, match="answered-already"):
        answer_changes(patron.pk, {first.pk: Answer.ACCEPT}, by=desk(), now=MONDAY_NOON)
    patron.refresh_from_db()
    assert patron.city == ""


def test_asking_for_what_the_record_holds_takes_the_request_back() -> None:
    patron = make_patron(city="Mikkeli")
    ask(patron, {"city": "Turku"})
    assert ask(patron, {"city": " Mikkeli "}) == Requested()
    assert waiting(patron) == {}


def test_a_request_is_withdrawn_by_the_patron_and_by_nobody_else() -> None:
    patron, other = make_patron(), make_patron()
    ask(patron, {"city": "Turku"})
    row = waiting(patron)["city"]

    with pytest.raises(NotPermitted):
        withdraw_change(row.pk, by=themself(other), now=MONDAY_NOON)
    assert waiting(patron)

    withdraw_change(row.pk, by=themself(patron), now=MONDAY_NOON)
    assert waiting(patron) == {}
    assert not requests_of(patron.pk, now=MONDAY_NOON).exists()


def guarded_child(guardian: Patron, *, born_on: date = date(2020, 5, 1)) -> Patron:
    make_category("LAPSI", guardian_sees_until_age=14)
    child = make_patron(category="LAPSI", born_on=born_on)
    Guardianship.objects.create(
        guardian=guardian, dependant=child, sees_loans=True, sees_charges=True
    )
    return child


def test_a_guardian_of_today_may_ask_and_others_may_not() -> None:
    guardian, stranger = make_patron(), make_patron()
    child = guarded_child(guardian)

    for actor in (themself(stranger), desk(), Actor(kind=ActorKind.PATRON)):
        with pytest.raises(NotPermitted):
            request_changes(child.pk, {"city": "Turku"}, by=actor, now=MONDAY_NOON)
    ask(child, {"city": "Turku"}, by=guardian)
    row = waiting(child)["city"]
    answer_changes(child.pk, {row.pk: Answer.ACCEPT}, by=desk(), now=MONDAY_NOON)

    assert FieldChange.objects.get(patron=child).source == "guardian"
    child.guardians.update(ends_on=date(2027, 2, 1))
    with pytest.raises(NotPermitted):
        ask(child, {"city": "Oulu"}, by=guardian)


def test_a_guardian_asks_nothing_of_who_is_half_grown_or_under_protection() -> None:
    guardian = make_patron()
    child = guarded_child(guardian)
    ask(child, {"city": "Turku"}, by=guardian)
    row = waiting(child)["city"]
    Patron.objects.filter(pk=child.pk).update(is_protected=True)

    for one in (child, guarded_child(guardian, born_on=date(2011, 5, 1))):
        with pytest.raises(NotPermitted):
            ask(one, {"phone": "050 1234567"}, by=guardian)
        one.refresh_from_db()
        assert one.phone == ""
    with pytest.raises(NotPermitted):
        withdraw_change(row.pk, by=themself(guardian), now=MONDAY_NOON)
    assert waiting(child)


def test_the_queue_tells_whom_a_guardian_asks_for() -> None:
    guardian = make_patron()
    ask(guardian, {"city": "Turku"})
    ask(guarded_child(guardian), {"city": "Turku"}, by=guardian)

    queue = view_queue(units=[make_library().pk], by=desk(), now=MONDAY_NOON)

    assert [each.guarded for each in queue] == [False, True]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"born_on": "2000-01-01"}, "not-online"),
        ({"is_protected": False}, "not-online"),
        ({"identity_key": "x"}, "not-online"),
        ({"phone": "äiti"}, "bad-value"),
        ({"surname": " "}, "needs-name"),
        ({"city": "x" * 61}, "bad-value"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field_and_nothing_is_kept(
    changes: dict[str, Any], reason: str
) -> None:
    patron = make_patron()
    with pytest.raises(Unfit) as unfit:
        ask(patron, {**MOVE, **changes})
    assert [
        (each.reason.value, each.facts["field"]) for each in unfit.value.refusals
    ] == [(reason, next(iter(changes)))]
    assert not RequestedChange.objects.exists()
    assert not FieldChange.objects.exists()


def test_a_protected_address_is_changed_at_the_library_only() -> None:
    patron = make_patron(is_protected=True)
    with pytest.raises(Unfit, match="library only"):
        ask(patron, MOVE)
    assert ask(patron, {"email": "a@b.example"}).applied == ("email",)


def test_what_a_colleague_has_changed_meanwhile_is_not_overwritten() -> None:
    patron = make_patron(city="Mikkeli")
    ask(patron, {"city": "Turku"})
    row = waiting(patron)["city"]
    opened = patron.edition
    change(patron.pk, {"city": "Espoo"}, by=desk(), now=MONDAY_NOON)

    accept = partial(
        answer_changes, patron.pk, {row.pk: Answer.ACCEPT}, by=desk(), now=MONDAY_NOON
    )
    with pytest.raises(Unfit, match="changed this meanwhile"):
        accept(edition=opened)
    assert waiting(patron)

    patron.refresh_from_db()
    accept(edition=patron.edition)
    patron.refresh_from_db()
    assert patron.city == "Turku"


def test_the_queue_shows_whose_turn_it_is_and_logs_the_look() -> None:
    patron, elsewhere = make_patron(), make_patron(home_library=make_library("SVL"))
    ask(patron, MOVE)
    ask(elsewhere, MOVE)
    here = [make_library().pk]

    (asking,) = view_queue(units=here, by=desk(), now=MONDAY_NOON)

    assert asking.patron == patron
    assert asking.fields == ("street", "postal_code", "city")
    assert waiting_at(here).count() == 3
    assert events("PatronViewed") == [
        {"patron_id": patron.pk, "page": "change-requests"}
    ]
    who, rows = view_requested(patron.pk, by=desk(), now=MONDAY_NOON)
    assert (who, len(rows)) == (patron, 3)
    with pytest.raises(NotPermitted):
        view_queue(units=here, by=themself(patron), now=MONDAY_NOON)


def test_the_queue_costs_the_same_for_many() -> None:
    def add() -> None:
        ask(make_patron(), MOVE)

    add()
    here = [make_library().pk]
    assert_same_queries_with_more_rows(
        lambda: view_queue(units=here, by=desk(), now=MONDAY_NOON), add_rows=add
    )


def test_answers_are_forgotten_after_a_month() -> None:
    patron = make_patron()
    ask(patron, MOVE)
    row = waiting(patron)["city"]
    answer_changes(patron.pk, {row.pk: Answer.DENY}, by=desk(), now=MONDAY_NOON)

    assert forget_answered(now=MONDAY_NOON + timedelta(days=30)) == 0
    assert forget_answered(now=MONDAY_NOON + timedelta(days=31)) == 1
    assert set(waiting(patron)) == {"street", "postal_code"}


def test_answers_are_remembered_for_the_days_that_were_decided() -> None:
    patron, root = make_patron(), make_consortium()
    ask(patron, MOVE)
    row = waiting(patron)["city"]
    answer_changes(patron.pk, {row.pk: Answer.DENY}, by=desk(), now=MONDAY_NOON)
    in_a_week = MONDAY_NOON + timedelta(days=7, seconds=1)
    assert requests_of(patron.pk, now=in_a_week).filter(pk=row.pk).exists()

    set_setting(root.pk, ANSWERED_DAYS, value=7, by=chief(), now=MONDAY_NOON)

    assert not requests_of(patron.pk, now=in_a_week).filter(pk=row.pk).exists()
    assert forget_answered(now=in_a_week) == 1


@pytest.mark.django_db(transaction=True)
def test_two_desks_answer_at_once_and_one_of_them_is_told() -> None:
    for _ in range(3):
        patron = make_patron()
        ask(patron, {"city": "Turku"})
        row = waiting(patron)["city"]
        acts: Sequence[Callable[[], object]] = [
            partial(
                answer_changes, patron.pk, {row.pk: answer}, by=desk(), now=MONDAY_NOON
            )
            for answer in (Answer.ACCEPT, Answer.DENY)
        ]
        answers = at_once(*acts)
        assert codes(answers) == ["answered-already"]
        row.refresh_from_db()
        patron.refresh_from_db()
        assert (row.state == "accepted") is (patron.city == "Turku")
