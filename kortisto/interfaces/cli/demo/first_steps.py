"""The first-steps page of a demo: things to try, with what to type."""

from datetime import datetime
from typing import Final

from kortisto.core.actors import Actor
from kortisto.core.demo_notes import (
    DOOR,
    PUBLIC,
    STAFF,
    USUAL_DOOR,
    Code,
    DemoLogin,
    DemoNotes,
    Step,
)
from kortisto.interfaces.cli.demo.accounts import ACCOUNTS, PASSWORD, SECOND_FACTOR
from kortisto.interfaces.cli.demo.examples import Examples, arrange
from kortisto.interfaces.cli.demo.open_library import PIN, DemoDoor
from kortisto.interfaces.cli.demo.register_people import to_try
from kortisto.interfaces.cli.demo.world import World

Words = dict[str, str]
CARD: Final[Words] = {"fi": "Kortti", "sv": "Kort", "en": "Card"}
ITEM: Final[Words] = {"fi": "Nide", "sv": "Exemplar", "en": "Item"}
SEARCH: Final[Words] = {"fi": "Hae", "sv": "Sök", "en": "Search for"}
ROLES: Final[dict[str, Words]] = {
    "lainaus": {"fi": "Lainaustiski", "sv": "Lånedisken", "en": "Lending desk"},
    "paakayttaja": {
        "fi": "Kimpan pääkäyttäjä",
        "sv": "Konsortiets huvudanvändare",
        "en": "Administrator of the consortium",
    },
    "savonlinna": {
        "fi": "Savonlinnan pääkäyttäjä",
        "sv": "Huvudanvändare i Nyslott",
        "en": "Administrator in Savonlinna",
    },
    "kuvailu": {"fi": "Kuvailija", "sv": "Katalogisatör", "en": "Cataloguer"},
    "laskutus": {"fi": "Laskutus", "sv": "Fakturering", "en": "Billing"},
    "raportit": {
        "fi": "Raportoija (ruotsiksi)",
        "sv": "Rapportör (på svenska)",
        "en": "Reports (in Swedish)",
    },
    "ristiina": {
        "fi": "Lainaustiski vain Ristiinassa",
        "sv": "Lånedisken bara i Kristina",
        "en": "Lending desk in Ristiina only",
    },
    "tarkastaja": {"fi": "Tarkastaja", "sv": "Granskare", "en": "Auditor"},
}


def write_first_steps(
    world: World, units: dict[str, int], *, by: Actor, now: datetime
) -> DemoNotes:
    """Arrange the examples and say what to do with them."""
    examples = arrange(world, units, by=by, now=now)
    return DemoNotes(
        steps=(
            _find(),
            _lend(examples),
            _refused(examples),
            _register(),
            _take_back(examples),
            _own_loans(),
            _door(examples.door),
        ),
        logins=_logins(examples),
    )


def _find() -> Step:
    return Step(
        site=PUBLIC,
        titles={"fi": "Löydä kirja", "sv": "Hitta en bok", "en": "Find a book"},
        texts={
            "fi": "Hae taivutettuna, kirjoitusvirheellä tai saamenkielisellä nimellä "
            "ja rajaa kirjastolla ja aineistolla.",
            "sv": "Sök med böjda ord, med stavfel eller på samiska, och begränsa med "
            "bibliotek och material.",
            "en": "Search with inflected words, with a typing error or in Sámi, and "
            "narrow by library and material.",
        },
        codes=(
            Code(names=SEARCH, value="tuntemattoman sotilaan"),
            Code(names=SEARCH, value="sinuhe egyptilänen"),
            Code(names=SEARCH, value="Muitalus sámiid birra"),
        ),
    )


