"""Purchase suggestions on the web: from a search in vain to the answer (S33)."""

import pytest
from django.test import Client
from django.utils import timezone

from kortisto.domain.acquisitions.actions.answering import answer_suggestion
from kortisto.domain.acquisitions.models import Suggestion
from kortisto.domain.acquisitions.settings import SUGGESTIONS_OPEN
from kortisto.domain.catalogue.models import RecordIdentifier
from kortisto.domain.org.actions.settings import set_setting
from kortisto.interfaces.opac.tests.shelf import log_in, on_the_shelf, somebody, title
from kortisto.testing.builders import chief, make_consortium, make_library
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db

PAGE = "/account/suggestions/"
NEW = f"{PAGE}new/"
ISBN = "9789510432266"


def text(client: Client, address: str = PAGE) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def typed(**values: str) -> dict[str, str]:
    blank = {"author": "", "isbn": "", "link": "", "why": "", "material": "KIRJA"}
    return {**blank, "library": str(make_library().pk), "title": "Sinuhe", **values}


def test_who_searches_in_vain_is_led_to_a_form_that_is_filled_in(
    visitor: Client,
) -> None:
    on_the_shelf()
    found = text(visitor, "/search/?q=lohipään+paluu+xyz")
    assert "Suggest that we buy it" in found
    assert f"{NEW}?q=lohip%C3%A4%C3%A4n+paluu+xyz" in found
    assert "Suggest that we buy it" not in text(visitor, "/search/?q=sinuhe")

    log_in(visitor, somebody())
    assert 'value="lohipään paluu xyz"' in text(
        visitor, f"{NEW}?q=lohip%C3%A4%C3%A4n+paluu+xyz"
    )
    by_number = text(visitor, f"{NEW}?q=951-0-43226-1")
    assert f'value="{ISBN}"' in by_number
    assert 'value="951' not in by_number


def test_nobody_suggests_without_a_log_in(visitor: Client) -> None:
    answer = visitor.get(f"{NEW}?q=x")
    assert answer.headers["Location"].startswith("/login/?next=")
    assert visitor.post(NEW, typed()).status_code == 302
    assert not Suggestion.objects.exists()


def test_a_suggestion_is_listed_with_its_answer_in_the_language_of_the_page(
    visitor: Client,
) -> None:
    patron, other = somebody(), Client(headers={"accept-language": "en"})
    log_in(visitor, patron)
    log_in(other, somebody())
    assert "You have not suggested anything yet." in text(visitor)

    visitor.post(NEW, typed(title="Lohipään paluu", author="Kala, K."))
    found = text(visitor)
    assert "Thank you. The library answers here: Lohipään paluu." in found
    assert "Kala, K." in found
    row = Suggestion.objects.get()
    answer_suggestion(
        row.pk,
        "declined",
        answer="interlibrary",
        note="Kysy tiskiltä",
        seen="new",
        by=chief(),
        now=timezone.now(),
    )

    found = text(visitor)
    assert "Not bought" in found
    assert "can borrow it for you from another library" in found
    assert "Kysy tiskiltä" in found
    assert "Take the suggestion back" not in found
    visitor.post("/language/", {"language": "sv", "next": PAGE})
    assert "Köps inte" in text(visitor)
    assert "Lohipään" not in text(other)


