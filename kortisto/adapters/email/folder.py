"""Mail as files in a folder: for a demo, where no mail may leave the machine."""

import os
import secrets
from datetime import UTC, datetime
from pathlib import Path

from typing_extensions import override

from kortisto.adapters.email.smtp import message_of
from kortisto.core.mail import Mail, MailService


class FolderMail(MailService):
    """One file for each message, named by its time; whole or not there at all."""

    is_set_up = True

    def __init__(self, folder: Path, *, sender: str) -> None:
        self._folder = folder
        self._sender = sender

    @override
    def send(self, mail: Mail) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        name = f"{moment}-{secrets.token_hex(4)}"
        half = self._folder / f".{name}"
        descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(message_of(mail, sender=self._sender).message().as_bytes())
        half.rename(self._folder / f"{name}.eml")
