"""Whoever asks, and however: no page, file, redirect, error or log tells a secret.

Every secret field of every row bears a mark of its own (tests/leak_marks.py); every
address of every site is asked for by people who may see little (tests/leak_walk.py).
A new address is walked by itself, and a new secret field is marked by itself.
"""

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest
from django.conf import settings as given
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path
from django.utils import timezone

from kortisto.core.models import LoggedEvent
from kortisto.core.secrecy import Secrecy
from kortisto.domain.entry.local.keeper import Keeper
from kortisto.domain.org.models import Staff
from kortisto.domain.patrons.contacts import readable_number
from kortisto.domain.patrons.models import Patron
from kortisto.interfaces.door import views as door_views
from kortisto.interfaces.door.service import DoorService, Pace
from kortisto.interfaces.door.urls import urlpatterns as door_urls
from kortisto.interfaces.opac.tests.shelf import log_in
from kortisto.interfaces.staff.searches import KEPT
from kortisto.interfaces.staff.tests.people import at_work
from kortisto.ui.pdf import Document, pdf
from tests import leak_stage
from tests.leak_marks import Marks, Secret, mark_everything
from tests.leak_stage import Stage
from tests.leak_walk import Walk, addresses_of
from tests.walk import OPAC, STAFF

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

MaySee = Callable[[Secret], bool]
SEALED: Final = frozenset({Secrecy.SEALED, Secrecy.VAULT})
OF_PATRONS: Final = SEALED | {Secrecy.PERSONAL}
"""What staff without a permission for patrons do not see."""
TOLD_IN_THE_FAMILY: Final = frozenset(
    {"Patron.called_name", "Patron.first_names", "Patron.surname"}
)
"""Of guardian and child, who have not consented to more: whom their pages speak of."""
BETWEEN_STAFF: Final = frozenset({"Restriction.note", "Patron.bin_reason"})
"""What is written about patrons and never shown to them."""
SITES: Final = {"door", "none", "public", "staff"}


@dataclass(frozen=True, slots=True)
class Marked:
    """The stage with its marks, and whoever has logged in before they were written."""

    stage: Stage
    marks: Marks
    clients: dict[str, Client]

    @property
    def samples(self) -> dict[str, Any]:
        return self.stage.samples

    def walk(self, who: str, may_see: MaySee, **headers: str) -> Walk:
        return Walk(self.clients.get(who, _client()), self.marks, may_see, headers)


def _client() -> Client:
    return Client(raise_request_exception=False, headers={"Accept-Language": "fi"})


@pytest.fixture(scope="module")
def marked(
    django_db_setup: None,  # noqa: ARG001
    django_db_blocker: Any,
) -> Iterator[Marked]:
    with django_db_blocker.unblock(), transaction.atomic():
        stage = leak_stage.build()
        clients = {
            **_patrons(stage),
            **{name: _at_work(name) for name in (*leak_stage.STAFF, leak_stage.BLIND)},
        }
        marks = mark_everything()
        leak_stage.give_back_their_tokens(stage.tokens.values())
        yield Marked(stage, marks, clients)
        transaction.set_rollback(True)


def _patrons(stage: Stage) -> dict[str, Client]:
    with override_settings(**given.PUBLIC_SITE):
        entered = {}
        for name, patron in (
            ("guardian", stage.guardian),
            ("stranger", stage.stranger),
        ):
            entered[name] = _client()
            log_in(entered[name], patron)
    return entered


def _at_work(name: str) -> Client:
    """Logged in, with a search that tests/walk.py opens."""
    client = at_work(Staff.objects.get(full_name=name))
    session = client.session
    session[KEPT] = {"walk": {"q": "zq"}}
    session.save()
    client.raise_request_exception = False
    return client


def body_of(samples: dict[str, Any]) -> dict[str, Any]:
    """A form with the stage's own ids under every name that a page may read."""
    short = {name.removesuffix("_id"): value for name, value in samples.items()}
    return {**samples, **short, "q": "zq", "scan": samples["overdue"], "all": "yes"}


