"""The stage for the search of leaks: libraries, the content of the walk, and a life.

All of it in one transaction of the test, so that nothing is left of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from kortisto.core import tokens
from kortisto.core.models import FollowerPosition
from kortisto.domain.entry.actions.deciding import Attempt, door_actor, keep_attempt
from kortisto.domain.entry.actions.devices import add_door
from kortisto.domain.entry.actions.guardians import Answer, set_guardian_permission
from kortisto.domain.entry.actions.terms import accept_terms, newest_terms
from kortisto.domain.entry.models import DoorDevice
from kortisto.domain.entry.permissions import EntryPermission
from kortisto.domain.entry.queries import Door
from kortisto.domain.entry.tests.place import open_library
from kortisto.domain.org.actions.groups import save_group
from kortisto.domain.org.actions.role_contents import install_ready_roles
from kortisto.domain.org.actions.roles import give_role
from kortisto.domain.org.actions.staff import create_staff
from kortisto.domain.org.actions.vans import RoundPlan, save_round
from kortisto.domain.org.models import LibraryGroup, Passkey, SignInLink, Staff, Unit
from kortisto.domain.org.vans import Stop
from kortisto.domain.patrons.actions.change import change
from kortisto.domain.patrons.actions.change_requests import request_changes
from kortisto.domain.patrons.actions.renewing import renew_membership
from kortisto.domain.patrons.models import Card, Guardianship, Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.search.queries import rebuild_index
from kortisto.interfaces.cli.demo.accounts import PASSWORD
from kortisto.interfaces.cli.demo.codes import write_codes
from kortisto.interfaces.opac.tests.shelf import somebody, title
from kortisto.interfaces.staff.tests.people import make_staff
from kortisto.testing.builders import (
    chief,
    close_library,
    make_consortium,
    make_item,
    make_rules,
    make_unit,
    themself,
)
from tests import walk_stage
from tests.walk import OF_THE_DEMO

TITLES: Final = 12
HALF_GROWN: Final = timedelta(days=15.5 * 365)  # a guardian decides of doors only
STAFF: Final = {
    "chief": ("kimpan-paakayttaja", "LUMME", "MLI"),
    "desk elsewhere": ("lainausvirkailija", "K-MRI", "MRI"),
    "cataloguer elsewhere": ("kuvailija", "K-MRI", "MRI"),
}
"""Role, its place, and the library where they work."""
BLIND: Final = "no eyes for patrons"
HANDS: Final = (
    PatronPermission.RESET_PIN,
    PatronPermission.RESTRICT,
    EntryPermission.BAN,
    EntryPermission.PERMIT,
    EntryPermission.SEE_ENTRIES,
)
"""What somebody may do with patrons whom they may not see."""


@dataclass(frozen=True, slots=True)
class Stage:
    """``samples`` fills the places of addresses, as tests/walk.py calls them."""

    samples: dict[str, Any]
    guardian: Patron  # of a half-grown child who has not consented to anything
    stranger: Patron
    tokens: dict[str, str]  # of doors, by library

    @property
    def family(self) -> frozenset[int]:
        """Whom the guardian answers for, and who answers for the guardian."""
        links = Guardianship.objects.filter(dependant=self.guardian)
        above = links.exclude(guardian=None).values_list("guardian", flat=True)
        return frozenset({self.samples["child_id"], *above})

    @property
    def without_card(self) -> frozenset[int]:
        """Who has an ended card, or is in the bin: lists for doors tell the card."""
        ended = Q(active=False) | Q(patron__binned_at__isnull=False)
        return frozenset(Card.objects.filter(ended).values_list("patron", flat=True))


def build() -> Stage:
    now = timezone.now()
    town = make_unit("MIKKELI", Unit.Kind.MUNICIPALITY, parent=make_consortium())
    make_unit("MLI", parent=town)
    libraries = {code: open_library(code) for code in ("MLI", "MRI")}
    found(libraries, now)
    for number in range(TITLES):
        make_item(record=title(f"Sinuhe {number}"))
    samples = {**walk_stage.build(), **samples_of_the_demo()}
    rebuild_index()
    opened = {
        code: add_door(library.pk, "Sivuovi", by=chief(), now=now)[1]
        for code, library in libraries.items()
    }
    guardian = Patron.objects.get(pk=samples["patron_id"])
    live(guardian, samples, now)
    stranger = somebody(surname="Vieras")
    contact = Guardianship.Kind.CONTACT  # who sees nothing without being let
    Guardianship.objects.create(
        guardian=stranger, dependant_id=samples["child_id"], kind=contact, order=3
    )
    blind = make_staff("blind", may=HANDS, library=libraries["MLI"])
    Staff.objects.filter(pk=blind.pk).update(full_name=BLIND)
    return Stage(samples, guardian, stranger, opened)


def found(libraries: dict[str, Unit], now: datetime) -> None:
    """What a consortium has from its first day, and three who work there."""
    write_codes()
    make_rules()
    close_library(libraries["MLI"], date(2027, 1, 6))
    ids = [one.pk for one in libraries.values()]
    stops = tuple(
        Stop(library_id=one, at=time(9 + hour)) for hour, one in enumerate(ids)
    )
    plan = RoundPlan(
        names={"fi": "Itäkierros", "sv": "Östrundan", "en": "East round"},
        weekdays=frozenset({0, 3}),
        capacity=200,
        stops=stops,
        starts_on=timezone.localdate(now),
    )
    save_round("ITA", plan, by=chief(), now=now)
    save_group(
        "kaikki",
        LibraryGroup.Purpose.SEARCH,
        names={"fi": "Kaikki", "sv": "Alla", "en": "All"},
        library_ids=ids,
        by=chief(),
        now=now,
    )
    units = {one.code: one.pk for one in Unit.objects.all()}
    install_ready_roles(by=chief(), now=now)
    for name, (role, place, library) in STAFF.items():
        person = create_staff(
            name.replace(" ", "-"),
            PASSWORD,
            full_name=name,
            home_library_id=units[library],
            by=chief(),
            now=now,
        )
        give_role(
            person.pk,
            role,
            unit_id=units[place],
            starts_on=timezone.localdate(now),
            by=chief(),
            now=now,
        )


def samples_of_the_demo() -> dict[str, Any]:
    samples = {}
    with connection.cursor() as cursor:
        for place, query in OF_THE_DEMO.items():
            cursor.execute(query)
            found = cursor.fetchone()
            assert found is not None, f"put what fills {place} on this stage"
            samples[place] = found[0]
    return samples


def live(guardian: Patron, samples: dict[str, Any], now: datetime) -> None:
    """What a life with the library leaves behind, and the walk does not need."""
    by, child_id = chief(guardian.home_library), samples["child_id"]
    oneself = themself(guardian)
    request_changes(guardian.pk, {"street": "Tie 2"}, by=oneself, now=now)
    change(guardian.pk, {"street": "Polku 1", "city": "Mikkeli"}, by=by, now=now)
    renew_membership(guardian.pk, by=by, now=now)
    accept_terms(guardian.pk, newest_terms(), by=by, now=now)
    for answer in (Answer.YES, Answer.NO):
        set_guardian_permission(
            child_id, answer, by=by, now=now, guardian_id=guardian.pk
        )
    half_grown = (now - HALF_GROWN).date()  # and has consented to nothing
    Patron.objects.filter(pk=child_id).update(born_on=half_grown)
    Guardianship.objects.filter(guardian=guardian).update(sees_loans=False)
    Guardianship.objects.create(dependant_id=child_id, name="Isovanhempi", order=2)
    door = Door(library_id=guardian.home_library_id, label="Etuovi")
    tried = Attempt(key="walk", at=now, door=door, patron_id=guardian.pk, code="closed")
    keep_attempt(tried, by=door_actor(door))
    somebody(identity_skipped="Ei tunnusta")
    FollowerPosition.objects.create(follower="walk", last_error="Ei onnistunut")
    ways_in(samples["staff_id"], now)


def ways_in(staff_id: int, now: datetime) -> None:
    """A passkey and an account of the municipality, of somebody who does not walk."""
    Passkey.objects.create(
        staff_id=staff_id,
        label="Avainnippu",
        credential_id="AAAA",
        public_key=b"",
        made_at=now,
    )
    SignInLink.objects.create(
        staff_id=staff_id,
        service="kunta",
        issuer="https://kirjautuminen.example",
        subject="1",
        made_at=now,
    )


def give_back_their_tokens(doors: Iterable[str]) -> None:
    """Doors whose digest has been marked open again; other doors keep their marks."""
    for told in doors:
        token = tokens.parse(told)
        assert token is not None
        digest = tokens.digest(token.secret)
        DoorDevice.objects.filter(pk=token.device_id).update(token_digest=digest)
