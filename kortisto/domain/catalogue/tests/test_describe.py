"""What a record says about a title."""

from datetime import date

import pytest

from kortisto.domain.catalogue.describe import (
    Classification,
    Contributor,
    Description,
    Host,
    Identifier,
    IdentifierKind,
    Link,
    NameKind,
    Series,
    Term,
    TermKind,
    describe,
)
from kortisto.domain.catalogue.marc.record import Field, Marc

FIXED = "000101s2018    fi |||||||||||||||||fin|c"


def field(tag: str, indicators: str, *subfields: str) -> Field:
    """A data field; each subfield is its code and text in one."""
    return (tag, indicators, tuple((each[0], each[1:]) for each in subfields))


def record(*fields: Field, kind: str = "am", fixed: str = FIXED) -> Marc:
    return Marc(f"00000n{kind} a2200000 i 4500", (("008", fixed), *fields))


def told(*fields: Field, kind: str = "am", fixed: str = FIXED) -> Description:
    return describe(record(*fields, kind=kind, fixed=fixed))


def fixed_with(**positions: str) -> str:
    """An 008 with values at positions: at22="j"."""
    value = FIXED.ljust(40)
    for name, code in positions.items():
        at = int(name.removeprefix("at"))
        value = value[:at] + code + value[at + len(code) :]
    return value


BECOMING = record(
    ("001", " 123 "),
    ("003", "FI-TEST"),
    ("005", "20190927090038.0"),
    field("020", "  ", "a978-951-1-33135-3", "qsidottu"),
    field("041", "1 ", "afin", "heng"),
    field("084", "  ", "aHistoria", "2ykl"),
    field("084", "  ", "a99.1", "2ykl"),
    field("100", "1 ", "aObama, Michelle,", "d1964-", "ekirjoittaja.", "0(FIN11)1"),
    field("240", "10", "aBecoming.", "lSuomi"),
    field(
        "245", "10", "aMinun tarinani :", "balku /",
        "cMichelle Obama ; suomentanut Ilkka Rekiaro.",
    ),
    field("250", "  ", "a2. painos."),
    field("264", " 1", "a[Helsinki] :", "bOtava,", "c[2018]"),
    field("264", " 4", "c©2017"),
    field("300", "  ", "a526 sivua :", "bkuvitettu ;", "c23 cm"),
    field("490", "1 ", "aSeven kirjat ;", "v12"),
    field("500", "  ", "aLisäpainokset: 2019."),
    field("505", "0 ", "aLapsuus. Chicago."),
    field("520", "  ", "aMuistelmat."),
    field("594", "  ", "aPaikallinen."),
    field("600", "14", "aObama, Barack,", "d1961-"),
    field("650", " 7", "apresidentit", "2yso/fin", "0http://www.yso.fi/onto/yso/p1"),
    field("650", " 0", "aPresidents", "zUnited States"),
    field("655", " 7", "amuistelmat", "2slm/fin"),
    field("700", "1 ", "aRekiaro, Ilkka,", "ekääntäjä."),
    field("830", " 0", "aSeven kirjat ;", "v12."),
    field("856", "42", "uhttps://example.fi/1", "ySisällys"),
    field("942", "  ", "cKIRJA"),
)  # fmt: skip


def test_a_book_is_described_whole() -> None:
    found = describe(BECOMING)

    assert (found.control_number, found.control_source) == ("123", "FI-TEST")
    assert found.entered_on == date(2000, 1, 1)
    assert found.title == "Minun tarinani : alku"
    assert found.short_title == "Minun tarinani"
    assert found.uniform_title == "Becoming"
    assert found.responsibility == "Michelle Obama ; suomentanut Ilkka Rekiaro"
    assert found.main_author == Contributor(
        name="Obama, Michelle",
        kind=NameKind.PERSON,
        dates="1964-",
        roles=("kirjoittaja",),
        role_codes=("aut",),
        authority="(FIN11)1",
        is_main=True,
    )
    assert [each.role_codes for each in found.contributors] == [("aut",), ("trl",)]
    assert found.authors == ("Obama, Michelle",)
    assert found.isbns == ("9789511331353",)
    assert found.identifiers[0].qualifier == "sidottu"
    assert (found.languages, found.original_languages) == (("fin",), ("eng",))
    assert (found.year, found.end_year) == (2018, None)
    assert (found.place, found.publisher) == ("Helsinki", "Otava")
    assert found.edition == "2. painos"
    assert found.extent == "526 sivua : kuvitettu ; 23 cm"
    assert found.series == (Series(title="Seven kirjat", number="12"),)
    assert found.ykl == "99.1"
    assert Classification(scheme="ykl", value="Historia") in found.classes
    assert found.subjects[1:] == (
        Term(
            text="presidentit",
            kind=TermKind.TOPIC,
            source="yso/fin",
            uri="http://www.yso.fi/onto/yso/p1",
        ),
        Term(text="Presidents -- United States", kind=TermKind.TOPIC, source="lcsh"),
    )
    assert found.subjects[0].text == "Obama, Barack, 1961-"
    assert found.genres[0].text == "muistelmat"
    assert found.is_fiction is False
    assert found.summary == "Muistelmat."
    assert found.contents == ("Lapsuus. Chicago.",)
    assert [note.tag for note in found.notes] == ["500"]
    assert found.links == (
        Link(url="https://example.fi/1", text="Sisällys", relation="2"),
    )
    assert (found.material, found.local_material) == ("KIRJA", "KIRJA")
    assert found.host is None


