"""Who acts: a member of staff, a patron, an API client, a machine, a job."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.core.exceptions import PermissionDenied

from kortisto.core.permissions import Permission


class ActorKind(StrEnum):
    STAFF = "staff"
    PATRON = "patron"
    API = "api"
    DEVICE = "device"
    JOB = "job"


class Channel(StrEnum):
    """The door that an action came through; stored with each loan (CIR-15)."""

    STAFF = "staff"
    SELF_CHECK = "self-check"
    WEB = "web"
    API = "api"
    DOOR = "door"
    JOB = "job"


class NotPermitted(PermissionDenied):
    """The actor lacks a permission at a place. Django answers 403."""

    def __init__(self, permission: Permission, *, at: int | None = None) -> None:
        super().__init__(permission.value)
        self.permission = permission
        self.at = at


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who does something, where they work now, and what they may do at which place.

    ``grants`` maps a permission's value to the ids of every unit where it is in
    force today, units below the place of the grant included. ``library_id`` is the
    working library; None for a job that works for the whole consortium.
    """

    kind: ActorKind
    id: int | None = None
    library_id: int | None = None
    desk_id: int | None = None
    channel: Channel = Channel.STAFF
    grants: Mapping[str, frozenset[int]] = field(default_factory=dict)
    everywhere: frozenset[str] = frozenset()

    @property
    def label(self) -> str:
        """How logs name the actor: ``staff:12``. Never a person's name."""
        return self.kind.value if self.id is None else f"{self.kind.value}:{self.id}"

    def is_patron(self, patron_id: int) -> bool:
        """Whether this is the patron themself, and not staff who serve them."""
        return self.kind is ActorKind.PATRON and self.id == patron_id

    def may(self, permission: Permission, at: int | None = None) -> bool:
        """Whether the permission is in force at a unit (default: working library)."""
        if permission.value in self.everywhere:
            return True
        place = self.library_id if at is None else at
        return place in self.grants.get(permission.value, frozenset())

    def may_somewhere(self, permission: Permission) -> bool:
        return permission.value in self.everywhere or bool(
            self.grants.get(permission.value)
        )

    def require(self, permission: Permission, at: int | None = None) -> None:
        if not self.may(permission, at):
            raise NotPermitted(permission, at=self.library_id if at is None else at)


def job_actor(*permissions: Permission) -> Actor:
    """A job acts for the consortium with exactly the permissions named."""
    return Actor(
        kind=ActorKind.JOB,
        channel=Channel.JOB,
        everywhere=frozenset(permission.value for permission in permissions),
    )
