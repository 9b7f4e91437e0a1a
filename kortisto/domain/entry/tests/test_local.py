"""The copy of a door's machine: what it knows, how new it is, what it hands over."""

import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from kortisto.core.models import LoggedEvent
from kortisto.core.tokens import parse
from kortisto.domain.entry.actions.bans import NewBan, ban, lift_ban
from kortisto.domain.entry.actions.deciding import Attempt
from kortisto.domain.entry.actions.devices import add_door, remove_door
from kortisto.domain.entry.local.keeper import Keeper, only_keeper
from kortisto.domain.entry.local.offline import decide_offline, door_of
from kortisto.domain.entry.models import EntryAttempt
from kortisto.domain.entry.queries import Door, would_enter
from kortisto.domain.entry.settings import MIN_AGE
from kortisto.domain.entry.tests.place import (
    PIN,
    decided,
    door_at,
    open_library,
    visitor,
)
from kortisto.domain.patrons.actions.binning import put_in_bin, take_out_of_bin
from kortisto.domain.patrons.actions.cards import replace_card
from kortisto.domain.patrons.actions.categories import CategoryTold, change_category
from kortisto.domain.patrons.actions.change import change, set_flags
from kortisto.domain.patrons.actions.restriction_types import (
    TypeTold,
    add_type,
    change_type,
)
from kortisto.domain.patrons.actions.restrictions import restrict
from kortisto.domain.patrons.category_fields import FIELDS
from kortisto.domain.patrons.models import Card, Patron, PatronCategory
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    chief,
    make_category,
    make_patron,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def keeper(tmp_path: Path) -> Keeper:
    return Keeper(tmp_path / "door")


def catch_up(keeper: Keeper) -> None:
    """At most a few rounds: whatever has been told is in the copy then."""
    for _round in range(5):
        if not keeper.turn(MONDAY_NOON):
            return
    pytest.fail("the keeper does not come to an end")


def ask(
    keeper: Keeper,
    patron: Patron | None,
    pin: str = PIN,
    *,
    key: str = "k",
    late: timedelta = timedelta(0),
    door: Door | None = None,
) -> str:
    """What the copy says; a database would fail this: it is not asked."""
    card = "NOBODY" if patron is None else card_of(patron)
    place = door or door_at()
    outcome = decide_offline(
        card,
        pin,
        door=place,
        key=key,
        store=keeper.store,
        waiting=keeper.waiting,
        now=MONDAY_NOON + late,
    )
    return outcome.decision.code


def test_without_a_copy_nobody_is_let_in(keeper: Keeper) -> None:
    assert ask(keeper, visitor()) == "stale"
    assert [one.code for one in keeper.waiting.oldest(9)] == ["stale"]


def test_the_copy_decides_by_the_same_rule(keeper: Keeper) -> None:
    grown, child = visitor(), visitor(born_on=date(2020, 1, 1))
    catch_up(keeper)

    assert ask(keeper, grown, key="1") == "granted"
    assert ask(keeper, child, key="2") == "underage"
    assert ask(keeper, grown, "0000", key="3") == "denied"
    assert ask(keeper, None, key="4") == "denied"
    assert not EntryAttempt.objects.exists()


@pytest.mark.parametrize("kind", ["staff", "device"])
def test_the_copy_knows_an_account_from_a_person(keeper: Keeper, kind: str) -> None:
    make_category("TUNNUS", kind=kind)
    account, person = visitor(category="TUNNUS"), visitor()
    catch_up(keeper)

    assert ask(keeper, account, key="1") == "never-enters"
    assert ask(keeper, person, key="2") == "granted"


def test_a_category_that_turns_into_accounts_shuts_the_door_within_one_round(
    keeper: Keeper,
) -> None:
    """No event names its patrons, and going through everybody would take an hour."""
    patron = visitor(category="TUNNUS")
    catch_up(keeper)
    assert ask(keeper, patron, key="1") == "granted"

    _becomes("TUNNUS", kind="staff")
    keeper.turn(MONDAY_NOON)
    assert ask(keeper, patron, key="2") == "never-enters"

    _becomes("TUNNUS", kind="person")
    keeper.turn(MONDAY_NOON)
    assert ask(keeper, patron, key="3") == "granted"


def _becomes(code: str, *, kind: str) -> None:
    category = PatronCategory.objects.get(code=code)
    values = {name: getattr(category, name) for name in FIELDS}
    told = CategoryTold(names={"name_fi": code}, values={**values, "kind": kind})
    change_category(code, told, by=chief(), now=MONDAY_NOON)


def test_a_type_of_restrictions_that_leaves_doors_open_is_in_the_copy_too(
    keeper: Keeper,
) -> None:
    patron, other = visitor(), visitor()
    told = TypeTold(names={"name_fi": "Ikkuna"})
    by = chief()
    add_type("IKKUNA", told, by=by, now=MONDAY_NOON)
    restrict(patron.pk, "", kind="IKKUNA", by=by, now=MONDAY_NOON)
    restrict(other.pk, "", by=by, now=MONDAY_NOON)
    catch_up(keeper)
    assert ask(keeper, patron, key="1") == "restricted"

    change_type("IKKUNA", replace(told, shuts_doors=False), by=by, now=MONDAY_NOON)
    keeper.turn(MONDAY_NOON)

    assert ask(keeper, patron, key="2") == "granted"
    assert ask(keeper, other, key="3") == "restricted"
    assert would_enter(patron.pk, open_library().pk, at=MONDAY_NOON).granted


