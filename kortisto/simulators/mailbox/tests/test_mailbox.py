"""The mailbox of a demo shows what was sent, and nothing else of the disk."""

from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread

import pytest

from kortisto.adapters.email.folder import FolderMail
from kortisto.core.mail import Mail
from kortisto.simulators.mailbox.server import Mailbox


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[Mailbox]:
    server = Mailbox(("127.0.0.1", 0), tmp_path / "outbox")
    listening = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    listening.start()
    yield server
    server.shutdown()
    server.server_close()
    listening.join()


def get(mailbox: Mailbox, address: str) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", mailbox.server_port, timeout=5)
    connection.request("GET", address)
    answer = connection.getresponse()
    told = answer.status, answer.read().decode()
    connection.close()
    return told


def test_a_message_is_listed_and_its_link_can_be_followed(mailbox: Mailbox) -> None:
    assert "No mail yet" in get(mailbox, "/")[1]
    text = "Valitse se täällä:\nhttp://localhost:8000/pin/new/abc_-1/\n<b>hei</b>"
    FolderMail(mailbox.folder, sender="kirjasto@localhost").send(
        Mail(to="aino@posti.example", subject="Uusi tunnusluku", text=text)
    )
    (path,) = mailbox.folder.iterdir()

    assert "Uusi tunnusluku" in get(mailbox, "/")[1]
    status, page = get(mailbox, f"/{path.name}")

    assert status == 200
    assert '<a href="http://localhost:8000/pin/new/abc_-1/">' in page
    assert "&lt;b&gt;hei&lt;/b&gt;" in page


def test_no_other_file_is_shown(mailbox: Mailbox) -> None:
    mailbox.folder.mkdir()
    (mailbox.folder.parent / "secret.eml").write_text("Subject: no\n\nno")

    assert get(mailbox, "/../secret.eml")[0] == 404
    assert get(mailbox, "/nothing.eml")[0] == 404
