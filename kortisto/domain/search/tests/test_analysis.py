"""Inflection, compounds and letters, on words chosen by hand."""

import pytest
import pyvoikko
from hypothesis import given
from hypothesis import strategies as st

from kortisto.domain.search import finnish
from kortisto.domain.search.analysis import (
    Analyser,
    Language,
    analyser,
    fold,
    key,
    sort_key,
    transliterations,
    words,
)

INFLECTED = [
    ("kirjoja", "kirja"),
    ("kirjoissa", "kirja"),
    ("sodan", "sota"),
    ("sotien", "sota"),
    ("vettä", "vesi"),
    ("veden", "vesi"),
    ("kadun", "katu"),
    ("ihmisen", "ihminen"),
    ("ihmisiä", "ihminen"),
    ("lapsille", "lapsi"),
    ("lasten", "lapsi"),
    ("miehen", "mies"),
    ("naisia", "nainen"),
    ("öiden", "yö"),
    ("maailman", "maailma"),
    ("viisaiden", "viisas"),
    ("rakkauden", "rakkaus"),
    ("sydämen", "sydän"),
    ("hevosten", "hevonen"),
    ("lumen", "lumi"),
    ("käden", "käsi"),
    ("juoksi", "juosta"),
    ("kirjoittavat", "kirjoittaa"),
    ("helsingissä", "helsinki"),
    ("waltarin", "waltari"),
    ("suomen", "suomi"),
    ("talossanikin", "talo"),
]

COMPOUNDS = [
    ("lastenkirjoja", "kirja"),
    ("lastenkirja", "lapsi"),
    ("hevosurheilussa", "hevonen"),
    ("maailmansodan", "sota"),
    ("kesämökillä", "mökki"),
    ("keittokirjat", "keitto"),
    ("äidinkielen", "äiti"),
    ("rikosromaani", "romaani"),
    ("puutarhanhoito", "puutarha"),
    ("maailmansotakirjallisuus", "sotakirjallisuus"),
]

DIFFERENT = [
    ("sota", "sato"),
    ("kuusi", "kuuma"),
    ("tuli", "tuuli"),
    ("saari", "sääri"),
    ("talo", "tali"),
    ("länsi", "lanssi"),
]


def found_by(word: str) -> set[str]:
    (analysed,) = analyser().query_words(word)
    return {analysed.exact, *analysed.lemmas}


@pytest.mark.parametrize(("inflected", "base"), INFLECTED)
def test_an_inflected_word_and_its_base_form_find_each_other(
    inflected: str, base: str
) -> None:
    assert found_by(inflected) & found_by(base)


@pytest.mark.parametrize(("compound", "part"), COMPOUNDS)
def test_a_compound_is_found_by_its_parts(compound: str, part: str) -> None:
    (analysed,) = analyser().query_words(compound)
    assert part in analysed.parts


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_words_that_only_look_alike_stay_apart(one: str, other: str) -> None:
    assert not found_by(one) & found_by(other)


def test_å_ä_and_ö_are_letters_of_their_own_and_other_accents_fall_off() -> None:
    assert fold("Ääni Öljy Åland") == "ääni öljy åland"
    assert fold("Élan Brontë Müller Šostakovitš Øst Þór Łódź Đoković") == (
        "elan bronte muller sostakovits ost thor lodz dokovic"
    )
    assert fold("näin") != fold("nain")


def test_letters_written_as_letter_and_accent_are_the_same_letters() -> None:
    assert fold("A\u0308iti e\u0301") == fold("Äiti é") == "äiti e"


def test_russian_names_are_found_in_finnish_spelling() -> None:
    assert "dostojevski" in transliterations("Достоевский")
    assert transliterations("Чехов")[0] == "tšehov"
    assert "puškin" in transliterations("Пушкин")
    assert not transliterations("Dostojevski")
    assert words("Толстой Ёлка") == ["толстой", "елка"]


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("EU:n USA:ssa", ["eu", "usa"]),
        ("Rock'n'roll O’Brien", ["rocknroll", "obrien"]),
        ("C++ ja C#", ["c++", "ja", "c#"]),
        ("linja-auto", ["linja", "auto"]),
        ("Sinuhe: egyptiläinen!", ["sinuhe", "egyptiläinen"]),
        ("SDP:läinen", ["sdp", "läinen"]),
        (" – ", []),
    ],
)
def test_words_are_parted_as_people_write_them(written: str, found: list[str]) -> None:
    assert words(written) == found


def test_a_hyphenated_name_is_kept_joined_as_well() -> None:
    assert "spiderman" in analyser().text("Spider-Man").lemmas.split()


def test_swedish_and_english_stems_meet_within_their_own_language() -> None:
    swedish = analyser().text("Bilen", [Language.SWEDISH]).lemmas.split()
    english = analyser().text("Dogs", [Language.ENGLISH]).lemmas.split()
    finnish_text = analyser().text("Kanat", [Language.FINNISH]).lemmas.split()

    assert found_by("bil") & set(swedish)
    assert found_by("dog") & set(english)
    assert not found_by("kan") & set(finnish_text)


def test_an_inflected_foreign_name_finds_the_name() -> None:
    title = analyser().text("Harry Potter and the stone", [Language.ENGLISH])
    assert found_by("potterin") & set(title.lemmas.split())


def test_titles_sort_in_finnish_order() -> None:
    titles = ["Öljy", "Zorro", "Äiti", "Åland", "Élan", "Aapinen"]
    assert sorted(titles, key=sort_key) == [
        "Aapinen", "Élan", "Zorro", "Åland", "Äiti", "Öljy",
    ]  # fmt: skip
    assert key("  Sinuhe,  Egyptiläinen ") == "sinuhe egyptiläinen"


def test_it_remembers_no_more_words_than_its_capacity() -> None:
    small = Analyser(capacity=8, readings=8)
    for number in range(40):
        small.text("sana" + "a" * number)
    assert len(small.known()) <= 8


def test_what_one_analyser_learned_another_can_take_over() -> None:
    teacher, pupil = Analyser(), Analyser()
    teacher.text("kirjoja")
    pupil.learn(teacher.known())
    assert pupil.known() == teacher.known()


@given(st.text(max_size=40))
def test_any_text_can_be_analysed(text: str) -> None:
    analysed = analyser().text(text)
    assert analysed.exact == key(text)
    assert not sort_key(text) or words(text)


SAMPLE = [
    "hevosurheilussa", "terveydenhoidon", "tietoisena", "valitsemassa",
    "piirustuskoulu", "oikeudenkäyntimenettely", "toiminnallisuus", "aaltoilevaan",
    "tuntematon", "kuusi", "puutarha", "uusivuosi", "viidessätoista", "xyzzy",
    "ykköstä", "rovaniemellä", "kirjastonhoitajan",
]  # fmt: skip


@pytest.mark.slow
def test_the_small_reader_reads_as_pyvoikko_does() -> None:
    for word in SAMPLE:
        expected = {
            (
                analysis.BASEFORM.replace("-", "").lower(),
                tuple(part.BASEFORM.lower() for part in analysis.COMPOUND_PARTS or ()),
            )
            for analysis in pyvoikko.analyse(word)
        }
        assert {(each.base, each.parts) for each in finnish.readings(word)} == expected


def test_a_file_of_another_kind_is_refused() -> None:
    with pytest.raises(finnish.DictionaryMissing, match="unknown format"):
        finnish.read_transducer(b"OpenFst, or something else that is long enough")
