"""What a demo stands in for: a mailbox, and a service that identifies people."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kortisto.interfaces.cli.supervisor import Child

KORTISTO: Final = (sys.executable, "-m", "kortisto.interfaces.cli.main")
MAILBOX: Final = 8025
IDENTIFICATION: Final = 8091


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The ports of this machine at which they answer, and where mail is kept."""

    mailbox: int
    identification: int
    outbox: Path

    def environment(self, public_port: int) -> dict[str, str]:
        """How the sites of a demo find them."""
        from kortisto.simulators.identification.provider import CLIENT, SECRET

        return {
            "KORTISTO_ARTIFICIAL_IDENTITY_CODES": "yes",
            "KORTISTO_MAIL_URL": f"folder:{self.outbox}",
            "KORTISTO_PUBLIC_URL": f"http://localhost:{public_port}",
            "KORTISTO_IDENTIFICATION_ISSUER": self.issuer,
            "KORTISTO_IDENTIFICATION_CLIENT_ID": CLIENT,
            "KORTISTO_IDENTIFICATION_CLIENT_SECRET": SECRET,
        }

    @property
    def issuer(self) -> str:
        return f"http://localhost:{self.identification}"

    def children(self, given: Mapping[str, str]) -> list[Child]:
        mailbox = ("mailbox", str(self.outbox), "--port", str(self.mailbox))
        people = ("identification", "--port", str(self.identification))
        return [
            Child(service[0], [*KORTISTO, "simulate", *service], given)
            for service in (mailbox, (*people, "--issuer", self.issuer))
        ]
