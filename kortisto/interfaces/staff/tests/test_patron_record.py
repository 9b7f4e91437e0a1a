"""The whole record of a patron on one page, and what of it is hidden."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from kortisto.core.models import LoggedEvent
from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.models import Loan
from kortisto.domain.fees.actions.charges import charge
from kortisto.domain.holds.models import Hold
from kortisto.domain.notices.models import Notice, Transport
from kortisto.domain.patrons.actions.cards import replace_card
from kortisto.domain.patrons.actions.change import change
from kortisto.domain.patrons.actions.notes import write_note
from kortisto.domain.patrons.models import (
    Guardianship,
    MessageChoice,
    Patron,
    PatronNote,
    Source,
)
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.interfaces.staff.tests.scans import Scanner
from kortisto.testing.builders import (
    card_of,
    chief,
    desk,
    make_category,
    make_item,
    make_library,
    make_patron,
    make_record,
)
from kortisto.testing.queries import count_queries

pytestmark = pytest.mark.django_db


def page_of(patron: Patron, **asked: str) -> str:
    return at_work().get(f"/patrons/{patron.pk}/", asked).content.decode()


def test_each_value_tells_where_it_came_from_and_when() -> None:
    patron = make_patron(phone="+358401234567", source=Source.MIGRATION)
    register = Source.POPULATION_REGISTER
    now = timezone.now()
    change(patron.pk, {"street": "Uusitie 1"}, by=chief(), now=now, source=register)

    page = page_of(patron)

    assert "The earlier system" in page
    assert "The population register" in page
    assert page.count('class="origin-mark"') == 1  # only what came from elsewhere


def test_the_hold_identifier_is_grouped_and_old_cards_are_kept() -> None:
    patron = make_patron(hold_identifier="12345678", card="P-OLD")
    replace_card(patron.pk, "P-NEW", by=desk(), now=timezone.now())

    page = page_of(patron)

    assert "1234 5678" in page
    assert "P-NEW" in page
    assert "P-OLD" in page


def test_a_note_tells_staff_its_author_and_time() -> None:
    patron = make_patron()
    staff = make_staff("eero")
    now = timezone.now()
    public = PatronNote.Audience.PUBLIC
    note = write_note(patron.pk, "Kortti löytyi", audience=public, by=desk(), now=now)
    PatronNote.objects.filter(pk=note.pk).update(author=f"staff:{staff.pk}")

    page = page_of(patron)

    assert "Kortti löytyi" in page
    assert "Virkailija Eero" in page


def test_messages_tell_how_they_come_and_what_falls_back() -> None:
    patron = make_patron(email="aino@example.fi")
    MessageChoice.objects.create(
        patron=patron, kind="advance", transport="email", days=3
    )

    page = page_of(patron)

    assert "E-mail, 3 days before" in page
    assert page.count("nothing chosen") == 2  # hold-ready and overdue fall back


def test_a_guardian_hears_of_a_dependant_only_what_may_be_told() -> None:
    guardian = make_patron()
    make_category("LAPSI", guardian_sees_until_age=14)
    today = timezone.localdate()
    small = make_patron(
        category="LAPSI", surname="Pieni", born_on=today - timedelta(days=3000)
    )
    tall = make_patron(
        category="LAPSI", surname="Iso", born_on=today - timedelta(days=6000)
    )
    for child in (small, tall):
        Guardianship.objects.create(guardian=guardian, dependant=child)
        charge(child.pk, "COPY", 40, key=str(child.pk), by=chief(), now=timezone.now())
    now = timezone.now()
    checkout(card_of(small), make_item().barcode, by=desk(), now=now)

    page = page_of(guardian)

    assert "1 loan" in page
    assert page.count("0,40") == 1
    assert page.count("not shown to the guardian") == 2


def test_the_address_of_a_protected_person_needs_a_reason_each_time() -> None:
    secret = make_patron(is_protected=True, street="Salatie 1", city="Juva")
    client = at_work()

    page = client.get(f"/patrons/{secret.pk}/").content.decode()
    assert "Protected person" in page
    assert "Salatie" not in page
    assert "<dt>Home library</dt>" not in page
    without = client.post(f"/patrons/{secret.pk}/address/", {"reason": " "})
    assert without.status_code == 422
    assert "Salatie" not in without.content.decode()
    assert not LoggedEvent.objects.filter(kind="ProtectedAddressViewed").exists()
    shown = client.post(f"/patrons/{secret.pk}/address/", {"reason": "Lasku"})

    assert "Salatie 1" in shown.content.decode()
    told = LoggedEvent.objects.get(kind="ProtectedAddressViewed")
    assert told.body["reason"] == "Lasku"
    assert "Salatie" not in client.get(f"/patrons/{secret.pk}/").content.decode()


def test_the_reason_is_not_even_asked_without_the_permission() -> None:
    secret = make_patron(is_protected=True, street="Salatie 1")
    client = at_work(make_staff("eero", may=(PatronPermission.SEE,)))

    page = client.get(f"/patrons/{secret.pk}/").content.decode()
    refused = client.post(f"/patrons/{secret.pk}/address/", {"reason": "Lasku"})

    assert f"/patrons/{secret.pk}/address/" not in page
    assert refused.status_code == 403
    assert not LoggedEvent.objects.filter(kind="ProtectedAddressViewed").exists()


def test_a_slip_and_the_desk_tell_nothing_of_a_protected_address() -> None:
    home = make_library("SVL")
    secret = make_patron(
        is_protected=True, street="Salatie 1", city="Juva", home_library=home
    )
    client = at_work(library=make_library())
    scanner = Scanner(client)
    scanner.scan(card_of(secret))
    scanner.scan(make_item().barcode)

    desk_page = client.get("/desk/").content.decode()
    slip = client.get("/desk/receipt/").content.decode()

    assert "Virtanen" in desk_page
    for told in ("Salatie", "Juva", "SVL"):
        assert told not in desk_page
        assert told not in slip
    assert "Virtanen" not in slip


def lend_hold_and_write(patron: Patron, number: int) -> None:
    """Many loans, holds and messages at once, as rows: the page only reads them."""
    now = timezone.now()
    library, record = make_library(), make_record()
    like = make_item()
    items = Item.objects.bulk_create(
        Item(
            record=record,
            barcode=f"L{number}-{n}",
            home_library=library,
            library=library,
            item_type=like.item_type,
        )
        for n in range(number)
    )
    Loan.objects.bulk_create(
        Loan(
            patron=patron,
            item_id=item.pk,
            record_id=record.pk,
            title="Pitkä lista",
            barcode=item.barcode,
            library=library,
            rules_library=library,
            category=patron.category,
            item_type=like.item_type,
            rule_version=1,
            lent_at=now,
            due_at=now + timedelta(days=28),
        )
        for item in items
    )
    Hold.objects.bulk_create(
        Hold(
            patron=patron,
            record=make_record(f"Varattu {n}"),
            pickup_library=library,
            placed_at=now,
            counts_from=now,
        )
        for n in range(number)
    )
    Notice.objects.bulk_create(
        Notice(
            patron=patron,
            kind="pin-changed",
            about=f"event:{number}-{n}",
            day=now.date(),
            transport=Transport.EMAIL,
            subject=f"Viesti {n}",
            text="Hei",
            state=Notice.State.SENT,
            created_at=now,
            sent_at=now,
            library=library,
        )
        for n in range(number)
    )


def test_five_hundred_of_everything_ask_no_more_and_are_shortened() -> None:
    patron = make_patron()
    client = at_work()
    address = f"/patrons/{patron.pk}/"
    lend_hold_and_write(patron, 1)
    client.get(address)
    few = count_queries(lambda: client.get(address))
    lend_hold_and_write(patron, 499)

    assert count_queries(lambda: client.get(address)) == few
    page = client.get(address).content.decode()
    assert "50 of 500 loans are shown" in page
    assert "50 of 500 holds are shown" in page
    assert page.count("Viesti 49") == 5  # 494 to 498 and no others
    whole = client.get(address, {"whole": "loans"}).content.decode()
    assert whole.count('name="loan"') == 500
    assert "50 of 500 holds are shown" in whole
    odd = client.get(address, {"whole": "anything"}).content.decode()
    assert odd.count('name="loan"') == 50


def test_a_reported_death_is_told_first() -> None:
    patron = make_patron(died_on=date(2026, 11, 1))

    assert "Reported dead on 1.11.2026." in page_of(patron)
