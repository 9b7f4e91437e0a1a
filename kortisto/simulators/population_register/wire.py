"""What the register says, as the real services say it."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from xml.sax.saxutils import escape

from kortisto.simulators.population_register.people import Home, Somebody

Json = dict[str, Any]

HIDDEN: Final = (
    "katunimi", "katunumero", "huoneistokirjain", "huoneistonumero", "jakokirjain",
    "postinumero", "postitoimipaikka", "rakennustunnus", "osoitenumero",
)  # fmt: skip
LONG_AGO: Final = date(2001, 3, 1)

ENVELOPE: Final = (
    '<?xml version="1.0" encoding="utf-8"?>'
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">'
    "<soap:Body>{body}</soap:Body></soap:Envelope>"
)
ANSWER: Final = (
    '<TeeHenkilonTunnusKyselyResponse xmlns="http://tempuri.org/">'
    "<TeeHenkilonTunnusKyselyResult>"
    '<VTJHenkiloVastaussanoma xmlns="http://xml.vrk.fi/schema/vtjkysely" '
    'versio="1.0" sanomatunnus="{product}">'
    "<Asiakasinfo><InfoS/><InfoR/><InfoE/></Asiakasinfo>"
    '<Paluukoodi koodi="{outcome}"/>{person}'
    "</VTJHenkiloVastaussanoma>"
    "</TeeHenkilonTunnusKyselyResult></TeeHenkilonTunnusKyselyResponse>"
)
FAULT: Final = (
    "<soap:Fault><faultcode>soap:{side}</faultcode>"
    "<faultstring>{text}</faultstring></soap:Fault>"
)


def groups_of(one: Somebody, people: Mapping[str, Somebody]) -> list[Json]:
    """All that the change service tells of somebody (perustiedot)."""
    groups: list[Json] = [
        {
            "tietoryhma": "HENKILON_NIMI",
            "etunimi": one.first_names,
            "sukunimi": one.surname,
            "alkupv": _day(LONG_AGO),
        },
        {
            "tietoryhma": "KUTSUMANIMI",
            "nimilaji": "NYKYINEN_KUTSUMANIMI",
            "nimi": one.called_name,
        },
        _protection(one),
        {"tietoryhma": "AIDINKIELI", "kielikoodi": one.language},
        {"tietoryhma": "SUKUPUOLI", "sukupuoli": "NAINEN"},
        _death(one),
    ]
    groups += _homes(one)
    groups += [
        _care("HUOLTAJA_SUPPEA", "huoltaja", code, people) for code in one.guardians
    ]
    groups += [
        _care("HUOLLETTAVA_SUPPEA", "huollettava", code, people)
        for code in one.dependants
    ]
    if one.earlier_codes:
        groups.append(
            {
                "tietoryhma": "HENKILOTUNNUS_KORJAUS",
                "voimassaolo": "AKTIIVI",
                "muutettuHenkilotunnus": one.code,
                "aktiivinenHenkilotunnus": one.code,
                "edellisetHenkilotunnukset": list(one.earlier_codes),
            }
        )
    return groups


def _protection(one: Somebody) -> Json:
    group: Json = {"tietoryhma": "TURVAKIELTO", "turvakieltoAktiivinen": one.protected}
    if one.protected_until is not None:
        group["turvaLoppuPv"] = _day(one.protected_until)
    return group


def _death(one: Somebody) -> Json:
    if one.died_on is None:
        return {"tietoryhma": "KUOLINPAIVA", "kuollut": False}
    return {
        "tietoryhma": "KUOLINPAIVA",
        "kuollut": True,
        "kuolinpv": _day(one.died_on),
    }


def _homes(one: Somebody) -> list[Json]:
    if one.protected:
        return [
            {
                "tietoryhma": "VAKINAINEN_KOTIMAINEN_OSOITE",
                "turvakiellonAlaisetKentat": list(HIDDEN),
            }
        ]
    groups: list[Json] = []
    if one.home is not None:
        groups.append(_home("VAKINAINEN_KOTIMAINEN_OSOITE", one.home))
        groups.append({"tietoryhma": "KOTIKUNTA", "kuntakoodi": one.home.municipality})
    if one.temporary is not None:
        groups.append(_home("TILAPAINEN_KOTIMAINEN_OSOITE", one.temporary))
    if one.abroad is not None:
        groups.append(
            {
                "tietoryhma": "VAKINAINEN_ULKOMAINEN_OSOITE",
                "lahiosoite": one.abroad.street,
                "paikkakunta": one.abroad.city,
                "valtiokoodi": one.abroad.country,
                "alkupv": _day(LONG_AGO),
            }
        )
    return groups


def _home(name: str, home: Home) -> Json:
    return {
        "tietoryhma": name,
        "katunimi": {"fi": home.street, "sv": home.street_sv},
        "katunumero": home.house,
        "huoneistokirjain": home.staircase,
        "huoneistonumero": home.flat,
        "postinumero": home.postal_code,
        "postitoimipaikka": {"fi": home.city, "sv": home.city_sv},
        "rakennustunnus": "1234567890",
        "osoitenumero": 1,
        "alkupv": _day(LONG_AGO),
        "loppupv": _day(date(2999, 2, 28)),
    }


def _care(name: str, role: str, code: str, people: Mapping[str, Somebody]) -> Json:
    other = people.get(code)
    return {
        "tietoryhma": name,
        role: {
            "henkilotunnus": code,
            "etunimet": other.first_names if other else "",
            "sukunimi": other.surname if other else "",
        },
        "huoltajanLaji": "LAKISAATEINEN_HUOLTAJA",
        "huoltosuhteenAlkupv": _day(LONG_AGO),
        "oikeudet": [],
    }


def _day(day: date) -> Json:
    return {"arvo": day.isoformat(), "tarkkuus": "PAIVA"}


def answer(
    outcome: str, product: str, one: Somebody | None, people: Mapping[str, Somebody]
) -> str:
    """The single query's answer: 0000 with a person, 0001 without."""
    person = "" if one is None else _person(one, people)
    body = ANSWER.format(product=escape(product), outcome=outcome, person=person)
    return ENVELOPE.format(body=body)


