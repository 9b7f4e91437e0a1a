"""Two records of one person become one, and two again (PAT-14)."""

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kortisto.core.actors import NotPermitted
from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.models import Loan
from kortisto.domain.entry.models import TermsAcceptance
from kortisto.domain.fees.actions.charges import charge
from kortisto.domain.fees.actions.payments import pay
from kortisto.domain.fees.queries import balance
from kortisto.domain.patrons.actions.change_requests import requests_of
from kortisto.domain.patrons.actions.family import end_guardian
from kortisto.domain.patrons.actions.identity import give_identity
from kortisto.domain.patrons.actions.merge import (
    merge,
    merge_to_undo,
    preview_merge,
    undo_merge,
)
from kortisto.domain.patrons.actions.notes import write_note
from kortisto.domain.patrons.actions.restrictions import restrict
from kortisto.domain.patrons.merging import columns
from kortisto.domain.patrons.models import (
    Card,
    Guardianship,
    Patron,
    PatronNote,
    RequestedChange,
)
from kortisto.domain.patrons.queries import patron_by_card
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    chief,
    desk,
    make_category,
    make_hold,
    make_item,
    make_library,
    make_patron,
    make_record,
)
from kortisto.testing.identity_codes import new_code
from kortisto.testing.races import at_once, codes

pytestmark = pytest.mark.django_db(transaction=True)

LATER = MONDAY_NOON + timedelta(days=1)
STAFF_NOTE = PatronNote.Audience.STAFF


def busy(**fields: Any) -> Patron:
    """Somebody with a row of nearly every kind."""
    patron = make_patron(**fields)
    item = make_item()
    checkout(card_of(patron), item.barcode, by=desk(), now=MONDAY_NOON)
    back = make_item()
    checkout(card_of(patron), back.barcode, by=desk(), now=MONDAY_NOON)
    checkin(back.barcode, by=desk(), now=MONDAY_NOON)
    make_hold(patron, make_record(), pickup=make_library())
    charge(patron.pk, "ODUE", 500, key=f"a{patron.pk}", by=desk(), now=MONDAY_NOON)
    write_note(patron.pk, "Hei", audience=STAFF_NOTE, by=desk(), now=MONDAY_NOON)
    TermsAcceptance.objects.create(
        patron=patron,
        version=1,
        accepted_at=MONDAY_NOON,
        accepted_by="x",
        channel="web",
    )
    return patron


def unite(survivor: Patron, other: Patron) -> None:
    merge(survivor.pk, other.pk, by=chief(), now=MONDAY_NOON)


def whose() -> dict[str, object]:
    """To whom every row belongs: what an undo has to bring back."""
    rows: dict[str, object] = {}
    for column in columns():
        manager = column.model._default_manager
        rows[column.name] = dict(manager.values_list("pk", f"{column.field}_id"))
    cards = Card.objects.values_list("pk", "patron_id", "active", "until_on", "ending")
    links = Guardianship.objects.values_list(
        "pk", "guardian_id", "dependant_id", "gets_bills", "ends_on"
    )
    return {**rows, "cards": sorted(cards), "links": sorted(links)}


def why(refused: "pytest.ExceptionInfo[Refused]") -> list[str]:
    return [refusal.reason.value for refusal in refused.value.refusals]


def test_everything_moves_and_the_other_record_is_in_the_bin() -> None:
    survivor, other = make_patron(), busy()
    restrict(other.pk, "Soita", by=desk(), now=MONDAY_NOON)
    card = card_of(other)
    told = preview_merge(survivor.pk, other.pk, by=chief(), now=MONDAY_NOON)
    assert told.moves["circulation.loan.patron"] == 2
    assert (told.moves["holds.hold.patron"], told.refusals) == (1, ())

    unite(survivor, other)

    assert set(Loan.objects.values_list("patron", flat=True)) == {survivor.pk}
    assert survivor.holds.count() == survivor.notes.count() == 1
    assert survivor.restrictions.count() == 1
    assert (balance(survivor.pk).cents, balance(other.pk).cents) == (500, 0)
    other.refresh_from_db()
    assert other.binned_at == MONDAY_NOON
    assert str(survivor.pk) in other.bin_reason
    assert patron_by_card(card) is None, "it is an old card now"
    assert survivor.cards.filter(number=card, active=False).exists()
    event = LoggedEvent.objects.get(kind="PatronsMerged")
    assert event.body == {"patron_id": survivor.pk, "merged_id": other.pk}
    with pytest.raises(Patron.DoesNotExist):
        preview_merge(survivor.pk, other.pk, by=chief(), now=MONDAY_NOON)


