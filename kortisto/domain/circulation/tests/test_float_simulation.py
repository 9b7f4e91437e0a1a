"""Floating that is tried on last year's returns, and changes nothing (HLD-50)."""

from datetime import date, timedelta

import pytest

from kortisto.core.actors import NotPermitted
from kortisto.core.refusals import Refused
from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.actions.trying_floating import try_floating
from kortisto.domain.circulation.float_simulation import (
    FloatTrial,
    Side,
    altogether,
    from_result,
    result_of,
    simulate_floating,
)
from kortisto.domain.circulation.simulation import Window
from kortisto.domain.holds.models import Transit
from kortisto.domain.org.models import Unit
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    chief,
    desk,
    make_item,
    make_item_type,
    make_library,
    make_patron,
    make_rules,
)
from kortisto.testing.jobs import work

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
WINDOW = Window(date(2027, 3, 1), date(2027, 3, 31))
LATER = MONDAY_NOON + 100 * DAY


@pytest.fixture(autouse=True)
def rules(db: None) -> None:
    del db
    make_rules({"values": {"loan_period": 28}})


def borrowed(item: Item, *, at: Unit, back: Unit, day: int) -> None:
    card = card_of(make_patron())
    when = MONDAY_NOON + day * DAY
    checkout(card, item.barcode, by=chief(at), now=when)
    checkin(item.barcode, by=desk(back), now=when + timedelta(hours=1))


def trial(*libraries: Unit, **fields: object) -> FloatTrial:
    chosen = frozenset(one.pk for one in libraries)
    return FloatTrial(libraries=chosen, **fields)  # type: ignore[arg-type]


def test_a_return_that_would_have_stayed_is_a_journey_saved() -> None:
    home, here = make_library("MLI"), make_library("SVL")
    borrowed(make_item(library=home), at=home, back=here, day=0)
    found = simulate_floating(trial(home, here), WINDOW)
    assert found[here.pk].then == Side(sent=1)
    assert found[here.pk].tried == Side(come=1)
    assert found[home.pk].tried == Side(gone=1)
    total = altogether(found)
    assert (total.returns, total.then.journeys, total.tried.journeys) == (1, 1, 0)
    assert from_result(result_of(found)) == found


def test_who_borrows_it_at_home_again_would_have_had_to_fetch_it() -> None:
    home, here = make_library("MLI"), make_library("SVL")
    item = make_item(library=home)
    borrowed(item, at=home, back=here, day=0)
    borrowed(item, at=home, back=home, day=3)
    found = simulate_floating(trial(home, here), WINDOW)
    assert found[home.pk].tried.fetched == 1
    assert found[home.pk].then.fetched == 0
    total = altogether(found)
    assert (total.then.journeys, total.tried.journeys) == (1, 1)
    assert (total.tried.come, total.tried.gone) == (0, 0)


def test_over_the_limit_it_goes_where_it_lacks_or_home() -> None:
    home, here = make_library("MLI"), make_library("SVL")
    for day in range(3):
        borrowed(make_item(library=home), at=home, back=here, day=day)
    found = simulate_floating(trial(home, here, most=2), WINDOW)
    assert found[here.pk].tried == Side(sent=1, come=2)


def test_other_kinds_and_libraries_are_as_they_were() -> None:
    home, here, third = (make_library(code) for code in ("MLI", "SVL", "KAN"))
    borrowed(make_item(library=home), at=home, back=third, day=0)
    dvd = make_item(library=home, item_type=make_item_type("DVD"))
    borrowed(dvd, at=home, back=here, day=1)
    tried = trial(home, here, item_types=frozenset({make_item_type().pk}))
    found = simulate_floating(tried, WINDOW)
    assert set(found) == {home.pk, third.pk}
    assert found[third.pk].tried == found[third.pk].then == Side(sent=1)


def test_the_job_keeps_the_sums_and_moves_nothing() -> None:
    home, here = make_library("MLI"), make_library("SVL")
    borrowed(make_item(library=home), at=home, back=here, day=0)
    before = list(Transit.objects.values())
    tried = trial(home, here)
    try_floating(tried, first=WINDOW.first, last=WINDOW.last, by=chief(), now=LATER)
    done = work(LATER)
    assert done.result is not None
    assert from_result(done.result["by_library"])[here.pk].tried.come == 1
    assert (done.steps_done, done.steps_total) == (1, 1)
    assert list(Transit.objects.values()) == before


def test_one_library_does_not_float_alone_and_not_everybody_tries() -> None:
    days = {"first": WINDOW.first, "last": WINDOW.last, "now": LATER}
    with pytest.raises(Refused, match="too-few-libraries"):
        try_floating(trial(make_library()), by=chief(), **days)  # type: ignore[arg-type]
    both = trial(make_library(), make_library("SVL"))
    with pytest.raises(NotPermitted):
        try_floating(both, by=desk(), **days)  # type: ignore[arg-type]