def _lend(examples: Examples) -> Step:
    codes = [Code(names=ITEM, value=code) for code in examples.free[:2]]
    return Step(
        site=STAFF,
        titles={"fi": "Lainaa", "sv": "Låna ut", "en": "Lend"},
        texts={
            "fi": "Kirjaudu lainaustiskille, lue kortti ja kaksi nidettä ja kysy "
            "eräpäivältä: miksi?",
            "sv": "Logga in vid lånedisken, läs kortet och två exemplar, och fråga "
            "förfallodagen: varför?",
            "en": "Log in at the lending desk, scan the card and two items, and ask "
            "the due date: why?",
        },
        codes=(Code(names=CARD, value=examples.patron), *codes),
    )


def _refused(examples: Examples) -> Step:
    return Step(
        site=STAFF,
        titles={
            "fi": "Kaikki esteet kerralla",
            "sv": "Alla hinder på en gång",
            "en": "Every obstacle at once",
        },
        texts={
            "fi": "Lue kortti ja elokuva: lapselle sitä ei lainata, lainauskiellossa "
            "on myös maksuja, kadonnut ja vanha kortti sanovat kumpikin syynsä.",
            "sv": "Läs ett kort och filmen: den lånas inte till ett barn, i låneförbud "
            "finns också avgifter, förlorat och gammalt kort säger sina skäl.",
            "en": "Scan a card and the film: it is not lent to a child, the restricted "
            "patron owes as well, a lost card and an old one each say why.",
        },
        codes=tuple(
            Code(names=names, value=value)
            for names, value in (
                (
                    {"fi": "Lapsen kortti", "sv": "Barnets kort", "en": "Child's card"},
                    examples.child,
                ),
                (
                    {"fi": "Elokuva K16", "sv": "Film K16", "en": "Film K16"},
                    examples.film,
                ),
                (
                    {"fi": "Lainauskielto", "sv": "Låneförbud", "en": "Restricted"},
                    examples.restricted,
                ),
                (
                    {"fi": "Kadonnut", "sv": "Förlorat", "en": "Lost card"},
                    examples.lost_card,
                ),
                (
                    {"fi": "Vanha kortti", "sv": "Gammalt kort", "en": "Old card"},
                    examples.old_card,
                ),
            )
            if value
        ),
    )


def _register() -> Step:
    """Cards that nobody has yet, and codes of people whom the register knows."""
    grown_up, child, protected = to_try()
    return Step(
        site=STAFF,
        titles={
            "fi": "Rekisteröi asiakas",
            "sv": "Registrera en kund",
            "en": "Register a patron",
        },
        texts={
            "fi": "Kirjaudu lainaustiskille ja valitse Asiakkaat, Rekisteröi asiakas. "
            "Lue kortti ja kirjoita keksitty henkilötunnus: nimi ja osoite tulevat "
            "väestötietojärjestelmän simulaattorista. Lapselle tarvitaan huoltaja, "
            "turvakiellon osoitetta ei haeta.",
            "sv": "Logga in vid lånedisken och välj Kunder, Registrera en kund. Läs "
            "kortet och skriv en påhittad personbeteckning: namn och adress kommer "
            "från en simulator av befolkningsdatasystemet. Ett barn behöver en "
            "vårdnadshavare, en spärrmarkerad adress hämtas inte.",
            "en": "Log in at the lending desk and choose Patrons, Register a patron. "
            "Scan the card and type an invented personal identity code: name and "
            "address come from a simulator of the population register. A child needs "
            "a guardian, a protected address is not fetched.",
        },
        codes=(
            Code(names=CARD, value="0010002001"),
            Code(
                names={"fi": "Aikuinen", "sv": "Vuxen", "en": "Grown-up"},
                value=grown_up,
            ),
            Code(names={"fi": "Lapsi", "sv": "Barn", "en": "Child"}, value=child),
            Code(
                names={
                    "fi": "Turvakielto",
                    "sv": "Spärrmarkering",
                    "en": "Protection order",
                },
                value=protected,
            ),
        ),
    )