def test_a_copy_that_is_too_old_lets_nobody_in(keeper: Keeper) -> None:
    patron = visitor()
    catch_up(keeper)
    a_day = timedelta(hours=24)

    assert ask(keeper, patron, key="1", late=a_day) == "granted"
    assert ask(keeper, patron, key="2", late=a_day + timedelta(seconds=1)) == "stale"
    assert ask(keeper, patron, key="3", late=-timedelta(hours=1)) == "stale"


def test_what_happens_is_in_the_copy_after_one_round(keeper: Keeper) -> None:
    patron, library = visitor(), open_library()
    catch_up(keeper)
    days = NewBan(
        starts_on=MONDAY_NOON.date(),
        ends_on=MONDAY_NOON.date(),
        reason="Noise",
        hearing="On the spot",
    )

    made = ban(patron.pk, days, by=chief(), now=MONDAY_NOON)
    keeper.turn(MONDAY_NOON)
    assert ask(keeper, patron, key="1") == "revoked"
    lift_ban(made.pk, by=chief(), now=MONDAY_NOON)
    keeper.turn(MONDAY_NOON)
    assert ask(keeper, patron, key="2") == "granted"
    set_flags(patron.pk, {"card_lost": True}, by=chief(), now=MONDAY_NOON)
    keeper.turn(MONDAY_NOON)
    assert ask(keeper, patron, key="3") == "card-lost"
    old = card_of(patron)
    replace_card(patron.pk, "P999999", by=chief(), now=MONDAY_NOON)
    keeper.turn(MONDAY_NOON)
    assert ask(keeper, patron, key="4") == "granted"
    assert keeper.store.person_by_card(old) is None
    decided(library, MIN_AGE, 99)
    keeper.turn(MONDAY_NOON)
    assert ask(keeper, patron, key="5") == "underage"


def test_no_card_from_the_bin_nor_of_the_dead_opens_without_the_database(
    keeper: Keeper,
) -> None:
    binned, dead, old = visitor(), visitor(), visitor()
    number = card_of(old)
    catch_up(keeper)

    put_in_bin(binned.pk, "Moved away", by=chief(), now=MONDAY_NOON)
    change(dead.pk, {"died_on": "2027-02-28"}, by=chief(), now=MONDAY_NOON)
    replace_card(
        old.pk, "P999999", by=chief(), now=MONDAY_NOON, ending=Card.Ending.STOLEN
    )
    catch_up(keeper)

    assert ask(keeper, binned, key="1") == "denied"
    assert ask(keeper, dead, key="2") == "not-in-use"
    assert ask(keeper, old, key="3") == "granted"
    assert keeper.store.ended_cards() == {
        card_of(binned): "not-in-use",
        number: "card-lost",
    }

    take_out_of_bin(binned.pk, by=chief(), now=MONDAY_NOON)
    Patron.objects.filter(pk=old.pk).delete()
    catch_up(keeper)
    assert ask(keeper, binned, key="4") == "granted"
    keeper.turn(MONDAY_NOON + timedelta(seconds=10))  # nobody told of the other
    assert keeper.store.ended_cards() == {}


def test_what_was_changed_without_an_event_is_found_by_and_by(keeper: Keeper) -> None:
    patron, gone = visitor(), make_patron()
    number = card_of(gone)
    catch_up(keeper)
    Patron.objects.filter(pk=patron.pk).update(card_lost=True)
    Patron.objects.filter(pk=gone.pk).delete()
    keeper.turn(MONDAY_NOON)
    assert ask(keeper, patron) == "granted"

    keeper.turn(MONDAY_NOON + timedelta(seconds=10))

    assert ask(keeper, patron, key="2") == "card-lost"
    assert keeper.store.person_by_card(number) is None


def test_a_door_is_known_by_its_token_until_it_is_removed(keeper: Keeper) -> None:
    library = open_library()
    made, token = add_door(library.pk, "Main door", by=chief(), now=MONDAY_NOON)
    catch_up(keeper)
    parsed = parse(token)
    assert parsed is not None

    found = door_of(parsed, keeper.store)
    assert found == Door(library_id=library.pk, label="Main door", device_id=made.pk)
    assert door_of(parsed._replace(secret="x"), keeper.store) is None
    assert door_of(parsed._replace(device_id=10**6), keeper.store) is None
    remove_door(made.pk, by=chief(), now=MONDAY_NOON)
    keeper.turn(MONDAY_NOON)
    assert door_of(parsed, keeper.store) is None


