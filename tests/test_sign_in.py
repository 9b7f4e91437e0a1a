"""Staff log in by accounts of a municipality, at a real OpenID provider."""

import re
import subprocess
import sys
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, build_opener

import pyotp
import pytest
from django.test import Client
from typing_extensions import override

from kortisto.adapters.staff_sign_in.services import OpenIdSignIn, read
from kortisto.core.models import LoggedEvent
from kortisto.domain.org import ports
from kortisto.domain.org.models import SignInLink, Staff
from kortisto.interfaces.staff.middleware import LIBRARY, STAFF
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import make_library
from kortisto.testing.servers import free_port, wait_for_port
from tests.sign_in_provider import CLIENT, PASSWORD, SECRET, USERNAME

pytestmark = pytest.mark.django_db

BACK = "http://testserver/login/with/back/"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The issuer of a provider that runs in its own process."""
    port = free_port()
    command = [sys.executable, "-m", "tests.sign_in_provider", str(port), BACK]
    started = subprocess.Popen(command, cwd=Path(__file__).parents[1])
    try:
        wait_for_port(port, started)
        yield f"http://localhost:{port}/o"
    finally:
        started.terminate()
        started.wait(timeout=30)


@pytest.fixture
def services(
    provider: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    """The municipality's log-in, as an administrator writes it into a file."""
    secret = tmp_path / "secret"
    secret.write_text(f"{SECRET}\n")
    file = tmp_path / "sign-in.toml"
    file.write_text(
        f'[mikkeli]\nname = "Mikkelin kaupunki"\nissuer = "{provider}"\n'
        f'client_id = "{CLIENT}"\nclient_secret_file = "{secret}"\n'
        'prompt = ""\n'
    )
    made = read(file)
    monkeypatch.setattr(ports, "_kept", {})
    monkeypatch.setattr(
        ports, "import_string", lambda _path: lambda: OpenIdSignIn(made)
    )
    return {**made}


class StayHere(HTTPRedirectHandler):
    """Follow redirects within the provider, and stop at the way back to us."""

    @override
    def redirect_request(self, *given: Any) -> Any:
        return None if given[-1].startswith(BACK) else super().redirect_request(*given)


def log_in_there(address: str) -> str:
    """Type user name and password at the provider; the address it leads back to."""
    browser = build_opener(HTTPCookieProcessor(CookieJar()), StayHere())
    page = browser.open(address)
    form = TOKEN.search(page.read().decode())
    assert form is not None
    typed = {"csrfmiddlewaretoken": form[1], "username": USERNAME, "password": PASSWORD}
    with pytest.raises(HTTPError) as stopped:
        browser.open(page.url, urlencode(typed).encode())
    back = stopped.value.headers["Location"]
    assert back.startswith(BACK)
    return f"/login/with/back/?{urlsplit(back).query}"


def go_there(client: Client, address: str = "/login/with/mikkeli/") -> str:
    """Our link leads to the provider, whose answer leads back to us."""
    answer = client.get(address)
    assert answer.status_code == 302
    return log_in_there(answer["Location"])


def linked(username: str = "aino") -> Staff:
    staff = make_staff(username)
    client = at_work(staff)
    client.get(go_there(client, "/account/link/mikkeli/"))
    assert staff.sign_in_links.count() == 1
    return staff


@pytest.mark.usefixtures("services")
def test_an_account_is_linked_once_and_logs_in_by_it() -> None:
    staff = linked()
    client = Client()
    assert "Mikkelin kaupunki" in client.get("/login/").content.decode()

    answer = client.get(go_there(client, "/login/with/mikkeli/?next=/patrons/"))

    assert answer["Location"] == "/workplace/?next=%2Fpatrons%2F"
    assert client.session[STAFF] == staff.pk
    link = SignInLink.objects.get()
    assert link.last_used_at is not None
    assert "Mikkelin kaupunki" in at_work(staff).get("/account/").content.decode()
    events = LoggedEvent.objects.filter(kind="StaffChanged", body__staff_id=staff.pk)
    assert [event.body["what"] for event in events] == ["sign-in-linked"]


@pytest.mark.usefixtures("services")
def test_nobody_gets_an_account_or_rights_by_having_one_elsewhere() -> None:
    make_staff("aino.virkailija")  # the same user name as there means nothing
    client = Client()

    answer = client.get(go_there(client), follow=True)

    assert "No account here is linked to it." in answer.content.decode()
    assert STAFF not in client.session
    assert Staff.objects.count() == 1
    assert not SignInLink.objects.exists()


@pytest.mark.usefixtures("services")
def test_an_answer_works_once_and_only_in_the_browser_that_began() -> None:
    linked()
    client, thief = Client(), Client()
    back = go_there(client)

    stolen = thief.get(back, follow=True)
    assert "It took too long" in stolen.content.decode()
    assert client.get(back)["Location"].startswith("/workplace/")
    again = client.get(back)
    assert again["Location"] == "/account/"  # nothing had been begun any more


@pytest.mark.usefixtures("services")
@pytest.mark.parametrize("bent", ["state=wrong&code=x", "code=x", "error=server_error"])
def test_what_was_not_asked_for_is_not_taken(bent: str) -> None:
    linked()
    client = Client()
    client.get("/login/with/mikkeli/")

    answer = client.get(f"/login/with/back/?{bent}", follow=True)

    assert "That log-in could not be used. Try again." in answer.content.decode()
    assert STAFF not in client.session


@pytest.mark.usefixtures("services")
def test_a_second_factor_is_asked_for_here_unless_it_was_there() -> None:
    staff = linked()
    Staff.objects.filter(pk=staff.pk).update(totp_secret=pyotp.random_base32())
    client = Client()

    assert client.get(go_there(client))["Location"] == "/login/code/"
    assert STAFF not in client.session
    staff.refresh_from_db()
    code = pyotp.TOTP(staff.totp_secret).now()
    client.post("/login/code/", {"code": code})

    assert client.session[STAFF] == staff.pk


@pytest.mark.usefixtures("services")
def test_a_closed_account_does_not_come_in_by_another_door() -> None:
    staff = linked()
    Staff.objects.filter(pk=staff.pk).update(is_active=False)
    client = Client()

    client.get(go_there(client))

    assert STAFF not in client.session


@pytest.mark.usefixtures("services")
def test_it_opens_a_locked_session_where_it_was() -> None:
    staff = linked()
    client = at_work(staff)
    client.post("/lock/")

    assert client.get(go_there(client))["Location"] == "/"
    assert client.get("/").status_code == 200
    assert client.session[LIBRARY] == make_library().pk


@pytest.mark.usefixtures("services")
def test_one_account_elsewhere_is_one_here_and_its_link_is_taken_away() -> None:
    staff = linked()
    other = at_work(make_staff("eero"))

    told = other.get(go_there(other, "/account/link/mikkeli/"), follow=True)
    link = SignInLink.objects.get()
    refused = other.post(f"/account/links/{link.pk}/remove/")
    at_work(staff).post(f"/account/links/{link.pk}/remove/")

    assert "linked to another account here already" in told.content.decode()
    assert refused.status_code == 404
    assert not SignInLink.objects.exists()


@pytest.mark.usefixtures("services")
def test_a_service_that_is_none_is_not_found() -> None:
    assert Client().get("/login/with/tampere/").status_code == 404


def test_without_a_file_nothing_is_offered() -> None:
    page = Client().get("/login/").content.decode()

    assert "account that your municipality" not in page