def assert_nothing_leaks(walk: Walk) -> None:
    assert walk.asked > 0
    assert sorted(set(walk.leaks)) == []
    assert walk.broken == []
    assert events_name_nobody(walk.marks) == []


def events_name_nobody(marks: Marks) -> list[str]:
    """The log of events tells ids only, also of what was refused."""
    rows = LoggedEvent.objects.values_list("kind", "body")
    return [kind for kind, body in rows if marks.in_text(str(body))]


def test_every_secret_text_has_a_mark(marked: Marked) -> None:
    """A text that is missed: put a row with it on the stage (tests/leak_stage.py)."""
    assert marked.marks.missed == set()
    assert {
        "Patron.surname",
        "Patron.pin_hash",
        "Patron.identity_key",
        "Loan.title",
    } < (marked.marks.covered)


def test_every_site_is_walked() -> None:
    files = Path(given.BASE_DIR, "config").glob("urls_*.py")
    assert {one.stem.removeprefix("urls_") for one in files} == SITES


@pytest.mark.parametrize("who", ["nobody", "stranger", "guardian"])
@override_settings(**given.PUBLIC_SITE)
def test_the_web_library_tells_nobody_about_others(marked: Marked, who: str) -> None:
    own = {"stranger": marked.stage.stranger.pk, "guardian": marked.stage.guardian.pk}
    family = marked.stage.family if who == "guardian" else frozenset()

    def may_see(secret: Secret) -> bool:
        if secret.field in BETWEEN_STAFF:
            return False
        near = secret.owners & family and secret.field in TOLD_IN_THE_FAMILY
        return secret.secrecy is Secrecy.PERSONAL and (
            own.get(who) in secret.owners or bool(near)
        )

    walk = marked.walk(who, may_see)
    walk.go(addresses_of(OPAC, marked.samples, strange=True), body_of(marked.samples))

    assert_nothing_leaks(walk)
    if who == "guardian":  # who is looking sees their own: the marks can be found
        assert {"Patron.surname", "Loan.title", "PatronNote.text"} <= walk.seen


@pytest.mark.parametrize(
    "who",
    [
        "nobody",
        pytest.param("cataloguer elsewhere", marks=pytest.mark.once),
        pytest.param(leak_stage.BLIND, marks=pytest.mark.once),
    ],
)
def test_the_staff_site_tells_nothing_of_patrons_without_the_permission(
    marked: Marked, who: str
) -> None:
    def may_see(secret: Secret) -> bool:
        return who != "nobody" and secret.secrecy not in OF_PATRONS

    walk = marked.walk(who, may_see)
    addresses = addresses_of(STAFF, marked.samples, strange=who == "nobody")
    walk.go(addresses, body_of(marked.samples))

    assert_nothing_leaks(walk)


@pytest.mark.slow
@pytest.mark.parametrize(
    "who", [pytest.param("desk elsewhere", marks=pytest.mark.once), "chief"]
)
def test_not_even_staff_with_permissions_see_what_is_sealed(
    marked: Marked, who: str
) -> None:
    walk = marked.walk(who, lambda secret: secret.secrecy not in SEALED)
    walk.go(addresses_of(STAFF, marked.samples, strange=False), body_of(marked.samples))

    assert_nothing_leaks(walk)
    assert {"Patron.surname", "Patron.phone", "Patron.born_on"} <= walk.seen


