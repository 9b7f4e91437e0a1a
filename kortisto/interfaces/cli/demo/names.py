"""Names for people who do not exist: common ones, put together by dice."""

from random import Random
from typing import Final

SURNAMES: Final = """
Korhonen Virtanen Mäkinen Nieminen Mäkelä Hämäläinen Laine Heikkinen Koskinen Järvinen
Lehtonen Lehtinen Saarinen Salminen Heinonen Niemi Heikkilä Kinnunen Salonen Turunen
Salo Laitinen Tuominen Rantanen Karjalainen Jokinen Mattila Savolainen Lahtinen Ahonen
Ojala Leppänen Kallio Leinonen Väisänen Hiltunen Miettinen Pitkänen Aaltonen Manninen
Hakala Koivisto Anttila Laaksonen Hirvonen Räsänen Lehto Laakso Toivonen Mustonen
Rantala Aalto Partanen Nurmi Peltonen Moilanen Hänninen Kettunen Seppälä Karvonen
Lappalainen Kärkkäinen Pulkkinen Kauppinen Vainio Nurminen Kokkonen Huttunen Halonen
Peltola Hartikainen Nevalainen Niskanen Oksanen Suominen Auvinen Pesonen Parkkinen
Kosonen Reponen Liukkonen Pöyry Tarkiainen Hokkanen Kuikka Tolvanen Immonen
Silvennoinen Luukkonen Nousiainen Pasanen Hyvönen Kemppainen Haapala Lipponen Valtonen
Ruuskanen Issakainen Marttinen Paukkunen Kiiskinen Vartiainen Sairanen Tiusanen
Loikkanen Makkonen Torniainen Sihvonen Muukkonen Ikonen Kainulainen Piispanen Taskinen
Heiskanen Tikkanen Jääskeläinen Paananen Kolehmainen Viljakainen Laamanen
""".split()
SWEDISH_SURNAMES: Final = """
Johansson Nyman Lindholm Karlsson Andersson Lindström Eriksson Lindroos Nyström
Sundström Holmberg Björklund Ekholm Forsman Granström Backman Sjöblom Wikström
Söderholm Åberg Öhman Hellström Lindqvist Sandberg Westerlund Blomqvist
""".split()
WOMEN: Final = {
    1935: "Aino Helmi Aune Irja Kerttu Elsa Sirkka Anja Eila Toini Liisa Raili",
    1955: "Marja Ritva Anneli Pirkko Leena Tuula Raija Seija Eeva Kaarina Sinikka",
    1970: "Minna Sari Tiina Kirsi Anne Satu Johanna Mervi Jaana Susanna Katja Heli",
    1985: "Laura Jenni Anna Hanna Heidi Maria Katri Elina Essi Riikka Noora Saara",
    2000: "Emma Sara Julia Veera Iida Roosa Siiri Jenna Oona Aada Sanni Emilia",
    2015: "Aino Eevi Helmi Olivia Sofia Lilja Aada Ellen Vilma Isla Saga Hilla",
}
MEN: Final = {
    1935: "Toivo Eino Veikko Martti Reino Pentti Kalevi Olavi Erkki Tauno Arvo Onni",
    1955: "Matti Timo Kari Seppo Jorma Hannu Heikki Raimo Antti Jukka Pekka Ilkka",
    1970: "Mika Marko Janne Petri Jari Sami Harri Jarmo Pasi Ari Kimmo Vesa",
    1985: "Ville Jussi Antti Tuomas Juho Mikko Lauri Teemu Henri Joonas Olli Eero",
    2000: "Eetu Joona Niko Santeri Aleksi Roope Miro Arttu Onni Veeti Jesse Akseli",
    2015: "Leo Eino Väinö Elias Oliver Toivo Noel Onni Hugo Eemeli Otso Urho",
}
SWEDISH_GIVEN: Final = (
    "Camilla Gunilla Maj-Britt Anna-Lena Birgitta Ebba Linnea Freja".split(),
    "Göran Kaj Kristian Mats Fredrik Oskar Emil Axel".split(),
)
# Women, men, surnames that go with them: some of the languages heard in the region.
ELSEWHERE: Final = (
    ("Olga Natalia Irina Svetlana Daria", "Sergei Andrei Dmitri Ivan Aleksei",
     "Ivanov Smirnov Petrov Sokolov Volkov"),
    ("Oksana Yulia Iryna Kateryna", "Andriy Oleksandr Bohdan Taras",
     "Shevchenko Kovalenko Bondarenko Melnyk"),
    ("Kadri Tiiu Liis Piret", "Tõnu Jaan Rein Priit", "Tamm Saar Sepp Mägi Kask"),
    ("Nadia Fatima Layla Zahra", "Ahmed Hassan Omar Yusuf", "Ali Hassan Mohamed Karim"),
    ("Linh Mai Suda Ploy", "Minh Duc Somchai Nam", "Nguyen Tran Saetang Le"),
    ("Risten Máret Elle", "Niillas Ánte Juhán", "Näkkäläjärvi Magga Länsman"),
)  # fmt: skip
STREETS: Final = """
Kirkkokatu Koulukatu Rantatie Asemakatu Savontie Puistokatu Järvitie Hallituskatu
Koivutie Metsäkatu Niittytie Lammentie Kauppakatu Harjukatu Mäntytie Satamatie Kylätie
Lumpeentie Ulpukkakuja Kaislatie
""".split()
BODIES: Final = (
    "{town} varhaiskasvatus, Päiväkoti {word}",
    "{word}n koulu",
    "{town} yhteiskoulun luokka {number}",
    "Palvelutalo {word}",
    "{town} kansalaisopisto",
    "{word}n lukupiiri",
    "{town} perhekeskus",
)
WORDS: Final = """
Lumme Ulpukka Kaisla Koskikara Kuikka Norppa Tuomi Pihlaja Karpalo Saimaa Metsätähti
""".split()


def generation(year: int) -> int:
    return min(WOMEN, key=lambda born: abs(born - year))


def given_names(rng: Random, year: int, *, woman: bool, background: int) -> str:
    """One or two first names; background 0 Finnish, 1 Swedish, from 2 elsewhere."""
    if background == 0:
        choices = (WOMEN if woman else MEN)[generation(year)].split()
    elif background == 1:
        choices = SWEDISH_GIVEN[0 if woman else 1]
    else:
        choices = ELSEWHERE[background - 2][0 if woman else 1].split()
    return " ".join(rng.sample(choices, 2 if rng.random() < 0.6 else 1))


def surname(rng: Random, background: int) -> str:
    if background == 0:
        # The first in the list are the most common ones.
        return SURNAMES[int(len(SURNAMES) * rng.random() ** 1.6)]
    if background == 1:
        return rng.choice(SWEDISH_SURNAMES)
    return rng.choice(ELSEWHERE[background - 2][2].split())


def background(rng: Random) -> int:
    """Where a family's names come from: 92 % Finnish, 3 % Swedish, the rest mixed."""
    roll = rng.random()
    if roll < 0.92:
        return 0
    if roll < 0.95:
        return 1
    return 2 + rng.randrange(len(ELSEWHERE))
