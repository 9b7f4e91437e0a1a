"""Staff write to a patron: what goes where, and what is refused (PAT-16)."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from kortisto.core.actors import Actor, ActorKind, Channel, NotPermitted
from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.domain.notices.actions.reading import (
    open_own_message,
    view_message,
    view_messages,
)
from kortisto.domain.notices.actions.writing import Letter, draft, write_message
from kortisto.domain.notices.models import Notice, Transport
from kortisto.domain.notices.permissions import NoticePermission
from kortisto.domain.notices.queries import inbox_of, unread
from kortisto.domain.notices.variables import Wording
from kortisto.domain.patrons.models import Patron
from kortisto.testing.builders import (
    MONDAY_NOON,
    desk,
    make_consortium,
    make_library,
    make_patron,
)
from kortisto.testing.mail import MemoryMail, let_the_worker_write, post_box

pytestmark = pytest.mark.django_db

WRITE = NoticePermission.WRITE.value


@pytest.fixture(autouse=True)
def post() -> Iterator[MemoryMail]:
    yield post_box()
    post_box()


def clerk() -> Actor:
    return desk(make_library("SVL"), also=(WRITE,))


def themself(patron: Patron) -> Actor:
    return Actor(kind=ActorKind.PATRON, id=patron.pk, channel=Channel.WEB)


def aino(**fields: Any) -> Patron:
    known = {"email": "aino@posti.example", "pin_hash": "x", "language": "en"}
    return make_patron(**{**known, **fields})


def letter(transport: Transport = Transport.EMAIL, **fields: Any) -> Letter:
    wording = Wording("Your glasses", "They are here.")
    known: dict[str, Any] = {"key": "k1", "template": "free", "wording": wording}
    return Letter(transport=transport, **{**known, **fields})


def write(patron: Patron, what: Letter) -> Notice:
    return write_message(patron.pk, what, by=clerk(), now=MONDAY_NOON)


def test_an_email_goes_out_with_author_and_library_by_themselves(
    post: MemoryMail,
) -> None:
    patron = aino()
    notice = write(patron, letter())
    assert notice.state == Notice.State.QUEUED
    let_the_worker_write(MONDAY_NOON)

    (mail,) = post.sent
    assert (mail.to, mail.subject, mail.text) == (
        "aino@posti.example",
        "Your glasses",
        "They are here.",
    )
    notice.refresh_from_db()
    assert notice.library is not None
    assert (notice.author, notice.library.code) == ("staff:1", "SVL")
    assert "staff" not in mail.text
    told = LoggedEvent.objects.get(kind="MessageWritten")
    assert told.body == {
        "patron_id": patron.pk,
        "notice_id": notice.pk,
        "transport": "email",
    }


def test_a_web_message_is_there_at_once_and_unread_until_it_is_opened(
    post: MemoryMail,
) -> None:
    patron = aino(email="")
    notice = write(patron, letter(Transport.WEB))

    assert unread().filter(patron=patron).count() == 1
    opened = open_own_message(notice.pk, by=themself(patron), now=MONDAY_NOON)
    assert (opened.text, opened.read_at) == ("They are here.", MONDAY_NOON)
    assert not unread().exists()
    let_the_worker_write(MONDAY_NOON)
    assert post.sent == []


def test_a_double_click_writes_once(post: MemoryMail) -> None:
    patron = aino()
    first, second = (write(patron, letter()) for _ in range(2))
    let_the_worker_write(MONDAY_NOON)

    assert first == second
    assert len(post.sent) == 1
    assert LoggedEvent.objects.filter(kind="MessageWritten").count() == 1


@pytest.mark.parametrize(
    ("fields", "transport", "code"),
    [
        ({"email": ""}, Transport.EMAIL, "no-email-address"),
        ({"pin_hash": ""}, Transport.WEB, "no-web-account"),
        ({"died_on": "2027-01-01"}, Transport.EMAIL, "record-not-in-use"),
    ],
)
def test_what_cannot_arrive_is_refused_in_words(
    fields: dict[str, Any], transport: Transport, code: str
) -> None:
    patron = aino(**fields)

    with pytest.raises(Refused, match=code) as refused:
        write(patron, letter(transport))

    assert "{" not in refused.value.refusals[0].message
    assert not Notice.objects.exists()
    assert not LoggedEvent.objects.exists()


def test_without_a_mail_server_only_the_web_account_is_left(post: MemoryMail) -> None:
    post.is_set_up = False

    with pytest.raises(Refused, match="no-mail-service"):
        write(aino(), letter())
    write(aino(), letter(Transport.WEB))


@pytest.mark.parametrize("fields", [{"template": "welcome"}, {"template": "nothing"}])
def test_only_templates_for_staff_can_be_written_from(fields: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="unknown-template"):
        write(aino(), letter(**fields))


def test_an_empty_message_is_not_sent() -> None:
    with pytest.raises(Refused) as refused:
        write(aino(), letter(wording=Wording(" ", " \n ")))

    codes = {each.reason.value for each in refused.value.refusals}
    assert codes == {"subject-is-empty", "text-is-empty"}


def test_writing_needs_the_permission() -> None:
    with pytest.raises(NotPermitted):
        write_message(aino().pk, letter(), by=desk(), now=MONDAY_NOON)
    assert not Notice.objects.exists()


def test_braces_that_staff_type_are_only_braces(post: MemoryMail) -> None:
    write(aino(), letter(wording=Wording("{day}", "{library} {")))
    let_the_worker_write(MONDAY_NOON)

    assert (post.sent[0].subject, post.sent[0].text) == ("{day}", "{library} {")


def test_a_draft_is_in_the_patrons_language_and_names_the_library_that_writes() -> None:
    assert draft(aino(language="fi"), "contact-us", by=clerk()).text.startswith("Hei")
    assert draft(aino(), "contact-us", by=clerk()).text.endswith("SVL")
    make_consortium()
    secret = aino(is_protected=True)
    assert draft(secret, "contact-us", by=clerk()).text.endswith("LUMME")


def test_a_look_of_staff_is_logged_and_one_needs_the_permission() -> None:
    patron = aino()
    notice = write(patron, letter(Transport.WEB))
    _patron, listed = view_messages(
        patron.pk, by=clerk(), now=MONDAY_NOON, before=None, most=5
    )
    assert listed == [notice]
    view_message(notice.pk, by=clerk(), now=MONDAY_NOON)

    looks = LoggedEvent.objects.filter(kind="PatronViewed").order_by("pk")
    assert [row.body["page"] for row in looks] == ["sent-messages", "sent-message"]
    with pytest.raises(NotPermitted):
        view_message(
            notice.pk, by=replace(clerk(), everywhere=frozenset()), now=MONDAY_NOON
        )
    assert Notice.objects.get().read_at is None  # the patron has not read it


def test_nobody_opens_the_message_of_another_or_one_that_did_not_go() -> None:
    patron, other = aino(), aino()
    web = write(patron, letter(Transport.WEB))
    queued = write(patron, letter(key="k2"))

    with pytest.raises(Notice.DoesNotExist):
        open_own_message(web.pk, by=themself(other), now=MONDAY_NOON)
    with pytest.raises(Notice.DoesNotExist):
        open_own_message(queued.pk, by=themself(patron), now=MONDAY_NOON)
    with pytest.raises(NotPermitted):
        open_own_message(web.pk, by=clerk(), now=MONDAY_NOON)
    assert list(inbox_of(patron.pk)) == [web]
    assert unread().filter(patron=patron).count() == 1
