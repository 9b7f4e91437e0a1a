"""The desk is told what dependants owe, while the link is in force."""

from datetime import date

import pytest

from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.fees.actions.charges import charge
from kortisto.domain.org.actions.settings import set_setting
from kortisto.domain.org.settings import LOAN_BAN_CENTS
from kortisto.domain.patrons.models import Guardianship
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    chief,
    desk,
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
