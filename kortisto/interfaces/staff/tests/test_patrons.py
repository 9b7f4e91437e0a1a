"""The patron's page: everything on one screen, each look is logged."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kortisto.core.models import LoggedEvent
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.fees.actions.charges import charge
from kortisto.domain.patrons.actions.notes import write_note
from kortisto.domain.patrons.models import Guardianship, PatronNote, Restriction
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import (
    card_of,
    chief,
    desk,
    make_hold,
    make_item,
    make_patron,
    make_record,
)
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db


def test_everything_about_a_patron_is_on_one_page() -> None:
    patron = make_patron(check_address=True)
    write_note(
        patron.pk,
        "Likes opera",
        audience=PatronNote.Audience.STAFF,
        by=desk(),
        now=timezone.now(),
    )
    child = make_patron(surname="Lapsi", first_names="Eero")
    Guardianship.objects.create(
        guardian=patron, dependant=child, starts_on=date(2020, 1, 1)
    )
    now = timezone.now()
    checkout(card_of(patron), make_item().barcode, by=desk(), now=now)
    charge(patron.pk, "NEW_CARD", 300, key="1", by=desk(), now=now)
    make_hold(patron, make_record("Waited for"))

    page = at_work().get(f"/patrons/{patron.pk}/").content.decode()

    for told in (
        "Virtanen, Aino",
        "Check the address.",
        "Likes opera",
        "Lapsi, Eero",
        "Seitsemän veljestä",
        "3,00",
        "Waited for",
    ):
        assert told in page
    viewed = LoggedEvent.objects.get(kind="PatronViewed")
    assert viewed.body == {"patron_id": patron.pk, "page": "patron"}


def test_past_loans_need_their_permission() -> None:
    patron, item = make_patron(), make_item(record=make_record("Long ago"))
    checkout(card_of(patron), item.barcode, by=desk(), now=timezone.now())
    checkin(item.barcode, by=desk(), now=timezone.now())
    see = PatronPermission.SEE

    chiefs = at_work().get(f"/patrons/{patron.pk}/").content.decode()
    others = at_work(make_staff("eero", may=(see,))).get(f"/patrons/{patron.pk}/")

    assert "Long ago" in chiefs
    assert "Long ago" not in others.content.decode()


def test_a_patron_who_is_not_there_is_not_found() -> None:
    answer = at_work().get("/patrons/999/")

    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()


def test_an_exact_card_opens_the_patron_at_once() -> None:
    patron = make_patron(card="P123")

    answer = at_work().post("/patrons/", {"q": "p 123"}, follow=True)

    assert answer.redirect_chain[-1][0] == f"/patrons/{patron.pk}/"


def test_a_restriction_is_added_and_lifted() -> None:
    patron = make_patron()
    client = at_work()

    broken = {"kind": "manual", "note": "Broken window"}
    client.post(f"/patrons/{patron.pk}/restrict/", broken)
    page = client.get(f"/patrons/{patron.pk}/").content.decode()
    assert "Restricted: Broken window" in page
    client.post(f"/restrictions/{Restriction.objects.get().pk}/lift/")

    page = client.get(f"/patrons/{patron.pk}/").content.decode()
    assert "Restricted: Broken window" not in page


def test_a_lost_card_is_marked_and_replaced() -> None:
    patron = make_patron()
    client = at_work()

    client.post(f"/patrons/{patron.pk}/flags/", {"card_lost": "yes"})
    patron.refresh_from_db()
    assert patron.card_lost
    page = client.get(f"/patrons/{patron.pk}/card/").content.decode()
    assert '<option value="lost" selected>' in page
    new = {"number": "P888", "ending": "lost"}
    client.post(f"/patrons/{patron.pk}/card/", new)

    patron.refresh_from_db()
    assert not patron.card_lost
    assert card_of(patron) == "P888"


def test_a_weak_pin_is_refused_in_words_and_a_good_one_set() -> None:
    patron = make_patron()
    client = at_work()

    weak = client.post(f"/patrons/{patron.pk}/pin/", {"pin": "1111"})
    assert weak.status_code == 422
    good = client.post(f"/patrons/{patron.pk}/pin/", {"pin": "2749"})

    assert good.status_code == 302
    patron.refresh_from_db()
    assert patron.pin_hash


def test_a_checked_patron_is_good_for_the_months_of_the_setting() -> None:
    patron = make_patron(expires_on=date(2021, 1, 1), check_address=True)

    at_work().post(f"/patrons/{patron.pk}/renewed/")

    patron.refresh_from_db()
    assert patron.expires_on > timezone.localdate() + timedelta(days=1000)
    assert not patron.check_address


def test_the_page_asks_no_more_when_there_is_more_to_show() -> None:
    patron = make_patron()
    client = at_work()

    def add() -> None:
        now = timezone.now()
        record = make_record()
        checkout(card_of(patron), make_item().barcode, by=desk(), now=now)
        charge(patron.pk, "COPY", 40, key=str(record.pk), by=chief(), now=now)
        make_hold(patron, record)
        Guardianship.objects.create(
            guardian=patron, dependant=make_patron(), starts_on=date(2020, 1, 1)
        )

    assert_same_queries_with_more_rows(
        lambda: client.get(f"/patrons/{patron.pk}/"), add_rows=add
    )


def look_for(client: Client, **asked: str) -> Any:
    """What the search leads to."""
    return client.post("/patrons/", asked, follow=True)


def test_nobody_found_and_nothing_looked_for_are_told_apart() -> None:
    client = at_work()

    nobody = look_for(client, q="olematon")
    nothing = look_for(client, q=" ")
    first = client.get("/patrons/")

    assert "No patron was found." in nobody.content.decode()
    assert nothing.status_code == 422
    assert "Type what to look for" in nothing.content.decode()
    assert first.status_code == 200
    assert "No patron was found." not in first.content.decode()


def test_the_search_says_how_much_of_a_word_was_typed() -> None:
    patron = make_patron(street="Salatie 1", is_protected=True)
    client = at_work()

    whole = look_for(client, q="virta", match="exact")
    within = look_for(client, q="irta", match="contains")
    odd = look_for(client, q="virta", match="noidannuoli")

    assert "Virtanen" not in whole.content.decode()
    page = within.content.decode()
    assert f"/patrons/{patron.pk}/" in page
    assert "Salatie" not in page
    assert '<option value="contains" selected' in page
    assert "Virtanen" in odd.content.decode()


def test_a_list_of_names_asks_no_more_when_it_is_longer() -> None:
    client = at_work()

    assert_same_queries_with_more_rows(
        lambda: look_for(client, q="virtanen"), add_rows=make_patron
    )


def test_the_palette_finds_people_and_titles() -> None:
    patron = make_patron()

    found = at_work().post("/commands/", {"q": "virta"}).json()["commands"]

    assert found[0]["label"] == "Virtanen, Aino"
    assert found[0]["url"] == f"/patrons/{patron.pk}/"