@pytest.fixture
def door_machine(
    marked: Marked,  # noqa: ARG001 - the copy is made of it
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """A machine with its copy, which asks the database in this thread."""
    machine = DoorService(tmp_path, Pace(noticed_after=60, decided_within=60))
    monkeypatch.setattr(machine, "_from_database", lambda ask, **_within: ask())
    monkeypatch.setattr(door_views, "service", lambda: machine)
    keeper = Keeper(tmp_path)
    while keeper.turn(timezone.now()):
        pass


@pytest.mark.usefixtures("door_machine")
@pytest.mark.parametrize("token", ["", "1.made-up", "no token"])
@override_settings(**given.DOORS)
def test_nobody_but_a_door_is_told_anything(marked: Marked, token: str) -> None:
    walk = marked.walk("", nothing, Authorization=f"Bearer {token}")
    walk.go(addresses_of(door_urls, marked.samples, strange=True), {})
    assert_nothing_leaks(walk)


@pytest.mark.usefixtures("door_machine")
@pytest.mark.parametrize("library", ["MLI", "MRI"])
@override_settings(**given.DOORS)
def test_a_door_is_told_the_cards_that_may_not_enter_its_library_and_nothing_else(
    marked: Marked, library: str
) -> None:
    """The ban is for MLI only; a guardian's no, and an ended card, is for all."""
    refused = {marked.samples["child_id"]}
    refused |= {marked.stage.guardian.pk} if library == "MLI" else set()
    refused |= marked.stage.without_card
    token = marked.stage.tokens[library]
    walk = marked.walk(
        "",
        lambda secret: secret.field == "Card.number" and bool(secret.owners & refused),
        Authorization=f"Bearer {token}",
    )
    walk.go(addresses_of(door_urls, marked.samples, strange=True), {})
    for card, pin in (("0010001001", "4826"), (marked.samples["card"], "0000")):
        walk.send("/door/v1/entries", {"card": card, "pin": pin})

    assert_nothing_leaks(walk)
    assert walk.seen == {"Card.number"}


def nothing(_secret: Secret) -> bool:
    return False


def planted(marked: Marked) -> ModuleType:
    """The web library, with pages whose makers have not taken care."""
    patron = marked.stage.guardian

    def fresh() -> Patron:
        return Patron.objects.get(pk=patron.pk)

    def header(_request: HttpRequest) -> HttpResponse:
        return HttpResponse(headers={"Location": f"/?of={fresh().email}"}, status=302)

    def spelled(_request: HttpRequest) -> HttpResponse:
        number = readable_number(fresh().phone)
        return HttpResponse(f"{number} {fresh().born_on:%-d.%-m.%Y}")

    def packed(_request: HttpRequest) -> HttpResponse:
        made = Document(title=fresh().surname, language="fi")
        return HttpResponse(pdf(made), content_type="application/pdf")

    def log(_request: HttpRequest) -> HttpResponse:
        logging.getLogger("kortisto").warning("hello, %s", fresh().first_names)
        return HttpResponse()

    def error(_request: HttpRequest) -> HttpResponse:
        message = f"no such patron: {fresh().called_name}"
        raise ValueError(message)

    site = ModuleType("planted")
    views = (header, spelled, packed, log, error)
    site.urlpatterns = [  # type: ignore[attr-defined]
        *OPAC,
        *(path(f"{view.__name__}/", view, name=view.__name__) for view in views),
    ]
    return site


def test_what_leaks_is_found_wherever_it_is(marked: Marked) -> None:
    """The search itself is true: five leaks that were put there on purpose."""
    site = planted(marked)
    walk = marked.walk("nobody", nothing)
    new = site.urlpatterns[len(OPAC) :]
    with override_settings(**{**given.PUBLIC_SITE, "ROOT_URLCONF": site}):
        walk.go(addresses_of(new, marked.samples, strange=False), {})

    found = {re.sub(r" \(\d+\)", "", one) for one in walk.leaks}
    own = f"(personal, of [{marked.stage.guardian.pk}])"
    assert {one for one in found if "GET" in one} == {
        f"GET /header/: Patron.email {own}",
        f"GET /spelled/: Patron.phone {own}",
        f"GET /spelled/: Patron.born_on {own}",
        f"GET /packed/: Patron.surname {own}",
        f"the log of GET /log/: Patron.first_names {own}",
        f"the log of GET /error/: Patron.called_name {own}",
    }
    assert walk.broken  # a page that breaks is told as well
