"""A personal identity code in the scan box finds its patron and is kept nowhere."""

import logging
from collections.abc import Iterator
from datetime import date

import pytest

from kortisto.core.models import IdempotencyKey, LoggedEvent
from kortisto.domain.catalogue.permissions import CataloguePermission
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.patrons.actions.identity import give_identity
from kortisto.domain.patrons.identity import LIKE_A_CODE, is_like_a_code
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.vault import vault
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.interfaces.staff.tests.scans import Scanner
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    desk,
    make_item,
    make_patron,
)
from kortisto.testing.identity_codes import code_of, new_code

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_store() -> Iterator[None]:
    vault.cache_clear()
    yield
    vault.cache_clear()


def known(code: str) -> Patron:
    patron = make_patron(surname="Järvinen")
    give_identity(patron.pk, code, by=desk(), now=MONDAY_NOON)
    return patron


def test_a_code_opens_its_patron_at_the_desk_and_the_look_is_logged() -> None:
    code = new_code()
    patron = known(code)
    scanner = Scanner(at_work())

    answer = scanner.scan(code)

    assert scanner.status == 200
    assert "Järvinen" in answer
    looks = LoggedEvent.objects.filter(kind="PatronViewed", patron_id=patron.pk)
    assert looks.filter(body__page="identity").count() == 1
    scanner.scan(make_item().barcode)
    assert patron.loans.count() == 1


def test_from_any_page_it_goes_to_the_desk_without_the_code_in_the_address() -> None:
    code = new_code()
    known(code)
    scanner = Scanner(at_work(), at="/")

    scanner.scan(code.lower().replace("-", "\N{EN DASH}"))

    assert scanner.went_to == "/desk/"


def test_the_code_is_in_no_answer_no_log_and_no_key(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    codes = [new_code(), new_code(), code_of(date(1880, 1, 1)), "131052-308X"]
    known(codes[0])
    scanner = Scanner(at_work())

    for code in codes:
        assert code not in scanner.scan(code)
        assert code not in str(scanner.client.session.items())

    assert not IdempotencyKey.objects.exists()
    assert not any(code in caplog.text for code in codes)
    bodies = str(list(LoggedEvent.objects.values_list("body", flat=True)))
    assert not any(code in bodies for code in codes)


def test_a_code_that_nobody_has_leads_to_registering() -> None:
    scanner = Scanner(at_work())

    answer = scanner.scan(new_code())

    assert scanner.status == 409
    assert "No patron has this personal identity code." in answer
    assert 'href="/patrons/new/"' in answer


def test_a_wrong_character_is_told_and_a_plus_is_asked_about() -> None:
    scanner = Scanner(at_work())

    assert "one of its characters is wrong" in scanner.scan("131052-308X")
    asked = scanner.scan(code_of(date(1880, 1, 1)))
    assert "Was the patron born in the 1800s?" in asked
    assert 'href="/patrons/by-code/"' in asked


def test_a_card_or_an_item_that_looks_like_a_code_stays_what_it_is() -> None:
    patron = make_patron(card="131052A308T", surname="Korttinen")
    item = make_item(barcode="131052B308T")
    scanner = Scanner(at_work())

    assert "Korttinen" in scanner.scan(card_of(patron))
    scanner.scan(item.barcode)

    assert patron.loans.count() == 1


def test_who_may_not_see_patrons_finds_nobody() -> None:
    code = new_code()
    known(code)
    may = (CataloguePermission.SEE, LendingPermission.LEND)
    scanner = Scanner(at_work(make_staff("otto", may=may)), at="/checkin/")

    answer = scanner.scan(code)

    assert scanner.status == 409
    assert "You may not find patrons" in answer
    assert not LoggedEvent.objects.filter(kind="PatronViewed").exists()


def test_who_may_not_lend_sees_the_patron_s_page() -> None:
    code = new_code()
    patron = known(code)
    clerk = make_staff("otto", may=(PatronPermission.SEE,))
    scanner = Scanner(at_work(clerk), at="/")

    scanner.scan(code)

    assert scanner.went_to == f"/patrons/{patron.pk}/"


def test_the_browser_knows_what_is_like_a_code_and_the_palette_asks_nothing() -> None:
    client = at_work()
    page = client.get("/desk/").content.decode()

    assert f'data-secret="{LIKE_A_CODE}"' in page
    assert client.post("/commands/", {"q": "131052-308T"}).json() == {"commands": []}


def test_spaces_dashes_and_small_letters_make_no_other_code() -> None:
    assert is_like_a_code(" 131052\N{MINUS SIGN}308t ")
    assert not is_like_a_code("131052-308T and more")
