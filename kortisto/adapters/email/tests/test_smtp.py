"""Mail over a real socket to a real SMTP server, and into a folder."""

from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from django.core.exceptions import ImproperlyConfigured

from kortisto.adapters.email.folder import FolderMail
from kortisto.adapters.email.service import NoMail, service_at
from kortisto.adapters.email.smtp import Server, SmtpMail
from kortisto.core.failures import AdapterError
from kortisto.core.mail import Mail
from kortisto.testing.servers import free_port

SENDER = "kirjasto@kirjasto.example"
MAIL = Mail(to="aino@posti.example", subject="Uusi tunnusluku", text="Hei, äiti!\n")


class Post:
    """What the server does with mail; ``answer`` to each recipient and message."""

    def __init__(self) -> None:
        self.got: list[bytes] = []
        self.recipient_answer = self.data_answer = "250 OK"

    async def handle_RCPT(  # noqa: N802 - as the server calls it
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        del server, session, options
        if self.recipient_answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.recipient_answer

    async def handle_DATA(  # noqa: N802 - as the server calls it
        self, server: Any, session: Any, envelope: Any
    ) -> str:
        del server, session
        if self.data_answer.startswith("250"):
            self.got.append(envelope.content)
        return self.data_answer


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def controller(post: Post) -> Iterator[Controller]:
    running = Controller(post, hostname="127.0.0.1", port=free_port())
    running.start()
    yield running
    running.stop()


@pytest.fixture
def service(controller: Controller) -> SmtpMail:
    return SmtpMail(Server("127.0.0.1", controller.port), sender=SENDER)


def test_a_message_arrives_whole(service: SmtpMail, post: Post) -> None:
    service.send(MAIL)

    (content,) = post.got
    arrived = message_from_bytes(content, policy=default)
    assert (arrived["From"], arrived["To"]) == (SENDER, MAIL.to)
    assert arrived["Subject"] == MAIL.subject
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert arrived.get_content().strip() == "Hei, äiti!"


@pytest.mark.parametrize(
    ("answer", "permanent"),
    [("550 5.1.1 aino@posti.example unknown", True), ("450 4.2.1 later", False)],
)
def test_a_refused_address_is_told_without_the_address(
    service: SmtpMail, post: Post, answer: str, *, permanent: bool
) -> None:
    post.recipient_answer = answer

    with pytest.raises(AdapterError) as refused:
        service.send(MAIL)

    assert refused.value.permanent is permanent
    assert "aino" not in str(refused.value)
    assert refused.value.__suppress_context__
    assert post.got == []


@pytest.mark.parametrize(
    ("answer", "permanent"), [("554 no", True), ("451 busy", False)]
)
def test_a_refused_message_is_tried_again_unless_for_good(
    service: SmtpMail, post: Post, answer: str, *, permanent: bool
) -> None:
    post.data_answer = answer

    with pytest.raises(AdapterError) as refused:
        service.send(MAIL)

    assert refused.value.permanent is permanent


def test_a_server_that_is_away_is_tried_again() -> None:
    with pytest.raises(AdapterError) as away:
        SmtpMail(Server("127.0.0.1", free_port()), sender=SENDER).send(MAIL)

    assert not away.value.permanent


def test_a_wrong_log_in_is_told_without_the_password(post: Post) -> None:
    def nobody(*_args: object) -> AuthResult:
        return AuthResult(success=False, handled=False)

    controller = Controller(
        post,
        hostname="127.0.0.1",
        port=free_port(),
        authenticator=nobody,
        auth_require_tls=False,
    )
    controller.start()
    server = Server("127.0.0.1", controller.port, user="a", password="hunter2")
    try:
        with pytest.raises(AdapterError, match="refused the log-in") as refused:
            SmtpMail(server, sender=SENDER).send(MAIL)
    finally:
        controller.stop()

    assert not refused.value.permanent
    assert "hunter2" not in f"{refused.value}{server}"


def test_a_folder_keeps_each_message_as_a_file(tmp_path: Path) -> None:
    service = FolderMail(tmp_path / "outbox", sender=SENDER)

    service.send(MAIL)
    service.send(MAIL)

    first, _second = sorted((tmp_path / "outbox").iterdir())
    assert first.suffix == ".eml"
    assert first.stat().st_mode & 0o077 == 0
    kept = message_from_bytes(first.read_bytes(), policy=default)
    assert kept["To"] == MAIL.to


def test_the_address_says_which_service_it_is() -> None:
    url = "smtp+tls://aino:salainen%40sana@post.example"
    service = service_at(url, sender=SENDER)

    assert isinstance(service, SmtpMail)
    assert service._server == Server(
        "post.example", 587, "aino", "salainen@sana", "starttls"
    )
    assert isinstance(service_at("folder:/srv/outbox", sender=SENDER), FolderMail)
    assert isinstance(service_at("", sender=SENDER), NoMail)
    for odd in ("pigeon://loft", "smtp:", "folder:"):
        with pytest.raises(ImproperlyConfigured):
            service_at(odd, sender=SENDER)


def test_without_a_service_nothing_is_sent_and_a_job_would_fail_for_good() -> None:
    with pytest.raises(AdapterError) as nothing:
        NoMail().send(MAIL)

    assert nothing.value.permanent
    assert not NoMail.is_set_up