def test_only_the_owner_can_read_what_is_kept_and_no_name_is(keeper: Keeper) -> None:
    patron = visitor(surname="Salainen", street="Piilotie 7")
    catch_up(keeper)
    ask(keeper, patron)

    for file in keeper.store.folder.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name
        assert b"Salainen" not in file.read_bytes()
        assert b"Piilotie" not in file.read_bytes()
        assert PIN.encode() not in file.read_bytes() or file.name != "waiting.sqlite3"


def test_a_broken_copy_is_made_anew(keeper: Keeper) -> None:
    patron = visitor()
    catch_up(keeper)
    keeper.store.path.write_bytes(b"this is no database" * 500)
    assert ask(keeper, patron, key="1") == "stale"

    catch_up(keeper)

    assert ask(keeper, patron, key="2") == "granted"


def test_wrong_pins_lock_while_the_database_is_away(keeper: Keeper) -> None:
    patron = visitor()
    catch_up(keeper)

    codes = [
        ask(keeper, patron, pin, key=pin) for pin in ("1", "1", "2", "3", "4", "5")
    ]

    assert codes == ["denied"] * 6
    assert ask(keeper, patron, key="right") == "locked"
    over = timedelta(minutes=15, seconds=1)
    assert ask(keeper, patron, key="later", late=over) == "granted"


def test_the_count_goes_on_from_what_the_database_had_counted(keeper: Keeper) -> None:
    patron = visitor(wrong_pins=["a", "b", "c", "d"])
    catch_up(keeper)

    assert ask(keeper, patron, "1", key="1") == "denied"
    assert ask(keeper, patron, key="2") == "locked"


def test_each_attempt_is_delivered_once(keeper: Keeper) -> None:
    patron = visitor()
    catch_up(keeper)
    for key in ("a", "b", "b"):
        ask(keeper, patron, key=key)

    assert keeper.deliver() == 2
    assert keeper.deliver() == 0

    rows = EntryAttempt.objects.order_by("key")
    assert [(row.key, row.patron_id, row.offline) for row in rows] == [
        ("a", patron.pk, True),
        ("b", patron.pk, True),
    ]
    assert {row.at for row in rows} == {MONDAY_NOON}
    assert LoggedEvent.objects.filter(kind="EntryAttempted").count() == 2


def test_a_crash_between_delivering_and_taking_out_delivers_nothing_twice(
    keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    patron = visitor()
    catch_up(keeper)
    ask(keeper, patron)

    def crash(_key: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(keeper.waiting, "remove", crash)
        with pytest.raises(KeyboardInterrupt):
            keeper.deliver()
    assert len(keeper.waiting.oldest(9)) == 1

    assert keeper.deliver() == 1

    assert EntryAttempt.objects.count() == 1
    assert LoggedEvent.objects.filter(kind="EntryAttempted").count() == 1


def test_an_attempt_that_can_never_be_delivered_holds_up_no_other(
    keeper: Keeper,
) -> None:
    patron = visitor()
    catch_up(keeper)
    nowhere = Door(library_id=10**9, label="Nowhere")
    for key, door in (("bad", nowhere), ("good", door_at())):
        keeper.waiting.put(
            Attempt(
                key=key, at=MONDAY_NOON, door=door, patron_id=patron.pk, code="granted"
            )
        )

    keeper.deliver()

    assert [row.key for row in EntryAttempt.objects.all()] == ["good"]
    assert keeper.waiting.oldest(9) == []
    with sqlite3.connect(keeper.waiting.path) as kept:
        assert kept.execute("SELECT key FROM attempt").fetchall() == [("bad",)]


def test_a_patron_who_has_gone_meanwhile_is_not_named(keeper: Keeper) -> None:
    patron = visitor()
    catch_up(keeper)
    ask(keeper, patron)
    Patron.objects.filter(pk=patron.pk).delete()

    keeper.deliver()

    assert EntryAttempt.objects.get().patron_id is None


def test_two_who_deliver_the_same_queue_write_each_attempt_once(
    keeper: Keeper, tmp_path: Path
) -> None:
    patron = visitor()
    catch_up(keeper)
    for number in range(30):
        ask(keeper, patron, key=f"key-{number}")
    together = Barrier(2)

    def deliver(one: Keeper) -> None:
        together.wait()
        try:
            one.deliver()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(deliver, [keeper, Keeper(tmp_path / "door")]))

    assert EntryAttempt.objects.count() == 30
    assert LoggedEvent.objects.filter(kind="EntryAttempted").count() == 30
    assert keeper.waiting.oldest(99) == []


def test_one_keeper_works_on_a_machine(tmp_path: Path) -> None:
    with only_keeper(tmp_path) as first, only_keeper(tmp_path) as second:
        assert first
        assert not second
    with only_keeper(tmp_path) as later:
        assert later


def test_the_calendar_of_the_copy_goes_on_by_itself(keeper: Keeper) -> None:
    patron = visitor(expires_on=date(2099, 1, 1))
    catch_up(keeper)
    in_three_weeks = timedelta(days=21)

    keeper.turn(MONDAY_NOON + in_three_weeks)

    assert ask(keeper, patron, late=in_three_weeks) == "granted"
    assert timezone.is_aware(keeper.store.state().confirmed_at)
