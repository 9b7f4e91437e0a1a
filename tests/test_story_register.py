"""A child's life with the library, from the registration to the sixteenth birthday.

Acceptance scenarios 1 and 2, by the actions that the desk, the web and the doors call.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction

from kortisto.core.actors import Actor, ActorKind, Channel
from kortisto.core.refusals import Refused
from kortisto.domain.entry.actions.deciding import Outcome, decide_entry, door_actor
from kortisto.domain.entry.actions.guardians import Answer, set_guardian_permission
from kortisto.domain.entry.actions.terms import accept_terms, newest_terms
from kortisto.domain.entry.local.keeper import Keeper
from kortisto.domain.entry.local.offline import decide_offline
from kortisto.domain.entry.models import EntryAttempt
from kortisto.domain.entry.queries import Door
from kortisto.domain.entry.settings import MIN_AGE
from kortisto.domain.entry.tests.place import decided, door_at, open_library
from kortisto.domain.patrons.actions.identity import (
    Given,
    ask_vault,
    give_identity,
    keep_identity,
)
from kortisto.domain.patrons.actions.pin import log_in
from kortisto.domain.patrons.actions.register import register
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.new_patron import NewGuardian, NewPatron
from kortisto.domain.patrons.records import record_of
from kortisto.domain.patrons.rules import Tick
from kortisto.domain.patrons.vault import vault
from kortisto.testing.builders import (
    HELSINKI,
    MONDAY_NOON,
    desk,
    make_category,
    make_patron,
)
from kortisto.testing.identity_codes import code_of
from kortisto.testing.identity_vault import MemoryVault

pytestmark = pytest.mark.django_db(transaction=True)

BORN = date(2020, 2, 10)  # seven years old on MONDAY_NOON
CARD, PIN = "0050001", "2749"
AT_THE_DOOR = MONDAY_NOON.replace(hour=7, minute=30)
SIXTEEN = datetime(2036, 2, 10, 7, 30, tzinfo=HELSINKI)


@dataclass(frozen=True, slots=True)
class Family:
    child: Patron
    guardian: Patron

    @property
    def on_the_web(self) -> Actor:
        """The guardian, as the web library knows them."""
        return Actor(
            kind=ActorKind.PATRON,
            id=self.guardian.pk,
            library_id=self.guardian.home_library_id,
            channel=Channel.WEB,
        )


def registered() -> Family:
    """One save at the desk: the child, the guardian beside, the code in the vault."""
    library = open_library()
    make_category()
    make_category(
        "LAPSI",
        kind="dependant",
        max_age=17,
        may_have_guardian=True,
        needs_guardian=True,
    )
    guardian = NewPatron(
        card_number="0050002",
        surname="Lahti",
        first_names="Sanna",
        category="HENKILO",
        home_library_id=library.pk,
        born_on=date(1988, 5, 1),
        phone="040 1234567",
        second_phone="050 7654321",
    )
    child = NewPatron(
        card_number=CARD,
        surname="Lahti",
        first_names="Eero Olavi",
        category="LAPSI",
        home_library_id=library.pk,
        pin=PIN,
        sms_number=guardian.second_phone,
        guardians=(NewGuardian(person=guardian, kind="parent"),),
        messages=(Tick("hold-ready", "sms"), Tick("advance", "sms", 2)),
        born_on=BORN,
    )
    asked = ask_vault(code_of(BORN, sign="A"), by=desk(), now=MONDAY_NOON)
    with transaction.atomic():
        made = register(child, by=desk(), now=MONDAY_NOON)
        kept = keep_identity(made.pk, asked, by=desk(), now=MONDAY_NOON)
    assert kept is Given.SAVED
    (link,) = record_of(made.pk, today=MONDAY_NOON.date()).guardians
    assert link.guardian is not None
    return Family(child=made, guardian=link.guardian)


def stored() -> MemoryVault:
    made = vault()
    assert isinstance(made, MemoryVault)
    return made


def at(door: Door, now: datetime) -> Outcome:
    key = f"{now:%Y%m%d%H%M%S}"
    return decide_entry(CARD, PIN, door=door, key=key, by=door_actor(door), now=now)


def test_a_child_of_seven_is_registered_whole_in_one_save() -> None:
    family = registered()

    record = record_of(family.child.pk, today=MONDAY_NOON.date())
    assert record.is_minor
    assert record.patron.number_for_sms == "+358507654321"
    assert set(record.ticks) == {Tick("hold-ready", "sms"), Tick("advance", "sms", 2)}
    assert record.guardians[0].gets_bills
    assert log_in(CARD, PIN, by=desk(), now=MONDAY_NOON) == family.child
    family.child.refresh_from_db()
    key = family.child.identity_key
    assert key is not None
    assert stored().rows[key].confirmed
    assert code_of(BORN, sign="A") not in str(vars(family.child))


def test_a_guardians_no_shuts_every_door_until_the_sixteenth_birthday(
    tmp_path: Path,
) -> None:
    """Also on the machine of a door whose database is away, and without any news."""
    family, door = registered(), door_at()
    decided(open_library(), MIN_AGE, 7)
    accept_terms(family.child.pk, newest_terms(), by=family.on_the_web, now=MONDAY_NOON)
    Patron.objects.filter(pk=family.child.pk).update(expires_on=date(2037, 1, 1))
    assert at(door, AT_THE_DOOR).decision.granted

    set_guardian_permission(
        family.child.pk, Answer.NO, by=family.on_the_web, now=MONDAY_NOON
    )

    refused = at(door, AT_THE_DOOR + timedelta(minutes=1)).decision
    assert [one.reason.value for one in refused.refusals] == ["guardian-refused"]
    assert EntryAttempt.objects.filter(code="guardian-refused").count() == 1
    day_before = SIXTEEN - timedelta(days=1)
    assert at(door, day_before).decision.code == "guardian-refused"
    assert at(door, SIXTEEN).decision.code == "granted"
    assert in_the_copy(tmp_path, door, day_before) == "guardian-refused"
    assert in_the_copy(tmp_path, door, SIXTEEN) == "granted"


def in_the_copy(folder: Path, door: Door, now: datetime) -> str:
    """What the machine of the door says with its own copy, which is as old as today."""
    keeper = Keeper(folder)
    while keeper.turn(now):
        pass
    outcome = decide_offline(
        CARD,
        PIN,
        door=door,
        key=f"offline-{now:%Y%m%d}",
        store=keeper.store,
        waiting=keeper.waiting,
        now=now,
    )
    return outcome.decision.code


@pytest.mark.parametrize(
    ("born_on", "sign"),
    [(MONDAY_NOON.date(), "A"), (date(1926, 1, 15), "-"), (date(1925, 3, 1), "Y")],
)
def test_a_newborn_and_somebody_of_101_years_get_keys(born_on: date, sign: str) -> None:
    patron = make_patron(born_on=None)
    code = code_of(born_on, sign=sign)

    given = give_identity(patron.pk, code, by=desk(), now=MONDAY_NOON)

    patron.refresh_from_db()
    assert given is Given.SAVED
    assert patron.born_on == born_on
    assert patron.identity_key in stored().rows


def test_a_plus_is_questioned_before_anybody_is_born_in_the_1800s() -> None:
    """A reader that types a plus for a minus gives nobody a wrong code unseen."""
    patron = make_patron(born_on=None)
    scanned = code_of(date(1826, 1, 15), sign="+")

    with pytest.raises(Refused, match="identity-code-1800s"):
        give_identity(patron.pk, scanned, by=desk(), now=MONDAY_NOON)

    patron.refresh_from_db()
    assert (patron.identity_key, patron.born_on) == (None, None)
    assert stored().rows == {}