@pytest.mark.parametrize(
    ("indicators", "subfields", "title", "sort"),
    [
        ("14", ["aThe book /", "cX."], "The book", "book"),
        ("10", ["aNiin metsä vastaa."], "Niin metsä vastaa", "Niin metsä vastaa"),
        ("10", ["aPeter Pan,", "n2 :", "bosa ="], "Peter Pan, 2 : osa", None),
        ("10", ["aTitle", "bwithout marks"], "Title : without marks", None),
        ("10", ["aTitle", "n2", "pThe part"], "Title. 2. The part", None),
        ("10", ["aJ. R. R."], "J. R. R.", None),
        ("10", ["aMitä nyt..."], "Mitä nyt...", None),
        ("19", ["aShort"], "Short", "Short"),
        ("1x", ["aOdd"], "Odd", "Odd"),
        ("10", ["a\x98Der\x9c Hof"], "Der Hof", "Hof"),
        ("11", ['a"A rose" /'], '"A rose"', 'A rose"'),
    ],
)
def test_titles_lose_punctuation_and_sort_without_articles(
    indicators: str, subfields: list[str], title: str, sort: str | None
) -> None:
    found = told(field("245", indicators, *subfields))

    assert found.title == title
    assert found.title_sort == (sort or title)


def test_a_title_missing_in_245_is_taken_from_the_next_best_field() -> None:
    assert told(field("240", "14", "aThe whole"), field("246", "  ", "aX")).title == (
        "The whole"
    )
    assert told(field("130", "4 ", "aThe Bible")).title_sort == "Bible"
    assert told(field("490", "0 ", "aSeries")).title == ""


def test_names_and_titles_keep_their_own_script() -> None:
    found = told(
        field("100", "1 ", "6880-01", "aTšehov, Anton"),
        field("245", "10", "6880-02", "aTšaika /"),
        field("880", "1 ", "6100-01/(N", "aЧехов, Антон"),
        field("880", "10", "6245-02/(N", "aЧайка /", "cЧехов"),
    )

    assert found.title_original_script == "Чайка"
    assert found.contributors[0].original_script == "Чехов, Антон"
    assert len(found.contributors) == 1


def test_a_name_in_two_fields_is_one_contributor_and_a_work_is_none() -> None:
    found = told(
        field("100", "1 ", "aSibelius, Jean,", "esäveltäjä."),
        field("700", "1 ", "aSibelius, Jean,", "4cnd"),
        field("700", "12", "aMozart, W. A.", "tRequiem."),
        field("710", "2 ", "aRadion orkesteri,", "bJouset,", "eesittäjä."),
        field("711", "2 ", "aKongressi", "n(2 :", "d1999)", "jisäntä."),
    )

    assert [(each.name, each.role_codes) for each in found.contributors] == [
        ("Sibelius, Jean", ("cmp", "cnd")),
        ("Radion orkesteri, Jouset", ("prf",)),
        ("Kongressi (2 : 1999)", ()),
    ]
    assert found.other_titles == ("Requiem",)
    assert found.contributors[2].kind is NameKind.MEETING


