"""What every staff page stands in: banner, places, scan box, commands, session."""

from typing import Final

from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _

from kortisto.core.actors import Actor
from kortisto.domain.org.models import Staff
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.identity import LIKE_A_CODE
from kortisto.interfaces.staff.middleware import PASSKEYS, TOUCH_EVERY, session_seconds
from kortisto.interfaces.staff.nav import NAV
from kortisto.interfaces.staff.nav_entry import NavEntry, may_open
from kortisto.interfaces.staff.scan_state import MODES, OpenDesk, ScanState
from kortisto.interfaces.staff.told import Note, take_notes
from kortisto.ui.shell import (
    Account,
    Command,
    NavItem,
    ScanBox,
    SessionLimit,
    StaffShell,
    Workplace,
    letters_of,
)

SEND_EMPTY: Final = frozenset({"desk"})  # where Enter alone means "the next patron"


def staff(request: HttpRequest) -> dict[str, object]:
    """The frame. Somebody who is not logged in gets only the language."""
    person = getattr(request, "staff", None)
    actor = getattr(request, "actor", None)
    if person is None or actor is None:
        return StaffShell(language_url=reverse("language")).context()
    here = _page_of(request)
    entries = [entry for entry in NAV if may_open(entry, actor)]
    shell = StaffShell(
        nav=[_nav_item(entry, here) for entry in entries if not entry.hidden],
        workplace=_workplace(actor),
        account=_account(person),
        scan=_scan_box(request, actor, here),
        commands=[_command(entry) for entry in entries],
        command_search_url=reverse("command_search"),
        session_limit=_session_limit(request, actor, person),
        language_url=reverse("language"),
        home_url=reverse("front"),
    )
    notes = [*take_notes(request), *_served(request, here)]
    return {**shell.context(), "actor": actor, "messages": notes}


def _served(request: HttpRequest, here: str) -> list[Note]:
    """Who is served, on pages that do not show it but lend what is scanned."""
    desk = OpenDesk.of(request.session)
    if desk is None or here in MODES:
        return []
    told = _("{name} is being served: an item that you scan is lent to them.")
    return [Note("info", told.format(name=desk.name))]


def _page_of(request: HttpRequest) -> str:
    try:
        return resolve(request.path_info).url_name or ""
    except Resolver404:
        return ""


def _nav_item(entry: NavEntry, here: str) -> NavItem:
    return NavItem(
        label=str(entry.label),
        url=reverse(entry.page),
        icon=entry.icon,
        current=entry.page == here,
        key=entry.key,
    )


def _command(entry: NavEntry) -> Command:
    return Command(
        label=str(entry.label),
        url=reverse(entry.page),
        icon=entry.icon,
        hint=f"g {entry.key}" if entry.key else "",
        words=str(entry.words),
    )


def _workplace(actor: Actor) -> Workplace | None:
    if actor.library_id is None:
        return None
    tree = organisation()
    library = tree.unit(actor.library_id)
    return Workplace(
        library=library.name,
        hue=library.hue,
        letters=letters_of(library.name),
        desk=tree.name(actor.desk_id),
        change_url=reverse("workplace"),
    )


def _account(person: Staff) -> Account:
    own = NavItem(label=_("Own account"), url=reverse("account"), icon="person")
    return Account(name=person.full_name, log_out_url=reverse("log_out"), links=(own,))


def _scan_box(request: HttpRequest, actor: Actor, here: str) -> ScanBox | None:
    if actor.library_id is None:
        return None
    return ScanBox(
        url=reverse("scan"),
        send_empty=here in SEND_EMPTY,
        secret=LIKE_A_CODE,
        fields=ScanState.of(request, page=here).fields,
    )


def _session_limit(request: HttpRequest, actor: Actor, person: Staff) -> SessionLimit:
    """The lock is put off once in ``TOUCH_EVERY`` seconds: promise no more."""
    keys = (reverse("passkey_options"), reverse("passkey_proof"))
    return SessionLimit(
        seconds=session_seconds(actor.library_id) - TOUCH_EVERY,
        stay_url=reverse("stay"),
        log_in_url=reverse("log_in"),
        unlock_url=reverse("unlock"),
        lock_url=reverse("lock"),
        name=person.full_name,
        username=person.username,
        passkey_urls=keys if request.session.get(PASSKEYS) else (),
    )
