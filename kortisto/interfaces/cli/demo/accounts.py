"""Staff of the demo: invented people whose passwords everybody may know."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from kortisto.core.actors import Actor
from kortisto.domain.org.actions.role_contents import install_ready_roles
from kortisto.domain.org.actions.roles import give_role
from kortisto.domain.org.actions.staff import create_staff
from kortisto.domain.org.models import Staff

PASSWORD: Final = "ulpukka-kukkii-lammella"  # noqa: S105 - told to every visitor
SECOND_FACTOR: Final = "LUMMELUMMELUMMELUMMELUMMELUMMEAA"  # base 32, told as well


@dataclass(frozen=True, slots=True)
class Account:
    username: str
    full_name: str
    role: str
    unit: str  # code of the place of the role
    library: str
    language: str = "fi"
    second_factor: bool = False


ACCOUNTS: Final = (
    Account("lainaus", "Aino Koskela", "lainausvirkailija", "LUMME", "MLI"),
    Account(
        "paakayttaja",
        "Helena Mäkelä",
        "kimpan-paakayttaja",
        "LUMME",
        "MLI",
        second_factor=True,
    ),
    Account(
        "savonlinna",
        "Ville Hakkarainen",
        "kirjaston-paakayttaja",
        "SAVONLINNA",
        "SLN",
        second_factor=True,
    ),
    Account("kuvailu", "Tuija Laitinen", "kuvailija", "LUMME", "PIE"),
    Account("laskutus", "Markku Pesonen", "laskuttaja", "VARKAUS", "VAR"),
    Account("raportit", "Camilla Ekholm", "raportoija", "LUMME", "MLI", "sv"),
    Account("ristiina", "Sanna Tarkiainen", "lainausvirkailija", "MRI", "MRI"),
    Account(
        "tarkastaja",
        "Olli Nousiainen",
        "tarkastaja",
        "LUMME",
        "MLI",
        second_factor=True,
    ),
)


def open_accounts(
    units: dict[str, int], *, since: date, by: Actor, now: datetime
) -> None:
    """Install the ready roles and open the demo's accounts with them."""
    install_ready_roles(by=by, now=now)
    for account in ACCOUNTS:
        staff = create_staff(
            account.username,
            PASSWORD,
            full_name=account.full_name,
            home_library_id=units[account.library],
            details={"language": account.language},
            by=by,
            now=now,
        )
        give_role(
            staff.pk,
            account.role,
            unit_id=units[account.unit],
            starts_on=since,
            by=by,
            now=now,
        )
        Staff.objects.filter(pk=staff.pk).update(
            last_library_id=units[account.library],  # as if they had worked there
            totp_secret=SECOND_FACTOR if account.second_factor else "",
        )