@pytest.mark.parametrize(
    ("number", "kind", "value", "valid"),
    [
        (field("020", "  ", "a951-0-18435-7 (sid.)"), "isbn", "9789510184356", True),
        (field("020", "  ", "a9789511331353"), "isbn", "9789511331353", True),
        (field("020", "  ", "a080442957X"), "isbn", "9780804429573", True),
        (field("020", "  ", "z978-951-1-33135-3"), "isbn", "9789511331353", False),
        (field("020", "  ", "a978-951-1-33135-4"), "isbn", "978-951-1-33135-4", False),
        (field("022", "  ", "a0356-9284"), "issn", "0356-9284", True),
        (field("022", "  ", "a0356-9285"), "issn", "0356-9285", False),
        (field("024", "3 ", "a6417825031212"), "ean", "6417825031212", False),
        (field("024", "3 ", "a0045496422363"), "ean", "0045496422363", True),
        (field("024", "1 ", "a045496422363"), "ean", "0045496422363", True),
        (field("024", "3 ", "a9789511331353"), "isbn", "9789511331353", True),
        (field("024", "2 ", "aM-2306-7118-7"), "ismn", "9790230671187", True),
        (field("024", "0 ", "aFI-ABC-99-00001"), "isrc", "FIABC9900001", True),
        (field("028", "02", "aBIS-CD-1 /", "bBIS"), "publisher", "BIS-CD-1 /", True),
        (field("035", "  ", "a(FI-MELINDA)1"), "system", "(FI-MELINDA)1", True),
        (field("035", "  ", "z(FI-MELINDA)1"), "system", "(FI-MELINDA)1", False),
    ],
)
def test_numbers_are_normalised_and_checked(
    number: Field, kind: str, value: str, *, valid: bool
) -> None:
    (found,) = told(number).identifiers

    assert (found.kind, found.value, found.is_valid) == (kind, value, valid)


def test_the_same_isbn_in_two_forms_is_one() -> None:
    found = told(
        field("020", "  ", "a951-0-18435-7"), field("020", "  ", "a9789510184356")
    )

    assert found.isbns == ("9789510184356",)
    assert found.identifiers == (
        Identifier(kind=IdentifierKind.ISBN, value="9789510184356"),
    )


@pytest.mark.parametrize(
    ("dates", "year", "end"),
    [
        ("s2018    ", 2018, None),
        ("t20192018", 2019, None),
        ("r20101850", 2010, None),
        ("c20009999", 2000, None),
        ("d19501999", 1950, 1999),
        ("m19981999", 1998, 1999),
        ("m1998uuuu", 1998, None),
        ("q19501959", 1950, 1959),
        ("s19uu    ", 1900, None),
        ("d195u196u", 1950, 1969),
        ("suuuu    ", 1987, None),
        ("nuuuuuuuu", 1987, None),
        ("b        ", 1987, None),
        ("|||||||||", 1987, None),
        ("s0000    ", 1987, None),
        ("c99999999", 1987, None),
        ("s٢٠١٩    ", 1987, None),
        ("", 1987, None),
    ],
)
def test_years_follow_the_date_type(dates: str, year: int, end: int | None) -> None:
    copyright_date = field("264", " 4", "c©1985")
    printed = field("264", " 1", "cpainettu [1987]")

    found = told(copyright_date, printed, fixed=f"000101{dates}")

    assert (found.year, found.end_year) == (year, end)


def test_a_decade_is_a_year_of_last_resort() -> None:
    assert told(field("260", "  ", "c[187-?]"), fixed="").year == 1870
    assert told(field("260", "  ", "c[18--]"), fixed="").year == 1800
    assert told(field("260", "  ", "cs.a."), fixed="").year is None


def test_languages_by_their_part() -> None:
    film = told(field("041", "1 ", "afin", "aswe", "jfin", "jeng", "heng"), kind="gm")
    old = told(field("041", "0 ", "aengfre"), fixed=fixed_with(at35="mul"))
    other = told(field("041", "07", "aen", "2iso639-1"))

    assert film.spoken_languages == ("fin", "swe")
    assert film.subtitle_languages == ("fin", "eng")
    assert old.languages == ("eng", "fre")
    assert other.languages == ("fin",)
    assert told(fixed=fixed_with(at35="zxx")).languages == ()


