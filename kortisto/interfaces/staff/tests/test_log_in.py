"""The way in: password, second factor, where to work; the way out."""

import pyotp
import pytest
from django.test import Client

from kortisto.domain.org.models import Staff
from kortisto.interfaces.staff.middleware import LIBRARY, STAFF
from kortisto.interfaces.staff.tests.people import PASSWORD, at_work, make_staff
from kortisto.testing.builders import make_consortium, make_library

pytestmark = pytest.mark.django_db


def log_in(client: Client, username: str = "aino", password: str = PASSWORD) -> str:
    """Where the answer to the log-in form leads; empty when it stays."""
    sent = {"username": username, "password": password}
    answer = client.post("/login/", sent)
    return answer.headers.get("Location", "")


def test_the_right_password_leads_to_the_choice_of_the_library() -> None:
    staff = make_staff()
    client = Client()

    assert log_in(client).startswith("/workplace/")
    assert client.session[STAFF] == staff.pk
    answer = client.post("/workplace/", {"place": str(make_library().pk)})

    assert answer.headers["Location"] == "/"
    page = client.get("/").content.decode()
    assert "MLI" in page
    assert "Virkailija Aino" in page


def test_a_wrong_password_opens_nothing_and_says_what_is_wrong() -> None:
    make_staff()
    client = Client()

    answer = client.post("/login/", {"username": "aino", "password": "wrong"})

    assert answer.status_code == 422
    assert 'value="aino"' in answer.content.decode()
    assert STAFF not in client.session


def test_a_role_with_second_factor_lets_nobody_in_before_it_is_set_up() -> None:
    make_staff(second_factor=True)
    client = Client()

    assert log_in(client) == "/login/enrolment/"
    page = client.get("/login/enrolment/").content.decode()
    assert "<svg" in page
    assert "style=" not in page
    assert STAFF not in client.session
    assert client.get("/").status_code == 302

    secret = client.session["new_secret"]
    wrong = client.post("/login/enrolment/", {"code": "000000"})
    assert wrong.status_code == 422
    right = client.post("/login/enrolment/", {"code": pyotp.TOTP(secret).now()})

    assert right.headers["Location"].startswith("/workplace/")
    assert Staff.objects.get().totp_secret == secret


def test_an_enrolled_account_needs_its_code_and_a_code_works_once() -> None:
    staff = make_staff()
    staff.totp_secret = pyotp.random_base32()
    staff.save()
    client, other = Client(), Client()
    assert log_in(client) == "/login/code/"
    assert log_in(other) == "/login/code/"
    code = pyotp.TOTP(staff.totp_secret).now()

    assert client.post("/login/code/", {"code": code}).status_code == 302
    assert client.session[STAFF] == staff.pk
    assert other.post("/login/code/", {"code": code}).status_code == 422
    assert STAFF not in other.session


def test_another_library_than_last_time_is_asked_about_once_more() -> None:
    mli, svl = make_library("M"), make_library("S")
    staff = make_staff(library=make_consortium())
    Staff.objects.filter(pk=staff.pk).update(last_library=mli)
    client = Client()
    log_in(client)

    asked = client.post("/workplace/", {"place": str(svl.pk)})
    assert "Last time you worked at M" in asked.content.decode()
    assert LIBRARY not in client.session
    chosen = {"place": str(svl.pk), "confirmed": str(svl.pk)}
    client.post("/workplace/", chosen)

    assert client.session[LIBRARY] == svl.pk
    assert Staff.objects.get().last_library_id == svl.pk


def test_a_library_without_any_permission_cannot_be_chosen() -> None:
    staff = make_staff()
    elsewhere = make_library("SVL")
    client = at_work(staff)

    answer = client.post("/workplace/", {"place": str(elsewhere.pk)})

    assert answer.status_code == 422
    assert client.session[LIBRARY] == make_library().pk


def test_logging_out_ends_the_session() -> None:
    client = at_work()

    assert client.post("/logout/").headers["Location"] == "/login/"

    assert client.get("/").headers["Location"].startswith("/login/")


def test_the_way_back_stays_on_this_site() -> None:
    make_staff()
    client = Client()
    sent = {"username": "aino", "password": PASSWORD, "next": "https://evil.example/"}

    answer = client.post("/login/", sent)

    assert answer.headers["Location"] == "/workplace/?next=%2F"


def test_a_part_of_a_page_gets_401_instead_of_the_log_in_page() -> None:
    answer = Client().post("/stay/", headers={"HX-Request": "true"})

    assert answer.status_code == 401


def test_a_new_password_ends_other_sessions_and_keeps_this_one() -> None:
    staff = make_staff()
    here, elsewhere = at_work(staff), at_work(staff)
    sent = {"old": PASSWORD, "new": "four other words in a row"}

    assert here.post("/account/", sent).status_code == 302

    assert here.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302


def test_a_short_password_is_refused_in_words() -> None:
    client = at_work()

    answer = client.post("/account/", {"old": PASSWORD, "new": "short"})

    assert answer.status_code == 422
    assert "at least 15 characters" in answer.content.decode()


def test_the_language_of_the_account_is_kept() -> None:
    staff = make_staff()

    at_work(staff).post("/language/", {"language": "sv", "next": "/"})

    assert Staff.objects.get(pk=staff.pk).language == "sv"
