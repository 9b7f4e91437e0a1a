"""The code on the pages of a patron: shown once, to whoever may and says why."""

from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.utils import timezone

from kortisto.core.failures import AdapterError
from kortisto.core.models import LoggedEvent
from kortisto.domain.patrons.actions.identity import give_identity
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.permissions import PatronPermission as May
from kortisto.domain.patrons.vault import vault
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import desk, make_category, make_patron
from kortisto.testing.identity_codes import code_of, new_code
from kortisto.testing.identity_vault import MemoryVault

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def store() -> Iterator[MemoryVault]:
    vault.cache_clear()
    made = vault()
    assert isinstance(made, MemoryVault)
    yield made
    vault.cache_clear()


def with_code(**fields: object) -> tuple[Patron, str]:
    patron, code = make_patron(**fields), new_code()  # type: ignore[arg-type]
    give_identity(patron.pk, code, by=desk(), now=timezone.now())
    patron.refresh_from_db()
    return patron, code


def words(answer: object, status: int = 200) -> str:
    assert isinstance(answer, HttpResponse)
    assert answer.status_code == status
    return answer.content.decode()


def test_a_code_is_given_and_the_outcome_is_told() -> None:
    patron, client, code = make_patron(), at_work(), new_code()
    address = f"/patrons/{patron.pk}/identity/"
    assert "nobody has said why" in words(client.get(address))

    answer = client.post(address, {"what": "code", "code-code": code})

    assert answer.status_code == 302
    page = words(client.get(f"/patrons/{patron.pk}/"))
    assert "was saved" in page
    assert code not in page
    assert "kept in the vault" in words(client.get(address))


def test_a_wrong_code_is_replaced_and_another_birth_date_is_asked_about() -> None:
    patron, wrong = with_code()
    right = code_of(patron.born_on.replace(year=1979))  # type: ignore[union-attr]
    client = at_work()
    sent = {"what": "code", "code-code": right}
    address = f"/patrons/{patron.pk}/identity/"

    page = words(client.post(address, sent), 422)
    assert "The patron&#x27;s date of birth is 17.5.1980" in page
    assert 'value="born-another-day"' in page
    client.post(address, {**sent, "override": "born-another-day"})

    patron.refresh_from_db()
    assert patron.born_on is not None
    assert patron.born_on.year == 1979
    assert vault().find(right) == patron.identity_key
    assert wrong != right


def test_a_code_of_another_leads_to_them_and_a_plus_is_asked_about() -> None:
    other, code = with_code()
    patron, client = make_patron(born_on=None), at_work()
    address = f"/patrons/{patron.pk}/identity/"

    page = words(client.post(address, {"what": "code", "code-code": code}), 422)
    assert f'href="/patrons/{other.pk}/"' in page
    plus = code_of(other.born_on).replace("-", "+")  # type: ignore[arg-type]
    page = words(client.post(address, {"what": "code", "code-code": plus}), 422)
    assert 'name="code-born_in_1800s"' in page
    sent = {"what": "code", "code-code": plus, "code-born_in_1800s": "on"}
    assert client.post(address, sent).status_code == 302


def test_a_code_is_left_out_or_removed_with_a_reason() -> None:
    patron, client = make_patron(), at_work()
    address = f"/patrons/{patron.pk}/identity/"

    page = words(client.post(address, {"what": "skip", "skip-reason": new_code()}), 422)
    assert "Leave personal identity codes out" in page
    client.post(address, {"what": "skip", "skip-reason": "Ulkomaalainen"})
    assert "There is no code: Ulkomaalainen" in words(client.get(address))

    kept, _code = with_code()
    address = f"/patrons/{kept.pk}/identity/"
    client.post(address, {"what": "remove", "remove-reason": "Väärä henkilö"})
    kept.refresh_from_db()
    assert (kept.identity_key, kept.identity_skipped) == (None, "Väärä henkilö")
    assert words(client.post(address, {"what": "nonsense"}), 404)


def test_only_billing_sees_the_code_once_and_it_is_logged() -> None:
    patron, code = with_code()
    address = f"/patrons/{patron.pk}/identity/code/"
    clerk = at_work(make_staff("desk", may=(May.SEE, May.EDIT)))
    assert clerk.post(address, {"resolve-reason": "Lasku 1"}).status_code == 403
    assert "Show the code once" not in words(
        clerk.get(f"/patrons/{patron.pk}/identity/")
    )

    client = at_work(make_staff("bill", may=(May.SEE, May.EDIT, May.RESOLVE_IDENTITY)))
    page = words(client.post(address, {"resolve-reason": " "}), 422)
    assert code not in page
    assert not LoggedEvent.objects.filter(kind="IdentityResolved").exists()

    answer = client.post(address, {"resolve-reason": "Lasku 1"})
    assert code in words(answer)
    assert "no-store" in answer.headers["Cache-Control"]
    assert LoggedEvent.objects.get(kind="IdentityResolved").body["reason"] == "Lasku 1"
    assert code not in words(client.get(f"/patrons/{patron.pk}/"))
    assert client.get(address).status_code == 405


def test_a_patron_is_found_by_the_code_which_is_in_no_address_or_log() -> None:
    patron, code = with_code()
    client = at_work()

    answer = client.post("/patrons/by-code/", {"code": f" {code.lower()} "})
    assert answer.headers["Location"] == f"/patrons/{patron.pk}/"
    assert "No patron has this code" in words(
        client.post("/patrons/by-code/", {"code": new_code()})
    )
    assert "it has the form" in words(
        client.post("/patrons/by-code/", {"code": "x"}), 422
    )
    assert (
        client.post("/patrons/", {"q": code}).headers["Location"] == "/patrons/by-code/"
    )
    assert code not in str(list(LoggedEvent.objects.values()))


def test_a_vault_that_is_down_is_told_of_and_organisations_are_not_asked(
    store: MemoryVault,
) -> None:
    make_category("YHTEISO", kind="organisation")
    school, patron = make_patron(category="YHTEISO"), make_patron()
    client = at_work()
    store.fails = AdapterError("no answer", permanent=False)

    address = f"/patrons/{patron.pk}/identity/"
    page = words(client.post(address, {"what": "code", "code-code": new_code()}), 422)
    assert "does not answer" in page
    assert "has no personal identity code" in words(
        client.get(f"/patrons/{school.pk}/identity/")
    )
    assert client.get("/patrons/99999/identity/").status_code == 404
