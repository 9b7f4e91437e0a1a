"""What an outsider asks for twice is done once and answered twice."""

from collections.abc import Iterator
from threading import Thread

import pytest
from django.db import transaction

from kortisto.core.idempotency import KeyUsedForAnotherRequest, once
from kortisto.core.models import IdempotencyKey, Version
from kortisto.core.tests.other_session import OtherSession, close_connections

pytestmark = pytest.mark.django_db


@pytest.fixture
def other_session() -> Iterator[OtherSession]:
    with OtherSession() as other:
        yield other


def pay(cents: int, key: str = "k1", scope: str = "till") -> object:
    def do() -> dict[str, object]:
        Version.objects.create(name=f"{scope}-{key}-{cents}")
        return {"receipt": cents, "lines": (1, 2)}

    return once(scope, key, request={"cents": cents, "to": "fines"}, do=do)


def test_the_second_call_returns_the_first_answer_and_does_nothing() -> None:
    first = pay(500)
    second = pay(500)

    assert first == second == {"receipt": 500, "lines": [1, 2]}
    assert Version.objects.count() == 1


def test_the_order_of_a_requests_fields_is_no_matter() -> None:
    pay(500)

    answer = once("till", "k1", request={"to": "fines", "cents": 500}, do=list)

    assert answer == {"receipt": 500, "lines": [1, 2]}


def test_the_key_of_another_request_is_refused_and_nothing_is_done() -> None:
    pay(500)

    with pytest.raises(KeyUsedForAnotherRequest):
        pay(600)

    assert Version.objects.count() == 1


def test_another_scope_has_keys_of_its_own() -> None:
    pay(500)
    pay(500, scope="web")

    assert Version.objects.count() == 2


def test_what_fails_leaves_no_key_and_can_be_asked_again() -> None:
    def fail() -> None:
        Version.objects.create(name="half")
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011 -- ours, and without a message
        once("till", "k1", request={}, do=fail)

    assert not IdempotencyKey.objects.exists()
    assert not Version.objects.exists()


def test_the_answer_lives_and_dies_with_the_callers_transaction() -> None:
    with transaction.atomic():
        pay(500)
        transaction.set_rollback(True)

    assert not IdempotencyKey.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_second_call_at_the_same_time_waits_and_gets_the_answer(
    other_session: OtherSession,
) -> None:
    answers: list[object] = []

    def again() -> None:
        try:
            answers.append(pay(500))
        finally:
            close_connections()

    thread = Thread(target=again)
    with transaction.atomic():
        first = pay(500)
        thread.start()
        other_session.wait_until_somebody_waits()
    thread.join()

    assert answers == [first]
    assert Version.objects.count() == 1
