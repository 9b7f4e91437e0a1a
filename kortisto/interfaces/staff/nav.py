"""The places of the staff site and who sees them: one line for each.

A line is shown to those who may open its page. ``key`` is pressed after ``g``.
"""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kortisto.core.actors import Actor
from kortisto.core.permissions import Permission
from kortisto.domain.acquisitions.permissions import AcquisitionsPermission
from kortisto.domain.catalogue.permissions import CataloguePermission
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.entry.permissions import EntryPermission
from kortisto.domain.holds.permissions import HoldPermission
from kortisto.domain.notices.permissions import NoticePermission
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.policies.permissions import PolicyPermission


@dataclass(frozen=True, slots=True, kw_only=True)
class NavEntry:
    """``page`` is the name of the page's URL; ``needs`` None: everybody sees it.

    ``somewhere``: it is enough to have the permission at any unit. ``hidden``: the
    page is only in the command palette. ``words`` are found there but not shown.
    """

    page: str
    label: str | Promise
    icon: str
    needs: Permission | None = None
    key: str = ""
    somewhere: bool = False
    hidden: bool = False
    words: str | Promise = ""


NAV: Final = (
    NavEntry(
        page="front",
        label=_("Today"),
        icon="home",
        key="h",
        words=_("front page start home"),
    ),
    NavEntry(
        page="desk",
        label=_("Check out"),
        icon="check-out",
        key="d",
        needs=LendingPermission.LEND,
        words=_("lend loan desk"),
    ),
    NavEntry(
        page="checkin",
        label=_("Check in"),
        icon="check-in",
        key="i",
        needs=LendingPermission.LEND,
        words=_("return take back"),
    ),
    NavEntry(
        page="pull_list",
        label=_("To fetch"),
        icon="hold",
        key="f",
        needs=HoldPermission.PULL,
        words=_("pull list holds shelf fetch pick"),
    ),
    NavEntry(
        page="renewals",
        label=_("Renewals"),
        icon="renew",
        key="u",
        needs=LendingPermission.LEND,
        words=_("renewal extend"),
    ),
    NavEntry(
        page="hold_shelf",
        label=_("Hold shelf"),
        icon="hold",
        key="n",
        needs=LendingPermission.LEND,
        words=_("holds waiting expired uncollected slip"),
    ),
    NavEntry(
        page="transits",
        label=_("Items on their way"),
        icon="transit",
        key="k",
        needs=LendingPermission.LEND,
        words=_("transit transport sent van coming leaving"),
    ),
    NavEntry(
        page="claims",
        label=_("Claims"),
        icon="search",
        key="v",
        needs=LendingPermission.LEND,
        words=_("claims returned never had look for shelf check"),
    ),
    NavEntry(
        page="read_hold_shelf",
        label=_("Read the hold shelf"),
        icon="barcode",
        needs=LendingPermission.LEND,
        hidden=True,
        words=_("inventory scan missing holds"),
    ),
    NavEntry(
        page="patrons",
        label=_("Patrons"),
        icon="people",
        key="p",
        needs=PatronPermission.SEE,
        words=_("customer borrower card"),
    ),
    NavEntry(
        page="errands",
        label=_("Tasks"),
        icon="check",
        key="w",
        words=_("to do work list waiting"),
    ),
    NavEntry(
        page="titles",
        label=_("Titles"),
        icon="book",
        key="t",
        needs=CataloguePermission.SEE,
        words=_("search catalogue record item"),
    ),
    NavEntry(
        page="drift",
        label=_("Where items have drifted"),
        icon="transit",
        needs=CataloguePermission.SEE,
        hidden=True,
        words=_("floating balance collection library"),
    ),
    NavEntry(
        page="purchase_suggestions",
        label=_("Purchase suggestions"),
        icon="plus",
        needs=AcquisitionsPermission.ANSWER_SUGGESTIONS,
        somewhere=True,
        hidden=True,
        words=_("acquisitions buy wish patron"),
    ),
    NavEntry(
        page="entries",
        label=_("Open libraries"),
        icon="key",
        key="l",
        needs=EntryPermission.SEE_ENTRIES,
        somewhere=True,
        words=_("door entry self-service access log"),
    ),
    NavEntry(
        page="doors",
        label=_("Doors"),
        icon="lock",
        needs=EntryPermission.MANAGE_DOORS,
        somewhere=True,
        hidden=True,
        words=_("open library device token"),
    ),
    NavEntry(
        page="rules",
        label=_("Rules"),
        icon="rules",
        key="r",
        needs=PolicyPermission.SEE,
        words=_("lending policy matrix loan period"),
    ),
    NavEntry(
        page="calendars",
        label=_("Calendars"),
        icon="calendar",
        key="c",
        words=_("opening hours closed days holidays"),
    ),
    NavEntry(
        page="imports",
        label=_("Import"),
        icon="import",
        key="m",
        needs=CataloguePermission.IMPORT,
        words=_("export MARC files records"),
    ),
    NavEntry(
        page="jobs",
        label=_("Jobs"),
        icon="jobs",
        key="j",
        needs=OrgPermission.SEE_JOBS,
        words=_("background schedule worker nightly"),
    ),
    NavEntry(
        page="audit",
        label=_("Audit log"),
        icon="log",
        key="a",
        needs=OrgPermission.SEE_AUDIT_LOG,
        words=_("events who did what"),
    ),
    NavEntry(
        page="message_texts",
        label=_("Texts of messages"),
        icon="mail",
        needs=NoticePermission.EDIT_TEXTS,
        hidden=True,
        words=_("templates e-mail notices letters"),
    ),
    NavEntry(
        page="settings",
        label=_("Settings"),
        icon="settings",
        key="s",
        needs=OrgPermission.EDIT_SETTINGS,
        somewhere=True,
        words=_("configuration options"),
    ),
    NavEntry(
        page="categories",
        label=_("Patron categories"),
        icon="people",
        needs=OrgPermission.EDIT_SETTINGS,
        somewhere=True,
        hidden=True,
        words=_("kinds of patrons age limits guardian PIN charges"),
    ),
    NavEntry(
        page="restriction_types",
        label=_("Types of restrictions"),
        icon="lock",
        needs=OrgPermission.EDIT_SETTINGS,
        somewhere=True,
        hidden=True,
        words=_("bar from borrowing suspension ban kinds"),
    ),
    NavEntry(
        page="staffing",
        label=_("Staff"),
        icon="key",
        key="e",
        needs=OrgPermission.MANAGE_STAFF,
        somewhere=True,
        words=_("accounts roles permissions employees"),
    ),
    NavEntry(
        page="who_may",
        label=_("Who may what where"),
        icon="people",
        needs=OrgPermission.MANAGE_STAFF,
        somewhere=True,
        hidden=True,
        words=_("table of roles permissions export review"),
    ),
    NavEntry(
        page="roles",
        label=_("Roles and administrators"),
        icon="key",
        needs=OrgPermission.MANAGE_STAFF,
        somewhere=True,
        hidden=True,
        words=_("new role copy permission edit delete"),
    ),
    NavEntry(
        page="see_as",
        label=_("See as somebody else"),
        icon="eye",
        needs=OrgPermission.MANAGE_STAFF,
        somewhere=True,
        hidden=True,
        words=_("simulate role permissions pages"),
    ),
    NavEntry(
        page="access_changes",
        label=_("Changes of permissions"),
        icon="log",
        needs=OrgPermission.MANAGE_STAFF,
        somewhere=True,
        hidden=True,
        words=_("log of roles granted ended"),
    ),
    NavEntry(
        page="workstations",
        label=_("Workstations"),
        icon="desk",
        needs=OrgPermission.MANAGE_WORKSTATIONS,
        somewhere=True,
        hidden=True,
        words=_("computer device enrol stolen lost certificate"),
    ),
    NavEntry(
        page="units",
        label=_("Organisation"),
        icon="library",
        key="o",
        words=_("units libraries municipalities groups"),
    ),
    NavEntry(
        page="retention",
        label=_("Retention"),
        icon="clock",
        needs=OrgPermission.SEE_JOBS,
        hidden=True,
        words=_("how long data is kept privacy forget delete"),
    ),
    NavEntry(
        page="patterns",
        label=_("Patterns"),
        icon="eye",
        hidden=True,
        words=_("components styles"),
    ),
    NavEntry(
        page="explain",
        label=_("Explain the rules"),
        icon="why",
        needs=PolicyPermission.SEE,
        hidden=True,
        words=_("why policy parameter"),
    ),
    NavEntry(
        page="register",
        label=_("Register a patron"),
        icon="plus",
        needs=PatronPermission.EDIT,
        hidden=True,
        words=_("new patron card"),
    ),
    NavEntry(
        page="change_requests",
        label=_("Change requests"),
        icon="edit",
        needs=PatronPermission.EDIT,
        hidden=True,
        words=_("web requests accept deny patron"),
    ),
    NavEntry(
        page="online_registrations",
        label=_("Online registrations"),
        icon="card",
        needs=PatronPermission.EDIT,
        hidden=True,
        words=_("web provisional card identity"),
    ),
    NavEntry(
        page="patron_by_code",
        label=_("Find by personal identity code"),
        icon="search",
        needs=PatronPermission.SEE,
        hidden=True,
        words=_("patron identity vault"),
    ),
    NavEntry(
        page="return_box",
        label=_("Check in a box"),
        icon="box",
        needs=LendingPermission.LEND,
        hidden=True,
        words=_("batch many return"),
    ),
    NavEntry(
        page="lending_box",
        label=_("Check out a box"),
        icon="box",
        needs=LendingPermission.LEND,
        hidden=True,
        words=_("batch many lend"),
    ),
    NavEntry(
        page="workplace",
        label=_("Change the working library"),
        icon="library",
        hidden=True,
        words=_("workplace desk branch"),
    ),
    NavEntry(page="account", label=_("Own account"), icon="person", hidden=True),
)


def may_open(entry: NavEntry, actor: Actor) -> bool:
    """Whether somebody may open the page of an entry where they work."""
    if entry.needs is None:
        return True
    if entry.somewhere:
        return actor.may_somewhere(entry.needs)
    return actor.may(entry.needs)
