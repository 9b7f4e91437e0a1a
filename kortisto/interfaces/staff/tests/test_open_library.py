"""Open libraries on the staff site: bans, words, "why may they not", doors, entries."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kortisto.core.models import LoggedEvent
from kortisto.domain.entry.actions.bans import NewBan, ban
from kortisto.domain.entry.actions.deciding import decide_entry, door_actor
from kortisto.domain.entry.models import Ban, DoorDevice, GuardianPermission
from kortisto.domain.entry.permissions import EntryPermission
from kortisto.domain.entry.tests.place import (
    PIN,
    child_of,
    door_at,
    open_library,
    visitor,
)
from kortisto.domain.patrons.models import Guardianship, Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import (
    card_of,
    chief,
    make_category,
    make_consortium,
    make_patron,
)
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db


def ban_form(**fields: object) -> dict[str, object]:
    today = timezone.localdate()
    return {
        "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=29)).isoformat(),
        "everywhere": "on",
        "reason": "Broke a window",
        "hearing": "By telephone",
        "public_note": "You broke a window.",
        **fields,
    }


def come_in(patron: Patron, key: str) -> None:
    door = door_at()
    decide_entry(
        card_of(patron),
        PIN,
        door=door,
        key=key,
        by=door_actor(door),
        now=timezone.now(),
    )


def test_a_ban_is_made_seen_and_lifted() -> None:
    patron = visitor()
    client = at_work(make_staff(library=make_consortium()), library=open_library())

    made = client.post(f"/patrons/{patron.pk}/entry/ban/", ban_form())
    assert made.headers["Location"] == f"/patrons/{patron.pk}/entry/"
    assert (
        "Banned from open libraries"
        in client.get(f"/patrons/{patron.pk}/").content.decode()
    )
    page = client.get(f"/patrons/{patron.pk}/entry/").content.decode()
    assert "Broke a window" in page
    assert "In force" in page
    client.post(f"/entry-bans/{Ban.objects.get().pk}/lift/")

    page = client.get(f"/patrons/{patron.pk}/entry/").content.decode()
    assert "Lifted" in page
    assert (
        "Banned from open libraries"
        not in client.get(f"/patrons/{patron.pk}/").content.decode()
    )


def test_a_ban_that_is_too_long_keeps_what_was_typed() -> None:
    patron = visitor()
    too_long = timezone.localdate() + timedelta(days=30)
    client = at_work(make_staff(library=make_consortium()), library=open_library())

    answer = client.post(
        f"/patrons/{patron.pk}/entry/ban/", ban_form(ends_on=too_long.isoformat())
    )

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "at most 30 days" in page
    assert "Broke a window" in page
    assert not Ban.objects.exists()


def test_who_may_ban_at_one_library_bans_at_no_other() -> None:
    patron, here, there = visitor(), open_library(), open_library("SVL")
    may = (EntryPermission.BAN, PatronPermission.SEE)
    client = at_work(make_staff("eero", may=may, library=here))
    form = ban_form()
    del form["everywhere"]
    address = f"/patrons/{patron.pk}/entry/ban/"

    assert client.post(address, ban_form()).status_code == 403
    assert client.post(address, {**form, "libraries": [there.pk]}).status_code == 403
    assert not Ban.objects.exists()
    assert client.post(address, {**form, "libraries": [here.pk]}).status_code == 302
    assert Ban.objects.get().libraries.get() == here


def test_the_simulator_tells_every_reason_and_where_it_comes_from() -> None:
    child = visitor(terms=False, born_on=timezone.localdate() - timedelta(days=3000))
    address = f"/patrons/{child.pk}/entry/"
    asked = {"library": str(open_library().pk), "at": "2027-03-01T12:00"}

    page = at_work().get(address, asked).content.decode()

    assert "The door stays shut" in page
    assert "missing-terms" in page
    assert "underage" in page
    assert "Youngest who may enter alone" in page
    assert "Default of the system: Too young" in page
    assert LoggedEvent.objects.filter(kind="EntryAsked", patron_id=child.pk).exists()


def test_the_simulator_says_that_an_account_is_no_patron() -> None:
    make_category("VIRKAILIJA", kind="staff")
    account, library = visitor(category="VIRKAILIJA"), open_library()
    client = at_work()

    def asked(patron: Patron) -> str:
        query = {"library": str(library.pk), "at": "2027-03-01T12:00"}
        answer = client.get(f"/patrons/{patron.pk}/entry/", query)
        return answer.content.decode()

    page = asked(account)
    assert "for logging in only: it opens no door" in page
    assert "Accounts of staff and of devices" in page
    assert f"{library.name}: Account, not a patron" in page
    assert "not a patron" not in asked(visitor())


def test_a_guardians_word_at_the_desk_says_whose_it_is() -> None:
    guardian = make_patron()
    child = child_of(guardian)
    client = at_work()

    client.post(
        f"/patrons/{child.pk}/entry/word/", {"answer": "no", "guardian": guardian.pk}
    )

    row = GuardianPermission.objects.get()
    assert (row.answer, row.guardian_id, row.channel) == ("no", guardian.pk, "staff")
    assert row.given_by.startswith("staff:")


def test_the_terms_are_accepted_at_the_desk() -> None:
    patron = visitor(terms=False)
    client = at_work()

    client.post(f"/patrons/{patron.pk}/entry/terms/")

    assert "not accepted" not in client.get(f"/patrons/{patron.pk}/").content.decode()


def test_who_came_is_shown_by_library_and_day_and_the_look_is_logged() -> None:
    patron, other = visitor(surname="Kävijä"), visitor(surname="Muu", card_lost=True)
    come_in(patron, "1")
    come_in(other, "2")
    client = at_work(library=open_library())

    page = client.get("/entries/", {"library": open_library().pk}).content.decode()

    assert "Kävijä" in page
    assert "Card lost" in page
    event = LoggedEvent.objects.get(kind="EntriesViewed")
    assert event.body["library_id"] == open_library().pk
    assert event.actor.startswith("staff:")
    seen = LoggedEvent.objects.filter(kind="PatronViewed", body__page="door")
    assert set(seen.values_list("patron_id", flat=True)) == {patron.pk, other.pk}


def test_who_may_not_see_patrons_is_told_what_happened_and_no_names() -> None:
    patron = visitor(surname="Kävijä")
    come_in(patron, "1")
    client = at_work(make_staff("eero", may=(EntryPermission.SEE_ENTRIES,)))

    page = client.get("/entries/", {"library": open_library().pk}).content.decode()

    assert "A patron" in page
    assert "Kävijä" not in page
    assert f"/patrons/{patron.pk}/" not in page
    assert not LoggedEvent.objects.filter(kind="PatronViewed").exists()


def test_entries_of_another_library_are_no_choice() -> None:
    here, there = open_library(), open_library("SVL")
    client = at_work(make_staff("eero", may=(EntryPermission.SEE_ENTRIES,)))
    assert here != there

    answer = client.get("/entries/", {"library": there.pk})

    assert answer.status_code == 422
    assert not LoggedEvent.objects.filter(kind="EntriesViewed").exists()


def test_entries_cost_the_same_number_of_questions_however_many_there_are() -> None:
    client = at_work(library=open_library())
    keys = iter(range(99))

    assert_same_queries_with_more_rows(
        lambda: client.get("/entries/", {"library": open_library().pk}),
        add_rows=lambda: come_in(visitor(), str(next(keys))),
    )


def test_a_new_doors_secret_is_shown_once() -> None:
    library = open_library()
    client = at_work(library=library)

    made = client.post("/doors/", {"library": library.pk, "label": "Side door"})
    page = client.get("/doors/").content.decode()

    door = DoorDevice.objects.get()
    assert f"{door.pk}." in made.content.decode()
    assert "shown only now" in made.content.decode()
    assert "Side door" in page
    assert "shown only now" not in page
    client.post(f"/doors/{door.pk}/remove/")
    assert "Side door" not in client.get("/doors/").content.decode()
    assert client.post(f"/doors/{door.pk + 1}/remove/").status_code == 404


def test_the_patrons_page_asks_no_more_with_more_bans() -> None:
    patron = visitor()
    client = at_work(make_staff(library=make_consortium()), library=open_library())

    def add() -> None:
        today = timezone.localdate()
        new = NewBan(
            starts_on=today,
            ends_on=today,
            reason="Noise",
            hearing="On the spot",
            libraries=[open_library().pk, open_library("SVL").pk],
        )
        ban(patron.pk, new, by=chief(), now=timezone.now())
        Guardianship.objects.create(
            guardian=make_patron(),
            dependant=patron,
            starts_on=today,
        )

    assert_same_queries_with_more_rows(
        lambda: client.get(f"/patrons/{patron.pk}/entry/"), add_rows=add
    )
