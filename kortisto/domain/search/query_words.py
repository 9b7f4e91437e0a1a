"""The names of fields, operators and languages that a query may use."""

from typing import Final

from kortisto.domain.search.nodes import Code, Field

YEAR: Final = "year"

FIELD_NAMES: Final[dict[Field | Code | str, str]] = {
    Field.TITLE: "ti title nimi nimeke teos titel",
    Field.AUTHOR: "au author tekijä tekija upphov författare",
    Field.SUBJECT: "su subject aihe asiasana ämne amne",
    Field.SERIES: "sa se series sarja serie",
    Field.PUBLISHER: "pb publisher kustantaja julkaisija förlag",
    Code.IDENTIFIER: "isbn issn ean nb",
    Code.CLASS: "lcn class luokka klass ykl",
    Code.LANGUAGE: "ln language kieli språk sprak",
    Code.MATERIAL: "mt material aineisto",
    Code.LIBRARY: "lib library kirjasto bibliotek",
    Code.GENRE: "ge genre genret lajityyppi",
    Code.BARCODE: "barcode bc viivakoodi streckkod",
    Code.RECORD: "id record tietue",
    YEAR: "year yr vuosi år",
}

FIELDS: Final[dict[str, Field | Code | str]] = {
    name: field for field, names in FIELD_NAMES.items() for name in names.split()
}

# In capitals only: "ja", "eller" and "or" are words of titles.
AND_WORDS: Final = frozenset({"AND", "JA", "OCH", "&&"})
OR_WORDS: Final = frozenset({"OR", "TAI", "ELLER", "||"})
NOT_WORDS: Final = frozenset({"NOT", "EI", "INTE"})

_LANGUAGES: Final = {
    "fin": "suomi finska finnish fi",
    "swe": "ruotsi svenska swedish sv",
    "eng": "englanti engelska english en",
    "smi": "saame samiska sami",
    "sme": "pohjoissaame nordsamiska",
    "smn": "inarinsaame enaresamiska",
    "sms": "koltansaame skoltsamiska",
    "rus": "venäjä ryska russian ru",
    "est": "viro eesti estniska estonian et",
    "ger": "saksa tyska german de",
    "fre": "ranska franska french fr",
    "spa": "espanja spanska spanish es",
    "ita": "italia italienska italian it",
    "nor": "norja norska norwegian no",
    "dan": "tanska danska danish da",
    "ice": "islanti isländska icelandic is",
    "ara": "arabia arabiska arabic ar",
    "som": "somali somaliska so",
    "ukr": "ukraina ukrainska ukrainian uk",
    "pol": "puola polska polish pl",
    "chi": "kiina kinesiska chinese zh",
    "jpn": "japani japanska japanese ja",
    "kur": "kurdi kurdiska kurdish ku",
    "per": "persia farsi persiska persian fa",
    "tur": "turkki turkiska turkish tr",
    "tha": "thai thailändska",
    "vie": "vietnam vietnamesiska vietnamese vi",
    "lat": "latina latin",
}
LANGUAGES: Final[dict[str, str]] = {
    name: code for code, names in _LANGUAGES.items() for name in names.split()
}
