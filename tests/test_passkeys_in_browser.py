"""Passkeys in a real browser with a virtual authenticator: made, used, copied, lost."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect
from pytest_django.live_server_helper import LiveServer

from kortisto.core.models import LoggedEvent
from kortisto.domain.org.models import Passkey, Staff
from kortisto.interfaces.staff.tests.people import PASSWORD, make_staff
from kortisto.testing.browser import chromium, window

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
SCAN_BOX = "#scan-input"
USE = "Use a passkey"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    with window(browser, live_server.url) as page:
        yield page


@pytest.fixture
def device(page: Page) -> "Device":
    return Device(page)


class Device:
    """What a person carries: it makes keys and signs with them."""

    def __init__(self, page: Page) -> None:
        self.session: CDPSession = page.context.new_cdp_session(page)
        self.session.send("WebAuthn.enable")
        added = self.session.send(
            "WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR}
        )
        self.id: str = added["authenticatorId"]

    def keys(self) -> list[dict[str, Any]]:
        asked = {"authenticatorId": self.id}
        found: list[dict[str, Any]] = self.session.send(
            "WebAuthn.getCredentials", asked
        )["credentials"]
        return found

    def count_again_from(self, number: int) -> None:
        """As a copy of the key would, that does not know what the other signed."""
        (key,) = self.keys()
        asked = {"authenticatorId": self.id, "credentialId": key["credentialId"]}
        self.session.send("WebAuthn.removeCredential", asked)
        copied = {**key, "signCount": number}
        self.session.send(
            "WebAuthn.addCredential",
            {"authenticatorId": self.id, "credential": copied},
        )

    def recognises(self, *, person: bool) -> None:
        asked = {"authenticatorId": self.id, "isUserVerified": person}
        self.session.send("WebAuthn.setUserVerified", asked)


def give_password(page: Page, username: str = "aino") -> None:
    page.goto("/login/")
    page.fill("#id_username", username)
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")
    page.wait_for_url(lambda url: not url.endswith("/login/"))


def to_work(page: Page) -> None:
    page.wait_for_url("**/workplace/**")
    page.click("form:has(select) button[type=submit]")
    expect(page.locator(SCAN_BOX)).to_be_visible()


def make_passkey(page: Page, name: str = "telephone") -> None:
    page.goto("/account/")
    page.fill("#passkey-label", name)
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_text("The passkey can be used from now on.")).to_be_visible()


def press_use(page: Page) -> None:
    page.get_by_role("button", name=USE).click()


def test_a_passkey_is_made_and_then_asked_for_and_opens_the_lock(
    page: Page, device: Device
) -> None:
    make_staff("aino")
    give_password(page)
    to_work(page)
    make_passkey(page)
    assert Passkey.objects.get().label == "telephone"
    assert len(device.keys()) == 1

    page.get_by_label("Virkailija Aino").first.click()
    page.get_by_role("button", name="Log out").click()
    give_password(page)
    assert page.url.endswith("/login/code/")
    press_use(page)
    to_work(page)

    page.keyboard.press("F8")
    page.locator("#session-dialog").get_by_role("button", name=USE).click()
    expect(page.locator("#session-dialog")).to_be_hidden()
    assert LoggedEvent.objects.filter(kind="StaffUnlocked").count() == 1
    assert Passkey.objects.get().last_used_at is not None


def test_an_administrator_sets_up_a_passkey_instead_of_a_code(
    page: Page, device: Device
) -> None:
    make_staff("aino", second_factor=True)
    give_password(page)
    assert page.url.endswith("/login/enrolment/")

    page.fill("#passkey-label", "key ring")
    page.get_by_role("button", name="Make a passkey").click()

    to_work(page)
    assert Passkey.objects.get().staff.username == "aino"
    assert len(device.keys()) == 1


def test_a_copied_key_is_noticed_and_counted_as_a_wrong_attempt(
    page: Page, device: Device
) -> None:
    make_staff("aino")
    give_password(page)
    to_work(page)
    make_passkey(page)
    for _time in range(2):
        page.keyboard.press("F8")
        page.locator("#session-dialog").get_by_role("button", name=USE).click()
        expect(page.locator("#session-dialog")).to_be_hidden()
    device.count_again_from(0)

    page.keyboard.press("F8")
    page.locator("#session-dialog").get_by_role("button", name=USE).click()

    expect(page.locator("#unlock-error")).to_contain_text("passkey was not accepted")
    assert Staff.objects.get().failed_logins == 1


def test_a_device_that_does_not_know_its_person_opens_nothing(
    page: Page, device: Device
) -> None:
    make_staff("aino")
    give_password(page)
    to_work(page)
    make_passkey(page)
    device.recognises(person=False)

    page.keyboard.press("F8")
    page.locator("#session-dialog").get_by_role("button", name=USE).click()

    expect(page.locator("#unlock-error")).to_contain_text("did not give a passkey")
    expect(page.locator("#unlock-password")).to_be_visible()


def test_a_passkey_of_another_account_is_no_second_factor(
    page: Page, device: Device
) -> None:
    make_staff("aino")
    give_password(page)
    to_work(page)
    make_passkey(page)
    other = make_staff("eero")
    Passkey.objects.create(
        staff=other,
        label="own",
        credential_id="AAAA",
        public_key=b"",
        made_at=Passkey.objects.get().made_at,
    )
    page.context.clear_cookies()

    give_password(page, "eero")
    press_use(page)

    expect(page.get_by_text("Your device did not give a passkey.")).to_be_visible()
    assert page.url.endswith("/login/code/")
    assert len(device.keys()) == 1
