"""What a family owes is weighed, while the link is in force (CIR-11)."""

from datetime import date

import pytest

from kortisto.core.money import euros
from kortisto.core.refusals import Refusal, Refused
from kortisto.domain.circulation.actions.checkout import Lent, checkout
from kortisto.domain.circulation.explain import why_refused
from kortisto.domain.circulation.models import Loan
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.circulation.reasons import Reason
from kortisto.domain.circulation.settings import SEVERITY_SETTINGS
from kortisto.domain.fees.actions.charges import charge
from kortisto.domain.org.actions.settings import set_setting
from kortisto.domain.org.settings import LOAN_BAN_CENTS
from kortisto.domain.patrons.models import Guardianship, Patron
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    chief,
    desk,
    make_category,
    make_consortium,
    make_item,
    make_patron,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "told"),
    [
        (date(2020, 1, 1), None, True),
        (None, None, True),  # when it began is not known: it has begun (S12)
        (None, date(2027, 2, 28), False),
        (date(2027, 3, 2), None, False),
    ],
)
def test_a_loan_of_a_guardian_tells_what_the_dependants_owe(
    starts_on: date | None,
    ends_on: date | None,
    told: bool,  # noqa: FBT001
) -> None:
    root = make_consortium()
    set_setting(root.pk, LOAN_BAN_CENTS, value=100, by=chief(), now=MONDAY_NOON)
    guardian, child = make_patron(), make_patron(category="LAPSI")
    Guardianship.objects.create(
        guardian=guardian, dependant=child, starts_on=starts_on, ends_on=ends_on
    )
    charge(child.pk, "ODUE", 150, key="a", by=desk(), now=MONDAY_NOON)

    lent = checkout(card_of(guardian), make_item().barcode, by=desk(), now=MONDAY_NOON)

    assert [each.reason.value for each in lent.notices] == (
        ["dependants-owe"] if told else []
    )


@pytest.mark.parametrize(
    ("kind", "told"),
    [("guardian", True), ("parent", True), ("contact", False), ("other", False)],
)
def test_a_contact_person_does_not_answer_for_what_is_owed(
    kind: str,
    told: bool,  # noqa: FBT001
) -> None:
    root = make_consortium()
    set_setting(root.pk, LOAN_BAN_CENTS, value=100, by=chief(), now=MONDAY_NOON)
    contact, other = make_patron(), make_patron()
    Guardianship.objects.create(guardian=contact, dependant=other, kind=kind)
    charge(other.pk, "ODUE", 150, key="a", by=desk(), now=MONDAY_NOON)

    lent = checkout(card_of(contact), make_item().barcode, by=desk(), now=MONDAY_NOON)

    assert [each.reason.value for each in lent.notices] == (
        ["dependants-owe"] if told else []
    )


def family(**category: object) -> tuple[Patron, Patron]:
    """A guardian and a child; what the child's category decides."""
    root = make_consortium()
    set_setting(root.pk, LOAN_BAN_CENTS, value=1000, by=chief(), now=MONDAY_NOON)
    guardian = make_patron()
    make_category("LAPSI", **category)
    child = make_patron(category="LAPSI", born_on=date(2017, 3, 1))
    Guardianship.objects.create(
        guardian=guardian, dependant=child, starts_on=date(2020, 1, 1)
    )
    return guardian, child


def owe(patron: Patron, cents: int) -> None:
    charge(patron.pk, "ODUE", cents, key=f"c{patron.pk}", by=desk(), now=MONDAY_NOON)


def lend(patron: Patron) -> Lent:
    return checkout(card_of(patron), make_item().barcode, by=desk(), now=MONDAY_NOON)


def refused(patron: Patron) -> Refusal:
    with pytest.raises(Refused) as no:
        lend(patron)
    assert not Loan.objects.exists()
    (only,) = no.value.refusals
    return only


def test_what_guardians_owe_is_told_where_the_category_weighs_it() -> None:
    guardian, child = family(loan_ban_guardians_cents=500)
    owe(guardian, 501)

    (told,) = lend(child).notices

    assert told.reason is Reason.GUARDIANS_OWE
    assert told.message == (
        f"The patron's guardians owe {euros(501)}; the limit is {euros(500)}."
    )


@pytest.mark.parametrize(
    ("limit", "owed"),
    [(500, 500), (None, 9999)],  # a sum just as large; not weighed
)
def test_otherwise_it_is_not_told(limit: int | None, owed: int) -> None:
    guardian, child = family(loan_ban_guardians_cents=limit)
    owe(guardian, owed)

    assert lend(child).notices == ()


def test_it_stops_the_loan_where_the_library_says_so_until_it_is_set_aside() -> None:
    guardian, child = family(loan_ban_guardians_cents=500)
    owe(guardian, 501)
    stops = SEVERITY_SETTINGS[Reason.GUARDIANS_OWE]
    root = make_consortium()
    set_setting(root.pk, stops, value="override", by=chief(), now=MONDAY_NOON)

    assert refused(child).override is LendingPermission.OVERRIDE_CHARGES

    may = desk(also=(LendingPermission.OVERRIDE_CHARGES.value,))
    lent = checkout(
        card_of(child),
        make_item().barcode,
        by=may,
        now=MONDAY_NOON,
        overriding=["guardians-owe"],
    )
    assert [each.reason for each in lent.overridden] == [Reason.GUARDIANS_OWE]


def test_the_category_has_its_own_limit_for_the_patron_and_why_tells_whose() -> None:
    _guardian, child = family(loan_ban_cents=100)
    owe(child, 101)

    refusal = refused(child)

    assert refusal.reason is Reason.OWES_TOO_MUCH
    assert [(why.sentence, why.source) for why in why_refused(refusal)] == [
        (f"The patron owes {euros(101)}.", "Unpaid public-law charges"),
        (
            f"A sum of more than {euros(100)} bars borrowing.",
            "Patron category",
        ),
    ]


def test_why_leads_to_the_setting_when_the_category_says_nothing() -> None:
    _guardian, child = family()
    owe(child, 1001)

    assert why_refused(refused(child))[1].source == "Setting of the library"


def test_no_sum_bars_where_the_category_says_that_none_does() -> None:
    guardian, child = family(
        charges_bar=False, loan_ban_cents=1, loan_ban_guardians_cents=1
    )
    owe(child, 99_999)
    owe(guardian, 99_999)

    assert lend(child).notices == ()


@pytest.mark.parametrize("kind", ["staff", "device"])
def test_nothing_is_lent_to_an_account_that_only_logs_in(kind: str) -> None:
    make_category("VIRKAILIJA", kind=kind)

    refusal = refused(make_patron(category="VIRKAILIJA"))

    assert (refusal.reason, refusal.override) == (Reason.NEVER_BORROWS, None)
