"""What a person must see to about patrons, after news of the population register."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from kortisto.core.errands import ErrandKind, declare
from kortisto.core.models import Errand
from kortisto.core.values import Words
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.population_changes import Task


def _kind(task: Task, title: Words, sentence: Words) -> ErrandKind:
    made = ErrandKind(
        code=task.value,
        title=title,
        sentence=sentence,
        needs=PatronPermission.EDIT,
        page="patron",
    )
    return declare(made)


ERRANDS: Final = {
    Task.DEATH: _kind(
        Task.DEATH,
        _("Reported dead"),
        _(
            "The population register reports the patron dead. The card has been "
            "stopped; see to loans, holds and charges."
        ),
    ),
    Task.DEATH_WITHDRAWN: _kind(
        Task.DEATH_WITHDRAWN,
        _("Not dead after all"),
        _(
            "The population register has taken back that the patron is dead. Check "
            "the record and give the card back."
        ),
    ),
    Task.PROTECTION_BEGAN: _kind(
        Task.PROTECTION_BEGAN,
        _("Protection order"),
        _(
            "A protection order has begun. Is the address on the record needed? If "
            "not, remove it."
        ),
    ),
    Task.PROTECTION_ENDED: _kind(
        Task.PROTECTION_ENDED,
        _("Protection order has ended"),
        _(
            "The population register says that the protection order has ended. Make "
            "sure with the patron before you lift the protection."
        ),
    ),
    Task.MOVED_ABROAD: _kind(
        Task.MOVED_ABROAD,
        _("Moved abroad"),
        _("The patron has moved abroad. Ask for an address where letters arrive."),
    ),
    Task.GUARDIANS: _kind(
        Task.GUARDIANS,
        _("Guardian has changed"),
        _(
            "A guarantor of the patron is no longer a guardian in the population "
            "register. Ask who is to be the guarantor."
        ),
    ),
    Task.BIRTH_DATE: _kind(
        Task.BIRTH_DATE,
        _("Date of birth differs"),
        _(
            "The date of birth is another one in the population register. Check that "
            "the record is of the right person."
        ),
    ),
    Task.SAME_PERSON: _kind(
        Task.SAME_PERSON,
        _("Two records of one person"),
        _(
            "A corrected identity code belongs to another record already. Check "
            "whether both are of the same person."
        ),
    ),
    Task.NOT_TAKEN: _kind(
        Task.NOT_TAKEN,
        _("Data could not be taken"),
        _(
            "Data of the population register does not fit the record. Check the "
            "patron's data."
        ),
    ),
}
PROTECTION_LAPSED: Final = declare(
    ErrandKind(
        code="patrons.protection-lapsed",
        title=_("Last day of a protection order has passed"),
        sentence=_(
            "The protection stays until you lift it. Make sure with the patron whether "
            "the order goes on: write down its new last day, or lift the protection."
        ),
        needs=PatronPermission.EDIT,
        page="patron",
    )
)
SOON: Final = 3  # days: somebody's safety, or a card that should not have stopped
ORDINARY: Final = 30
URGENT: Final = frozenset(
    {Task.PROTECTION_BEGAN, Task.PROTECTION_ENDED, Task.DEATH_WITHDRAWN}
)


def place_of(patron: Patron) -> int | None:
    """Where errands about a patron are bound to: the home library, unless hidden.

    Of a protected patron they are bound to no place: no list of a library's errands
    tells where somebody is at home who hides (GDP-5).
    """
    return None if patron.is_protected else patron.home_library_id


def hide_place(patron_id: int) -> None:
    """A protection has begun: open errands about the patron leave the home library."""
    about = [*(kind.code for kind in ERRANDS.values()), *OTHERS]
    Errand.objects.filter(
        kind__in=about, subject_id=patron_id, state=Errand.State.OPEN
    ).update(unit_id=None)


def due_days(task: Task) -> int:
    """In how many days it should have been seen to."""
    return SOON if task in URGENT else ORDINARY


ERASURE_HINDERED: Final = declare(
    ErrandKind(
        code="erasure-hindered",
        title=_("A patron waits to be erased"),
        sentence=_(
            "The patron has asked to be erased, and something stands against it "
            "({codes}). Settle it with the patron: the law gives a month."
        ),
        needs=PatronPermission.ERASE,
        page="patron_erasing",
    )
)

INACTIVE_UNTOLD: Final = declare(
    ErrandKind(
        code="patrons.inactive-untold",
        title=_("An inactive patron has to be told"),
        sentence=_(
            "The patron has not used the library for years, and no e-mail reaches "
            "them. Tell them that they will be erased, by a letter for instance, and "
            "note it on the page; until then nothing is erased."
        ),
        needs=PatronPermission.ERASE,
        page="patron_erasing",
    )
)
OTHERS: Final = (PROTECTION_LAPSED.code, ERASURE_HINDERED.code, INACTIVE_UNTOLD.code)
