"""Nobody is left in a test copy: every secret text of a whole world bears a mark."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from kortisto.core.ages import completed_years
from kortisto.core.audit import ChainResealed, verify
from kortisto.core.checks import run_checks
from kortisto.core.followers import follow
from kortisto.core.models import LoggedEvent
from kortisto.core.sealed_content import SEALER
from kortisto.core.secrecy import Secrecy
from kortisto.domain.circulation.models import Loan
from kortisto.domain.fees.models import Posting
from kortisto.domain.holds.models import Hold
from kortisto.domain.patrons.models import Card, Guardianship, Patron
from kortisto.interfaces.cli.pseudonyms.rewriting import pseudonymise
from kortisto.interfaces.cli.pseudonyms.treatments import LABEL_FIELDS, WORDS_OF_CODE
from tests import leak_stage
from tests.leak_marks import ISO, Marks, mark_everything

pytestmark = pytest.mark.django_db

SECRET: Final = {Secrecy.PERSONAL, Secrecy.SEALED, Secrecy.VAULT}
PEOPLE: Final = {"Staff.username", "Staff.full_name", "Staff.email", "Staff.phone"}
IN_WORK: Final = {"Item.staff_note", "Job.last_error", "Errand.note"}
LINKS: Final = (
    (Loan, ("pk", "patron_id", "item_id", "due_at", "returned_at")),
    (Hold, ("pk", "patron_id", "record_id", "state")),
    (Guardianship, ("pk", "guardian_id", "dependant_id", "kind")),
    (Card, ("pk", "patron_id", "active")),
    (Posting, ("pk", "entry_id", "account", "cents", "charge_id", "patron_id")),
)


@pytest.fixture(scope="module")
def world(
    django_db_setup: None,  # noqa: ARG001
    django_db_blocker: Any,
) -> Iterator[Marks]:
    with django_db_blocker.unblock(), transaction.atomic():
        leak_stage.build()
        yield mark_everything()
        transaction.set_rollback(True)


def everything(*, but: frozenset[str] = frozenset()) -> dict[str, list[str]]:
    """All rows of all tables, as the database itself has them."""
    found = {}
    with connection.cursor() as cursor:
        for table in set(connection.introspection.table_names()) - but:
            cursor.execute(f'SELECT * FROM "{table}"')
            found[table] = sorted(str(row) for row in cursor.fetchall())
    return found


def links() -> list[list[tuple[Any, ...]]]:
    return [
        list(model.objects.order_by("pk").values_list(*fields))
        for model, fields in LINKS
    ]


def ages() -> dict[int, int]:
    today = timezone.localdate()
    born = Patron.objects.exclude(born_on=None).values_list("pk", "born_on")
    return {key: completed_years(day, today) for key, day in born if day}


def test_no_secret_text_is_left_in_any_table(world: Marks) -> None:
    texts = {mark: one for mark, one in world.secrets.items() if not ISO.match(mark)}
    before = str(everything())
    assert {mark for mark in texts if mark in before.lower()} == texts.keys()

    pseudonymise(seed=7, now=timezone.now())

    after = str(everything()).lower()
    left = {texts[mark].field for mark in texts if mark in after}
    assert not left & (PEOPLE | IN_WORK)
    secret = {one.field for one in texts.values() if one.secrecy in SECRET}
    kept = {each for each in left & secret if each not in WORDS_OF_CODE}
    assert {each for each in kept if not LABEL_FIELDS.fullmatch(_name(each))} == set()


def _name(field: str) -> str:
    """Of ``Loan.lent_by``, which still leads to a member of staff, now invented."""
    return field.split(".")[1]


def test_families_loans_holds_and_money_stay_together(world: Marks) -> None:  # noqa: ARG001
    before, as_old = links(), ages()
    owed = Posting.objects.aggregate(Sum("cents"))
    names = dict(Patron.objects.values_list("pk", "surname"))
    wrong = {finding for one in run_checks() for finding in one.findings}

    pseudonymise(seed=7, now=timezone.now())

    assert all(before)
    assert links() == before
    assert Posting.objects.aggregate(Sum("cents")) == owed
    assert ages() == as_old
    changed = dict(Patron.objects.values_list("pk", "surname"))
    assert all(changed[key] != names[key] for key in names)
    assert {finding for one in run_checks() for finding in one.findings} <= wrong
    loan = Loan.objects.select_related("record", "item").first()
    assert loan is not None
    assert (loan.title, loan.barcode) == (loan.record.title, loan.item.barcode)


def test_the_log_begins_anew_and_says_so(world: Marks) -> None:  # noqa: ARG001
    now = timezone.now()
    assert LoggedEvent.objects.count() > 1

    pseudonymise(seed=7, now=now)

    assert LoggedEvent.objects.get().kind == ChainResealed.__name__
    follow(SEALER, now=now)
    assert verify().whole


def test_the_same_seed_invents_the_same_and_another_does_not(
    world: Marks,  # noqa: ARG001
) -> None:
    now = timezone.now()

    def made_with(seed: int) -> dict[str, list[str]]:
        with transaction.atomic():
            pseudonymise(seed=seed, now=now)
            found = everything(but=frozenset({"event", "patron_word"}))
            transaction.set_rollback(True)
        return found

    first = made_with(7)
    assert made_with(7) == first
    other = made_with(8)
    assert {"patron", "card", "staff"} <= {
        table for table, rows in first.items() if other[table] != rows
    }
