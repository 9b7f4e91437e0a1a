"""Who decides what is one for the whole consortium."""

from kortisto.core.actors import Actor, NotPermitted
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.org.queries import organisation


def decides_for_everybody(by: Actor) -> bool:
    """Whether somebody decides settings at every top of the organisation."""
    roots = organisation().children(None)
    return all(by.may(OrgPermission.EDIT_SETTINGS, at=root.id) for root in roots)


def require_for_everybody(by: Actor) -> None:
    """Raises NotPermitted."""
    if not decides_for_everybody(by):
        raise NotPermitted(OrgPermission.EDIT_SETTINGS)
