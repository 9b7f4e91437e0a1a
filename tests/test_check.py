"""``kortisto check``: silent about what is sound, plain about what is not."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.utils import timezone, translation

from kortisto.core.actors import job_actor
from kortisto.core.checks import Finding, run_checks
from kortisto.core.followers import run_followers_once
from kortisto.core.models import FollowerPosition, Job, LoggedEvent
from kortisto.core.versions import configuration_changed
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.models import Loan
from kortisto.domain.fees.actions.charges import charge
from kortisto.domain.fees.actions.payments import pay
from kortisto.domain.fees.models import JournalEntry, Posting
from kortisto.domain.org.actions.founding import create_administrator
from kortisto.domain.org.models import Grant, SettingValue, Unit, WeeklyHours
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.policies.models import RuleRow, RuleVersion
from kortisto.domain.search.follower import follow
from kortisto.domain.search.queries import engine
from kortisto.testing.builders import (
    card_of,
    desk,
    make_item,
    make_library,
    make_patron,
    make_record,
    make_rules,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small_consortium() -> Iterator[None]:
    """Two libraries, an administrator, rules, loans, money: a day's work."""
    now = timezone.now()
    libraries = [make_library(code) for code in ("MLI", "SVL")]
    create_administrator(
        "aino",
        "nine lilies on a lake",
        full_name="Aino Vesi",
        consortium="Kimppa",
        by=job_actor(OrgPermission.MANAGE_STAFF),
        now=now,
    )
    make_rules({"values": {"loan_period": 28, "fine_cents": 20, "fine_max_cents": 600}})
    record = make_record(description={"title": "Seitsemän veljestä"})
    by, patron = desk(libraries[0]), make_patron()
    for library in libraries:
        item = make_item(record=record, library=library)
        checkout(card_of(patron), item.barcode, by=by, now=now)
    checkin(Loan.objects.latest("pk").barcode, by=by, now=now)
    charge(patron.pk, "COPY", 40, key="a", by=by, now=now)
    pay(patron.pk, 30, key="b", by=by, now=now)
    while run_followers_once(timezone.now()):
        pass
    with translation.override("en"):
        yield


def findings() -> dict[str, list[Finding]]:
    """What each check finds, without those that find nothing."""
    return {
        checked.check.name: list(checked.findings)
        for checked in run_checks()
        if checked.findings
    }


def assert_told(name: str, words: str) -> None:
    """One check finds it, says what to do, and could be run."""
    found = findings()[name]
    assert words in " ".join(finding.sentence for finding in found)
    assert all(finding.fix for finding in found)
    assert not any("could not be run" in finding.sentence for finding in found)


@pytest.mark.django_db(transaction=True)
def test_a_sound_consortium_gives_no_finding() -> None:
    while follow(engine()):  # an index that other tests left may be far behind
        pass
    assert findings() == {}


def without_rules() -> None:
    RuleVersion.objects.update(state=RuleVersion.State.DRAFT)
    configuration_changed()


def with_an_unreadable_rule() -> None:
    RuleRow.objects.update(values={"loan_period": 28, "renewals_allowed": "many"})


def without_opening_hours() -> None:
    WeeklyHours.objects.filter(library__code="SVL").delete()
    configuration_changed()


def with_a_unit_in_the_wrong_place() -> None:
    Unit.objects.filter(code="SVL").update(path="/")


def with_an_unreadable_setting() -> None:
    SettingValue.objects.create(
        unit=make_library(), key="lending.undo_minutes", value="often", changed_by="x"
    )
    configuration_changed()


def without_anybody_who_gives_roles() -> None:
    Grant.objects.all().delete()


def with_a_cent_too_few() -> None:
    Posting.objects.filter(account=Posting.Account.CASH).update(cents=29)


def with_an_entry_that_lost_its_lines() -> None:
    JournalEntry.objects.create(
        kind=JournalEntry.Kind.CHARGE,
        key="empty",
        actor="x",
        library=make_library(),
        happened_at=timezone.now(),
    )


def with_an_item_lent_twice() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX an_item_has_one_open_loan")
    loan = Loan.objects.get(returned_at=None)
    loan.pk = None
    loan.save()


def with_a_loan_that_is_looked_for_without_a_claim() -> None:
    Loan.objects.filter(returned_at=None).update(claimed_at=timezone.now())


def with_a_job_given_up() -> None:
    Job.objects.create(
        kind="search.rebuild",
        state=Job.State.FAILED,
        last_error="OSError: no room",
        finished_at=timezone.now(),
    )


def with_a_follower_that_fails() -> None:
    FollowerPosition.objects.update(failures=3, last_error="OSError: no room")


def with_an_event_rewritten() -> None:
    event = LoggedEvent.objects.filter(kind="LoanStarted").earliest("id")
    LoggedEvent.objects.filter(pk=event.pk).update(actor="staff:99")


@pytest.mark.parametrize(
    ("plant", "name", "words"),
    [
        (without_rules, "rules", "No lending rules are in force"),
        (with_an_unreadable_rule, "rule-values", "many"),
        (without_opening_hours, "calendars", "SVL"),
        (with_a_unit_in_the_wrong_place, "unit-paths", "SVL"),
        (with_an_unreadable_setting, "settings", "often"),
        (without_anybody_who_gives_roles, "roles", "Nobody can give roles."),
        (with_a_cent_too_few, "journal", "does not balance"),
        (with_an_entry_that_lost_its_lines, "empty-entries", "1 journal entries"),
        (with_an_item_lent_twice, "open-loans", "has 2 open loans"),
        (
            with_a_loan_that_is_looked_for_without_a_claim,
            "claims",
            "1 loans are looked for and nobody said why",
        ),
        (with_a_job_given_up, "jobs", "search.rebuild"),
    ],
)
def test_a_fault_is_told_in_words_with_what_to_do(
    plant: Callable[[], None], name: str, words: str
) -> None:
    plant()
    assert_told(name, words)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("plant", "name", "words"),
    [
        (with_a_follower_that_fails, "followers", "has failed 3 times in a row"),
        (with_an_event_rewritten, "audit-chain", "changed"),
    ],
)
def test_a_fault_in_the_log_or_its_readers_is_told_too(
    plant: Callable[[], None], name: str, words: str
) -> None:
    """PostgreSQL gives followers what has been committed only."""
    plant()
    assert_told(name, words)