def test_what_the_libraries_have_is_shown_before_it_is_suggested(
    visitor: Client,
) -> None:
    record = title("Sinuhe egyptiläinen")
    RecordIdentifier.objects.create(record=record, kind="isbn", value=ISBN)
    on_the_shelf(record)
    log_in(visitor, somebody())

    answer = visitor.post(NEW, typed(isbn=ISBN, why="Lukupiirille"))

    found = answer.content.decode()
    assert answer.status_code == 409
    assert "We have this already." in found
    assert f'href="/record/{record.pk}/"' in found
    assert "Lukupiirille" in found
    assert not Suggestion.objects.exists()

    visitor.post(NEW, typed(isbn=ISBN, why="Lukupiirille", anyway="yes"))
    assert Suggestion.objects.get().why == "Lukupiirille"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"title": " "}, "Write the title."),
        ({"isbn": "12345"}, "This is not an ISBN."),
        ({"link": "javascript:alert(1)"}, "This is not the address of a page."),
        ({"library": ""}, "This field is required."),
        ({"library": "987654"}, "987654"),
        ({"material": "LENTOKONE"}, "LENTOKONE"),
        ({"author": "x" * 201}, "200"),
        ({"why": "x" * 501}, "The text is too long"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_typed_is_lost(
    visitor: Client, wrong: dict[str, str], words: str
) -> None:
    log_in(visitor, somebody())

    answer = visitor.post(NEW, typed(**{"author": "Waltari", "why": "Siksi", **wrong}))

    found = answer.content.decode()
    assert answer.status_code == 422
    assert words in found
    assert "Waltari" in found or "author" in wrong
    assert not Suggestion.objects.exists()


def test_a_new_one_is_taken_back_by_its_own_patron_only(visitor: Client) -> None:
    other = Client()
    log_in(visitor, somebody())
    log_in(other, somebody())
    visitor.post(NEW, typed())
    address = f"{PAGE}{Suggestion.objects.get().pk}/withdraw/"

    assert visitor.get(address).status_code == 405
    assert other.post(address).status_code == 404
    assert Suggestion.objects.exists()

    visitor.post(address)
    assert not Suggestion.objects.exists()
    assert "You have taken your suggestion back." in text(visitor)


def test_who_comes_too_late_to_take_it_back_is_told(visitor: Client) -> None:
    log_in(visitor, somebody())
    visitor.post(NEW, typed())
    row = Suggestion.objects.get()
    answer_suggestion(row.pk, "ordered", seen="new", by=chief(), now=timezone.now())

    visitor.post(f"{PAGE}{row.pk}/withdraw/")

    assert "looking at this suggestion already" in text(visitor)
    assert Suggestion.objects.get().state == "ordered"


def test_many_in_an_hour_are_too_many(visitor: Client) -> None:
    log_in(visitor, somebody())
    for number in range(10):
        visitor.post(NEW, typed(title=f"Osa {number}"))
        Suggestion.objects.update(state="declined", answered_at=timezone.now())

    answer = visitor.post(NEW, typed(title="Osa 11"))

    assert answer.status_code == 429
    assert "Wait for an hour." in answer.content.decode()
    assert 'value="Osa 11"' in answer.content.decode()
    assert Suggestion.objects.count() == 10


def test_where_suggestions_are_not_taken_nothing_leads_to_them(
    visitor: Client,
) -> None:
    root, now = make_consortium(), timezone.now()
    make_library()
    set_setting(root.pk, SUGGESTIONS_OPEN, value=False, by=chief(), now=now)
    on_the_shelf()
    log_in(visitor, somebody())

    assert "Suggest that we buy it" not in text(visitor, "/search/?q=lohipxyz")
    assert "Suggestions are not taken on the web now." in text(visitor)
    answer = visitor.post(NEW, typed())
    assert answer.status_code == 422
    assert not Suggestion.objects.exists()


def test_the_home_library_of_a_protected_person_is_not_chosen_for_them(
    visitor: Client,
) -> None:
    log_in(visitor, somebody(is_protected=True))
    assert visitor.get(NEW).context["form"]["library"].value() is None


def test_the_list_asks_the_same_for_many(visitor: Client) -> None:
    patron = somebody()
    log_in(visitor, patron)
    visitor.post(NEW, typed())
    visitor.get(PAGE)

    def one_more() -> None:
        row = Suggestion.objects.latest("pk")
        row.pk = None
        row.save()

    assert_same_queries_with_more_rows(lambda: visitor.get(PAGE), add_rows=one_more)
