"""Codes that the demo libraries have agreed on, each with its three names."""

from typing import Final

from kortisto.domain.catalogue.models import CodedValue, ItemType
from kortisto.domain.fees.actions.charges import charge_type
from kortisto.domain.fees.types import DECLARED
from kortisto.domain.patrons.actions.restriction_types import row_of_type
from kortisto.domain.patrons.models import PatronCategory
from kortisto.domain.patrons.restriction_types import READY_TYPES

Kind = PatronCategory.Kind
List = CodedValue.List

# REQUIREMENTS PAT-20: code, kind, ages, names.
CATEGORIES: Final = (
    ("HENKILO", Kind.PERSON, 18, None, "Henkilöasiakas", "Personkund", "Person"),
    ("LAPSI", Kind.DEPENDANT, 0, 17, "Lapsiasiakas", "Barnkund", "Child"),
    (
        "MUUHUOL",
        Kind.DEPENDANT,
        18,
        None,
        "Huollettava, muu kuin lapsi",
        "Annan kund med förmyndare",
        "Adult dependant",
    ),
    (
        "KOTIPALVEL",
        Kind.PERSON,
        18,
        None,
        "Kotipalveluasiakas",
        "Hemservicekund",
        "Home delivery patron",
    ),
    (
        "YHTEISO",
        Kind.ORGANISATION,
        None,
        None,
        "Yhteisöasiakas",
        "Organisation",
        "Organisation",
    ),
    (
        "KAUKOLAINA",
        Kind.ORGANISATION,
        None,
        None,
        "Kaukolainakirjasto",
        "Fjärrlånebibliotek",
        "Library (interlibrary loans)",
    ),
    (
        "EITILASTO",
        Kind.WORK,
        None,
        None,
        "Ei tilastoitavat lainat",
        "Lån utanför statistiken",
        "Outside statistics",
    ),
    (
        "HAKEMUS",
        Kind.PROVISIONAL,
        18,
        None,
        "Verkossa rekisteröitynyt",
        "Registrerad på webben",
        "Registered online",
    ),
    (
        "TAKAAJA",
        Kind.PERSON,
        18,
        None,
        "Takaaja",
        "Borgensman",
        "Guardian without a card",
    ),
    (
        "VIRKAILIJA",
        Kind.STAFF,
        None,
        None,
        "Kirjaston työntekijä",
        "Bibliotekspersonal",
        "Library staff",
    ),
    ("AUTOM", Kind.DEVICE, None, None, "Automaatti", "Automat", "Machine"),
    ("API", Kind.DEVICE, None, None, "Rajapinta", "Gränssnitt", "Interface"),
)

WITHOUT_CARD: Final = frozenset({"HAKEMUS", "TAKAAJA", "VIRKAILIJA", "AUTOM", "API"})

# Code, parent, names.
ITEM_TYPES: Final = (
    ("28VRK", "", "28 vrk", "28 dygn", "28 days"),
    ("14VRK", "", "14 vrk", "14 dygn", "14 days"),
    ("PIKA10", "", "Pikalaina 10 vrk", "Snabblån 10 dygn", "Quick loan, 10 days"),
    ("ELOKUVA", "", "Elokuvat", "Filmer", "Films"),
    ("DVD", "ELOKUVA", "DVD-elokuva", "Dvd-film", "DVD film"),
    ("BLURAY", "ELOKUVA", "Blu-ray-elokuva", "Blu-ray-film", "Blu-ray film"),
    ("PELI", "", "Pelit", "Spel", "Games"),
    ("KONSPELI", "PELI", "Konsolipeli", "Konsolspel", "Console game"),
    ("LAUTAPELI", "PELI", "Lautapeli", "Brädspel", "Board game"),
    ("EILAINA", "", "Ei lainata", "Hemlånas inte", "Not for loan"),
)

