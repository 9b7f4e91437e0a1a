"""Guardians, and children who grow up (PAT-11, PAT-12, PAT-18)."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    invariant,
    precondition,
    rule,
)

from kortisto.core.actors import Actor, ActorKind, Channel, NotPermitted
from kortisto.core.ages import completed_years
from kortisto.core.errands import drop, finish
from kortisto.core.models import Errand
from kortisto.domain.patrons.actions.ageing import (
    ask_about_protection,
    hand_bills_on,
    let_grow_up,
)
from kortisto.domain.patrons.actions.change import change
from kortisto.domain.patrons.actions.family import (
    add_guardian,
    end_guardian,
    going_on,
    in_force,
    let_guardian_go_on,
    order_guardians,
    set_consent,
)
from kortisto.domain.patrons.actions.register import register
from kortisto.domain.patrons.actions.viewing import view_as_guardian
from kortisto.domain.patrons.hindrances import against_erasing
from kortisto.domain.patrons.models import (
    FieldChange,
    Guardianship,
    Patron,
    PatronCategory,
)
from kortisto.domain.patrons.new_patron import NewGuardian, NewPatron
from kortisto.domain.patrons.reasons import Unfit
from kortisto.domain.patrons.records import (
    dependants_of,
    ended_guardians_of,
    guardians_of,
    record_of,
)
from kortisto.testing.builders import (
    HELSINKI,
    MONDAY_NOON,
    chief,
    desk,
    make_category,
    make_patron,
)
from kortisto.testing.machines import UndoneMachine, run_machine

TODAY = MONDAY_NOON.date()
NIGHT = datetime(2027, 3, 1, 0, 1, tzinfo=HELSINKI)


def child_category() -> PatronCategory:
    return make_category(
        "LAPSI",
        kind="dependant",
        max_age=17,
        next_category=make_category("HENKILO", min_age=18),
        may_have_guardian=True,
        needs_guardian=True,
        guardian_sees_until_age=14,
    )


def make_child(born_on: date = date(2015, 1, 1), **fields: Any) -> Patron:
    child_category()
    return make_patron(category="LAPSI", first_names="Otso", born_on=born_on, **fields)


def guard(child: Patron, guardian: Patron | None = None) -> Guardianship:
    told = NewGuardian(
        patron_id=None if guardian is None else guardian.pk,
        name="" if guardian else "Mummo",
    )
    return add_guardian(child.pk, told, by=desk(), now=MONDAY_NOON)


@pytest.mark.django_db
def test_the_last_guardian_of_a_minor_stays() -> None:
    child = make_child()
    first, second = guard(child, make_patron()), guard(child)
    end_guardian(first.pk, by=desk(), now=MONDAY_NOON)
    with pytest.raises(Unfit, match="last guardian"):
        end_guardian(second.pk, by=desk(), now=MONDAY_NOON)
    second.refresh_from_db()
    assert (second.ends_on, second.gets_bills) == (None, True)
    first.refresh_from_db()
    assert first.ends_on == TODAY, "the link is kept with its days"


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["contact", "other"])
def test_a_contact_person_is_no_guardian(kind: str) -> None:
    """Neither the last one of a minor, nor a payer, nor somebody who sees by age."""
    child, contact = make_child(), make_patron()
    link = add_guardian(
        child.pk,
        NewGuardian(patron_id=contact.pk, kind=kind),
        by=desk(),
        now=MONDAY_NOON,
    )
    parent = guard(child, make_patron())

    with pytest.raises(Unfit, match="last guardian"):
        end_guardian(parent.pk, by=desk(), now=MONDAY_NOON)

    link.refresh_from_db()
    assert not link.gets_bills
    assert Guardianship.objects.get(pk=parent.pk).gets_bills
    assert dependants_of(contact.pk, TODAY) == []
    (linked,) = record_of(contact.pk, today=TODAY).dependants
    seen = [linked.sees_loans, linked.sees_charges, linked.sees_details]
    assert not any(seen)
    assert against_erasing(contact.pk, TODAY) == []
    end_guardian(link.pk, by=desk(), now=MONDAY_NOON)

    with pytest.raises(Unfit, match="needs a guardian"):
        register(
            NewPatron(
                surname="Ylönen",
                category="LAPSI",
                born_on=date(2019, 1, 1),
                home_library_id=child.home_library_id,
                card_number="L1",
                guardians=(NewGuardian(patron_id=contact.pk, kind=kind),),
            ),
            by=desk(),
            now=MONDAY_NOON,
        )


@pytest.mark.django_db
def test_a_contact_person_sees_what_was_agreed_to_and_no_details() -> None:
    child, contact = make_child(), make_patron()
    told = NewGuardian(patron_id=contact.pk, kind="contact", sees_loans=True)
    add_guardian(child.pk, told, by=desk(), now=MONDAY_NOON)

    (seen,) = dependants_of(contact.pk, TODAY)

    assert (seen.sees_loans, seen.sees_charges, seen.sees_details) == (
        True,
        False,
        False,
    )


@pytest.mark.django_db
def test_whoever_was_guardian_until_now_sees_nothing_more_and_pays_for_today() -> None:
    child, mother, father = make_child(), make_patron(), make_patron()
    link = guard(child, mother)
    guard(child, father)

    end_guardian(link.pk, by=desk(), now=MONDAY_NOON)

    link.refresh_from_db()
    assert link.ends_on == TODAY  # the last day that is billed
    assert [one.pk for one in in_force(child.pk, TODAY)][:1] == [link.pk]
    assert dependants_of(mother.pk, TODAY) == []
    assert [one.guardian_id for one in guardians_of(child.pk, TODAY)] == [father.pk]
    assert [one.pk for one in ended_guardians_of(child.pk, TODAY)] == [link.pk]
    with pytest.raises(NotPermitted):
        view_as_guardian(child.pk, by=oneself(mother), now=MONDAY_NOON)
    assert view_as_guardian(child.pk, by=oneself(father), now=MONDAY_NOON).sees_loans


def oneself(patron: Patron) -> Actor:
    return Actor(kind=ActorKind.PATRON, id=patron.pk, channel=Channel.WEB)


@pytest.mark.django_db
def test_a_guardian_with_a_last_day_ends_by_itself() -> None:
    """And the bills go to the next one the night after."""
    child, aunt = make_child(), make_patron()
    last_day = TODAY + timedelta(days=10)
    for_a_while = NewGuardian(patron_id=aunt.pk, ends_on=last_day)
    first = add_guardian(child.pk, for_a_while, by=desk(), now=MONDAY_NOON)
    second = guard(child)

    def after(days: int) -> tuple[list[int], list[int]]:
        now = NIGHT + timedelta(days=days)
        hand_bills_on(by=desk(), now=now)
        links = guardians_of(child.pk, now.date())
        return [one.pk for one in links], [one.pk for one in links if one.gets_bills]

    assert after(9) == ([first.pk, second.pk], [first.pk])
    assert after(10) == ([second.pk], []), "nothing is seen any more, the day is paid"
    assert after(11) == ([second.pk], [second.pk])
    assert FieldChange.objects.filter(field="guardian_order", source="job").exists()
    assert hand_bills_on(by=desk(), now=NIGHT + timedelta(days=12)) == 0


@pytest.mark.django_db
def test_a_last_day_can_be_moved_and_taken_back_until_it_is_over() -> None:
    child = make_child()
    stays, ends = guard(child), guard(child, make_patron())
    later = TODAY + timedelta(days=5)

    end_guardian(ends.pk, by=desk(), now=MONDAY_NOON, last_day=later)
    ends.refresh_from_db()
    assert ends.ends_on == later
    let_guardian_go_on(ends.pk, by=desk(), now=MONDAY_NOON)
    ends.refresh_from_db()
    assert ends.ends_on is None
    assert list(
        FieldChange.objects.filter(field="guardian", old__startswith=str(ends.pk))
        .order_by("pk")
        .values_list("old", "new")
    ) == [
        (f"{ends.pk}", f"{ends.pk} ({later})"),
        (f"{ends.pk} ({later})", f"{ends.pk}"),
    ]

    end_guardian(ends.pk, by=desk(), now=MONDAY_NOON)
    with pytest.raises(Unfit, match="ended already"):
        let_guardian_go_on(ends.pk, by=desk(), now=MONDAY_NOON)
    yesterday = TODAY - timedelta(days=1)
    with pytest.raises(Unfit, match="today or later"):
        end_guardian(stays.pk, by=desk(), now=MONDAY_NOON, last_day=yesterday)


@pytest.mark.django_db
def test_who_ends_before_the_child_comes_of_age_leaves_nobody_last() -> None:
    child = make_child(born_on=date(2015, 1, 1))
    first, second = guard(child), guard(child, make_patron())
    coming_of_age = date(2033, 1, 1)
    day_before = coming_of_age - timedelta(days=1)

    end_guardian(first.pk, by=desk(), now=MONDAY_NOON, last_day=date(2030, 1, 1))
    with pytest.raises(Unfit, match="last guardian"):
        end_guardian(second.pk, by=desk(), now=MONDAY_NOON, last_day=date(2032, 1, 1))
    end_guardian(second.pk, by=desk(), now=MONDAY_NOON, last_day=day_before)

    second.refresh_from_db()
    assert second.ends_on == day_before


@pytest.mark.django_db
def test_who_ends_later_is_no_guardian_twice() -> None:
    child, aunt = make_child(), make_patron()
    guard(child)
    link = guard(child, aunt)
    later = TODAY + timedelta(days=5)
    end_guardian(link.pk, by=desk(), now=MONDAY_NOON, last_day=later)

    with pytest.raises(Unfit, match="guardian already"):
        guard(child, aunt)
    yesterday = NewGuardian(name="Ukki", ends_on=TODAY - timedelta(days=1))
    with pytest.raises(Unfit, match="today or later"):
        add_guardian(child.pk, yesterday, by=desk(), now=MONDAY_NOON)


@pytest.mark.django_db
def test_the_bills_go_to_the_first_and_to_whoever_is_chosen() -> None:
    child = make_child()
    first, second = guard(child, make_patron()), guard(child, make_patron())
    assert (first.gets_bills, second.gets_bills) == (True, False)
    order_guardians(
        child.pk,
        [second.pk, first.pk],
        bills_to=second.pk,
        by=desk(),
        now=MONDAY_NOON,
    )
    assert [link.pk for link in guardians_of(child.pk, TODAY)] == [second.pk, first.pk]
    assert Guardianship.objects.get(gets_bills=True).pk == second.pk
    for wrong in ([first.pk], [first.pk, first.pk], [first.pk, second.pk, 999]):
        with pytest.raises(Unfit):
            order_guardians(
                child.pk, wrong, bills_to=first.pk, by=desk(), now=MONDAY_NOON
            )


@pytest.mark.django_db
def test_who_answers_for_a_child_is_a_person_who_has_come_of_age() -> None:
    child = make_child()
    make_category("YHTEISO", kind="organisation")
    newborn = make_patron(born_on=TODAY)
    body = make_patron(category="YHTEISO", born_on=None)
    grown_up = make_patron(born_on=date(2009, 3, 1))  # eighteen today

    for whom, why in ((newborn, "come of age"), (body, "is a person")):
        with pytest.raises(Unfit, match=why):
            guard(child, whom)
    assert not Guardianship.objects.exists()

    contact = NewGuardian(patron_id=body.pk, kind="contact")
    add_guardian(child.pk, contact, by=desk(), now=MONDAY_NOON)
    assert guard(child, grown_up).gets_bills


@pytest.mark.django_db
def test_nobody_guards_twice_or_themself_or_a_grown_up() -> None:
    child, parent = make_child(), make_patron()
    guard(child, parent)
    for wrong, whom in ((child, parent), (child, child), (parent, child)):
        with pytest.raises(Unfit):
            guard(wrong, whom)
    assert Guardianship.objects.count() == 1
    with pytest.raises(Unfit):
        add_guardian(child.pk, NewGuardian(name=" "), by=desk(), now=MONDAY_NOON)


@pytest.mark.django_db
def test_what_a_guardian_sees_goes_by_age_and_by_consent() -> None:
    parent = make_patron()
    young = make_child(born_on=TODAY.replace(year=TODAY.year - 14))
    older = make_child(born_on=TODAY.replace(year=TODAY.year - 15))
    guard(young, parent)
    link = guard(older, parent)

    def seen() -> dict[int, tuple[bool, bool]]:
        return {
            each.link.dependant_id: (each.sees_loans, each.sees_charges)
            for each in dependants_of(parent.pk, TODAY)
        }

    assert seen() == {young.pk: (True, True), older.pk: (False, False)}
    set_consent(link.pk, {"sees_charges": True}, by=desk(), now=MONDAY_NOON)
    assert seen()[older.pk] == (False, True)
    assert FieldChange.objects.filter(field="guardian_sees_charges").count() == 1


@pytest.mark.django_db
def test_a_child_grows_up_on_the_birthday() -> None:
    parent = make_patron(phone="+358501234567")
    eighteen = make_child(born_on=date(2009, 3, 1), phone="+358501234567")
    tomorrow = make_child(born_on=date(2009, 3, 2))
    for child in (eighteen, tomorrow):
        child.guardians.create(
            guardian=parent, starts_on=date(2020, 1, 1), gets_bills=True
        )
    assert let_grow_up(by=desk(), now=NIGHT) == 1

    eighteen.refresh_from_db()
    assert eighteen.category.code == "HENKILO"
    assert (eighteen.check_phone, eighteen.check_email) == (True, False)
    assert eighteen.phone == "+358501234567", "flagged, not taken away"
    assert list(guardians_of(eighteen.pk, TODAY)) == []
    assert eighteen.guardians.get().ends_on == date(2027, 2, 28)
    assert FieldChange.objects.filter(field="category", source="job").count() == 1
    tomorrow.refresh_from_db()
    assert tomorrow.category.code == "LAPSI"
    assert let_grow_up(by=desk(), now=NIGHT) == 0


@pytest.mark.django_db
def test_protection_stays_after_its_last_day_until_a_person_lifts_it() -> None:
    over = make_patron(is_protected=True, protected_until_on=date(2027, 2, 28))
    until_today = make_patron(is_protected=True, protected_until_on=TODAY)
    make_patron(is_protected=True)
    nights = [NIGHT + timedelta(days=days) for days in range(4)]

    assert ask_about_protection(by=desk(), now=nights[0]) == 1
    assert ask_about_protection(by=desk(), now=nights[1]) == 1
    first, second = Errand.objects.order_by("pk")
    assert (first.subject_id, second.subject_id) == (over.pk, until_today.pk)
    assert first.unit_id is None  # the home library is hidden
    assert Patron.objects.filter(is_protected=True).count() == 3

    change(over.pk, {"is_protected": False}, by=chief(), now=nights[1])
    finish(first.pk, "Asiakas vahvisti", by=desk(), now=nights[1])
    assert ask_about_protection(by=desk(), now=nights[2]) == 0
    over.refresh_from_db()
    assert over.protected_until_on is None

    drop(second.pk, "Ei ehditty", by=desk(), now=nights[2])
    assert ask_about_protection(by=desk(), now=nights[3]) == 1, "the record still says"


class FamilyMachine(UndoneMachine):
    """Days go by, guardians come and go: no minor is ever left without one."""

    def __init__(self) -> None:
        super().__init__()
        self.now = MONDAY_NOON
        self.child = make_child(born_on=date(2012, 2, 29))
        self.grown_ups = [make_patron() for _ in range(3)]
        add_guardian(self.child.pk, NewGuardian(name="Mummo"), by=desk(), now=self.now)

    def links(self) -> list[Guardianship]:
        return list(going_on(self.child.pk, self.now.date()))

    def is_enough(self, last_days: list[date | None]) -> bool:
        """Whether somebody stays through the last day before the child is eighteen."""
        return any(day is None or day >= date(2030, 2, 28) for day in last_days)

    @rule(who=st.integers(0, 2))
    def add(self, who: int) -> None:
        told = NewGuardian(patron_id=self.grown_ups[who].pk)
        there = any(link.guardian_id == told.patron_id for link in self.links())
        is_child = Patron.objects.get(pk=self.child.pk).category.code == "LAPSI"
        try:
            add_guardian(self.child.pk, told, by=desk(), now=self.now)
        except Unfit:
            assert there or not is_child
        else:
            assert is_child
            assert not there

    @precondition(lambda self: self.links())
    @rule(which=st.integers(0, 3), days=st.sampled_from([0, 0, 1, 30, 2000]))
    def end(self, which: int, days: int) -> None:
        links = self.links()
        link = links.pop(which % len(links))
        day = self.now.date() + timedelta(days=days)
        left = [day, *(other.ends_on for other in links)]
        try:
            end_guardian(link.pk, by=desk(), now=self.now, last_day=day)
        except Unfit:
            assert not self.is_enough(left)
        else:
            assert self.is_enough(left)

    @precondition(lambda self: self.links())
    @rule(which=st.integers(0, 3))
    def go_on(self, which: int) -> None:
        links = self.links()
        let_guardian_go_on(links[which % len(links)].pk, by=desk(), now=self.now)

    @rule(days=st.integers(1, 400))
    def nights(self, days: int) -> None:
        self.now += timedelta(days=days)
        let_grow_up(by=desk(), now=self.now)
        hand_bills_on(by=desk(), now=self.now)

    @invariant()
    def a_minor_is_guarded_and_a_grown_up_is_not(self) -> None:
        child = Patron.objects.get(pk=self.child.pk)
        assert child.born_on is not None
        is_minor = completed_years(child.born_on, self.now.date()) < 18
        assert in_force(self.child.pk, self.now.date()).exists() == is_minor
        assert (child.category.code == "LAPSI") == is_minor

    @invariant()
    def one_of_them_gets_the_bills(self) -> None:
        paid = {"gets_bills": True}
        today = self.now.date()
        assert going_on(self.child.pk, today).filter(**paid).count() <= 1
        links = in_force(self.child.pk, today)
        assert links.filter(**paid).exists() == links.exists()


@pytest.mark.machine
@pytest.mark.slow
@pytest.mark.django_db
def test_no_run_of_days_leaves_a_minor_without_a_guardian() -> None:
    run_machine(FamilyMachine, examples=120, steps=12)
