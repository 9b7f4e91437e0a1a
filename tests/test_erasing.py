"""A patron is erased: from every table, with what the law keeps under a number only."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Model

from kortisto.core.actors import NotPermitted
from kortisto.core.audit import verify
from kortisto.core.followers import follow
from kortisto.core.models import Errand, LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.core.sealed_content import SEALER
from kortisto.core.secrecy import fields_of, our_models
from kortisto.domain.circulation.actions.blurring import blur_forgotten_loans
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.models import Loan
from kortisto.domain.entry.models import Ban, EntryAttempt
from kortisto.domain.fees.actions.charges import charge
from kortisto.domain.fees.actions.payments import pay
from kortisto.domain.fees.models import Charge, Posting
from kortisto.domain.holds.models import Hold
from kortisto.domain.patrons.actions.change import change
from kortisto.domain.patrons.actions.erasing import erase
from kortisto.domain.patrons.actions.erasures import (
    ask_erasure,
    asked_of,
    erase_due,
    take_back_erasure,
)
from kortisto.domain.patrons.actions.notes import write_note
from kortisto.domain.patrons.actions.viewing import view_protected_address
from kortisto.domain.patrons.models import (
    Erasure,
    Guardianship,
    Patron,
    PatronNote,
)
from kortisto.domain.patrons.personal_data import ERASED
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    chief,
    desk,
    make_hold,
    make_item,
    make_library,
    make_patron,
    make_record,
    make_rules,
    themself,
)
from kortisto.testing.loans import lend

pytestmark = pytest.mark.django_db

LATER = MONDAY_NOON + timedelta(days=14)
SECRETS = {
    "surname": "Näkymättömänen",
    "first_names": "Ilmatar",
    "phone": "+358401112223",
    "email": "ilmatar@posti.example",
    "street": "Unohduksenpolku 7",
}


def somebody_with_a_past(**fields: Any) -> Patron:
    """Rows in every corner: loans, holds, notes, changes, visits."""
    if not Loan.objects.exists():
        make_rules()
    patron = make_patron(**{**SECRETS, **fields})
    change(patron.pk, {"street": "Toinen katu 1"}, by=chief(), now=MONDAY_NOON)
    item = make_item(record=make_record("Sinuhe"))
    lend(item, patron)
    checkin(item.barcode, by=desk(), now=MONDAY_NOON + timedelta(days=1))
    make_hold(patron, make_record("Jono"))
    public = PatronNote.Audience.PUBLIC
    write_note(patron.pk, "Ilmatar kävi", audience=public, by=desk(), now=MONDAY_NOON)
    EntryAttempt.objects.create(
        key="k1", at=MONDAY_NOON, library=make_library(), device="Ovi",
        patron=patron, code="granted",
    )  # fmt: skip
    return patron


def charged(patron: Patron, cents: int = 500) -> Charge:
    return charge(
        patron.pk, "NEW_CARD", cents, key="k", by=chief(), now=MONDAY_NOON, note="Vanha"
    )


def settle(patron: Patron, cents: int = 500) -> None:
    pay(patron.pk, cents, key="p", by=chief(), now=MONDAY_NOON)


def found_in_the_database(*secrets: str) -> list[str]:
    """Every table and column that still tells one of the secrets."""
    return [
        f"{model.__name__}.{field.name}"
        for model in our_models()
        for field in fields_of(model)
        if not field.is_relation
        for value in values_of(model, field.name)
        if any(secret.lower() in value.lower() for secret in secrets)
    ]


def values_of(model: type[Model], name: str) -> list[str]:
    return [str(each) for each in model._default_manager.values_list(name, flat=True)]


def test_nothing_in_any_table_tells_who_it_was() -> None:
    patron = somebody_with_a_past()
    secrets = (
        *SECRETS.values(),
        card_of(patron),
        patron.hold_identifier,
        "Toinen katu",
    )
    assert found_in_the_database(*secrets)

    kept = erase(patron.pk, by=chief(), now=LATER)

    assert not kept
    assert found_in_the_database(*secrets) == []
    assert not Patron.objects.filter(pk=patron.pk).exists()
    assert not Hold.objects.exists()


def test_the_log_keeps_who_looked_and_when_but_no_word_of_why() -> None:
    patron = somebody_with_a_past(is_protected=True)
    view_protected_address(
        patron.pk, "Ilmatar odottaa pihalla", by=chief(), now=MONDAY_NOON
    )
    follow(SEALER, now=MONDAY_NOON)
    assert found_in_the_database("Ilmatar odottaa") == ["LoggedEvent.body"]

    erase(patron.pk, by=chief(), now=LATER)

    assert found_in_the_database("Ilmatar odottaa") == []
    look = LoggedEvent.objects.get(kind="ProtectedAddressViewed")
    assert (look.body, look.actor, look.patron_id, look.happened_at) == (
        {}, chief().label, patron.pk, MONDAY_NOON,
    )  # fmt: skip
    follow(SEALER, now=LATER)
    assert verify().broken == []


def test_the_night_after_the_log_tells_nothing_of_what_was_borrowed() -> None:
    patron = somebody_with_a_past()
    loan = Loan.objects.get()
    erase(patron.pk, by=chief(), now=LATER)

    blur_forgotten_loans(by=chief(), now=LATER)

    told = LoggedEvent.objects.filter(kind__startswith="Loan")
    assert told.count() == 2
    assert not LoggedEvent.objects.filter(body__item_id=loan.item_id).exists()


def test_statistics_stay_whole() -> None:
    """How much was lent and how many came is known for ever, without a person."""
    patron = somebody_with_a_past()
    before = Loan.objects.count(), EntryAttempt.objects.count()

    erase(patron.pk, by=chief(), now=LATER)

    assert (Loan.objects.count(), EntryAttempt.objects.count()) == before
    loan = Loan.objects.get()
    assert loan.patron is None
    assert loan.category.code == "HENKILO"
    assert EntryAttempt.objects.get().patron is None


def test_accounts_stay_for_the_law_under_a_number_without_a_name() -> None:
    patron = somebody_with_a_past()
    made = charged(patron)
    settle(patron)

    assert erase(patron.pk, by=chief(), now=LATER)

    assert found_in_the_database(*SECRETS.values(), "Ilmatar") == []
    made.refresh_from_db()
    assert (made.patron_id, made.title, made.note, made.loan_id) == (
        patron.pk, "", "", None,
    )  # fmt: skip
    assert sum(Posting.objects.values_list("cents", flat=True)) == 0
    left = Patron.objects.get(pk=patron.pk)
    assert (left.surname, left.born_on, left.phone, left.identity_key) == (
        ERASED, None, "", None,
    )  # fmt: skip
    assert left.binned_at == LATER
    assert left.pin_hash == ""
    assert left.session_epoch == patron.session_epoch + 1


def test_every_reason_is_told_at_once_and_nothing_is_erased() -> None:
    patron = somebody_with_a_past()
    lend(make_item(), patron)
    charged(patron)
    child = make_patron(first_names="Olli", born_on=MONDAY_NOON.date())
    Guardianship.objects.create(guardian=patron, dependant=child)
    hold = make_hold(patron, make_record(), state=Hold.State.WAITING, item=make_item())
    Ban.objects.create(
        patron=patron, starts_on=MONDAY_NOON.date(), ends_on=LATER.date(),
        everywhere=True, reason="x", hearing="x", made_by="x", made_at=MONDAY_NOON,
    )  # fmt: skip

    with pytest.raises(Refused) as refused:
        erase(patron.pk, by=chief(), now=LATER)

    assert {each.reason.value for each in refused.value.refusals} == {
        "has-loans", "owes", "guardian-of-minors", "hold-is-set-aside", "banned",
    }  # fmt: skip
    patron.refresh_from_db()
    assert patron.surname == SECRETS["surname"]
    assert Hold.objects.filter(pk=hold.pk).exists()
    assert not LoggedEvent.objects.filter(kind="PatronErased").exists()


def test_nobody_erases_without_the_permission_and_nobody_somebody_else() -> None:
    patron = make_patron()
    with pytest.raises(NotPermitted):
        erase(patron.pk, by=desk(), now=LATER)
    for by in (desk(), themself(make_patron())):
        with pytest.raises(NotPermitted):
            ask_erasure(patron.pk, by=by, now=MONDAY_NOON)
    assert not Erasure.objects.exists()


def test_who_asks_is_erased_after_a_fortnight_and_not_a_night_earlier() -> None:
    patron = make_patron()
    asked = ask_erasure(patron.pk, by=themself(patron), now=MONDAY_NOON)
    assert asked.erase_on == LATER.date()

    assert erase_due(by=chief(), now=LATER - timedelta(days=1)).erased == 0
    assert Patron.objects.filter(pk=patron.pk).exists()
    assert erase_due(by=chief(), now=LATER).erased == 1
    assert not Patron.objects.filter(pk=patron.pk).exists()


def test_until_then_it_can_be_taken_back() -> None:
    patron = make_patron()
    ask_erasure(patron.pk, by=themself(patron), now=MONDAY_NOON)

    take_back_erasure(patron.pk, by=themself(patron), now=LATER - timedelta(days=1))

    assert asked_of(patron.pk) is None
    assert erase_due(by=chief(), now=LATER).erased == 0
    assert Patron.objects.filter(pk=patron.pk).exists()
    with pytest.raises(Refused, match="no-erasure-asked"):
        take_back_erasure(patron.pk, by=themself(patron), now=LATER)


def test_asking_twice_is_told_and_the_first_days_count() -> None:
    patron = make_patron()
    ask_erasure(patron.pk, by=themself(patron), now=MONDAY_NOON)

    with pytest.raises(Refused, match="erasure-asked-already"):
        ask_erasure(patron.pk, by=chief(), now=LATER)

    assert Erasure.objects.get().erase_on == LATER.date()


def test_who_borrows_meanwhile_waits_and_a_person_is_asked_to_see_to_it() -> None:
    make_rules()
    patron, item = make_patron(), make_item()
    ask_erasure(patron.pk, by=themself(patron), now=MONDAY_NOON)
    lend(item, patron)

    done = erase_due(by=chief(), now=LATER)

    assert (done.erased, done.hindered) == (0, 1)
    errand = Errand.objects.get()
    assert (errand.kind, errand.subject_id) == ("erasure-hindered", patron.pk)
    assert SECRETS["surname"] not in str(errand.facts)
    checkin(item.barcode, by=desk(), now=LATER)
    assert erase_due(by=chief(), now=LATER + timedelta(days=1)).erased == 1


def test_the_code_in_the_vault_goes_with_its_patron() -> None:
    patron = make_patron(identity_key="K" * 32)
    charged(patron)
    settle(patron)

    erase(patron.pk, by=chief(), now=LATER)

    assert Patron.objects.get(pk=patron.pk).identity_key is None
