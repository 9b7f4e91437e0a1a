"""Terms, guardians' words, bans, doors: what is written, refused, forgotten."""

from datetime import date, timedelta

import pytest
from django.utils.timezone import localdate

from kortisto.core.actors import NotPermitted
from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.core.tokens import parse
from kortisto.domain.entry.actions.bans import NewBan, ban, lift_ban
from kortisto.domain.entry.actions.deciding import decide_entry, door_actor
from kortisto.domain.entry.actions.devices import add_door, remove_door
from kortisto.domain.entry.actions.forgetting import (
    end_lapsed_words,
    forget_bans,
    forget_people,
)
from kortisto.domain.entry.actions.guardians import Answer, set_guardian_permission
from kortisto.domain.entry.actions.terms import accept_terms
from kortisto.domain.entry.models import (
    Ban,
    DoorDevice,
    EntryAttempt,
    GuardianPermission,
    TermsAcceptance,
)
from kortisto.domain.entry.queries import (
    dependants_of,
    door_by_token,
    guardians_of,
    is_guardian,
    would_enter,
)
from kortisto.domain.entry.settings import (
    ATTEMPTS_KEPT_DAYS,
    BAN_MAX_DAYS,
    MIN_AGE,
    TERMS_VERSION,
)
from kortisto.domain.entry.tests.place import (
    PIN,
    child_of,
    decided,
    door_at,
    open_library,
    patron_in_web,
    visitor,
)
from kortisto.domain.patrons.models import Guardianship, Patron
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    chief,
    desk,
    make_library,
    make_patron,
)

pytestmark = pytest.mark.django_db

MONDAY = date(2027, 3, 1)


def enter(patron: Patron, pin: str = PIN, key: str = "k") -> str:
    door = door_at()
    outcome = decide_entry(
        card_of(patron), pin, door=door, key=key, by=door_actor(door), now=MONDAY_NOON
    )
    return outcome.decision.code


def new_ban(**fields: object) -> NewBan:
    values: dict[str, object] = {
        "starts_on": MONDAY,
        "ends_on": MONDAY + timedelta(days=29),
        "reason": "Broke a window",
        "hearing": "Heard by telephone on 28.2.",
        "public_note": "You broke a window.",
    }
    return NewBan(**{**values, **fields})  # type: ignore[arg-type]


def test_a_guardian_refuses_and_the_door_says_so_until_the_sixteenth_birthday() -> None:
    """Acceptance scenario 1."""
    guardian = make_patron()
    child = child_of(guardian, born_on=date(2020, 3, 1), expires_on=date(2040, 1, 1))
    library = open_library()
    decided(library, MIN_AGE, None)
    assert would_enter(child.pk, library.pk, at=MONDAY_NOON).granted

    set_guardian_permission(
        child.pk, Answer.NO, by=patron_in_web(guardian), now=MONDAY_NOON
    )

    assert enter(child) == "guardian-refused"
    birthday = MONDAY_NOON.replace(year=2036)
    day_before = birthday - timedelta(days=1)
    assert would_enter(child.pk, library.pk, at=day_before).code == "guardian-refused"
    assert would_enter(child.pk, library.pk, at=birthday).granted
    assert end_lapsed_words(by=chief(), now=day_before) == 0
    assert end_lapsed_words(by=chief(), now=birthday) == 1
    assert GuardianPermission.objects.get().ended_at == birthday


def test_a_new_word_of_a_guardian_ends_the_old_one_which_is_remembered() -> None:
    guardian = make_patron()
    child = child_of(guardian, born_on=date(2012, 1, 1))
    by = patron_in_web(guardian)

    for answer in (Answer.NO, Answer.NO, Answer.YES, None):
        set_guardian_permission(child.pk, answer, by=by, now=MONDAY_NOON)

    rows = GuardianPermission.objects.order_by("pk")
    assert [(row.answer, row.ended_at is None) for row in rows] == [
        ("no", False),
        ("yes", False),
    ]
    assert {row.guardian_id for row in rows} == {guardian.pk}
    told = LoggedEvent.objects.filter(kind="GuardianAnswered").order_by("pk")
    assert [row.body["answer"] for row in told] == ["no", "yes", ""]


def test_nobody_but_a_guardian_of_today_decides_for_a_child() -> None:
    child = child_of(make_patron(), born_on=date(2012, 1, 1))
    stranger = make_patron()

    for by, guardian_id in (
        (patron_in_web(stranger), None),
        (patron_in_web(child), None),
        (chief(), stranger.pk),
    ):
        with pytest.raises(Refused, match="not-a-guardian"):
            set_guardian_permission(
                child.pk, Answer.YES, by=by, now=MONDAY_NOON, guardian_id=guardian_id
            )
    with pytest.raises(NotPermitted):
        set_guardian_permission(child.pk, Answer.YES, by=desk(), now=MONDAY_NOON)

    assert not GuardianPermission.objects.exists()