def test_an_undo_brings_everything_back_where_it_was() -> None:
    survivor, other = busy(), busy()
    before = whose()

    unite(survivor, other)
    assert whose() != before
    assert merge_to_undo(survivor.pk, now=LATER) is not None
    assert undo_merge(survivor.pk, by=chief(), now=LATER) == other.pk

    assert whose() == before
    other.refresh_from_db()
    assert (other.binned_at, other.bin_reason) == (None, "")
    assert balance(other.pk).cents == 500
    assert merge_to_undo(survivor.pk, now=LATER) is None
    with pytest.raises(Refused, match="undone-already"):
        undo_merge(survivor.pk, by=chief(), now=LATER)


def test_what_happened_since_stays_with_the_survivor() -> None:
    survivor, other = make_patron(), busy()
    unite(survivor, other)
    loan = Loan.objects.get(returned_at=None)
    checkin(loan.barcode, by=desk(), now=LATER)
    new = make_item()
    checkout(card_of(survivor), new.barcode, by=desk(), now=LATER)
    pay(survivor.pk, 200, key="till", by=desk(), now=LATER)

    undo_merge(survivor.pk, by=chief(), now=LATER)

    loan.refresh_from_db()
    assert (loan.patron_id, loan.returned_at) == (other.pk, LATER)
    assert Loan.objects.get(item=new).patron_id == survivor.pk
    assert (balance(survivor.pk).cents, balance(other.pk).cents) == (0, 300)


def test_terms_that_both_have_accepted_stay_with_the_other() -> None:
    survivor, other = busy(), busy()
    unite(survivor, other)
    assert TermsAcceptance.objects.filter(patron=survivor).count() == 1
    assert TermsAcceptance.objects.filter(patron=other).count() == 1


def test_after_a_month_it_cannot_be_undone() -> None:
    survivor, other = make_patron(), make_patron()
    unite(survivor, other)
    late = MONDAY_NOON + timedelta(days=30, seconds=1)
    assert merge_to_undo(survivor.pk, now=late) is None
    with pytest.raises(Refused, match="too-late-to-undo"):
        undo_merge(survivor.pk, by=chief(), now=late)
    with pytest.raises(Refused, match="nothing-to-undo"):
        undo_merge(other.pk, by=chief(), now=MONDAY_NOON)


def test_who_has_no_card_and_no_code_gets_those_of_the_other() -> None:
    survivor, other = make_patron(born_on=None), make_patron()
    Card.objects.filter(patron=survivor).delete()
    code, card = new_code(), card_of(other)
    give_identity(other.pk, code, by=desk(), now=MONDAY_NOON)
    other.refresh_from_db()
    key = other.identity_key

    unite(survivor, other)
    survivor.refresh_from_db()
    assert (survivor.identity_key, patron_by_card(card)) == (key, survivor.pk)

    undo_merge(survivor.pk, by=chief(), now=LATER)
    for each in (survivor, other):
        each.refresh_from_db()
    assert (survivor.identity_key, other.identity_key) == (None, key)
    assert patron_by_card(card) == other.pk


def test_a_lost_card_of_the_other_borrows_nothing_after_the_merge() -> None:
    """Neither where the survivor has no card nor where it has one."""
    for has_card in (False, True):
        survivor, other = make_patron(), make_patron(card_lost=True)
        if not has_card:
            survivor.cards.all().delete()
        lost = card_of(other)

        unite(survivor, other)

        ended = Card.objects.get(number=lost)
        assert (ended.patron_id, ended.active) == (survivor.pk, False)
        assert ended.ending == Card.Ending.LOST
        with pytest.raises(Refused, match="old-card"):
            checkout(lost, make_item().barcode, by=chief(), now=MONDAY_NOON)

        undo_merge(survivor.pk, by=chief(), now=MONDAY_NOON)

        ended.refresh_from_db()
        assert (ended.patron_id, ended.active, ended.ending) == (other.pk, True, "")
        with pytest.raises(Refused, match="card-lost"):
            checkout(lost, make_item().barcode, by=chief(), now=MONDAY_NOON)


def test_a_death_on_either_record_is_the_person_s_until_the_merge_is_undone() -> None:
    survivor, other = make_patron(), make_patron(died_on=date(2027, 2, 1))

    unite(survivor, other)

    survivor.refresh_from_db()
    assert (survivor.died_on, survivor.session_epoch) == (date(2027, 2, 1), 1)
    with pytest.raises(Refused, match="deceased"):
        checkout(card_of(survivor), make_item().barcode, by=chief(), now=MONDAY_NOON)

    undo_merge(survivor.pk, by=chief(), now=MONDAY_NOON)

    survivor.refresh_from_db()
    other.refresh_from_db()
    assert (survivor.died_on, other.died_on) == (None, date(2027, 2, 1))


