"""The texts of messages: what may stand in them, and how they are changed."""

import pytest
from django.utils.translation import override

from kortisto.core.actors import NotPermitted
from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.domain.notices.actions.texts import restore_text, save_text
from kortisto.domain.notices.kinds import LANGUAGES, NoticeKind, kinds
from kortisto.domain.notices.models import NoticeText
from kortisto.domain.notices.patron_kinds import PIN_LINK, WELCOME
from kortisto.domain.notices.queries import changed_texts, wording_of
from kortisto.domain.notices.rules import LONGEST_SUBJECT, faults_in
from kortisto.domain.notices.variables import Type, Variable, Wording, rendered
from kortisto.testing.builders import MONDAY_NOON, chief, desk

pytestmark = pytest.mark.django_db

DAY = Variable(name="day", title="", type=Type.DAY)
LINK = Variable(name="address", title="", type=Type.ADDRESS, required=True, secret=True)
FINE = Wording("It is {day}", "Look: {address}")


def codes(wording: Wording) -> list[str]:
    return [each.reason.value for each in faults_in(wording, (DAY, LINK))]


@pytest.mark.parametrize(
    ("wording", "code"),
    [
        (Wording("", FINE.text), "subject-is-empty"),
        (Wording("A" * (LONGEST_SUBJECT + 1), FINE.text), "message-too-long"),
        (Wording("{dya}", FINE.text), "unknown-variable"),
        (Wording("S", "{address} {day.year}"), "unknown-variable"),
        (Wording("S", "{address} {}"), "unknown-variable"),
        (Wording("S", "{address} {day"), "stray-brace"),
        (Wording("S", "{address} {{day}}"), "stray-brace"),
        (Wording("S", "Nothing to click"), "variable-is-missing"),
        (Wording("{address}", FINE.text), "secret-in-subject"),
    ],
)
def test_each_fault_is_told(wording: Wording, code: str) -> None:
    assert codes(FINE) == []
    assert codes(wording) == [code]


def test_every_fault_is_told_at_once_with_its_field() -> None:
    found = faults_in(Wording("{a}", ""), (DAY, LINK))
    told = {(each.facts["field"], each.reason.value) for each in found}
    assert told == {
        ("subject", "unknown-variable"),
        ("text", "text-is-empty"),
        ("text", "variable-is-missing"),
    }
    unknown = next(each for each in found if each.reason.value == "unknown-variable")
    assert "“{a}”" in unknown.message
    assert "{day}, {address}" in unknown.message


def test_a_secret_is_shown_only_where_it_is_sent() -> None:
    values = {"day": MONDAY_NOON, "address": "https://x/{day}/"}

    kept = rendered(FINE, (DAY, LINK), values)
    sent = rendered(FINE, (DAY, LINK), values, secrets=True)

    assert kept == Wording("It is 1.3.2027", "Look: [link]")
    assert sent.text == "Look: https://x/{day}/"  # a value is never read as a place


def test_a_value_cannot_break_the_subject_into_lines() -> None:
    name = Variable(name="name", title="", type=Type.TEXT)
    told = rendered(Wording("Dear {name}", "x"), (name,), {"name": "A\r\nBcc: b@c"})
    assert told.subject == "Dear A Bcc: b@c"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.code)
def test_what_ships_is_whole_in_every_language(kind: NoticeKind, language: str) -> None:
    shipped = kind.shipped(language)

    assert faults_in(shipped, kind.variables) == []
    hello = {"fi": "Hei", "sv": "Hej", "en": "Hello"}[language]
    assert shipped.text.startswith(hello)


# --- changing them --------------------------------------------------------------------

NEW = Wording("Welcome!", "  Come {name},\r\nsoon.  \n")


def save(wording: Wording, *, seen: int = 0) -> NoticeText | None:
    return save_text("welcome", "en", wording, seen=seen, by=chief(), now=MONDAY_NOON)


def test_a_saved_text_is_in_force_and_the_shipped_one_can_come_back() -> None:
    save(NEW)
    assert wording_of(WELCOME, "en") == (
        Wording("Welcome!", "  Come {name},\nsoon."),
        1,
    )
    assert wording_of(WELCOME, "sv") == (WELCOME.shipped("sv"), 0)
    assert changed_texts() == {("welcome", "en"): True}

    restore_text("welcome", "en", seen=1, by=chief(), now=MONDAY_NOON)
    assert wording_of(WELCOME, "en") == (WELCOME.shipped("en"), 2)
    assert changed_texts() == {("welcome", "en"): False}
    assert NoticeText.objects.get(version=1).text.startswith("  Come")
    told = LoggedEvent.objects.filter(kind="MessageTextChanged").order_by("pk")
    assert [row.body["shipped"] for row in told] == [False, True]


def test_saving_what_stands_there_makes_no_version() -> None:
    assert save(WELCOME.shipped("en")) is None
    assert restore_text("welcome", "en", seen=0, by=chief(), now=MONDAY_NOON) is None
    assert not NoticeText.objects.exists()
    assert not LoggedEvent.objects.exists()


def test_nobody_overwrites_what_they_have_not_seen() -> None:
    save(NEW)

    with pytest.raises(Refused, match="text-changed-meanwhile"):
        save(Wording("Another", "one"), seen=0)
    assert NoticeText.objects.get().subject == "Welcome!"


def test_a_wrong_text_is_refused_and_nothing_changes() -> None:
    with pytest.raises(Refused, match="unknown-variable"):
        save(Wording("Hello", "{card_number}"))
    with pytest.raises(Refused, match="bad-text"):
        save(Wording("Hello", "\u202etext"))
    with pytest.raises(NotPermitted):
        save_text("welcome", "en", NEW, seen=0, by=desk(), now=MONDAY_NOON)
    with pytest.raises(LookupError):
        save_text("welcome", "de", NEW, seen=0, by=chief(), now=MONDAY_NOON)
    assert not NoticeText.objects.exists()


def test_a_text_that_an_older_program_let_in_is_passed_by() -> None:
    NoticeText.objects.create(
        kind="pin-link",
        language="en",
        version=4,
        subject="Old",
        text="{gone}",
        written_by="staff:1",
        written_at=MONDAY_NOON,
    )
    assert wording_of(PIN_LINK, "en") == (PIN_LINK.shipped("en"), 4)


def test_titles_are_told_in_the_readers_language() -> None:
    with override("fi"):
        assert str(WELCOME.title) == "Tervetuloa"