def test_a_guardianship_whose_beginning_is_not_known_has_begun() -> None:
    guardian = make_patron()
    child = child_of(guardian, born_on=date(2012, 1, 1))
    child.guardians.update(starts_on=None)

    set_guardian_permission(
        child.pk, Answer.NO, by=patron_in_web(guardian), now=MONDAY_NOON
    )

    assert GuardianPermission.objects.get().guardian_id == guardian.pk


def test_terms_are_accepted_once_for_each_version() -> None:
    patron = visitor(terms=False)
    assert enter(patron) == "missing-terms"
    by = patron_in_web(patron)
    accept_terms(patron.pk, 1, by=by, now=MONDAY_NOON)
    accept_terms(patron.pk, 1, by=by, now=MONDAY_NOON)
    assert enter(patron, key="k2") == "granted"

    decided(open_library(), TERMS_VERSION, 2)

    assert enter(patron, key="k3") == "missing-terms"
    with pytest.raises(Refused, match="old-terms"):
        accept_terms(patron.pk, 1, by=by, now=MONDAY_NOON)
    accept_terms(patron.pk, 2, by=by, now=MONDAY_NOON)
    assert enter(patron, key="k4") == "granted"
    assert TermsAcceptance.objects.count() == 2
    assert LoggedEvent.objects.filter(kind="TermsAccepted").count() == 2


def test_nobody_accepts_the_terms_of_another() -> None:
    patron, other = visitor(terms=False), make_patron()

    with pytest.raises(NotPermitted):
        accept_terms(patron.pk, 1, by=patron_in_web(other), now=MONDAY_NOON)

    assert not TermsAcceptance.objects.exists()


def test_a_ban_is_in_force_at_once_and_ends_when_it_is_lifted() -> None:
    patron = visitor()
    assert enter(patron) == "granted"

    made = ban(patron.pk, new_ban(), by=chief(), now=MONDAY_NOON)
    assert enter(patron, key="k2") == "revoked"
    lift_ban(made.pk, by=chief(), now=MONDAY_NOON)
    lift_ban(made.pk, by=chief(), now=MONDAY_NOON)

    assert enter(patron, key="k3") == "granted"
    kinds = LoggedEvent.objects.filter(kind__startswith="EntryBan")
    assert [row.kind for row in kinds.order_by("pk")] == [
        "EntryBanned",
        "EntryBanLifted",
    ]


def test_a_ban_at_one_library_says_nothing_about_another() -> None:
    patron, here, there = visitor(), open_library(), open_library("SVL")

    ban(patron.pk, new_ban(libraries=[there.pk]), by=chief(), now=MONDAY_NOON)

    assert would_enter(patron.pk, here.pk, at=MONDAY_NOON).granted
    assert would_enter(patron.pk, there.pk, at=MONDAY_NOON).code == "revoked"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"ends_on": MONDAY + timedelta(days=30)}, "ban-too-long"),
        ({"ends_on": MONDAY - timedelta(days=1)}, "ban-backwards"),
        ({"starts_on": MONDAY - timedelta(days=1)}, "ban-in-the-past"),
        ({"reason": " "}, "ban-without-reason"),
        ({"hearing": " "}, "patron-not-heard"),
        ({"libraries": []}, "ban-without-library"),
    ],
)
def test_a_ban_that_will_not_do_is_refused_and_nothing_is_written(
    fields: dict[str, object], code: str
) -> None:
    patron = visitor()

    with pytest.raises(Refused, match=code):
        ban(patron.pk, new_ban(**fields), by=chief(), now=MONDAY_NOON)

    assert not Ban.objects.exists()
    assert not LoggedEvent.objects.filter(kind="EntryBanned").exists()


def test_the_longest_ban_is_what_the_library_has_decided() -> None:
    patron = visitor()
    decided(open_library(), BAN_MAX_DAYS, 7)
    week = new_ban(libraries=[open_library().pk], ends_on=MONDAY + timedelta(days=6))

    ban(patron.pk, week, by=chief(), now=MONDAY_NOON)

    with pytest.raises(Refused, match="ban-too-long"):
        ban(
            patron.pk,
            new_ban(libraries=[open_library().pk], ends_on=MONDAY + timedelta(days=7)),
            by=chief(),
            now=MONDAY_NOON,
        )


def test_a_desk_without_the_permission_bans_nobody() -> None:
    patron = visitor()

    with pytest.raises(NotPermitted):
        ban(patron.pk, new_ban(), by=desk(), now=MONDAY_NOON)

    assert not Ban.objects.exists()


