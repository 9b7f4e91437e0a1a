"""Each fact alone gives its one reason, and no other."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from django.utils import translation

from kortisto.core.ages import completed_years
from kortisto.core.refusals import Refusal
from kortisto.domain.circulation.reasons import (
    ALWAYS_BLOCK,
    OVERRIDES,
    SEVERITIES,
    Reason,
    Severity,
)
from kortisto.domain.circulation.rules import (
    CHECKOUT_RULES,
    RENEWAL_RULES,
    ItemFacts,
    LendingFacts,
    LoanFacts,
    Room,
    reasons_against,
)
from kortisto.domain.circulation.settings import SEVERITY_SETTINGS
from kortisto.domain.circulation.standing import PatronFacts, RestrictionFacts
from kortisto.domain.patrons.category_terms import NO_LIMITS, ChargeLimits, Limit
from kortisto.domain.policies.rules import Matrix, Row, Terms
from kortisto.testing.builders import HELSINKI

TODAY = date(2027, 3, 1)
LENT = datetime(2027, 2, 15, 12, tzinfo=HELSINKI)
DUE = datetime(2027, 3, 15, 23, 59, 59, tzinfo=HELSINKI)
LATER = datetime(2027, 3, 29, 23, 59, 59, tzinfo=HELSINKI)


def terms(**values: Any) -> Terms:
    row = Row(id=1, library_id=None, category_id=None, item_type_id=None, values=values)
    return Matrix(1, (row,)).terms(1, 1, 1)


PATRON = PatronFacts(
    id=7,
    version=0,
    category_id=1,
    home_library_id=1,
    expires_on=date(2030, 12, 31),
    born_on=date(1980, 5, 17),
)
ITEM = ItemFacts(
    id=3,
    barcode="N1",
    record_id=5,
    title="Sinuhe",
    item_type_id=1,
    home_library_id=1,
    library_id=1,
)
LOAN = LoanFacts(
    id=11,
    patron_id=7,
    lent_at=LENT,
    due_at=DUE,
    renewals=0,
    rules_library_id=1,
    category_id=1,
    library_id=1,
)
TEN_EUROS = Limit(1000)
FINE = LendingFacts(
    today=TODAY,
    patron=PATRON,
    item=ITEM,
    terms=terms(),
    limits=ChargeLimits(TEN_EUROS, TEN_EUROS, TEN_EUROS),
)
RENEWABLE = replace(FINE, loan=LOAN, new_due_at=LATER)


UNPAID = RestrictionFacts({"fi": "Lasku", "sv": "", "en": "Bill"}, "Call them")


def patron(**facts: Any) -> LendingFacts:
    return replace(FINE, patron=replace(PATRON, **facts))


def item(**facts: Any) -> LendingFacts:
    return replace(FINE, item=replace(ITEM, **facts))


def waited_for(queue: int, *, free: int) -> LendingFacts:
    return replace(RENEWABLE, item=replace(ITEM, queue=queue), free_copies=free)


def refusals(facts: LendingFacts) -> tuple[Refusal, ...]:
    return reasons_against(CHECKOUT_RULES, facts, SEVERITIES.__getitem__)


def reasons(facts: LendingFacts) -> list[Reason]:
    return [Reason(refusal.reason) for refusal in refusals(facts)]


def reasons_not_to_renew(facts: LendingFacts) -> list[Reason]:
    found = reasons_against(RENEWAL_RULES, facts, SEVERITIES.__getitem__)
    return [Reason(refusal.reason) for refusal in found]


def test_nothing_speaks_against_an_ordinary_loan_or_its_renewal() -> None:
    assert reasons(FINE) == []
    assert reasons_not_to_renew(RENEWABLE) == []


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (patron(card_lost=True), Reason.CARD_LOST),
        (patron(died_on=date(2027, 2, 1)), Reason.DECEASED),
        (patron(expires_on=date(2027, 2, 28)), Reason.CARD_EXPIRED),
        (patron(check_address=True), Reason.CHECK_ADDRESS),
        (patron(restrictions=(UNPAID,)), Reason.RESTRICTED),
        (patron(owed_public_cents=1001), Reason.OWES_TOO_MUCH),
        (patron(owed_by_dependants_cents=1001), Reason.DEPENDANTS_OWE),
        (patron(owed_by_guardians_cents=1001), Reason.GUARDIANS_OWE),
        (patron(borrows=False), Reason.NEVER_BORROWS),
        (replace(FINE, rooms=(Room(2, 2),)), Reason.TOO_MANY_LOANS),
        (
            replace(FINE, rooms=(Room(50, 2), Room(1, 1, of_type=True))),
            Reason.TOO_MANY_OF_TYPE,
        ),
        (item(age_limit=55), Reason.AGE_LIMIT),
        (item(not_for_loan="1"), Reason.NOT_FOR_LOAN),
        (item(not_for_loan="-1"), Reason.NOT_FOR_LOAN),
        (
            item(not_for_loan="1", trapped_hold_id=1, trapped_for=7),
            Reason.NOT_FOR_LOAN,
        ),
        (replace(FINE, terms=terms(for_loan=False)), Reason.NOT_FOR_LOAN),
        (item(lost="1"), Reason.ITEM_LOST),
        (item(withdrawn="1"), Reason.ITEM_WITHDRAWN),
        (item(restricted="1"), Reason.ITEM_RESTRICTED),
        (item(damaged="1"), Reason.ITEM_DAMAGED),
        (replace(FINE, loan=replace(LOAN, patron_id=8)), Reason.ON_LOAN_TO_ANOTHER),
        (item(trapped_hold_id=1, trapped_for=8), Reason.WAITS_FOR_ANOTHER),
        (item(queue=3), Reason.HELD_BY_OTHERS),
        (item(transit_id=1, transit_to=2), Reason.IN_TRANSIT),
        (item(parts=2, parts_note="book and disc"), Reason.COUNT_PARTS),
    ],
)
def test_each_fact_alone_gives_its_one_reason(
    facts: LendingFacts, reason: Reason
) -> None:
    assert reasons(facts) == [reason]
    (refusal,) = refusals(facts)
    assert "{" not in refusal.message


def test_every_restriction_is_told_and_its_note_to_staff_only() -> None:
    without = RestrictionFacts({"fi": "Kielto", "sv": "Avstängning", "en": "Ban"})
    facts = patron(restrictions=(UNPAID, without))
    (plain,) = refusals(facts)
    (full,) = refusals(replace(facts, sees_notes=True))
    with translation.override("sv"):  # a type without a Swedish name has a Finnish one
        (swedish,) = refusals(facts)
    assert plain.facts == {"restrictions": "Bill; Ban"}
    assert full.facts == {"restrictions": "Bill – Call them; Ban"}
    assert swedish.facts == {"restrictions": "Lasku; Avstängning"}


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (waited_for(1, free=0), Reason.HELD_BY_OTHERS),
        (waited_for(3, free=2), Reason.HELD_BY_OTHERS),
        (replace(waited_for(1, free=9), want_this_copy=1), Reason.HELD_BY_OTHERS),
        (replace(RENEWABLE, item=replace(ITEM, lost="1")), Reason.ITEM_LOST),
        (
            replace(RENEWABLE, patron=replace(PATRON, restrictions=(UNPAID,))),
            Reason.RESTRICTED,
        ),
        (
            replace(
                RENEWABLE,
                terms=terms(renewals_allowed=5),
                loan=replace(LOAN, renewals=5),
            ),
            Reason.NO_RENEWALS_LEFT,
        ),
        (
            replace(RENEWABLE, patron=replace(PATRON, died_on=TODAY)),
            Reason.DECEASED,
        ),
        (replace(RENEWABLE, renewable_on=date(2027, 3, 2)), Reason.TOO_SOON),
        (replace(RENEWABLE, new_due_at=DUE), Reason.DUE_NO_LATER),
        (
            replace(RENEWABLE, terms=terms(renew_online=False), unattended=True),
            Reason.RENEWED_BY_STAFF,
        ),
    ],
)
def test_each_fact_alone_keeps_from_renewing_for_one_reason(
    facts: LendingFacts, reason: Reason
) -> None:
    assert reasons_not_to_renew(facts) == [reason]


@pytest.mark.parametrize(
    "facts",
    [
        patron(expires_on=TODAY),  # good through its last day
        patron(owed_public_cents=1000),  # the limit itself does not bar
        replace(patron(owed_public_cents=99_999), limits=NO_LIMITS),
        replace(FINE, rooms=(Room(2, 1), Room(None, 500))),
        item(age_limit=0),
        replace(FINE, loan=LOAN),  # theirs already
        item(trapped_hold_id=1, trapped_for=7),
        item(trapped_hold_id=1, trapped_for=7, transit_id=1, queue=4),
        item(not_for_loan="-1", trapped_hold_id=1, trapped_for=7),
        item(borrowed_before=True),  # the category does not ask
        patron(checks_earlier_loans=True),
    ],
)
def test_what_is_on_the_right_side_of_the_line_is_no_reason(
    facts: LendingFacts,
) -> None:
    assert reasons(facts) == []


@pytest.mark.parametrize(
    "facts",
    [
        waited_for(2, free=2),
        replace(RENEWABLE, renewable_on=TODAY),
        replace(RENEWABLE, terms=terms(renewals_allowed=None)),
        replace(RENEWABLE, terms=terms(renew_online=False)),  # staff renew it
    ],
)
def test_what_is_no_reason_against_a_renewal(facts: LendingFacts) -> None:
    assert reasons_not_to_renew(facts) == []


def test_home_delivery_is_told_what_the_patron_has_had() -> None:
    facts = replace(
        item(borrowed_before=True), patron=replace(PATRON, checks_earlier_loans=True)
    )
    assert reasons(facts) == [Reason.BORROWED_BEFORE]
    assert refusals(facts)[0].notice


def test_an_age_limit_binds_until_the_birthday_itself() -> None:
    film = item(age_limit=18)
    on_birthday = replace(film, patron=replace(PATRON, born_on=date(2009, 3, 1)))
    day_before = replace(film, patron=replace(PATRON, born_on=date(2009, 3, 2)))
    assert reasons(on_birthday) == []
    assert reasons(day_before) == [Reason.AGE_LIMIT]
    assert refusals(day_before)[0].override is None


def test_an_unknown_birthday_is_asked_about() -> None:
    facts = replace(item(age_limit=7), patron=replace(PATRON, born_on=None))
    assert reasons(facts) == [Reason.AGE_UNKNOWN]
    assert refusals(facts)[0].override is not None


@pytest.mark.parametrize(
    ("today", "years"),
    [
        (date(2024, 2, 28), 15),
        (date(2024, 2, 29), 16),
        (date(2025, 2, 28), 16),
        (date(2025, 3, 1), 17),
    ],
)
def test_who_was_born_on_leap_day_is_a_year_older_on_1_march(
    today: date, years: int
) -> None:
    assert completed_years(date(2008, 2, 29), today) == years


def test_every_reason_is_told_at_once() -> None:
    facts = replace(
        patron(card_lost=True, owed_public_cents=1001),
        item=replace(ITEM, lost="1", damaged="1"),
    )
    assert set(reasons(facts)) == {
        Reason.CARD_LOST,
        Reason.OWES_TOO_MUCH,
        Reason.ITEM_LOST,
        Reason.ITEM_DAMAGED,
    }


@pytest.mark.parametrize(
    ("severity", "told", "stops", "can_be_set_aside"),
    [
        (Severity.NONE, False, False, False),
        (Severity.NOTICE, True, False, False),
        (Severity.OVERRIDE, True, True, True),
        (Severity.BLOCK, True, True, False),
    ],
)
def test_a_severity_decides_what_a_reason_does(
    *, severity: Severity, told: bool, stops: bool, can_be_set_aside: bool
) -> None:
    found = reasons_against(CHECKOUT_RULES, item(lost="1"), lambda _reason: severity)
    assert bool(found) == told
    assert any(not refusal.notice for refusal in found) == stops
    assert any(refusal.override is not None for refusal in found) == can_be_set_aside


def test_no_library_can_soften_what_the_law_or_the_facts_decide() -> None:
    """A reason that always blocks has no setting, every other one has."""
    softened = {*SEVERITY_SETTINGS, *ALWAYS_BLOCK, Reason.CARD_EXPIRED}
    assert softened == set(Reason)
    assert not set(SEVERITY_SETTINGS) & ALWAYS_BLOCK
    assert {Reason.AGE_LIMIT, Reason.CARD_LOST, Reason.DECEASED} < ALWAYS_BLOCK
    assert all(SEVERITIES[reason] is Severity.BLOCK for reason in ALWAYS_BLOCK)
    assert not set(OVERRIDES) & ALWAYS_BLOCK
