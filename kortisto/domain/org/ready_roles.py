"""The roles that every installation starts with (PER-1).

Permissions stand here by their stored values, because the organisation does not know
the apps above it; a test holds the lists against the permissions that exist.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class ReadyRole:
    """A role as it is installed; afterwards the consortium may change it."""

    code: str
    names: Mapping[str, str]
    permissions: tuple[str, ...]
    needs_second_factor: bool = False


LENDING: Final = (
    "lending.lend",
    "lending.set-due-date",
    "lending.backdate",
    "lending.undo",
    "lending.mark-items",
    "lending.void",
    "lending.recall",
    "lending.work-offline",
    "lending.override-card",
    "lending.override-restriction",
    "lending.override-charges",
    "lending.override-limits",
    "lending.override-item",
    "lending.override-hold",
    "lending.override-renewal",
)
HOLDS: Final = ("holds.place", "holds.pull", "holds.move", "holds.override")
PATRONS: Final = (
    "patrons.see",
    "patrons.edit",
    "patrons.reset-pin",
    "patrons.restrict",
    "notices.write",
)
CATALOGUE: Final = (
    "catalogue.see",
    "catalogue.edit-items",
    "catalogue.edit-records",
    "catalogue.delete-records",
    "catalogue.import",
    "catalogue.export",
)
FEES: Final = (
    "fees.see",
    "fees.charge",
    "fees.take-payment",
    "fees.refund",
    "fees.write-off",
)
ENTRY: Final = ("entry.permit", "entry.ban", "entry.see-entries", "entry.manage-doors")
ACQUISITIONS: Final = ("acquisitions.suggestions",)
LOCAL_ADMIN: Final = (
    "closures.close",
    "distribution.manage",
    "distribution.rotate",
    "org.edit-units",
    "org.edit-calendar",
    "org.edit-vans",
    "org.edit-settings",
    "org.manage-staff",
    "org.manage-workstations",
    "org.see-jobs",
)
DESK: Final = (
    *LENDING,
    *HOLDS,
    *PATRONS,
    "catalogue.see",
    "distribution.rotate",
    "fees.see",
    "fees.take-payment",
    "policies.see",
    "entry.permit",
    "delivery.serve",
)
EVERYTHING: Final = (
    *LENDING,
    *HOLDS,
    *PATRONS,
    "patrons.see-history",
    "patrons.erase",
    "patrons.gather",
    "patrons.resolve-identity",
    "patrons.remove-identity",
    "patrons.merge",
    "patrons.see-protected",
    "patrons.delete",
    *CATALOGUE,
    *FEES,
    *ENTRY,
    "entry.open-door",
    *ACQUISITIONS,
    *LOCAL_ADMIN,
    "delivery.serve",
    "org.run-jobs",
    "org.see-audit-log",
    "policies.see",
    "policies.edit",
    "notices.edit-texts",
)

READY_ROLES: Final = (
    ReadyRole(
        "lainausvirkailija",
        {"fi": "Lainausvirkailija", "sv": "Låneexpedit", "en": "Lending desk"},
        DESK,
    ),
    ReadyRole(
        "harjoittelija",
        {"fi": "Harjoittelija", "sv": "Praktikant", "en": "Trainee"},
        (
            "lending.lend",
            "lending.undo",
            "holds.place",
            "holds.pull",
            "patrons.see",
            "catalogue.see",
        ),
    ),
    ReadyRole(
        "asiakasrekisteri",
        {"fi": "Asiakasrekisteri", "sv": "Kundregister", "en": "Patron register"},
        (
            *PATRONS,
            "patrons.see-protected",
            "patrons.delete",
            "fees.see",
            "entry.permit",
        ),
    ),
    ReadyRole(
        "kuvailija",
        {"fi": "Kuvailija", "sv": "Katalogisatör", "en": "Cataloguer"},
        (*CATALOGUE, "policies.see"),
    ),
    ReadyRole(
        "hankkija",
        {"fi": "Hankkija", "sv": "Förvärvare", "en": "Acquisitions"},
        (
            "catalogue.see",
            "catalogue.edit-items",
            "catalogue.import",
            *ACQUISITIONS,
        ),
    ),
    ReadyRole(
        "kausijulkaisut",
        {"fi": "Kausijulkaisut", "sv": "Periodika", "en": "Serials"},
        ("catalogue.see", "catalogue.edit-items"),
    ),
    ReadyRole(
        "kaukopalvelu",
        {"fi": "Kaukopalvelu", "sv": "Fjärrlån", "en": "Interlibrary loans"},
        (*LENDING, "patrons.see", "catalogue.see", "catalogue.edit-items"),
    ),
    ReadyRole(
        "laskuttaja",
        {"fi": "Laskuttaja", "sv": "Fakturerare", "en": "Billing"},
        (
            *FEES,
            "patrons.see",
            "patrons.restrict",
            "patrons.resolve-identity",
            "notices.write",
            "catalogue.see",
        ),
    ),
    ReadyRole(
        "raportoija",
        {"fi": "Raportoija", "sv": "Rapportör", "en": "Reports"},
        ("catalogue.see", "catalogue.export", "policies.see"),
    ),
    ReadyRole(
        "kirjaston-paakayttaja",
        {
            "fi": "Kirjaston pääkäyttäjä",
            "sv": "Bibliotekets huvudanvändare",
            "en": "Library administrator",
        },
        (
            *DESK,
            "patrons.remove-identity",
            "patrons.merge",
            "patrons.delete",
            *CATALOGUE[1:],
            "fees.charge",
            "fees.refund",
            "fees.write-off",
            *ENTRY[1:],
            *ACQUISITIONS,
            *LOCAL_ADMIN,
        ),
        needs_second_factor=True,
    ),
    ReadyRole(
        "kimpan-paakayttaja",
        {
            "fi": "Kimpan pääkäyttäjä",
            "sv": "Konsortiets huvudanvändare",
            "en": "Consortium administrator",
        },
        EVERYTHING,
        needs_second_factor=True,
    ),
    ReadyRole(
        "automaatti",
        {"fi": "Automaatti", "sv": "Automat", "en": "Machine"},
        ("lending.lend", "patrons.see", "fees.see", "entry.open-door"),
    ),
    ReadyRole(
        "rajapinta",
        {"fi": "Rajapinta", "sv": "Gränssnitt", "en": "Interface"},
        ("lending.lend", "patrons.see", "catalogue.see", "fees.see"),
    ),
    ReadyRole(
        "tarkastaja",
        {"fi": "Tarkastaja", "sv": "Granskare", "en": "Auditor"},
        ("org.see-audit-log", "org.see-jobs", "policies.see"),
        needs_second_factor=True,
    ),
)