def fault(side: str, text: str) -> str:
    return ENVELOPE.format(body=FAULT.format(side=side, text=escape(text)))


def _person(one: Somebody, people: Mapping[str, Somebody]) -> str:
    died = "" if one.died_on is None else f"{one.died_on:%Y%m%d}"
    home = None if one.protected else one.home
    temporary = None if one.protected else one.temporary
    until = one.protected_until
    parts = [
        f'<Henkilotunnus voimassaolokoodi="1">{one.code}</Henkilotunnus>',
        _in("NykyinenSukunimi", Sukunimi=one.surname),
        _in("NykyisetEtunimet", Etunimet=one.first_names),
        _in("NykyinenKutsumanimi", Kutsumanimi=one.called_name),
        _place("VakinainenKotimainenLahiosoite", home),
        _abroad(one),
        _place("TilapainenKotimainenLahiosoite", temporary),
        _in("Kotikunta", Kuntanumero=home.municipality if home else ""),
        _in("Kuolintiedot", Kuollut="1" if died else "", Kuolinpvm=died),
        _in("Aidinkieli", Kielikoodi=one.language),
        _in(
            "Turvakielto",
            TurvakieltoTieto="1" if one.protected else "0",
            TurvakieltoPaattymispvm="" if until is None else f"{until:%Y%m%d}",
        ),
        *(_relative("Huoltaja", code, people) for code in one.guardians),
        *(_relative("Huollettava", code, people) for code in one.dependants),
    ]
    return f"<Henkilo>{''.join(parts)}</Henkilo>"


def _in(name: str, **texts: str) -> str:
    inner = "".join(f"<{tag}>{escape(text)}</{tag}>" for tag, text in texts.items())
    return f"<{name}>{inner}</{name}>"


def _place(name: str, home: Home | None) -> str:
    if home is None:
        return _in(name, LahiosoiteS="", LahiosoiteR="", Postinumero="")
    tail = f"{home.house} {home.staircase} {home.flat.lstrip('0')}"
    return _in(
        name,
        LahiosoiteS=f"{home.street} {tail}",
        LahiosoiteR=f"{home.street_sv} {tail}",
        Postinumero=home.postal_code,
        PostitoimipaikkaS=home.city,
        PostitoimipaikkaR=home.city_sv,
        AsuminenAlkupvm=f"{LONG_AGO:%Y%m%d}",
        AsuminenLoppupvm="",
    )


def _abroad(one: Somebody) -> str:
    far = None if one.protected else one.abroad
    return _in(
        "VakinainenUlkomainenLahiosoite",
        UlkomainenLahiosoite=far.street if far else "",
        UlkomainenPaikkakuntaJaValtioS=f"{far.city} {far.country_name}" if far else "",
        Valtiokoodi3=far.country if far else "",
    )


def _relative(name: str, code: str, people: Mapping[str, Somebody]) -> str:
    other = people.get(code)
    surname = escape(other.surname) if other else ""
    first = escape(other.first_names) if other else ""
    return (
        f"<{name}><Henkilotunnus>{code}</Henkilotunnus>"
        f"<NykyinenSukunimi><Sukunimi>{surname}</Sukunimi></NykyinenSukunimi>"
        f"<NykyisetEtunimet><Etunimet>{first}</Etunimet></NykyisetEtunimet></{name}>"
    )
