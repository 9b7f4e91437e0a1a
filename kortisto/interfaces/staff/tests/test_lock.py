"""The lock of an idle session: it keeps everything, and its person unlocks it."""

import pyotp
import pytest
from django.test import Client
from django.utils import timezone

from kortisto.core.models import LoggedEvent
from kortisto.domain.org.models import Staff, Unit
from kortisto.interfaces.staff.middleware import DESK, LIBRARY, STAFF, TOUCHED
from kortisto.interfaces.staff.tests.people import PASSWORD, at_work, make_staff
from kortisto.testing.builders import make_library, make_unit

pytestmark = pytest.mark.django_db

PART = {"HX-Request": "true"}


def idle_for(client: Client, minutes: int) -> None:
    session = client.session
    session[TOUCHED] = int(timezone.now().timestamp()) - minutes * 60
    session["kept"] = "what was done before"
    session.save()


def test_an_idle_session_locks_and_its_password_opens_it_where_it_was() -> None:
    staff = make_staff()
    client = at_work(staff)
    idle_for(client, 31)

    assert client.get("/")["Location"] == "/login/?next=%2F"
    assert client.post("/scan/", {"scan": "1"}, headers=PART).status_code == 401
    assert client.post("/stay/", headers=PART).status_code == 401
    before = client.session.session_key

    assert client.post("/unlock/", {"password": PASSWORD}).status_code == 204

    assert client.get("/").status_code == 200
    assert client.session["kept"] == "what was done before"
    assert client.session[LIBRARY] == make_library().pk
    assert client.session.session_key != before
    assert LoggedEvent.objects.filter(kind="StaffUnlocked").count() == 1


def test_a_session_in_use_does_not_lock() -> None:
    client = at_work()
    idle_for(client, 29)

    assert client.get("/").status_code == 200
    assert int(timezone.now().timestamp()) - client.session[TOUCHED] < 5


def test_a_wrong_password_is_told_counted_and_opens_nothing() -> None:
    staff = make_staff()
    client = at_work(staff)
    idle_for(client, 31)

    answers = [client.post("/unlock/", {"password": "wrong"}) for _try in range(5)]
    right = client.post("/unlock/", {"password": PASSWORD})

    assert [answer.status_code for answer in answers] == [422] * 5
    assert answers[0].content.decode() == "The user name or the password is wrong."
    assert right.status_code == 422
    assert "Too many wrong attempts" in right.content.decode()
    assert client.get("/").status_code == 302


def test_another_persons_password_does_not_unlock_it() -> None:
    client = at_work(make_staff("aino"))
    other = make_staff("eero")
    other.set_password("another quite long password")
    other.save()
    idle_for(client, 31)

    answer = client.post("/unlock/", {"password": "another quite long password"})

    assert answer.status_code == 422


def test_there_is_nothing_to_unlock_without_a_session_or_after_it_was_ended() -> None:
    staff = make_staff()
    client = at_work(staff)
    Staff.objects.update(session_epoch=7)

    assert Client().post("/unlock/", {"password": PASSWORD}).status_code == 401
    assert client.post("/unlock/", {"password": PASSWORD}).status_code == 401


def test_locking_at_once_needs_the_password_again() -> None:
    client = at_work()

    assert client.post("/lock/", headers=PART).status_code == 204

    assert client.get("/").status_code == 302
    assert client.post("/unlock/", {"password": PASSWORD}).status_code == 204
    assert client.get("/").status_code == 200


def test_the_log_in_page_unlocks_too_and_goes_back_to_the_page() -> None:
    client = at_work(make_staff("aino"))
    client.post("/lock/")

    page = client.get("/login/?next=/patrons/").content.decode()
    assert 'value="aino"' in page
    assert "The session of Virkailija Aino is locked." in page
    typed = {"username": "aino", "password": PASSWORD, "next": "/patrons/"}

    assert client.post("/login/", typed)["Location"] == "/patrons/"
    assert client.session[LIBRARY] == make_library().pk


def test_the_next_person_at_the_desk_goes_on_in_the_same_library() -> None:
    library = make_library()
    info = make_unit("INFO", Unit.Kind.DESK, parent=library)
    client = at_work(make_staff("aino"), desk=info.pk)
    second = make_staff("eero")
    idle_for(client, 0)
    client.post("/lock/")
    assert 'value="aino"' not in client.get("/login/?other=1").content.decode()

    answer = client.post("/login/", {"username": "eero", "password": PASSWORD})

    assert answer["Location"] == "/"
    assert client.session[STAFF] == second.pk
    assert (client.session[LIBRARY], client.session[DESK]) == (library.pk, info.pk)
    assert "kept" not in client.session


def test_the_next_person_is_not_let_into_a_library_where_they_have_no_role() -> None:
    client = at_work(make_staff("aino", library=make_library("MLI")))
    make_staff("eero", library=make_library("SVL"))
    client.post("/lock/")

    answer = client.post("/login/", {"username": "eero", "password": PASSWORD})

    assert answer["Location"].startswith("/workplace/")
    assert LIBRARY not in client.session


def test_the_next_person_gives_their_second_factor_and_keeps_the_place() -> None:
    client = at_work(make_staff("aino"))
    second = make_staff("eero")
    Staff.objects.filter(pk=second.pk).update(totp_secret=pyotp.random_base32())
    second.refresh_from_db()
    client.post("/lock/")

    answer = client.post("/login/", {"username": "eero", "password": PASSWORD})
    assert answer["Location"] == "/login/code/"
    code = pyotp.TOTP(second.totp_secret).now()
    client.post("/login/code/", {"code": code})

    assert client.session[STAFF] == second.pk
    assert client.session[LIBRARY] == make_library().pk
