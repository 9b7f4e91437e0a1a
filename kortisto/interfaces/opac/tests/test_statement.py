"""The description of the register: open to everybody, and always true (S5)."""

import sys
from io import BytesIO
from types import ModuleType

import pytest
from django.test import Client
from pypdf import PdfReader
from typing_extensions import override

from kortisto.core.keeping import everything_kept
from kortisto.core.versions import configuration_changed
from kortisto.domain.entry.settings import ATTEMPTS_KEPT_DAYS
from kortisto.domain.org.actions.settings import set_setting
from kortisto.domain.org.models import Role, Unit
from kortisto.domain.patrons.personal_data import about_patrons
from kortisto.domain.patrons.settings import FOLLOW_CHANGES
from kortisto.interfaces.opac.pages import statement
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    make_consortium,
    make_library,
    make_patron,
)
from kortisto.testing.queries import assert_same_queries_with_more_rows
from kortisto.ui.pdf import Document

pytestmark = pytest.mark.django_db


def text(visitor: Client, address: str = "/privacy/") -> str:
    answer = visitor.get(address)
    assert answer.status_code == 200
    return answer.content.decode().replace("&#x27;", "'")


def test_it_names_every_group_of_data_and_every_period(visitor: Client) -> None:
    make_library()

    page = text(visitor)

    for about in about_patrons():
        assert str(about.title) in page
    for kept in everything_kept():
        assert str(kept.title) in page
        assert str(kept.period()) in page


def test_it_says_what_the_settings_say_now(visitor: Client) -> None:
    root = make_consortium()
    before = text(visitor)
    assert "77 days" not in before

    set_setting(root.pk, ATTEMPTS_KEPT_DAYS, value=77, by=chief(), now=MONDAY_NOON)

    page = text(visitor)
    assert "77 days" in page
    assert page.count("90 days") == before.count("90 days") - 1


def test_the_population_register_is_told_of_where_it_is_followed(
    visitor: Client,
) -> None:
    library = make_library()
    assert library.parent is not None
    assert "every night from the population register" not in text(visitor)

    set_setting(
        library.parent.pk, FOLLOW_CHANGES, value=True, by=chief(), now=MONDAY_NOON
    )

    assert "every night from the population register in: K-MLI" in text(visitor)


def test_owners_and_roles_are_those_that_there_are(visitor: Client) -> None:
    make_library()
    Unit.objects.filter(code="K-MLI").update(
        responsible_person="Maija Meri", email="kirjasto@mikkeli.example"
    )
    Role.objects.create(
        code="tiski", name_fi="Tiski", permissions=["patrons.see", "lending.lend"]
    )
    Role.objects.create(code="kuva", name_fi="Kuvailu", permissions=["catalogue.see"])
    configuration_changed()

    page = text(visitor)

    assert "Maija Meri" in page
    assert "kirjasto@mikkeli.example" in page
    assert "Find patrons and see their data" in page
    assert "Kuvailu" not in page  # may see no patron


def test_it_tells_of_no_patron(visitor: Client) -> None:
    make_patron(surname="Salainen")

    assert "Salainen" not in text(visitor)


@pytest.mark.parametrize(
    ("language", "words"),
    [("fi", "Tietosuojaseloste"), ("sv", "Dataskyddsbeskrivning"),
     ("en", "Privacy statement")],
)  # fmt: skip
def test_the_pdf_says_the_same_in_the_language_of_the_page(
    language: str, words: str
) -> None:
    make_library()
    visitor = Client(headers={"accept-language": language})

    answer = visitor.get("/privacy/pdf/")

    read = PdfReader(BytesIO(answer.content))
    told = " ".join(" ".join(one.extract_text() for one in read.pages).split())
    assert answer["Content-Type"] == "application/pdf"
    assert words in told
    assert "K-MLI" in told


def test_more_municipalities_cost_no_more_statements(visitor: Client) -> None:
    codes = iter("ABCDEFGH")

    def found_and_read() -> None:
        make_library(next(codes))
        visitor.get("/privacy/")  # compiles the new organisation

    assert_same_queries_with_more_rows(
        lambda: visitor.get("/privacy/"), add_rows=found_and_read
    )


def test_the_pdf_is_made_once_and_again_when_a_setting_changes(
    visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Document] = []

    def make(document: Document) -> bytes:
        made.append(document)
        return b"%PDF"

    monkeypatch.setattr(statement, "pdf", make)
    root = make_consortium()
    for _ in range(3):
        visitor.get("/privacy/pdf/")
    assert len(made) == 1

    set_setting(root.pk, ATTEMPTS_KEPT_DAYS, value=30, by=chief(), now=MONDAY_NOON)
    visitor.get("/privacy/pdf/")
    assert len(made) == 2


class LacksPango(ModuleType):
    @override
    def __getattr__(self, name: str) -> object:
        message = "cannot load library 'libpango-1.0-0'"
        raise OSError(message)


def test_a_machine_that_cannot_make_pdfs_says_so(
    visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_library()
    configuration_changed()  # no PDF from before is at hand
    monkeypatch.setitem(sys.modules, "weasyprint", LacksPango("weasyprint"))

    answer = visitor.get("/privacy/pdf/")

    assert answer.status_code == 409
    assert "lacks Pango" in answer.content.decode()
