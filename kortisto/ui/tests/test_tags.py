"""The components say in words, icons and links what their values hold."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.http import HttpRequest
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils.translation import override

from kortisto.core.actors import Actor, ActorKind
from kortisto.core.permissions import Permission
from kortisto.core.refusals import Reason, Refusal
from kortisto.ui import charts, covers, formats, shell
from kortisto.ui.icons import icon_bodies
from kortisto.ui.parts import Availability, Bar, Pages, Pair, RefusalLine, TraceLine
from kortisto.ui.patterns import pattern_context
from kortisto.ui.refusals import as_line

SUMMER_EVENING = datetime(2027, 6, 30, 21, 30, tzinfo=ZoneInfo("UTC"))


class MayForTest(Permission):
    FORGIVE = "ui-test.forgive", "Forgive"


class WhyForTest(Reason):
    OWES = "owes", "The patron owes {sum}."


class CardForm(forms.Form):
    card = forms.CharField(label="Card", help_text="Fourteen digits.")


def drawn(source: str, **values: object) -> str:
    """Drawn in English, whatever the site's own language is."""
    with override("en"):
        return Template("{% load ui %}" + source).render(Context(values))


def request_with(**cookies: str) -> HttpRequest:
    request = RequestFactory().get("/")
    request.COOKIES.update(cookies)
    return request


def test_an_icon_beside_a_word_is_silent_and_one_alone_speaks() -> None:
    assert 'aria-hidden="true"' in drawn('{% icon "book" %}')
    alone = drawn('{% icon "book" label=label %}', label="Book & co")
    assert 'aria-label="Book &amp; co"' in alone
    assert "aria-hidden" not in alone


def test_an_icon_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError, match="unicorn"):
        drawn('{% icon "unicorn" %}')


def test_every_icon_is_drawn_on_the_same_square_without_style() -> None:
    assert len(icon_bodies()) > 45
    assert not [n for n, body in icon_bodies().items() if "style" in body or not body]


def test_values_are_written_as_people_here_write_them() -> None:
    assert formats.money(123450) == "1 234,50 €".replace(" ", "\N{NO-BREAK SPACE}")
    assert formats.money(-5) == "−0,05\N{NO-BREAK SPACE}€"
    assert formats.day(date(2027, 3, 1)) == "1.3.2027"
    assert formats.moment(SUMMER_EVENING) == "1.7.2027\N{NO-BREAK SPACE}0.30"
    assert formats.day(SUMMER_EVENING) == "1.7.2027"
    assert drawn("{{ nothing|day }}{{ nothing|moment }}", nothing=None) == ""


def test_a_state_has_a_word_and_an_icon_besides_its_colour() -> None:
    html = drawn('{% badge "stop" "Lost" %}')
    assert "Lost" in html
    assert "<svg" in html


def test_what_people_wrote_is_never_markup() -> None:
    for source in (
        "{% badge 'ok' bad %}",
        "{% outcome 'ok' bad title=bad %}",
        "{% cover bad bad %}",
        "{% empty bad %}",
        "{% note 'ok' bad %}",
    ):
        assert "<b>" not in drawn(source, bad="<b>")


def test_an_outcome_carries_its_sound_and_is_announced() -> None:
    html = drawn('{% outcome "attention" "On hold" %}')
    assert 'data-sound="attention"' in html
    assert "data-announce" in html


def test_each_reason_is_shown_with_what_sets_it_aside_for_this_person() -> None:
    refusal = Refusal(WhyForTest.OWES, MayForTest.FORGIVE, facts={"sum": "18,20 €"})
    may = Actor(
        kind=ActorKind.STAFF,
        id=1,
        library_id=7,
        grants={MayForTest.FORGIVE.value: frozenset({7})},
    )
    may_not = Actor(kind=ActorKind.STAFF, id=2, library_id=7)

    html = drawn("{% refusals r actor=a form='again' %}", r=[refusal], a=may)
    assert 'name="override" value="owes" form="again"' in html
    assert "The patron owes 18,20 €." in html

    html = drawn("{% refusals r actor=a %}", r=[refusal], a=may_not)
    assert "<input" not in html
    assert "Forgive" in html


def test_a_reason_that_nobody_can_set_aside_stops_and_a_notice_only_tells() -> None:
    facts = {"sum": "1 €"}
    assert as_line(Refusal(WhyForTest.OWES, facts=facts), actor=None).kind == "stop"
    notice = Refusal(WhyForTest.OWES, facts=facts, notice=True)
    assert as_line(notice, actor=None).kind == "info"
    html = drawn("{% refusals r %}", r=[RefusalLine(code="x", message="No")])
    assert "<input" not in html


