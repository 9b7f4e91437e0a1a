"""What has happened in the organisation."""

from dataclasses import dataclass

from kortisto.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitChanged(Event):
    """A unit came, moved or changed; ``fields`` names what is different."""

    unit_id: int
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipChanged(Event):
    """A unit joined an owner or leaves it."""

    unit_id: int
    owner_id: int
    starts_on: str
    ends_on: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupChanged(Event):
    """A group of libraries came, changed or went."""

    group_id: int
    libraries: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarChanged(Event):
    """Opening hours or exceptional days of units changed."""

    units: tuple[int, ...]
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureSet(Event):
    """Libraries are closed from a day to a day; without a last day: not any more."""

    closure_id: int
    units: tuple[int, ...]
    starts_on: str
    ends_on: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PremisesSet(Event):
    """A library works at another address from a day to a day; without a last: not."""

    closure_id: int
    units: tuple[int, ...]
    starts_on: str
    ends_on: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VanRoundChanged(Event):
    """A van drives differently, or for the first time, from a day on. By its code."""

    round: str
    starts_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VanRoundRemoved(Event):
    """What was said of a round from a day on is not said any more."""

    round: str
    starts_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BusStopChanged(Event):
    """A bookmobile stops somewhere else, or at other times."""

    stop_id: int
    stop_library_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BusStopRemoved(Event):
    """A bookmobile stops there no more."""

    stop_id: int
    stop_library_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingChanged(Event):
    """A unit decided a setting, or (``cleared``) inherits it again. Stored values."""

    unit_id: int
    key: str
    before: object = None
    after: object = None
    cleared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleChanged(Event):
    """What a role allows changed, for everybody who has it."""

    role_id: int
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleRenamed(Event):
    """A role got other names, or asks for a second factor now, or no more."""

    role_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleRemoved(Event):
    """A role is gone; ``name`` lets the log be read that tells of it."""

    role_id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleGranted(Event):
    grant_id: int
    staff_id: int
    role_id: int
    unit_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantEnded(Event):
    """A role was taken away; ``ends_on`` is its last day, None: it never started."""

    grant_id: int
    staff_id: int
    role_id: int
    unit_id: int
    ends_on: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantConfirmed(Event):
    """A review found that the role is still needed."""

    grant_id: int
    staff_id: int
    role_id: int
    unit_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenAs(Event):
    """Somebody looked at what another person, or whoever has a role, would see."""

    unit_id: int  # the library where
    staff_id: int | None = None
    role_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffChanged(Event):
    """A staff account came, changed, was closed or got another key.

    ``what``: created, changed, deactivated, reactivated, password, unlocked,
    second-factor, second-factor-removed, sessions-ended, removed, passkey,
    passkey-removed, sign-in-linked, sign-in-unlinked.
    """

    staff_id: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffLoggedIn(Event):
    staff_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffLoggedOut(Event):
    staff_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffUnlocked(Event):
    """Somebody came back to their own session, which had locked."""

    staff_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffLoginFailed(Event):
    """What was typed is never kept: people type passwords into the wrong field."""

    staff_id: int | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkstationChanged(Event):
    """A workstation was added, enrolled, given a new code, removed or stolen."""

    workstation_id: int
    unit_id: int
    what: str