VALUES: Final = (
    (List.MATERIAL, "KIRJA", "Kirja", "Bok", "Book"),
    (List.MATERIAL, "SELKO", "Selkokirja", "Lättläst bok", "Easy reading"),
    (List.MATERIAL, "EKIRJA", "E-kirja", "E-bok", "E-book"),
    (List.MATERIAL, "AANIKIRJA", "Äänikirja", "Ljudbok", "Audiobook"),
    (List.MATERIAL, "EAANIKIRJA", "E-äänikirja", "E-ljudbok", "E-audiobook"),
    (List.MATERIAL, "ARTIKKELI", "Artikkeli", "Artikel", "Article"),
    (List.MATERIAL, "LEHTI", "Aikakauslehti", "Tidskrift", "Magazine"),
    (List.MATERIAL, "SANOMALEHTI", "Sanomalehti", "Dagstidning", "Newspaper"),
    (List.MATERIAL, "NUOTTI", "Nuotti", "Noter", "Sheet music"),
    (List.MATERIAL, "CD", "CD-levy", "Cd-skiva", "CD"),
    (List.MATERIAL, "LP", "LP-levy", "Lp-skiva", "LP record"),
    (List.MATERIAL, "DVD", "DVD-elokuva", "Dvd-film", "DVD"),
    (List.MATERIAL, "BLURAY", "Blu-ray-elokuva", "Blu-ray-film", "Blu-ray"),
    (List.MATERIAL, "PELI", "Konsolipeli", "Konsolspel", "Console game"),
    (List.MATERIAL, "LAUTAPELI", "Lautapeli", "Brädspel", "Board game"),
    (List.MATERIAL, "KARTTA", "Kartta", "Karta", "Map"),
    (List.MATERIAL, "KUVA", "Kuva", "Bild", "Picture"),
    (List.MATERIAL, "ESINE", "Esine", "Föremål", "Thing"),
    (List.MATERIAL, "VERKKO", "Verkkoaineisto", "Nätmaterial", "Online resource"),
    (List.MATERIAL, "MUU", "Muu aineisto", "Annat material", "Other material"),
    (List.LOCATION, "AIK", "Aikuisten osasto", "Vuxenavdelningen", "Adults"),
    (List.LOCATION, "LAST", "Lasten osasto", "Barnavdelningen", "Children"),
    (List.LOCATION, "NUOR", "Nuorten osasto", "Ungdomsavdelningen", "Young adults"),
    (List.LOCATION, "MUS", "Musiikkiosasto", "Musikavdelningen", "Music"),
    (List.LOCATION, "LEHT", "Lehtisali", "Tidningssalen", "Magazine room"),
    (List.LOCATION, "KOTI", "Kotiseutukokoelma", "Hembygdssamling", "Local history"),
    (List.LOCATION, "VAR", "Varasto", "Magasin", "Stacks"),
    (List.SUB_LOCATION, "DEKK", "Jännitys", "Spänning", "Crime and thrillers"),
    (List.SUB_LOCATION, "FANT", "Fantasia", "Fantasy", "Fantasy"),
    (List.SUB_LOCATION, "SCIF", "Tieteiskirjat", "Science fiction", "Science fiction"),
    (List.SUB_LOCATION, "SARJ", "Sarjakuvat", "Serier", "Comics"),
    (List.SUB_LOCATION, "KUVA", "Kuvakirjat", "Bilderböcker", "Picture books"),
    (List.COLLECTION, "PIKA", "Pikalainat", "Snabblån", "Quick loans"),
    (List.COLLECTION, "SAAM", "Saamenkieliset", "På samiska", "In Sámi languages"),
    (List.COLLECTION, "VIER", "Vieraskieliset", "På andra språk", "Other languages"),
    (List.COLLECTION, "SELK", "Selkokirjat", "Lättläst", "Easy reading"),
    (
        List.NOT_FOR_LOAN,
        "1",
        "Käytettävissä vain kirjastossa",
        "Används endast i biblioteket",
        "For use in the library only",
    ),
    (List.NOT_FOR_LOAN, "2", "Käsittelyssä", "Under behandling", "Being processed"),
    (List.LOST, "1", "Kadonnut", "Försvunnen", "Lost"),
    (List.LOST, "2", "Pitkään myöhässä", "Försenad länge", "Long overdue"),
    (List.LOST, "3", "Kadonnut ja maksettu", "Försvunnen och betald", "Lost and paid"),
    (List.LOST, "4", "Kateissa", "Saknas", "Missing"),
    (List.LOST, "5", "Etsittävä", "Ska eftersökas", "To be searched for"),
    (List.DAMAGED, "1", "Vahingoittunut", "Skadad", "Damaged"),
    (List.DAMAGED, "2", "Korjattavana", "På reparation", "Being repaired"),
    (List.DAMAGED, "3", "Osia puuttuu", "Delar saknas", "Parts are missing"),
    (List.WITHDRAWN, "1", "Poistettu", "Gallrad", "Withdrawn"),
    (List.RESTRICTED, "1", "Rajoitettu käyttö", "Begränsad", "Restricted use"),
)


def write_codes() -> None:
    """Write coded values, patron categories, item types and charge types."""
    CodedValue.objects.bulk_create(
        CodedValue(list=kind, code=code, order=n, name_fi=fi, name_sv=sv, name_en=en)
        for n, (kind, code, fi, sv, en) in enumerate(VALUES)
    )
    PatronCategory.objects.bulk_create(
        PatronCategory(
            code=code,
            kind=kind,
            min_age=least,
            max_age=most,
            checks_earlier_loans=code == "KOTIPALVEL",
            may_have_guardian=kind == Kind.DEPENDANT,
            needs_guardian=kind == Kind.DEPENDANT,
            guardian_sees_until_age=14 if code == "LAPSI" else None,
            overdue_notices=code != "EITILASTO",
            card_required=code not in WITHOUT_CARD,
            name_fi=fi,
            name_sv=sv,
            name_en=en,
        )
        for code, kind, least, most, fi, sv, en in CATEGORIES
    )
    grown_up = PatronCategory.objects.get(code="HENKILO")
    PatronCategory.objects.filter(code="LAPSI").update(next_category=grown_up)
    for ready in READY_TYPES:
        row_of_type(ready)
    made: dict[str, ItemType] = {}
    for code, parent, fi, sv, en in ITEM_TYPES:
        made[code] = ItemType.objects.create(
            code=code, parent=made.get(parent), name_fi=fi, name_sv=sv, name_en=en
        )
    for declared in DECLARED:
        charge_type(declared.code)
