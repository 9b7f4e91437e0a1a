"""Personal identity codes at the desk: every outcome of REQUIREMENTS S28."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from kortisto.core.actors import NotPermitted
from kortisto.core.failures import AdapterError
from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.domain.patrons.actions.identity import (
    Given,
    ask_vault,
    find_by_identity,
    give_identity,
    keep_identity,
    remove_identity,
    replace_identity,
    skip_identity,
)
from kortisto.domain.patrons.actions.register import register
from kortisto.domain.patrons.actions.resolving import resolve_identity
from kortisto.domain.patrons.identity_reasons import IdentityReason
from kortisto.domain.patrons.models import FieldChange, Patron, PatronCategory
from kortisto.domain.patrons.new_patron import NewPatron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.vault import vault
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    desk,
    make_category,
    make_library,
    make_patron,
)
from kortisto.testing.identity_codes import code_of, new_code
from kortisto.testing.identity_vault import MemoryVault

pytestmark = pytest.mark.django_db(transaction=True)

BORN = date(1980, 5, 17)
BILLING = (PatronPermission.RESOLVE_IDENTITY.value,)


@pytest.fixture
def store() -> MemoryVault:
    made = vault()
    assert isinstance(made, MemoryVault)
    return made


def events(kind: str) -> list[dict[str, object]]:
    return list(LoggedEvent.objects.filter(kind=kind).values_list("body", flat=True))


def give(patron: Patron, code: str) -> Given:
    return give_identity(patron.pk, code, by=desk(), now=MONDAY_NOON)


def why(refused: "pytest.ExceptionInfo[Refused]") -> list[str]:
    return [refusal.reason.value for refusal in refused.value.refusals]


def test_a_new_code_is_saved_and_the_date_of_birth_is_filled(
    store: MemoryVault,
) -> None:
    patron, code = make_patron(born_on=None), new_code()

    assert give(patron, code) is Given.SAVED

    patron.refresh_from_db()
    assert patron.born_on == BORN
    assert patron.identity_key is not None
    assert store.rows[patron.identity_key].confirmed
    assert store.rows[patron.identity_key].code == code
    assert events("IdentityGiven") == [{"patron_id": patron.pk, "instead": False}]
    assert not any(code in str(body) for body in events("PatronChanged"))
    told = {row.field: (row.old, row.new) for row in FieldChange.objects.all()}
    assert told == {"identity_key": ("", ""), "born_on": ("", "1980-05-17")}
    assert patron.edition == 1


def test_a_code_that_the_vault_had_already_is_set(store: MemoryVault) -> None:
    code = new_code()
    store.confirm([store.reserve(code, actor="staff:1").key])

    assert give(make_patron(), code) is Given.SET


def test_the_same_code_again_changes_nothing() -> None:
    patron, code = make_patron(), new_code()
    give(patron, code)

    assert give(patron, code) is Given.SAME
    assert len(events("IdentityGiven")) == 1


def test_a_code_that_another_patron_has_leads_to_them() -> None:
    first, second, code = make_patron(), make_patron(), new_code()
    give(first, code)

    with pytest.raises(Refused) as refused:
        give(second, code)

    assert why(refused) == ["patron-exists"]
    assert refused.value.refusals[0].facts == {"patron_id": first.pk}
    second.refresh_from_db()
    assert second.identity_key is None


def test_a_bad_code_is_refused_before_the_vault_is_asked(store: MemoryVault) -> None:
    store.fails = AdapterError("must not be asked", permanent=True)
    with pytest.raises(Refused) as refused:
        give(make_patron(), "131052-308U")
    assert why(refused) == ["identity-code-check"]


def test_a_scanned_plus_is_questioned_and_can_be_confirmed(store: MemoryVault) -> None:
    patron = make_patron(born_on=None)
    scanned = code_of(BORN).replace("-", "+")

    with pytest.raises(Refused) as refused:
        give(patron, scanned)
    assert why(refused) == ["identity-code-1800s"]
    assert store.rows == {}

    given = give_identity(
        patron.pk, scanned, by=desk(), now=MONDAY_NOON, born_in_1800s=True
    )
    assert given is Given.SAVED
    patron.refresh_from_db()
    assert patron.born_on == date(1880, 5, 17)


@pytest.mark.parametrize("born_on", [MONDAY_NOON.date(), date(1925, 12, 6)])
def test_a_newborn_and_somebody_of_101_years_get_keys(born_on: date) -> None:
    patron = make_patron(born_on=born_on)
    assert give(patron, code_of(born_on)) is Given.SAVED


def test_another_date_of_birth_asks_before_it_is_replaced() -> None:
    patron, code = make_patron(born_on=date(2019, 1, 2)), new_code()

    with pytest.raises(Refused) as refused:
        give(patron, code)

    assert why(refused) == ["born-another-day"]
    assert "2.1.2019" in refused.value.refusals[0].message
    patron.refresh_from_db()
    assert (patron.identity_key, patron.born_on) == (None, date(2019, 1, 2))
    given = give_identity(
        patron.pk,
        code,
        by=desk(),
        now=MONDAY_NOON,
        overriding=[IdentityReason.BORN_ANOTHER_DAY],
    )
    assert given is Given.SAVED
    patron.refresh_from_db()
    assert patron.born_on == BORN


def test_an_organisation_is_not_asked() -> None:
    make_category("YHTEISO", kind=PatronCategory.Kind.ORGANISATION)
    with pytest.raises(Refused) as refused:
        give(make_patron(category="YHTEISO", born_on=None), new_code())
    assert why(refused) == ["identity-of-organisation"]


def test_who_has_a_code_is_given_no_second_one() -> None:
    patron = make_patron()
    give(patron, new_code())
    with pytest.raises(Refused) as refused:
        give(patron, new_code())
    assert why(refused) == ["has-another-identity"]


@pytest.mark.parametrize(
    ("permanent", "code"),
    [(False, "identity-vault-down"), (True, "identity-vault-refuses")],
)
def test_a_vault_that_is_down_leaves_nothing_half_done(
    store: MemoryVault,
    permanent: bool,  # noqa: FBT001
    code: str,
) -> None:
    patron = make_patron()
    store.fails = AdapterError("no answer", permanent=permanent)

    with pytest.raises(Refused) as refused:
        give(patron, new_code())

    assert why(refused) == [code]
    assert "nothing was saved" in refused.value.refusals[0].message
    patron.refresh_from_db()
    assert patron.identity_key is None
    assert store.rows == {}
    assert events("IdentityGiven") == []
    skip_identity(patron.pk, "Säilö ei vastannut", by=desk(), now=MONDAY_NOON)


def test_registering_keeps_both_or_neither(store: MemoryVault) -> None:
    code, library = new_code(), make_library()
    make_category()
    new = NewPatron(
        card_number="A1",
        surname="Vesi",
        category="HENKILO",
        home_library_id=library.pk,
        born_on=BORN,
    )

    def save() -> Given:
        asked = ask_vault(code, by=desk(), now=MONDAY_NOON)
        with transaction.atomic():
            patron = register(new, by=desk(), now=MONDAY_NOON)
            return keep_identity(patron.pk, asked, by=desk(), now=MONDAY_NOON)

    give(make_patron(), code)
    before = Patron.objects.count()
    with pytest.raises(Refused, match="patron-exists"):
        save()
    assert Patron.objects.count() == before

    code = new_code()
    assert save() is Given.SAVED
    assert Patron.objects.get(surname="Vesi").identity_key in store.rows


def test_a_wrong_code_is_replaced_and_forgotten(store: MemoryVault) -> None:
    patron, wrong, right = make_patron(), new_code(), new_code()
    give(patron, wrong)
    store.now += 601

    given = replace_identity(patron.pk, right, by=desk(), now=MONDAY_NOON)

    assert given is Given.SAVED
    patron.refresh_from_db()
    assert [row.code for row in store.rows.values()] == [right]
    assert patron.identity_key in store.rows
    assert events("IdentityGiven")[-1] == {"patron_id": patron.pk, "instead": True}


def test_only_a_code_that_is_there_is_replaced() -> None:
    with pytest.raises(Refused, match="no-identity-kept"):
        replace_identity(make_patron().pk, new_code(), by=desk(), now=MONDAY_NOON)


def test_a_code_is_removed_with_a_reason_and_a_permission(store: MemoryVault) -> None:
    patron = make_patron()
    give(patron, new_code())
    store.now += 601

    with pytest.raises(NotPermitted):
        remove_identity(patron.pk, "muutto", by=desk(), now=MONDAY_NOON)
    with pytest.raises(Refused, match="no-reason-given"):
        remove_identity(patron.pk, "  ", by=chief(), now=MONDAY_NOON)
    assert store.rows

    remove_identity(patron.pk, "Turvakielto", by=chief(), now=MONDAY_NOON)

    patron.refresh_from_db()
    assert (patron.identity_key, patron.identity_skipped) == (None, "Turvakielto")
    assert store.rows == {}
    assert events("IdentityRemoved")[0]["reason"] == "Turvakielto"


def test_what_was_skipped_has_a_reason_until_a_code_comes() -> None:
    patron = make_patron()
    with pytest.raises(Refused, match="no-reason-given"):
        skip_identity(patron.pk, "", by=desk(), now=MONDAY_NOON)
    with pytest.raises(Refused, match="code-in-reason"):
        skip_identity(patron.pk, f"ei {code_of(BORN)}", by=desk(), now=MONDAY_NOON)
    with pytest.raises(Refused, match="reason-too-long"):
        skip_identity(patron.pk, "x" * 201, by=desk(), now=MONDAY_NOON)

    skip_identity(patron.pk, "Ulkomaalainen", by=desk(), now=MONDAY_NOON)
    patron.refresh_from_db()
    assert patron.identity_skipped == "Ulkomaalainen"

    give(patron, new_code())
    patron.refresh_from_db()
    assert patron.identity_skipped == ""
    with pytest.raises(Refused, match="has-another-identity"):
        skip_identity(patron.pk, "Ulkomaalainen", by=desk(), now=MONDAY_NOON)


def test_the_desk_finds_the_patron_and_is_seen_to(store: MemoryVault) -> None:
    patron, code = make_patron(), new_code()
    give(patron, code)

    assert find_by_identity(code.lower(), by=desk(), now=MONDAY_NOON) == patron.pk
    assert find_by_identity(new_code(), by=desk(), now=MONDAY_NOON) is None

    assert events("PatronViewed") == [{"patron_id": patron.pk, "page": "identity"}]
    assert len(store.rows) == 1


def test_only_billing_sees_a_code_and_each_time_is_logged(store: MemoryVault) -> None:
    patron, code = make_patron(), new_code()
    give(patron, code)
    billing = desk(also=BILLING)

    with pytest.raises(NotPermitted):
        resolve_identity(patron.pk, "Lasku 7", by=desk(), now=MONDAY_NOON)
    with pytest.raises(Refused, match="no-reason-given"):
        resolve_identity(patron.pk, "", by=billing, now=MONDAY_NOON)
    assert events("IdentityResolved") == []

    for number in (7, 8):
        reason = f"Lasku {number}"
        assert resolve_identity(patron.pk, reason, by=billing, now=MONDAY_NOON) == code

    told = [body["reason"] for body in events("IdentityResolved")]
    assert told == ["Lasku 7", "Lasku 8"]
    assert [line for line in store.log if line[0] == "resolve"] == [
        ("resolve", patron.identity_key or Patron.objects.get().identity_key, who)
        for who in ("staff:1 Lasku 7", "staff:1 Lasku 8")
    ]


def test_a_code_is_not_resolved_within_a_transaction_that_could_undo_the_log() -> None:
    patron = make_patron()
    give(patron, new_code())
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        resolve_identity(patron.pk, "Lasku", by=chief(), now=MONDAY_NOON)


def test_there_is_nothing_to_resolve_without_a_key() -> None:
    with pytest.raises(Refused, match="no-identity-kept"):
        resolve_identity(make_patron().pk, "Lasku", by=chief(), now=MONDAY_NOON)


def nobody_may(act: Callable[[], object]) -> None:
    with pytest.raises(NotPermitted):
        act()


def test_nobody_without_permission_comes_near(store: MemoryVault) -> None:
    patron, code = make_patron(), new_code()
    nobody = chief()
    nobody = type(nobody)(kind=nobody.kind, id=9, library_id=nobody.library_id)
    for act in (
        lambda: give_identity(patron.pk, code, by=nobody, now=MONDAY_NOON),
        lambda: replace_identity(patron.pk, code, by=nobody, now=MONDAY_NOON),
        lambda: skip_identity(patron.pk, "ei", by=nobody, now=MONDAY_NOON),
        lambda: find_by_identity(code, by=nobody, now=MONDAY_NOON),
    ):
        nobody_may(act)
    assert store.rows == {}


@pytest.mark.parametrize(
    "values",
    [{"identity_key": ""}, {"identity_key": "a" * 32, "identity_skipped": "ei"}],
)
def test_the_database_takes_no_half_of_an_identity(values: dict[str, str]) -> None:
    patron = make_patron()
    with pytest.raises(IntegrityError), transaction.atomic():
        Patron.objects.filter(pk=patron.pk).update(**values)


def test_the_database_gives_a_key_to_one_patron_only() -> None:
    make_patron(identity_key="b" * 32)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_patron(identity_key="b" * 32)
    later = MONDAY_NOON + timedelta(days=1)
    assert not LoggedEvent.objects.filter(happened_at__gt=later).exists()
