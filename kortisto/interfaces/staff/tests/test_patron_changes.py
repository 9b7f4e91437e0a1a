"""Notes, restrictions and cards, changed from the patron's page."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kortisto.domain.patrons.frozen import FROZEN
from kortisto.domain.patrons.models import Card, PatronNote, Restriction
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import card_of, make_patron, make_restriction

pytestmark = pytest.mark.django_db


def test_a_note_is_written_for_its_readers_and_withdrawn() -> None:
    patron = make_patron()
    client = at_work()

    client.post(
        f"/patrons/{patron.pk}/note/", {"text": "Avain löytyi", "audience": "public"}
    )
    note = PatronNote.objects.get()
    assert (note.audience, note.text) == ("public", "Avain löytyi")
    assert "Avain löytyi" in client.get(f"/patrons/{patron.pk}/").content.decode()
    client.post(f"/notes/{note.pk}/withdraw/")

    assert "Avain löytyi" not in client.get(f"/patrons/{patron.pk}/").content.decode()
    assert PatronNote.objects.get().withdrawn_by.startswith("staff:")


def test_while_the_processing_is_restricted_a_note_is_kept_on_its_form() -> None:
    patron = make_patron()
    make_restriction(patron, kind=FROZEN)
    client, flags = at_work(), f"/patrons/{patron.pk}/flags/"

    note = {"text": "Soita äidille", "audience": "staff"}
    answer = client.post(f"/patrons/{patron.pk}/note/", note)
    flag = client.post(flags, {"check_email": "yes"})
    client.post(flags, {"card_lost": "yes"})

    page = answer.content.decode()
    assert (answer.status_code, flag.status_code) == (422, 409)
    assert "The processing of the data is restricted" in page
    assert "Soita äidille" in page
    assert not PatronNote.objects.exists()
    patron.refresh_from_db()
    assert (patron.card_lost, patron.check_email) == (True, False)


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001, "a\u202eb"])
def test_a_note_that_cannot_be_written_keeps_the_form(text: str) -> None:
    patron = make_patron()

    answer = at_work().post(
        f"/patrons/{patron.pk}/note/", {"text": text, "audience": "staff"}
    )

    assert answer.status_code == 422
    assert not PatronNote.objects.exists()


def test_a_restriction_has_a_type_and_a_last_day() -> None:
    patron = make_patron()
    client = at_work()
    address = f"/patrons/{patron.pk}/restrict/"
    until = timezone.localdate() + timedelta(days=30)

    endless = client.post(address, {"kind": "suspension", "note": "Häiriö"})
    assert endless.status_code == 422
    assert "needs a last day" in endless.content.decode()
    unknown = client.post(address, {"kind": "noita", "note": "Häiriö"})
    assert unknown.status_code == 422
    typed = {"kind": "suspension", "note": "Häiriö", "ends_on": until.isoformat()}
    client.post(address, typed)

    made = Restriction.objects.get()
    assert (made.type.code, made.ends_on) == ("suspension", until)
    page = client.get(f"/patrons/{patron.pk}/").content.decode()
    assert "Suspension" in page
    assert "Häiriö" in page


def test_the_first_card_asks_nothing_about_an_old_one() -> None:
    patron = make_patron()
    patron.cards.all().delete()
    client = at_work()
    address = f"/patrons/{patron.pk}/card/"

    assert 'name="ending"' not in client.get(address).content.decode()
    assert client.post(address, {"number": "P-NEW"}).status_code == 302

    assert card_of(patron) == "P-NEW"


def test_a_card_of_somebody_else_keeps_the_form_and_the_old_card() -> None:
    make_patron(card="P-TAKEN")
    patron = make_patron(card="P-OWN")

    typed = {"number": "p-taken", "ending": "damaged"}
    answer = at_work().post(f"/patrons/{patron.pk}/card/", typed)

    assert answer.status_code == 422
    assert "in use already" in answer.content.decode()
    assert card_of(patron) == "P-OWN"
    assert not Card.objects.exclude(ending="").exists()


def test_what_is_wrong_with_a_card_stays_in_its_history() -> None:
    patron = make_patron(card="P-OWN")

    typed = {"number": "P-NEW", "ending": "stolen"}
    at_work().post(f"/patrons/{patron.pk}/card/", typed)

    old = Card.objects.get(number="P-OWN")
    assert (old.active, old.ending) == (False, "stolen")


def test_who_may_only_see_changes_nothing() -> None:
    patron = make_patron()
    seer = at_work(make_staff("eero", may=(PatronPermission.SEE,)))

    for part in ("note", "card", "restrict", "flags", "renewed"):
        assert seer.post(f"/patrons/{patron.pk}/{part}/").status_code == 403, part
    page = seer.get(f"/patrons/{patron.pk}/").content.decode()
    for part in ("note", "card", "restrict", "flags", "renewed"):
        assert f"/patrons/{patron.pk}/{part}/" not in page, part
