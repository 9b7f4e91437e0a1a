"""Scenario 3: lent by keyboard alone, a silent receipt, and a machine that scans again.

(REQUIREMENTS section 6.) The machine does here what its door asks for: a check-out.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from kortisto.core.actors import Actor, ActorKind, Channel
from kortisto.core.models import LoggedEvent
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.models import Loan
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.interfaces.staff.tests.people import PASSWORD, make_staff
from kortisto.testing.browser import chromium, window
from kortisto.testing.builders import (
    card_of,
    make_item,
    make_library,
    make_patron,
    make_record,
    make_rules,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.story,
    pytest.mark.django_db(transaction=True),
]

TITLES = ("Sinuhe egyptiläinen", "Muumipappa ja meri", "Alastalon salissa")
NO_MOUSE = """() => {
  window.printed = 0;
  window.asked = 0;
  window.pointed = 0;
  window.print = () => { window.printed += 1; };
  window.confirm = () => { window.asked += 1; return true; };
  addEventListener("pointerdown", () => { window.pointed += 1; }, true);
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    with window(browser, live_server.url, locale="en-GB") as page:
        page.add_init_script(f"({NO_MOUSE})()")
        yield page


def keys(page: Page, *texts: str) -> None:
    """What a scanner types wherever the focus is: the text and Enter."""
    for text in texts:
        page.keyboard.type(text)
        page.keyboard.press("Enter")


def at_the_machine() -> Actor:
    return Actor(
        kind=ActorKind.DEVICE,
        id=7,
        library_id=make_library().pk,
        channel=Channel.SELF_CHECK,
        everywhere=frozenset({LendingPermission.LEND.value}),
    )


def test_three_items_by_keyboard_a_silent_receipt_and_the_machine_says_succeeded(
    page: Page,
) -> None:
    make_rules({"values": {"loan_period": 28}})
    make_staff()
    patron = make_patron(surname="Järvinen")
    items = [make_item(record=make_record(title)) for title in TITLES]
    page.goto("/")
    page.keyboard.type("aino")
    page.keyboard.press("Tab")
    keys(page, PASSWORD)
    expect(page.locator("#id_place")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#scan-input")).to_be_focused()

    keys(page, card_of(patron), *(item.barcode for item in items))
    expect(page.locator("#desk-loans tr")).to_have_count(3)

    page.keyboard.press("Alt+p")
    slip = page.locator("#slip")
    for title in TITLES:
        expect(slip).to_contain_text(title)
    expect(slip).not_to_contain_text("Järvinen")
    expect(page.locator("#scan-input")).to_be_focused()  # the next scan may follow
    assert page.evaluate("[printed, asked, pointed]") == [1, 0, 0]
    assert len(page.context.pages) == 1

    page.keyboard.press("Enter")  # an empty scan: the patron has been served
    expect(page.locator("#desk")).to_contain_text("Scan a card")

    told = LoggedEvent.objects.filter(kind="LoanStarted").count()
    due = {loan.item_id: loan.due_at for loan in Loan.objects.all()}
    for days in (0, 2):  # the same evening, and when they come by again
        at = timezone.now() + timedelta(days=days)
        answer = checkout(
            card_of(patron), items[1].barcode, by=at_the_machine(), now=at
        )
        assert (answer.already, answer.notices) == (True, ())
        assert answer.due_at == due[items[1].pk]
    assert {loan.item_id: loan.due_at for loan in Loan.objects.all()} == due
    assert LoggedEvent.objects.filter(kind="LoanStarted").count() == told == 3
    assert {loan.channel for loan in Loan.objects.all()} == {Channel.STAFF.value}
    assert set(Loan.objects.values_list("renewals", flat=True)) == {0}
