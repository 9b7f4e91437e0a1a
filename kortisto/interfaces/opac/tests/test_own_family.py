"""A family on the web: guardians see by rule and consent only (PAT-18)."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kortisto.core.models import LoggedEvent
from kortisto.domain.catalogue.models import Item
from kortisto.domain.fees.actions.charges import charge
from kortisto.domain.patrons.models import Guardianship, Patron
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