def test_why_lists_every_step_with_its_source() -> None:
    trace = [
        TraceLine(name="Period", value="28 days", source="Rule set 14"),
        TraceLine(name="Closed day", source="Calendar", url="/calendar/"),
    ]
    html = drawn("{% why trace about='Due date' %}", trace=trace)
    assert html.count("<li>") == 2
    assert '<a href="/calendar/">Calendar</a>' in html
    assert html.startswith("<details")


def test_a_field_joins_its_error_and_its_help_to_the_input() -> None:
    html = drawn("{% field form.card %}", form=CardForm({"card": ""}))
    assert 'aria-describedby="id_card-error id_card-help"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_card-error"' in html
    assert 'id="id_card-help"' in html

    html = drawn("{% field form.card %}", form=CardForm())
    assert "aria-invalid" not in html
    assert "id_card-error" not in html


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (Availability(available=1, total=1), "1 of 1 copy available"),
        (Availability(available=2, total=5), "2 of 5 copies available"),
        (Availability(available=0, total=2), "All copies are on loan"),
        (Availability(available=0, total=0), "No copies"),
    ],
)
def test_availability_is_told_in_words(line: Availability, words: str) -> None:
    assert words in drawn("{% availability line %}", line=line)


def test_one_page_needs_no_pager() -> None:
    assert "<nav" not in drawn("{% pager pages %}", pages=Pages())
    html = drawn("{% pager pages %}", pages=Pages(next_url="?after=20"))
    assert 'rel="next"' in html
    assert 'rel="prev"' not in html


def test_the_same_title_has_the_same_cover_and_long_words_fit() -> None:
    assert covers.cover_of("Kalevala") == covers.cover_of("Kalevala")
    lines = covers.wrapped("Lentokonesuihkuturbiinimoottoriapumekaanikko ja muita " * 3)
    assert len(lines) == covers.MOST_LINES
    assert all(len(line) <= covers.LINE_LENGTH + 2 for line in lines)
    assert lines[-1].endswith("…")


def test_bars_keep_their_proportions_and_nothing_is_not_a_bar() -> None:
    chart = charts.columns([Bar(label=str(n), value=n) for n in (0, 1, 1000)])
    assert [column.height for column in chart.columns] == [0, 1, charts.HEIGHT]
    assert charts.columns([]).columns == ()


def test_pairs_are_all_in_proportion_to_the_longest() -> None:
    rows = charts.pairs([Pair("a", 0, 1000, "0", "1000"), Pair("b", 500, 1, "5", "1")])
    assert [(row.first, row.second) for row in rows] == [(0, 220), (110, 1)]
    assert charts.pairs([]) == ()


def test_the_theme_comes_from_the_cookie_and_only_when_it_is_one() -> None:
    source = "<html{% theme_attribute %}>"
    assert 'data-theme="dark"' in drawn(source, request=request_with(theme="dark"))
    assert drawn(source, request=request_with(theme='"><b>')) == "<html>"
    assert drawn(source) == "<html>"


def test_a_library_keeps_its_hue_and_letters() -> None:
    assert shell.hue_of(13) == shell.hue_of(1) == 1
    assert shell.letters_of("Mikkelin pääkirjasto") == "MP"
    assert shell.letters_of("") == ""


@pytest.mark.parametrize("base", ["staff", "public"])
def test_the_pattern_page_is_drawn_whole_on_either_site(base: str) -> None:
    frame = {
        "staff": shell.StaffShell(
            nav=[shell.NavItem(label="Desk", url="/", icon="desk", key="d")],
            workplace=shell.Workplace(library="Ristiina", hue=3, letters="R"),
            account=shell.Account(name="Aino", log_out_url="/out/"),
            scan=shell.ScanBox(url="/scan/", fields={"patron": "7"}),
            session_limit=shell.SessionLimit(
                seconds=1800, stay_url="/stay/", log_in_url="/login/"
            ),
            language_url="/language/",
        ).context(),
        "public": shell.PublicShell(search_url="/search/", log_in_url="/in/").context(),
    }[base]
    html = render_to_string(
        "ui/patterns.html",
        {**pattern_context(), **frame, "base": f"ui/{base}_base.html"},
        RequestFactory().get("/patterns/"),
    )
    assert html.count("<h1>") == 1
    assert "</html>" in html
    assert "style=" not in html
