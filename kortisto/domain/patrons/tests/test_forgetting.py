"""What the register keeps for a time and then forgets, counted before (GDP-1)."""

from datetime import timedelta

import pytest
from dateutil.relativedelta import relativedelta

from kortisto.core.actors import Actor, ActorKind, NotPermitted
from kortisto.core.keeping import report
from kortisto.domain.org.actions.settings import set_setting
from kortisto.domain.patrons.actions.change import change
from kortisto.domain.patrons.actions.forgetting import Forgotten, forget_what_is_over
from kortisto.domain.patrons.actions.notes import withdraw_note, write_note
from kortisto.domain.patrons.actions.restrictions import lift
from kortisto.domain.patrons.models import (
    FieldChange,
    Patron,
    PatronNote,
    Restriction,
)
from kortisto.domain.patrons.records import provenance_of
from kortisto.domain.patrons.settings import RESTRICTIONS_DAYS, WITHDRAWN_NOTES_DAYS
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    desk,
    make_consortium,
    make_patron,
    make_restriction,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
TODAY = MONDAY_NOON.date()


def forget(*, days: int = 0, years: int = 0) -> Forgotten:
    now = MONDAY_NOON + relativedelta(days=days, years=years)
    return forget_what_is_over(by=chief(), now=now)


def tonight(code: str, *, days: int = 0, years: int = 0) -> int | None:
    now = MONDAY_NOON + relativedelta(days=days, years=years)
    return next(one.tonight for one in report(now) if one.kept.code == code)


def test_a_restriction_that_is_over_goes_with_its_note_the_next_night() -> None:
    patron = make_patron()
    lifted = make_restriction(patron, note="Paid later")
    lift(lifted.pk, by=desk(), now=MONDAY_NOON)
    over = make_restriction(patron, ends_on=TODAY)
    standing = make_restriction(patron)
    later = make_restriction(patron, ends_on=TODAY + DAY)

    assert forget() == Forgotten()  # the last day is a day in force
    assert tonight("restrictions", days=1) == 2
    assert forget(days=1).restrictions == 2

    left = set(Restriction.objects.values_list("pk", flat=True))
    assert left == {standing.pk, later.pk}
    assert over.pk not in left


def test_the_days_of_the_setting_are_kept() -> None:
    root = make_consortium()
    set_setting(root.pk, RESTRICTIONS_DAYS, value=10, by=chief(), now=MONDAY_NOON)
    make_restriction(make_patron(), ends_on=TODAY)

    assert forget(days=10).restrictions == 0
    assert forget(days=11).restrictions == 1


def test_a_withdrawn_note_goes_and_one_that_is_shown_stays() -> None:
    root, patron = make_consortium(), make_patron()
    set_setting(root.pk, WITHDRAWN_NOTES_DAYS, value=5, by=chief(), now=MONDAY_NOON)
    audience = PatronNote.Audience.STAFF
    for text in ("Old", "Withdrawn"):
        write_note(patron.pk, text, audience=audience, by=desk(), now=MONDAY_NOON)
    withdrawn = PatronNote.objects.get(text="Withdrawn")
    withdraw_note(withdrawn.pk, by=desk(), now=MONDAY_NOON)

    assert forget(days=5).notes == 0
    assert tonight("notes", days=6) == 1
    assert forget(days=6, years=9).notes == 1
    assert PatronNote.objects.get().text == "Old"


def moved(patron: Patron, street: str, *, years_ago: int) -> None:
    now = MONDAY_NOON - relativedelta(years=years_ago)
    change(patron.pk, {"street": street}, by=desk(), now=now)


def test_old_values_go_and_the_newest_change_of_each_field_stays() -> None:
    patron, other = make_patron(street="First"), make_patron()
    for street, years_ago in (("Second", 9), ("Third", 5), ("Fourth", 1)):
        moved(patron, street, years_ago=years_ago)
    moved(other, "Elsewhere", years_ago=9)
    before = provenance_of(patron.pk)

    assert tonight("changes") == 2
    assert forget().changes == 2

    left = FieldChange.objects.order_by("pk").values_list("old", "new")
    assert set(left) == {("Third", "Fourth"), ("", "Elsewhere")}
    assert provenance_of(patron.pk) == before
    assert forget().changes == 0


def test_nobody_forgets_without_the_permission() -> None:
    restriction = make_restriction(make_patron(), ends_on=TODAY - 9 * DAY)

    with pytest.raises(NotPermitted):
        forget_what_is_over(by=Actor(kind=ActorKind.JOB), now=MONDAY_NOON)

    assert Restriction.objects.get() == restriction