def _take_back(examples: Examples) -> Step:
    return Step(
        site=STAFF,
        titles={"fi": "Palauta", "sv": "Återlämna", "en": "Take back"},
        texts={
            "fi": "Palauta myöhässä oleva nide, katso maksun laskelma ja peru. "
            "Toinen nide odottaa noutohyllyssä jotakuta.",
            "sv": "Återlämna ett försenat exemplar, se avgiftens uträkning och ångra. "
            "Det andra exemplaret väntar på någon.",
            "en": "Take back an overdue item, see how its fine was counted, and undo. "
            "The other item waits on a hold shelf for somebody.",
        },
        codes=tuple(
            Code(names=ITEM, value=value)
            for value in (examples.overdue, examples.waiting)
            if value
        ),
    )


def _own_loans() -> Step:
    return Step(
        site=PUBLIC,
        titles={
            "fi": "Katso omat lainasi",
            "sv": "Se dina egna lån",
            "en": "See your own loans",
        },
        texts={
            "fi": "Kirjaudu kortilla ja tunnusluvulla, uusi lainat ja lue, miksi "
            "pikalainaa ei voi uusia ja mistä eräpäivä tulee.",
            "sv": "Logga in med kort och pinkod, förnya lånen och läs varför ett "
            "snabblån inte kan förnyas och var förfallodagen kommer ifrån.",
            "en": "Log in with the card and the PIN, renew the loans and read why a "
            "quick loan cannot be renewed and where a due date comes from.",
        },
    )


def _door(door: DemoDoor) -> Step:
    ask = (
        f"curl -H 'Authorization: Bearer {door.token}' "
        f'-d \'{{"card": "{door.welcome}", "pin": "{PIN}"}}\' '
        f"{USUAL_DOOR}door/v1/entries"
    )
    return Step(
        site=DOOR,
        titles={
            "fi": "Avaa omatoimikirjaston ovi",
            "sv": "Öppna dörren till meröppna biblioteket",
            "en": "Open the door of an open library",
        },
        texts={
            "fi": "Kysy ovelta komennolla ja vaihda kortti: yhdelle on annettu kielto, "
            "lapselle huoltajan on ensin annettava lupa verkkokirjastossa. Anna tai "
            "poista kielto tiskillä: ovi tietää sen heti. Ovi on auki klo 6–22 ja "
            "vastaa myös silloin, kun tietokanta ei vastaa.",
            "sv": "Fråga dörren med kommandot och byt kort: en har förbud, och för "
            "barnet ska vårdnadshavaren först ge lov i webbiblioteket. Ge eller upphäv "
            "ett förbud vid disken: dörren vet det genast. Dörren är öppen kl. 6–22 "
            "och svarar också när databasen inte svarar.",
            "en": "Ask the door with the command and change the card: one is banned, "
            "and a guardian must first permit the child on the web. Give or lift a ban "
            "at the desk: the door knows it at once. It is open from 6 to 22, and "
            "answers also while the database does not.",
        },
        codes=(
            Code(names=CARD, value=door.welcome),
            Code(
                names={"fi": "Kielto", "sv": "Förbud", "en": "Banned"},
                value=door.banned,
            ),
            Code(
                names={
                    "fi": "Lapsen kortti",
                    "sv": "Barnets kort",
                    "en": "Child's card",
                },
                value=door.child,
            ),
            Code(names={"fi": "Komento", "sv": "Kommando", "en": "Command"}, value=ask),
        ),
    )


def _logins(examples: Examples) -> tuple[DemoLogin, ...]:
    staff = [
        DemoLogin(
            site=STAFF,
            names=ROLES[account.username],
            username=account.username,
            password=PASSWORD,
            secret=SECOND_FACTOR if account.second_factor else "",
        )
        for account in ACCOUNTS
    ]
    patron = DemoLogin(
        site=PUBLIC,
        names={"fi": "Asiakas", "sv": "Kund", "en": "Patron"},
        username=examples.patron,
        password=PIN,
    )
    return (patron, *staff)
