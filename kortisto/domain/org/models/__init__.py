"""The organisation, its people and their computers.

``units.py`` the tree, ``closures.py`` when libraries are closed for a time,
``premises.py`` where one works meanwhile,
``people.py`` accounts and roles, ``passkeys.py`` and
``sign_in_links.py`` further ways in, ``workstations.py`` the computers that staff pages
open on, ``vans.py`` what drives between the libraries, ``stops.py`` where bookmobiles
stop.
"""

from kortisto.domain.org.models.closures import Closure
from kortisto.domain.org.models.passkeys import Passkey
from kortisto.domain.org.models.people import Grant, Role, Staff
from kortisto.domain.org.models.premises import Premises
from kortisto.domain.org.models.sign_in_links import SignInLink
from kortisto.domain.org.models.stops import BusCall, BusStop
from kortisto.domain.org.models.units import (
    HUES,
    CalendarException,
    LibraryGroup,
    Membership,
    SettingValue,
    Unit,
    WeeklyHours,
)
from kortisto.domain.org.models.vans import VanRound, VanStop
from kortisto.domain.org.models.workstations import Workstation, WorkstationUse

__all__ = [
    "HUES",
    "BusCall",
    "BusStop",
    "CalendarException",
    "Closure",
    "Grant",
    "LibraryGroup",
    "Membership",
    "Passkey",
    "Premises",
    "Role",
    "SettingValue",
    "SignInLink",
    "Staff",
    "Unit",
    "VanRound",
    "VanStop",
    "WeeklyHours",
    "Workstation",
    "WorkstationUse",
]