MATERIALS: list[tuple[str, str, list[Field], str]] = [
    ("am", "", [], "KIRJA"),
    ("am", "", [field("942", "  ", "cCDMUSA")], "CD"),
    ("am", "", [field("942", "  ", "ckarttA")], "KARTTA"),
    ("am", "", [field("942", "  ", "cNEVERSEEN")], "KIRJA"),
    ("am", "", [field("655", " 7", "aselkokirjat", "2slm/fin")], "SELKO"),
    ("am", "", [("007", "cr |||")], "EKIRJA"),
    ("am", "", [field("338", "  ", "bcr")], "EKIRJA"),
    ("am", "at23o", [], "EKIRJA"),
    ("aa", "", [field("773", "0 ", "tHost")], "ARTIKKELI"),
    ("as", "at21p", [], "LEHTI"),
    ("as", "at21n", [], "SANOMALEHTI"),
    ("ai", "", [], "VERKKO"),
    ("cm", "", [], "NUOTTI"),
    ("em", "", [], "KARTTA"),
    ("gm", "", [("007", "vd cvaizs")], "DVD"),
    ("gm", "", [("007", "vd csaizq")], "BLURAY"),
    ("gm", "", [field("300", "  ", "a1 Blu-ray-levy")], "BLURAY"),
    ("gm", "", [field("338", "  ", "bvd")], "DVD"),
    ("gm", "at29o", [], "VERKKO"),
    ("gm", "", [("007", "gs")], "KUVA"),
    ("gm", "", [], "MUU"),
    ("im", "", [], "AANIKIRJA"),
    ("im", "at23o", [], "EAANIKIRJA"),
    ("jm", "", [("007", "sd fsngnn")], "CD"),
    ("jm", "", [("007", "sd bsmenn")], "LP"),
    ("jm", "", [field("300", "  ", "a1 LP-äänilevy")], "LP"),
    ("jm", "", [field("300", "  ", "a1 CD-äänilevy")], "CD"),
    ("jm", "", [("007", "cr"), field("300", "  ", "a1 verkkoaineisto")], "VERKKO"),
    ("km", "", [], "KUVA"),
    ("mm", "at26g", [], "PELI"),
    ("mm", "", [field("655", " 7", "akonsolipelit")], "PELI"),
    ("mm", "at23o", [], "VERKKO"),
    ("rm", "", [], "ESINE"),
    ("rm", "at33g", [], "LAUTAPELI"),
    ("rm", "", [field("655", " 7", "alautapelit")], "LAUTAPELI"),
    ("om", "", [], "MUU"),
]


@pytest.mark.parametrize(("kind", "coded", "fields", "material"), MATERIALS)
def test_materials_are_told_from_the_record(
    kind: str, coded: str, fields: list[Field], material: str
) -> None:
    fixed = fixed_with(**{coded[:-1]: coded[-1]}) if coded else FIXED

    assert told(*fields, kind=kind, fixed=fixed).material == material


@pytest.mark.parametrize(
    ("fields", "limit"),
    [
        ([field("521", "8 ", "aK16")], 16),
        ([field("521", "8 ", "aK-12.")], 12),
        ([field("049", "  ", "cK7"), field("521", "8 ", "aK 18")], 18),
        ([field("049", "  ", "cS")], 0),
        ([field("521", "8 ", "aSallittu kaikenikäisille.")], 0),
        ([field("521", "  ", "aIkäraja: 16 vuotta")], 16),
        ([field("521", "  ", "aKielletty alle 12-vuotiailta")], 12),
        ([field("521", "  ", "aIkäsuositus: 7+.")], None),
        ([field("521", "  ", "aK163")], None),
        ([field("049", "  ", "aNZAP")], None),
        ([], None),
    ],
)
def test_age_limits(fields: list[Field], limit: int | None) -> None:
    assert told(*fields).age_limit == limit


def test_audience_and_fiction() -> None:
    picture_book = told(field("084", "  ", "a85.22", "2ykl"))
    coded = told(fixed=fixed_with(at22="j", at33="1"))
    serial = told(kind="as", fixed=fixed_with(at22="a"))
    speech = told(kind="im", fixed=fixed_with(at30="f "))

    assert (picture_book.is_juvenile, picture_book.is_fiction) == (True, True)
    assert (coded.audience, coded.is_juvenile, coded.is_fiction) == ("j", True, True)
    assert (serial.audience, serial.is_juvenile) == ("", False)
    assert told(fixed=fixed_with(at33="0")).is_fiction is False
    assert told().is_fiction is None
    assert speech.is_fiction is True
    assert told(field("521", "1 ", "aLapset.")).is_juvenile
    assert told(field("084", "  ", "a78.8", "2ykl")).is_fiction is False


def test_a_component_knows_its_host() -> None:
    found = told(
        field("245", "00", "aKappale."),
        field("773", "0 ", "7nnjm", "w(FI-TEST)12", "tLevy.", "gRaita 3", "x0356-9284"),
        kind="ja",
    )

    assert found.is_component
    assert found.host == Host(
        control_number="12",
        control_source="FI-TEST",
        title="Levy",
        part="Raita 3",
        identifiers=("0356-9284",),
    )
