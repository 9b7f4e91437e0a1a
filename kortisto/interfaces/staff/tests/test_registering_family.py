"""Somebody of the same family is registered with what the family shares (PAT-11)."""

import pytest

from kortisto.domain.patrons.models import Patron
from kortisto.interfaces.staff.tests.people import at_work
from kortisto.testing.builders import make_library, make_patron

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_phone_that_a_family_shares_is_marked_to_be_checked() -> None:
    """And an e-mail of one's own is not."""
    adult = make_patron(phone="+358501234567", email="perhe@example.fi")
    client = at_work()
    form = client.get(f"/patrons/new/?copy={adult.pk}").context["form"]
    copied = {name: form[name].value() for name in ("copied_phone", "copied_email")}

    answer = client.post(
        "/patrons/new/",
        {
            "card_number": "P777",
            "surname": "Uusi",
            "first_names": "Ulla",
            "born_on": "1.2.1990",
            "category": "HENKILO",
            "home_library": make_library().pk,
            "language": "fi",
            "skip_reason": "Ulkomaalainen",
            "phone": "+358501234567",
            "email": "oma@example.fi",
            **copied,
        },
    )

    assert answer.status_code == 302
    made = Patron.objects.get(surname="Uusi")
    assert (made.check_phone, made.check_email) == (True, False)
