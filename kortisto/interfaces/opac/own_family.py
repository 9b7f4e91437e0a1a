"""A family as its pages show it: whom I answer for, who sees what of mine (PAT-18)."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from kortisto.core.ages import completed_years
from kortisto.domain.patrons.models import Guardianship, Patron
from kortisto.domain.patrons.records import Dependant


@dataclass(frozen=True, slots=True)
class DependantRow:
    """Somebody I answer for; ``told`` says what I may see and, if not, why."""

    id: int
    name: str
    kind: str
    told: str
    opens: bool


@dataclass(frozen=True, slots=True)
class GuardianRow:
    """Somebody who answers for me. ``by_age``: sees everything whatever I choose."""

    link_id: int
    name: str
    kind: str
    sees_loans: bool
    sees_charges: bool
    by_age: int | None
    has_account: bool


def called(patron: Patron) -> str:
    return patron.called_name or patron.first_names or patron.surname


def row_of(each: Dependant) -> DependantRow:
    child = each.link.dependant
    return DependantRow(
        id=child.pk,
        name=called(child),
        kind=str(each.link.get_kind_display()),
        told=what_is_seen(each),
        opens=each.sees_loans or each.sees_charges or each.sees_details,
    )


def what_is_seen(each: Dependant) -> str:
    """What a guardian may see, in a sentence."""
    name = called(each.link.dependant)
    if each.sees_loans and each.sees_charges:
        return _("You see the loans and charges of {name}.").format(name=name)
    if each.sees_loans:
        return _("You see the loans of {name}, but not the charges.").format(name=name)
    if each.sees_charges:
        return _("You see the charges of {name}, but not the loans.").format(name=name)
    return _(
        "You do not see the loans and charges of {name}: {name} decides about it, on "
        "these same pages or at any library."
    ).format(name=name)


def guardian_row(link: Guardianship, patron: Patron, today: date) -> GuardianRow:
    known = link.guardian
    until = patron.category.guardian_sees_until_age
    age = None if patron.born_on is None else completed_years(patron.born_on, today)
    sees_by_age = until is not None and age is not None and age <= until
    name = (
        link.name if known is None else f"{known.first_names} {known.surname}".strip()
    )
    return GuardianRow(
        link_id=link.pk,
        name=name,
        kind=str(link.get_kind_display()),
        sees_loans=link.sees_loans,
        sees_charges=link.sees_charges,
        by_age=until if sees_by_age else None,
        has_account=known is not None,
    )
