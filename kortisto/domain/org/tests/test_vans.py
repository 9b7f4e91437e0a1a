"""Ways of items by vans: pure facts, no database."""

from dataclasses import replace
from datetime import date, time

from kortisto.domain.org.vans import Leg, Round, Stop, VanNetwork, Way

MAIN, NORTH, SOUTH, FAR, NOWHERE = 1, 2, 3, 4, 5
SUNDAY, MONDAY, TUESDAY = date(2027, 2, 28), date(2027, 3, 1), date(2027, 3, 2)
WEDNESDAY, THURSDAY = date(2027, 3, 3), date(2027, 3, 4)

TRUNK = Round(
    code="TRUNK",
    names={"fi": "Runko"},
    weekdays=frozenset(range(5)),
    capacity=100,
    stops=(Stop(MAIN, time(8)), Stop(FAR, time(10), 90), Stop(MAIN, time(12), 90)),
    starts_on=date(2027, 1, 1),
    run_cents=36_000,
    handling_cents=30,
)
NORTHERN = replace(
    TRUNK,
    code="NORTH",
    weekdays=frozenset({1, 3}),
    stops=(
        Stop(MAIN, time(13)),
        Stop(NORTH, time(14), 50),
        Stop(SOUTH, time(15), 50),
        Stop(MAIN, time(16), 20),
    ),
)
BOTH = VanNetwork([TRUNK, NORTHERN])


def way(
    origin: int, destination: int, *, ready: date, network: VanNetwork = BOTH
) -> Way:
    """The one with fewest vans."""
    return network.ways(origin, destination, ready=ready)[0]


def ridden(found: Way) -> list[tuple[str, int, int, date]]:
    return [
        (leg.code, leg.origin, leg.destination, leg.leaves.date()) for leg in found.legs
    ]


def test_an_item_leaves_with_the_van_of_the_day_after() -> None:
    found = way(MAIN, FAR, ready=MONDAY)
    assert ridden(found) == [("TRUNK", MAIN, FAR, TUESDAY)]
    assert found.arrives_on == TUESDAY


def test_a_van_that_does_not_drive_on_that_day_is_waited_for() -> None:
    assert way(MAIN, NORTH, ready=TUESDAY).arrives_on == THURSDAY


def test_a_van_is_changed_on_the_same_day_when_there_is_time() -> None:
    found = way(FAR, NORTH, ready=MONDAY)
    assert ridden(found) == [
        ("TRUNK", FAR, MAIN, TUESDAY),
        ("NORTH", MAIN, NORTH, TUESDAY),
    ]


def test_a_van_that_leaves_too_soon_is_missed() -> None:
    late = replace(TRUNK, stops=(*TRUNK.stops[:2], Stop(MAIN, time(12, 45), 90)))
    network = VanNetwork([late, NORTHERN])
    assert way(FAR, NORTH, ready=MONDAY, network=network).arrives_on == THURSDAY


def test_what_the_van_has_passed_already_waits_for_the_next_run() -> None:
    """From the last stop back to the first one: home with it, and out again."""
    found = way(SOUTH, NORTH, ready=MONDAY)
    assert ridden(found) == [
        ("NORTH", SOUTH, MAIN, TUESDAY),
        ("NORTH", MAIN, NORTH, THURSDAY),
    ]


def test_an_item_costs_its_part_of_a_full_van_and_the_handling() -> None:
    """360 euros, 180 kilometres, 100 items: 2 cents a kilometre."""
    found = way(MAIN, FAR, ready=MONDAY)
    assert (found.kilometres, found.cents) == (90, 30 + 180)
    changed = way(FAR, NORTH, ready=MONDAY)
    assert changed.kilometres == 140
    assert changed.cents == sum(leg.cents for leg in changed.legs)


def test_a_library_where_no_van_calls_has_no_way() -> None:
    assert BOTH.ways(MAIN, NOWHERE, ready=MONDAY) == ()
    assert BOTH.ways(NOWHERE, MAIN, ready=MONDAY) == ()
    assert BOTH.libraries(MONDAY) == {MAIN, FAR, NORTH, SOUTH}


def test_a_way_with_more_vans_counts_only_when_it_is_sooner() -> None:
    direct = replace(
        NORTHERN,
        code="DIRECT",
        weekdays=frozenset({4}),
        stops=(Stop(FAR, time(9)), Stop(NORTH, time(11), 120)),
    )
    network = VanNetwork([TRUNK, NORTHERN, direct])
    found = network.ways(FAR, NORTH, ready=MONDAY)
    assert [len(one.legs) for one in found] == [1, 2]
    assert found[1].arrives_on < found[0].arrives_on
    assert [len(one.legs) for one in network.ways(FAR, NORTH, ready=THURSDAY)] == [1]


def test_a_library_that_is_closed_is_not_called_at() -> None:
    network = VanNetwork(
        [TRUNK], calls=lambda library, day: (library, day) != (FAR, TUESDAY)
    )
    assert way(MAIN, FAR, ready=MONDAY, network=network).arrives_on == WEDNESDAY


def test_a_round_changes_from_a_day_on_and_ends() -> None:
    later = replace(
        TRUNK, starts_on=WEDNESDAY, ends_on=THURSDAY, weekdays=frozenset({3})
    )
    network = VanNetwork([later, TRUNK])
    assert network.round_on("TRUNK", TUESDAY) == TRUNK
    assert network.round_on("TRUNK", WEDNESDAY) == later
    assert network.round_on("TRUNK", date(2027, 3, 5)) is None
    assert way(MAIN, FAR, ready=MONDAY, network=network).arrives_on == TUESDAY
    assert way(MAIN, FAR, ready=TUESDAY, network=network).arrives_on == THURSDAY
    assert network.ways(MAIN, FAR, ready=THURSDAY) == ()


def test_without_rounds_there_is_no_network() -> None:
    assert VanNetwork().is_empty
    assert not BOTH.is_empty


def test_the_same_facts_give_the_same_ways() -> None:
    other = VanNetwork([NORTHERN, TRUNK])
    for origin in (MAIN, NORTH, SOUTH, FAR):
        for destination in (MAIN, NORTH, SOUTH, FAR):
            one = BOTH.ways(origin, destination, ready=SUNDAY)
            assert one == other.ways(origin, destination, ready=SUNDAY)
            assert all(isinstance(leg, Leg) for found in one for leg in found.legs)
