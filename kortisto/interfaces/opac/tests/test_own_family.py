"""A family on the web: guardians see by rule and consent only (PAT-18)."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kortisto.core.models import LoggedEvent
from kortisto.domain.catalogue.models import Item
from kortisto.domain.fees.actions.charges import charge
from kortisto.domain.patrons.models import (
    FieldChange,
    Guardianship,
    Patron,
    RequestedChange,
    Source,
)
from kortisto.interfaces.opac.tests.shelf import lent, log_in, somebody, title
from kortisto.testing.builders import (
    chief,
    make_category,
    make_item,
)

pytestmark = pytest.mark.django_db

PAGE = "/account/family/"


def child_of(guardian: Patron, *, sees_until: int | None, **link: Any) -> Patron:
    category = make_category("LAPSI")
    category.guardian_sees_until_age = sees_until
    category.save()
    born_on = timezone.localdate() - timedelta(days=3000)  # eight years old
    child = somebody(category="LAPSI", born_on=born_on, called_name="Eero")
    Guardianship.objects.create(
        **{"guardian": guardian, "dependant": child, "sees_loans": False, **link}
    )
    return child


def book(name: str = "Muumipappa ja meri") -> Item:
    return make_item(record=title(name))


def test_a_guardian_sees_a_small_childs_loans_and_charges(visitor: Client) -> None:
    guardian = somebody()
    child = child_of(guardian, sees_until=11)
    lent(child, book())
    charge(child.pk, "COPY", 300, key="x", by=chief(), now=timezone.now())
    log_in(visitor, guardian)

    assert (
        "You see the loans and charges of Eero." in visitor.get(PAGE).content.decode()
    )
    found = visitor.get(f"{PAGE}{child.pk}/").content.decode()

    assert "Muumipappa ja meri" in found
    assert "3,00" in found
    viewed = LoggedEvent.objects.get(kind="PatronViewed")
    assert viewed.body == {"patron_id": child.pk, "page": "guardian"}
    assert viewed.actor == f"patron:{guardian.pk}"


def test_an_older_child_decides(visitor: Client) -> None:
    guardian, at_home = somebody(), Client(headers={"accept-language": "en"})
    child = child_of(guardian, sees_until=7)
    lent(child, book())
    log_in(visitor, guardian)
    log_in(at_home, child)

    assert "Muumipappa" not in visitor.get(f"{PAGE}{child.pk}/").content.decode()
    link = Guardianship.objects.get()
    at_home.post(f"{PAGE}guardian/{link.pk}/", {"sees_loans": "yes"})

    found = visitor.get(f"{PAGE}{child.pk}/").content.decode()
    assert "Muumipappa ja meri" in found
    assert "You see the loans of Eero, but not the charges." in found


def test_nobody_opens_the_child_of_another(visitor: Client) -> None:
    child = child_of(somebody(), sees_until=15)
    lent(child, book())
    log_in(visitor, somebody())

    for number in (child.pk, 987654321):
        answer = visitor.get(f"{PAGE}{number}/")
        assert answer.status_code == 404
        assert "Muumipappa" not in answer.content.decode()
    assert not LoggedEvent.objects.filter(kind="PatronViewed").exists()


def test_a_link_that_has_ended_opens_nothing(visitor: Client) -> None:
    guardian = somebody()
    yesterday = timezone.localdate() - timedelta(days=1)
    child = child_of(guardian, sees_until=15, ends_on=yesterday)
    log_in(visitor, guardian)

    assert visitor.get(f"{PAGE}{child.pk}/").status_code == 404
    assert "Eero" not in visitor.get(PAGE).content.decode()


def test_a_guardian_does_not_give_consent_for_the_child(visitor: Client) -> None:
    guardian = somebody()
    child_of(guardian, sees_until=None)
    link = Guardianship.objects.get()
    log_in(visitor, guardian)

    answer = visitor.post(f"{PAGE}guardian/{link.pk}/", {"sees_loans": "yes"})

    assert answer.status_code == 404
    link.refresh_from_db()
    assert not link.sees_loans


def test_the_family_has_a_tab_for_those_who_have_one(visitor: Client) -> None:
    guardian = somebody()
    child_of(guardian, sees_until=None)
    alone = Client(headers={"accept-language": "en"})
    log_in(visitor, guardian)
    log_in(alone, somebody())

    assert f'href="{PAGE}"' in visitor.get("/account/").content.decode()
    assert f'href="{PAGE}"' not in alone.get("/account/").content.decode()
    assert "Nobody is linked to you" in alone.get(PAGE).content.decode()


# --- the contact details of a child ----------------------------------------------


def contact_of(child: Patron) -> str:
    return f"{PAGE}{child.pk}/contact/"


def typed(client: Client, child: Patron, **values: str) -> dict[str, str]:
    """The form as the page holds it, with some of it typed over."""
    form = client.get(contact_of(child)).context["form"]
    shown = {bound.name: bound.value() for bound in form}
    initial = {bound.html_initial_name: bound.value() for bound in form}
    return {**shown, **initial, **values}


def test_a_guardian_changes_the_contact_details_of_a_small_child(
    visitor: Client,
) -> None:
    guardian = somebody()
    child = child_of(guardian, sees_until=11)
    Patron.objects.filter(pk=child.pk).update(
        street="Vanhakatu 1", phone="+358451234567", check_phone=True
    )
    log_in(visitor, guardian)
    page = f"{PAGE}{child.pk}/"
    assert contact_of(child) in visitor.get(page).content.decode()
    assert "Vanhakatu 1" in visitor.get(contact_of(child)).content.decode()

    sent = typed(visitor, child, email="koti@posti.example", street="Uusikatu 2")
    answer = visitor.post(contact_of(child), sent)

    assert answer.headers["Location"] == page
    child.refresh_from_db()
    assert (child.email, child.street) == ("koti@posti.example", "Vanhakatu 1")
    assert child.check_phone  # a guardian does not tell whose the number is
    change = FieldChange.objects.get(patron=child)
    assert (change.source, change.actor) == (Source.GUARDIAN, f"patron:{guardian.pk}")
    found = visitor.get(page).content.decode()
    assert "The library looks at what you asked to be changed" in found
    assert "<strong>Uusikatu 2</strong>" in found
    guardian.refresh_from_db()
    assert (guardian.email, guardian.street) == ("", "")


def test_a_child_reads_what_a_guardian_has_asked_for(visitor: Client) -> None:
    guardian = somebody()
    child = child_of(guardian, sees_until=11)
    log_in(visitor, guardian)
    visitor.post(contact_of(child), typed(visitor, child, street="Uusikatu 2"))
    at_home = Client(headers={"accept-language": "en"})
    log_in(at_home, child)

    found = at_home.get("/account/details/").content.decode()

    assert "<strong>Uusikatu 2</strong>" in found
    assert "your guardian, " in found


def test_a_guardian_takes_back_what_was_asked_for_the_child_only(
    visitor: Client,
) -> None:
    guardian, other = somebody(), somebody()
    child, stranger = child_of(guardian, sees_until=11), child_of(other, sees_until=11)
    elsewhere = Client()
    log_in(visitor, guardian)
    log_in(elsewhere, other)
    visitor.post(contact_of(child), typed(visitor, child, street="Uusikatu 2"))
    row = RequestedChange.objects.get()

    for client, patron in (
        (elsewhere, child), (visitor, stranger), (elsewhere, stranger)
    ):  # fmt: skip
        path = f"{PAGE}{patron.pk}/requests/{row.pk}/withdraw/"
        assert client.post(path).status_code == 404
    assert RequestedChange.objects.get().state == "waiting"

    visitor.post(f"{PAGE}{child.pk}/requests/{row.pk}/withdraw/")
    assert RequestedChange.objects.get().state == "withdrawn"


@pytest.mark.parametrize(
    ("sees_until", "fields"), [(7, {}), (None, {}), (11, {"is_protected": True})]
)
def test_what_a_guardian_may_not_see_is_not_changed_either(
    visitor: Client, sees_until: int | None, fields: dict[str, Any]
) -> None:
    guardian = somebody()
    child = child_of(
        guardian, sees_until=sees_until, sees_loans=True, sees_charges=True
    )
    Patron.objects.filter(pk=child.pk).update(phone="+358451234567", **fields)
    log_in(visitor, guardian)

    assert "/contact/" not in visitor.get(f"{PAGE}{child.pk}/").content.decode()
    for answer in (
        visitor.get(contact_of(child)),
        visitor.post(contact_of(child), {"phone": "0457654321", "surname": "Meri"}),
    ):
        assert answer.status_code == 404
        assert "045" not in answer.content.decode()
    child.refresh_from_db()
    assert (child.phone, child.surname) == ("+358451234567", "Virtanen")
    assert not RequestedChange.objects.exists()


def test_what_is_wrong_in_the_form_of_a_child_is_told_and_kept(
    visitor: Client,
) -> None:
    guardian = somebody()
    child = child_of(guardian, sees_until=11)
    log_in(visitor, guardian)

    sent = typed(visitor, child, phone="äiti 045", email="koti@posti.example")
    answer = visitor.post(contact_of(child), sent)

    assert answer.status_code == 422
    found = answer.content.decode()
    assert "A phone number has digits only" in found
    assert 'value="koti@posti.example"' in found
    child.refresh_from_db()
    assert child.email == ""