def test_protection_of_either_holds_on_and_requests_are_withdrawn() -> None:
    survivor, other = make_patron(), make_patron(is_protected=True)
    RequestedChange.objects.create(
        patron=other, field="city", new="Turku", asked_by="x"
    )
    unite(survivor, other)
    survivor.refresh_from_db()
    assert survivor.is_protected
    assert not requests_of(other.pk, now=MONDAY_NOON).exists()


# --- families -----------------------------------------------------------------------


def test_links_of_both_sides_move_and_doubles_end() -> None:
    survivor, other, child, parent = (make_patron() for _ in range(4))
    Guardianship.objects.create(guardian=survivor, dependant=child)
    double = Guardianship.objects.create(
        guardian=other, dependant=child, gets_bills=True
    )
    Guardianship.objects.create(guardian=parent, dependant=other, gets_bills=True)
    before = whose()

    unite(survivor, other)

    open_ones = Guardianship.objects.filter(ends_on=None)
    assert set(open_ones.values_list("guardian", "dependant", "gets_bills")) == {
        (survivor.pk, child.pk, True),
        (parent.pk, survivor.pk, True),
    }
    double.refresh_from_db()
    assert double.ends_on == MONDAY_NOON.date()
    undo_merge(survivor.pk, by=chief(), now=LATER)
    assert whose() == before


def test_a_link_that_was_ended_meanwhile_stays_ended() -> None:
    survivor, other, child = make_patron(), make_patron(), make_patron()
    link = Guardianship.objects.create(guardian=other, dependant=child)
    unite(survivor, other)
    end_guardian(link.pk, by=desk(), now=LATER)

    undo_merge(survivor.pk, by=chief(), now=LATER)

    link.refresh_from_db()
    assert (link.guardian_id, link.ends_on) == (other.pk, LATER.date())


# --- what is refused ------------------------------------------------------------------


def test_two_people_are_not_merged_and_nothing_moves() -> None:
    one, two, child, gone = busy(), make_patron(), make_patron(), make_patron()
    make_category("YHTEISO", kind="organisation")
    school = make_patron(category="YHTEISO", born_on=None)
    for patron in (one, two):
        give_identity(patron.pk, new_code(), by=desk(), now=MONDAY_NOON)
    Guardianship.objects.create(guardian=one, dependant=child)
    Patron.objects.filter(pk=gone.pk).update(binned_at=MONDAY_NOON, bin_reason="x")
    before = whose()

    for pair, reason in (
        ((one, two), "different-identities"),
        ((child, one), "guardian-of-the-other"),
        ((school, one), "different-kinds"),
        ((one, gone), "not-there"),
        ((one, one), "same-record"),
    ):
        with pytest.raises(Refused) as refused:
            unite(*pair)
        assert why(refused) == [reason]
    with pytest.raises(NotPermitted):
        merge(child.pk, two.pk, by=desk(), now=MONDAY_NOON)
    assert whose() == before


def test_two_desks_merge_the_same_two_the_one_way_and_the_other() -> None:
    for _ in range(3):
        one, two = busy(), busy()
        acts = [
            partial(merge, a.pk, b.pk, by=chief(), now=MONDAY_NOON)
            for a, b in ((one, two), (two, one))
        ]
        answers = at_once(*acts)
        assert codes(answers) == ["not-there"]
        kept = Patron.objects.get(pk__in=[one.pk, two.pk], binned_at=None)
        assert kept.loans.count() == 4
        assert balance(kept.pk).cents == 1000


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    guards=st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 3), st.booleans()), max_size=6
    ),
    pair=st.permutations([0, 1, 2, 3]),
)
def test_any_family_comes_back_as_it_was(
    guards: list[tuple[int, int, bool]], pair: list[int]
) -> None:
    people = [make_patron() for _ in range(4)]
    for guardian, dependant, pays in guards:
        links = Guardianship.objects.filter(dependant=people[dependant])
        if guardian == dependant or links.filter(guardian=people[guardian]).exists():
            continue
        Guardianship.objects.create(
            guardian=people[guardian],
            dependant=people[dependant],
            gets_bills=pays and not links.filter(gets_bills=True).exists(),
            starts_on=date(2026, 1, 1),
        )
    before = whose()
    paid = set(
        Guardianship.objects.filter(gets_bills=True).values_list("dependant", flat=True)
    )
    survivor, other = people[pair[0]], people[pair[1]]
    both = (survivor, other)
    if Guardianship.objects.filter(guardian__in=both, dependant__in=both).exists():
        with pytest.raises(Refused, match="guardian-of-the-other"):
            unite(survivor, other)
        assert whose() == before
        return
    unite(survivor, other)
    still = Guardianship.objects.filter(gets_bills=True, ends_on=None)
    assert {survivor.pk if one == other.pk else one for one in paid} == set(
        still.values_list("dependant", flat=True)
    )
    undo_merge(survivor.pk, by=chief(), now=LATER)
    assert whose() == before
