"""A credit on the patron's page: told, given back or used, once (FEE-10)."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from kortisto.core.permissions import Permission
from kortisto.domain.fees.actions.charges import FineDue, accrue, charge
from kortisto.domain.fees.actions.payments import pay
from kortisto.domain.fees.models import JournalEntry
from kortisto.domain.fees.permissions import FeePermission
from kortisto.domain.fees.queries import balance, credits_of, open_charges
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import chief, make_item, make_library, make_patron

pytestmark = pytest.mark.django_db

SEE = (PatronPermission.SEE, FeePermission.SEE)


def with_credit() -> Patron:
    """The patron paid 3,00 € of a fine that is 2,00 €."""
    patron, item, now = make_patron(), make_item(), timezone.now()
    for cents in (300, 200):
        due = FineDue(
            loan_id=1,
            period=0,
            patron_id=patron.pk,
            library_id=make_library().pk,
            item_id=item.pk,
            title="Sinuhe",
            cents=cents,
        )
        accrue([due], by=chief(), now=now)
        if cents == 300:
            pay(patron.pk, 300, key="p", by=chief(), now=now)
    return patron


def page(client: Client, patron: Patron) -> str:
    return client.get(f"/patrons/{patron.pk}/").content.decode()


def fields(html: str, action: str) -> dict[str, str]:
    """The hidden fields of a form, as the browser would send them."""
    form = html.partition(f'action="{action}"')[2].partition("</form>")[0]
    named = re.findall(r'name="(\w+)" value="([^"]*)"', form)
    return {name: value for name, value in named if name != "csrfmiddlewaretoken"}


def clerk(*may: Permission) -> Client:
    return at_work(make_staff(may=(*SEE, *may)))


def test_a_credit_is_told_and_given_back_once() -> None:
    patron, client = with_credit(), clerk(FeePermission.REFUND)
    html = page(client, patron)
    assert "The patron has a credit of 1,00" in html
    assert "Use it for the other charges" not in html  # there is none
    address = f"/patrons/{patron.pk}/credit/refund/"
    sent = fields(html, address)
    assert sent["cents"] == "100"
    for _press in range(2):
        after = client.post(address, sent, follow=True).content.decode()
        assert "The money was given back: 1,00" in after
    assert JournalEntry.objects.filter(kind="refund").count() == 1
    assert balance(patron.pk).cents == 0
    assert "has a credit" not in page(client, patron)


def test_a_credit_pays_the_other_charges() -> None:
    patron, client = with_credit(), clerk(FeePermission.TAKE_PAYMENT)
    charge(patron.pk, "COPY", 140, key="c", by=chief(), now=timezone.now())
    html = page(client, patron)
    assert "Give back" not in html  # this clerk may not
    address = f"/patrons/{patron.pk}/credit/use/"
    after = client.post(address, fields(html, address), follow=True).content.decode()
    assert "The credit was used for other charges." in after
    assert [one.cents for one in open_charges(patron.pk)] == [40]
    assert credits_of(patron.pk) == []


def test_what_has_changed_meanwhile_is_told_and_nothing_is_given() -> None:
    patron, client = with_credit(), clerk(FeePermission.REFUND)
    address = f"/patrons/{patron.pk}/credit/refund/"
    sent = fields(page(client, patron), address) | {"cents": "250"}
    after = client.post(address, sent, follow=True).content.decode()
    assert "The sum is more than the credit." in after
    assert balance(patron.pk).cents == -100


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"cents": "100"},
        {"key": "k"},
        {"key": "k", "cents": "-1"},
        {"key": "k", "cents": "\u0663"},
        {"key": "k" * 65, "cents": "100"},
    ],
)
def test_what_no_form_sends_is_refused(sent: dict[str, str]) -> None:
    patron, client = with_credit(), clerk(FeePermission.REFUND)
    answer = client.post(f"/patrons/{patron.pk}/credit/refund/", sent)
    assert answer.status_code == 400
    assert credits_of(patron.pk)[0].cents == 100


def test_who_may_not_see_charges_sees_no_credit() -> None:
    patron = with_credit()
    client = at_work(make_staff(may=(PatronPermission.SEE, FeePermission.REFUND)))
    assert "has a credit" not in page(client, patron)
