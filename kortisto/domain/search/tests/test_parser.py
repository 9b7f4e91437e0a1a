"""What is typed and what it means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kortisto.domain.search.nodes import (
    All,
    AnyOf,
    Code,
    Coded,
    Everything,
    Field,
    Node,
    Not,
    Phrase,
    Prefix,
    Word,
    Years,
    free_text,
)
from kortisto.domain.search.parser import parse
from kortisto.domain.search.remarks import Remark, RemarkKind

SODA, RAUHA = Word("sota"), Word("rauha")


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("", Everything()),
        ("  ", Everything()),
        ("sota", SODA),
        ("sota rauha", All((SODA, RAUHA))),
        ("sota JA rauha", All((SODA, RAUHA))),
        ("sota TAI rauha", AnyOf((SODA, RAUHA))),
        ("sota ja rauha", All((SODA, Word("ja"), RAUHA))),
        ("sota -rauha", All((SODA, Not(RAUHA)))),
        ("sota EI rauha", All((SODA, Not(RAUHA)))),
        ("linja-auto", Word("linja-auto")),
        ("sota - rauha", All((SODA, RAUHA))),
        ('"sota ja rauha"', Phrase("sota ja rauha")),
        ("”sota ja rauha”", Phrase("sota ja rauha")),
        ('"sota ja rauha', Phrase("sota ja rauha")),
        ("kiss*", Prefix("kiss")),
        ("ti:sota", Word("sota", Field.TITLE)),
        ("nimi: sota", Word("sota", Field.TITLE)),
        ("Tekijä:waltari", Word("waltari", Field.AUTHOR)),
        ('aihe:"toinen maailmansota"', Phrase("toinen maailmansota", Field.SUBJECT)),
        ("sarja:muumi*", Prefix("muumi", Field.SERIES)),
        (
            "ti:(sota rauha)",
            All((Word("sota", Field.TITLE), Word("rauha", Field.TITLE))),
        ),
        ("year:1990-2000", Years(1990, 2000)),
        ("vuosi:1990-", Years(1990, None)),
        ("vuosi:-1990", Years(None, 1990)),
        ("vuosi:1984", Years(1984, 1984)),
        ("kieli:ruotsi", Coded(Code.LANGUAGE, "swe")),
        ("ln:fin", Coded(Code.LANGUAGE, "fin")),
        ("lcn:84.2", Coded(Code.CLASS, "84.2")),
        ("mt:dvd", Coded(Code.MATERIAL, "dvd")),
        ("lib:MLI", Coded(Code.LIBRARY, "mli")),
        ("isbn:951-0-00001-9", Coded(Code.IDENTIFIER, "9789510000014")),
        ("barcode:480n1234567", Coded(Code.BARCODE, "480N1234567")),
        ("(sota OR rauha) -kissa", All((AnyOf((SODA, RAUHA)), Not(Word("kissa"))))),
        ("sota (", SODA),
        ("sota ) rauha", All((SODA, RAUHA))),
        ("(sota", SODA),
        ("sota OR", SODA),
        ("NOT", Word("NOT")),
        ("sota NOT", SODA),
        ("SOTA EI RAUHA", All((Word("SOTA"), Word("EI"), Word("RAUHA")))),
        ("1984", Word("1984")),
        ("ti:", Everything()),
        ("vuosi:pian sota", SODA),
    ],
)
def test_a_query_means(text: str, node: Node) -> None:
    assert parse(text).node == node


@pytest.mark.parametrize(
    "typed",
    [
        "951-0-00001-9",
        "9510000019",
        "978-951-0-00001-4",
        "978 951 0 00001 4",
        "9789510000014",
    ],
)
def test_an_isbn_is_the_same_however_it_is_typed(typed: str) -> None:
    node = parse(typed).node
    assert isinstance(node, AnyOf)
    assert node.nodes[0] == Coded(Code.IDENTIFIER, "9789510000014")


def test_an_issn_an_ean_and_a_barcode_are_recognised_among_words() -> None:
    assert Coded(Code.IDENTIFIER, "03556913") in _alternatives("0355-6913")
    assert Coded(Code.IDENTIFIER, "0036000291452") in _alternatives("036000291452")
    assert Coded(Code.BARCODE, "480N12345") in _alternatives("480n12345")


def _alternatives(text: str) -> tuple[Node, ...]:
    node = parse(text).node
    return node.nodes if isinstance(node, AnyOf) else ()


def test_it_says_what_it_understood_and_what_it_left_out() -> None:
    parsed = parse('ti:sota "ja rauha" & k* -kissa vuosi:nyt')

    assert [remark.kind for remark in parsed.understood] == [
        RemarkKind.FIELD,
        RemarkKind.PHRASE,
        RemarkKind.WITHOUT,
        RemarkKind.FIELD,
    ]
    assert [(remark.kind, remark.text) for remark in parsed.ignored] == [
        (RemarkKind.NOT_A_WORD, "&"),
        (RemarkKind.STAR, "k*"),
        (RemarkKind.NOT_A_YEAR, "nyt"),
    ]


@pytest.mark.parametrize("kind", RemarkKind)
def test_every_remark_is_a_whole_sentence(kind: RemarkKind) -> None:
    sentence = Remark(kind, "sota").sentence
    assert sentence.endswith(".")
    assert "{" not in sentence


def test_a_long_query_is_cut_and_that_is_said() -> None:
    parsed = parse("sana " * 300)
    assert RemarkKind.TOO_LONG in [remark.kind for remark in parsed.ignored]


def test_deep_nesting_does_no_harm() -> None:
    parsed = parse("(" * 60 + "sota" + ")" * 60)
    assert RemarkKind.TOO_DEEP in [remark.kind for remark in parsed.ignored]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sinuhe egyptiläinen", "sinuhe egyptiläinen"),
        ("ti:sinuhe", None),
        ("sinuhe -koira", None),
        ('"sinuhe" egyptiläinen', "sinuhe egyptiläinen"),
        ("vuosi 200000", "vuosi 200000"),
    ],
)
def test_only_plain_words_may_be_a_title(text: str, words: str | None) -> None:
    assert free_text(parse(text).node) == words


@given(
    st.text(
        alphabet=st.one_of(
            st.sampled_from(list(' ()"-*:&ÄäTAIORNOTEItiauyear1990\0“”')),
            st.characters(),
        ),
        max_size=80,
    )
)
def test_nothing_that_can_be_typed_makes_it_fail(text: str) -> None:
    assert parse(text).node is not None
