"""What can be allowed with patrons."""

from django.utils.translation import gettext_lazy as _

from kortisto.core.actors import Actor, ActorKind
from kortisto.core.permissions import Permission


class PatronPermission(Permission):
    SEE = "patrons.see", _("Find patrons and see their data")
    EDIT = "patrons.edit", _("Register patrons and change their data")
    RESET_PIN = "patrons.reset-pin", _("Give a patron a new PIN")
    RESTRICT = "patrons.restrict", _("Add and lift restrictions")
    MERGE = "patrons.merge", _("Merge two records of one patron, and undo it")
    RESOLVE_IDENTITY = (
        "patrons.resolve-identity",
        _("See a patron's personal identity code, for a bill"),
    )
    REMOVE_IDENTITY = (
        "patrons.remove-identity",
        _("Remove a patron's personal identity code"),
    )
    SEE_PROTECTED = (
        "patrons.see-protected",
        _("See the address of a protected person, with a reason"),
    )
    ERASE = "patrons.erase", _("Have patrons erased who ask for it")
    GATHER = (
        "patrons.gather",
        _("Give patrons a file of everything that is held on them"),
    )
    DELETE = "patrons.delete", _("Delete patrons, and take them out of the bin")
    SEE_HISTORY = "patrons.see-history", _("See loan history")


def reads_notes(actor: Actor) -> bool:
    """Whether the actor may read what staff write about patrons for each other."""
    return actor.kind is ActorKind.STAFF and actor.may(PatronPermission.SEE)
