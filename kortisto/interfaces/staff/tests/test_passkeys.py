"""Passkeys without a browser: who may ask, what is refused, what is taken away."""

import pytest
from django.test import Client
from django.utils import timezone

from kortisto.domain.org.models import Passkey, Staff
from kortisto.interfaces.staff.pages.passkeys import CHALLENGE
from kortisto.interfaces.staff.tests.people import PASSWORD, at_work, make_staff
from kortisto.testing.builders import make_consortium, make_library

pytestmark = pytest.mark.django_db

ANSWER = '{"id": "AAAA", "type": "public-key", "response": {}}'


def give_key(staff: Staff, credential_id: str = "AAAA") -> Passkey:
    return Passkey.objects.create(
        staff=staff,
        label="telephone",
        credential_id=credential_id,
        public_key=b"none",
        made_at=timezone.now(),
    )


def after_password(staff: Staff) -> Client:
    client = Client()
    typed = {"username": staff.username, "password": PASSWORD}
    assert client.post("/login/", typed).status_code == 302
    return client


def test_nobody_is_asked_for_a_key_before_the_password() -> None:
    for address in ("new/options/", "new/", "options/", "proof/"):
        assert Client().post(f"/passkeys/{address}").status_code == 401


def test_whoever_knows_only_the_password_adds_no_key_beside_those_there() -> None:
    staff = make_staff()
    give_key(staff)
    client = after_password(staff)

    assert client.post("/passkeys/new/options/").status_code == 401
    assert client.post("/passkeys/new/", {"answer": ANSWER}).status_code == 401
    assert client.post("/passkeys/options/").status_code == 200
    assert client.get("/").status_code == 302


def test_an_answer_without_a_question_is_refused_and_counted() -> None:
    staff = make_staff()
    give_key(staff)
    client = after_password(staff)

    for answer in (ANSWER, "", "[]", "nonsense", '{"id": 7}', '{"id": "BBBB"}'):
        assert client.post("/passkeys/proof/", {"answer": answer}).status_code == 422

    staff.refresh_from_db()
    assert staff.locked_until is not None  # after five of them
    assert client.get("/").status_code == 302


def test_a_question_is_good_once_and_for_one_purpose() -> None:
    staff = make_staff()
    client = at_work(staff)
    client.post("/passkeys/new/options/")
    assert CHALLENGE in client.session

    assert client.post("/passkeys/new/", {"answer": ANSWER}).status_code == 422

    assert CHALLENGE not in client.session
    assert not Passkey.objects.exists()


def test_ones_own_key_is_taken_away_and_not_that_of_another() -> None:
    own, other = make_staff("aino"), make_staff("eero")
    mine, theirs = give_key(own), give_key(other, "BBBB")
    client = at_work(own)

    assert client.post(f"/account/passkeys/{mine.pk}/remove/").status_code == 302
    assert client.post(f"/account/passkeys/{theirs.pk}/remove/").status_code == 404

    assert list(Passkey.objects.all()) == [theirs]


def test_an_administrator_takes_a_lost_second_factor_away() -> None:
    person = make_staff("aino")
    give_key(person)
    boss = make_staff("pomo", library=make_consortium())
    client = at_work(boss, library=make_library())
    inside = at_work(person)
    page = client.get(f"/staffing/{person.pk}/").content.decode()
    assert "Take the second factor away" in page

    client.post(f"/staffing/{person.pk}/state/", {"do": "remove-second-factor"})

    assert not Passkey.objects.exists()
    assert inside.get("/").status_code == 302  # whoever has the telephone is out
    page = client.get(f"/staffing/{person.pk}/").content.decode()
    assert "Take the second factor away" not in page