def test_an_attempt_is_kept_and_the_log_for_ever_does_not_say_whose() -> None:
    patron = visitor()

    assert enter(patron) == "granted"

    row = EntryAttempt.objects.get()
    assert (row.patron_id, row.code, row.offline) == (patron.pk, "granted", False)
    event = LoggedEvent.objects.get(kind="EntryAttempted")
    assert event.patron_id is None
    assert event.body == {"attempt_id": row.pk, "code": "granted"}
    assert not LoggedEvent.objects.filter(kind="PatronLoggedIn").exists()


def test_wrong_pins_lock_as_everywhere_and_tell_nothing_about_the_patron() -> None:
    patron = visitor(card_lost=True)

    codes = [enter(patron, pin, key=pin) for pin in ("1", "1", "2", "3", "4", "5")]

    assert codes == ["denied"] * 6
    assert enter(patron, key="right") == "locked"
    assert not EntryAttempt.objects.exclude(patron=None).exists()


def test_an_unknown_card_is_denied_and_counted() -> None:
    door = door_at()

    outcome = decide_entry(
        "NOBODY", PIN, door=door, key="k", by=door_actor(door), now=MONDAY_NOON
    )

    assert outcome.decision.code == "denied"
    assert EntryAttempt.objects.get().patron_id is None


def test_a_door_opens_no_other_library() -> None:
    patron, other = visitor(), make_library("SVL")

    with pytest.raises(NotPermitted):
        decide_entry(
            card_of(patron),
            PIN,
            door=door_at(other),
            key="k",
            by=door_actor(door_at()),
            now=MONDAY_NOON,
        )

    assert not EntryAttempt.objects.exists()


def test_who_came_is_forgotten_after_the_days_and_the_count_stays() -> None:
    patron, library = visitor(), open_library()
    decided(library, ATTEMPTS_KEPT_DAYS, 10)
    enter(patron)
    ten_days_on = MONDAY_NOON + timedelta(days=10)

    assert forget_people(by=chief(), now=ten_days_on) == 0
    assert EntryAttempt.objects.get().patron_id == patron.pk
    assert forget_people(by=chief(), now=ten_days_on + timedelta(seconds=1)) == 1

    row = EntryAttempt.objects.get()
    assert (row.patron_id, row.code) == (None, "granted")


def test_a_ban_long_over_is_forgotten_and_a_new_one_is_not() -> None:
    patron = visitor()
    made = ban(
        patron.pk, new_ban(libraries=[open_library().pk]), by=chief(), now=MONDAY_NOON
    )
    later = MONDAY_NOON + timedelta(days=29 + 365)
    assert localdate(later) == made.ends_on + timedelta(days=365)

    assert forget_bans(by=chief(), now=later) == 0
    assert forget_bans(by=chief(), now=later + timedelta(days=1)) == 1
    assert not Ban.objects.exists()


def test_a_doors_token_is_shown_once_and_opens_nothing_when_removed() -> None:
    library = open_library()
    made, token = add_door(library.pk, " Main  door ", by=chief(), now=MONDAY_NOON)
    parsed = parse(token)
    assert parsed is not None

    found = door_by_token(parsed)
    assert found is not None
    assert (found.library_id, found.label) == (library.pk, "Main door")
    assert token.partition(".")[2] not in str(DoorDevice.objects.values_list().get())
    assert door_by_token(parsed._replace(secret="other")) is None
    with pytest.raises(Refused, match="label-in-use"):
        add_door(library.pk, "Main door", by=chief(), now=MONDAY_NOON)
    remove_door(made.pk, by=chief(), now=MONDAY_NOON)
    assert door_by_token(parsed) is None
    add_door(library.pk, "Main door", by=chief(), now=MONDAY_NOON)


@pytest.mark.parametrize("text", ["", "1", "1.", ".x", "x.y", "²·.a", "-1.x"])
def test_what_is_no_token_is_none(text: str) -> None:
    assert parse(text) is None


def test_neither_a_contact_person_nor_who_was_ended_today_decides_for_a_child() -> None:
    mother, today = make_patron(), MONDAY_NOON.date()
    child = child_of(mother)
    contact = Guardianship.objects.create(
        guardian=make_patron(), dependant=child, kind=Guardianship.Kind.CONTACT
    )
    assert is_guardian(mother.pk, child.pk, today)
    Guardianship.objects.filter(guardian=mother).update(ends_on=today)

    for who in (mother, contact.guardian):
        assert who is not None
        assert not is_guardian(who.pk, child.pk, today)
        assert dependants_of(who.pk, today) == []
        with pytest.raises(Refused, match="not-a-guardian"):
            set_guardian_permission(
                child.pk, Answer.YES, by=patron_in_web(who), now=MONDAY_NOON
            )
    assert guardians_of(child.pk, today) == []
    assert not GuardianPermission.objects.exists()
