"""My privacy: who has looked at my data, and everything that is held on me."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import orjson
import pytest
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from kortisto.domain.org.models import Staff
from kortisto.domain.patrons.actions.viewing import view_candidates, view_patron
from kortisto.domain.patrons.models import Erasure
from kortisto.interfaces.opac.tests.shelf import lent, log_in, somebody
from kortisto.testing.builders import desk, make_library, make_patron
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_i_see_which_library_looked_and_at_what_but_never_who(visitor: Client) -> None:
    patron = somebody()
    Staff.objects.create_user(
        "utelias", "x" * 20, full_name="Uteliaisuus Utelias", id=desk().id
    )
    view_patron(patron.pk, by=desk(), now=timezone.now(), page="patron")
    view_candidates("virt", by=desk(make_library("SVL")), now=timezone.now())
    log_in(visitor, patron)

    for address in ("/account/privacy/", "/account/privacy/viewings/"):
        page = text(visitor, address)
        assert "Your record was opened." in page
        assert "Your name was in a list that a search gave." in page
        assert "MLI" in page
        assert "K-SVL" in page
        assert "Utelias" not in page
        assert "staff:" not in page


def test_the_page_says_how_far_back_it_goes(visitor: Client) -> None:
    log_in(visitor, somebody())

    assert "the last 12 months here" in text(visitor, "/account/privacy/viewings/")


def test_i_never_see_looks_at_somebody_else(visitor: Client) -> None:
    view_patron(make_patron().pk, by=desk(), now=timezone.now(), page="patron")
    log_in(visitor, somebody())

    assert "Nobody has looked at your data." in text(visitor, "/account/privacy/")


def test_an_odd_address_begins_from_the_newest(visitor: Client) -> None:
    patron = somebody()
    view_patron(patron.pk, by=desk(), now=timezone.now(), page="desk")
    log_in(visitor, patron)

    for odd in ("x", "-1", "9" * 40):
        page = text(visitor, f"/account/privacy/viewings/?before={odd}")
        assert "You were served at the desk." in page


def test_more_looks_cost_no_more_statements(visitor: Client) -> None:
    patron = somebody()
    log_in(visitor, patron)

    assert_same_queries_with_more_rows(
        lambda: visitor.get("/account/privacy/viewings/"),
        add_rows=lambda: view_patron(
            patron.pk, by=desk(), now=timezone.now(), page="desk"
        ),
    )


def fetched(visitor: Client, form: str) -> bytes:
    answer = visitor.post("/account/privacy/data/", {"form": form})
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Cache-Control"] == "no-store"
    return answer.content


def test_the_pdf_is_read_by_people_and_screen_readers_in_my_language(
    visitor: Client,
) -> None:
    patron = somebody(
        surname="Äyräpää", first_names="Šárka Ŋiela", city="Åbo", language="fi"
    )
    lent(patron)
    log_in(visitor, patron)

    read = PdfReader(BytesIO(fetched(visitor, "pdf")))

    text = " ".join(" ".join(p.extract_text() for p in read.pages).split())
    for words in ("Äyräpää", "Šárka Ŋiela", "Åbo", "Sinuhe egyptiläinen"):
        assert words in text
    assert "Kirjastokortit" in text
    about: Any = read.trailer["/Root"]
    assert about["/MarkInfo"]["/Marked"]
    assert about["/Lang"] == "fi"
    assert read.metadata is not None
    assert "Äyräpää" in str(read.metadata.title)


def test_the_json_has_every_group_and_its_name_tells_nobody(visitor: Client) -> None:
    patron = somebody()
    lent(patron)
    log_in(visitor, patron)

    told = orjson.loads(fetched(visitor, "json"))

    groups = {each["code"]: each for each in told["groups"]}
    assert groups["loan"]["rows"][0]["title"] == "Sinuhe egyptiläinen"
    assert groups["loan"]["fields"]["title"] == "Title"
    assert {"patron", "card", "hold", "charge", "event", "entry_attempt"} <= set(groups)


def test_only_a_form_fetches_the_file_and_only_in_a_known_form(visitor: Client) -> None:
    log_in(visitor, somebody())

    assert visitor.get("/account/privacy/data/").status_code == 405
    assert visitor.post("/account/privacy/data/", {"form": "exe"}).status_code == 404


def test_who_fetches_it_again_and_again_waits(visitor: Client) -> None:
    log_in(visitor, somebody())
    for _ in range(6):
        fetched(visitor, "json")

    answer = visitor.post("/account/privacy/data/", {"form": "json"})

    assert answer.status_code == 302
    assert "You have just fetched your data." in text(visitor, "/account/privacy/")


def test_i_ask_to_be_erased_see_the_day_and_take_it_back(visitor: Client) -> None:
    patron = somebody()
    log_in(visitor, patron)
    day = timezone.localdate() + timedelta(days=14)

    visitor.post("/account/privacy/erase/", {"sure": "yes"})
    page = text(visitor, "/account/privacy/")
    assert f"{day.day}.{day.month}.{day.year}" in page
    assert "Keep my data" in page
    assert "Open Privacy to take it back." in text(visitor, "/account/")

    visitor.post("/account/privacy/keep/")
    page = text(visitor, "/account/privacy/")
    assert "Your data is kept, as if you had not asked." in page
    assert "Keep my data" not in page
    assert Erasure.objects.get().ending == "taken-back"


def test_without_the_tick_nothing_begins(visitor: Client) -> None:
    log_in(visitor, somebody())

    visitor.post("/account/privacy/erase/", {})

    assert "Tick first that you are sure." in text(visitor, "/account/privacy/")
    assert not Erasure.objects.exists()


def test_every_reason_why_not_yet_is_told_before_and_after_i_ask(
    visitor: Client,
) -> None:
    patron = somebody()
    lent(patron)
    log_in(visitor, patron)
    words = "Loans that have not been returned: 1."

    assert words in text(visitor, "/account/privacy/")
    visitor.post("/account/privacy/erase/", {"sure": "yes"})

    assert words in text(visitor, "/account/privacy/")
    assert not Erasure.objects.exists()


def test_only_forms_erase_or_keep(visitor: Client) -> None:
    log_in(visitor, somebody())

    for address in ("/account/privacy/erase/", "/account/privacy/keep/"):
        assert visitor.get(address).status_code == 405
    visitor.post("/account/privacy/keep/")
    assert "Nobody has asked for erasing" in text(visitor, "/account/privacy/")
