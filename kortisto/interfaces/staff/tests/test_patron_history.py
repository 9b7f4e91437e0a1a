"""What a record said before, with who changed it; a protected address for a reason."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kortisto.core.models import LoggedEvent
from kortisto.domain.patrons.actions.cards import replace_card
from kortisto.domain.patrons.actions.change import change
from kortisto.domain.patrons.actions.family import add_guardian
from kortisto.domain.patrons.actions.pin import set_pin
from kortisto.domain.patrons.models import Card, Patron, Source
from kortisto.domain.patrons.new_patron import NewGuardian
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import card_of, chief, make_category, make_patron
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db


def changed(patron: Patron, source: Source | None = None, **values: Any) -> None:
    change(patron.pk, values, by=chief(), now=timezone.now(), source=source)


def page_of(patron: Patron, client: Client | None = None, **asked: str) -> str:
    site = client or at_work()
    return site.get(f"/patrons/{patron.pk}/history/", asked).content.decode()


def looks_at(patron: Patron) -> list[str]:
    events = LoggedEvent.objects.filter(patron_id=patron.pk)
    seen = events.filter(kind__in=("PatronViewed", "ProtectedAddressViewed"))
    return [event.body.get("page", event.kind) for event in seen.order_by("pk")]


def test_each_change_tells_what_was_and_what_is_in_words() -> None:
    make_category("TYO", name_fi="Työkortti")
    patron = make_patron(street="Vanhatie 1", phone="+358401112222")
    changed(patron, Source.POPULATION_REGISTER, street="Uusitie 2")
    changed(patron, check_address=True, expires_on="2031-03-01", category="TYO")

    page = page_of(patron)

    assert page.index("Uusitie 2") > page.index("Vanhatie 1")
    assert "The population register" in page
    assert "1.3.2031" in page
    assert "Työkortti" in page
    assert "2031-03-01" not in page
    assert looks_at(patron) == ["history"]


def test_one_field_can_be_looked_at_alone() -> None:
    patron = make_patron(street="Vanhatie 1", city="Mikkeli")
    changed(patron, street="Uusitie 2")
    changed(patron, city="Savonlinna")

    site = at_work()

    page = page_of(patron, site, field="street")

    assert "Uusitie 2" in page
    assert "Savonlinna" not in page


def test_guardians_cards_and_pins_are_told_without_what_is_secret() -> None:
    make_category("LAPSI", may_have_guardian=True)
    child = make_patron(category="LAPSI", born_on="2019-01-02", card="P-OLD")
    by, now = chief(), timezone.now()
    add_guardian(child.pk, NewGuardian(name="Terttu Tuttu"), by=by, now=now)
    replace_card(child.pk, "P-NEW", by=by, now=now, ending=Card.Ending.LOST)
    set_pin(child.pk, "4826", by=by, now=now)

    page = page_of(child)

    assert "Terttu Tuttu" in page
    assert "P-OLD" in page
    assert card_of(child) in page
    assert "what it was is never kept" in page
    assert "4826" not in page


def test_where_a_protected_person_lived_is_hidden_without_a_reason() -> None:
    patron = make_patron(street="Salatie 1", phone="+358401112222")
    changed(patron, street="Piilotie 2", email="turva@example.fi")
    changed(patron, is_protected=True)
    site = at_work()

    hidden = page_of(patron, site)
    empty = site.post(f"/patrons/{patron.pk}/history/", {"reason": " "})
    shown = site.post(f"/patrons/{patron.pk}/history/", {"reason": "Lasku"})

    for text in ("Salatie", "Piilotie"):
        assert text not in hidden
        assert text not in empty.content.decode()
        assert text in shown.content.decode()
    assert "turva@example.fi" in hidden
    assert empty.status_code == 422
    assert looks_at(patron) == [
        "history",
        "history",
        "history",
        "ProtectedAddressViewed",
    ]


def test_who_may_not_see_a_protected_address_sees_none_with_a_reason_either() -> None:
    patron = make_patron(street="Salatie 1")
    changed(patron, street="Piilotie 2")
    changed(patron, is_protected=True)
    seer = at_work(make_staff("eero", may=(PatronPermission.SEE,)))

    assert "reason" not in page_of(patron, seer)
    answer = seer.post(f"/patrons/{patron.pk}/history/", {"reason": "Lasku"})

    assert answer.status_code == 403
    assert "ProtectedAddressViewed" not in looks_at(patron)


def test_the_page_needs_the_permission_and_a_patron() -> None:
    patron = make_patron()
    nobody = at_work(make_staff("eero", may=(PatronPermission.EDIT,)))

    assert nobody.get(f"/patrons/{patron.pk}/history/").status_code == 403
    assert at_work().get("/patrons/999999/history/").status_code == 404
    assert looks_at(patron) == []


def test_a_long_history_asks_no_more_than_a_short_one() -> None:
    patron = make_patron()
    site = at_work()
    streets = iter(f"Tie {number}" for number in range(20))

    assert_same_queries_with_more_rows(
        lambda: site.get(f"/patrons/{patron.pk}/history/"),
        add_rows=lambda: changed(patron, street=next(streets)),
    )
