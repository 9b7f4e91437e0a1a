"""How fast the search box finds a patron, by each thing that can be typed into it.

Each is looked for in every mode: whole words, their beginnings, any part of them.

    python -m bench.patron_search

measures over the database of this installation (KORTISTO_DATABASE_URL), for instance a
demo of scale lumme with 100,000 patrons. It writes nothing.
"""

import os
import random
from collections.abc import Iterator
from functools import partial

from bench.measure import timed

EACH = 300
TARGET_MS = 30


def typed() -> Iterator[tuple[str, list[str]]]:
    """What people type for patrons drawn by chance, by what it is."""
    from kortisto.domain.patrons.contacts import readable_number
    from kortisto.domain.patrons.hold_identifiers import grouped
    from kortisto.domain.patrons.models import Card, Patron

    ids = list(Patron.objects.order_by("pk").values_list("pk", flat=True))
    chosen = random.Random(1985).sample(ids, min(EACH, len(ids)))
    people = list(Patron.objects.filter(pk__in=chosen))
    cards = Card.objects.filter(patron__in=people, active=True)
    yield "card", list(cards.values_list("number", flat=True))
    yield "hold identifier", [grouped(one.hold_identifier) for one in people]
    yield "two beginnings", [f"{p.first_names[:3]} {p.surname[:4]}" for p in people]
    yield "surname", [one.surname for one in people]
    yield "two letters", [one.surname[:2] for one in people]
    yield "within a name", [one.surname[2:6] for one in people if len(one.surname) > 3]
    yield "within two", [f"{p.first_names[1:4]} {p.surname[-4:]}" for p in people]
    yield "letters within", [one.surname[3:5] for one in people if len(one.surname) > 4]
    born = [one.born_on for one in people if one.born_on]
    yield "birth date", [f"{day.day}.{day.month}.{day.year}" for day in born]
    yield "phone", [readable_number(one.phone) for one in people if one.phone]
    yield "e-mail", [one.email for one in people if one.email]
    yield "address", [one.street for one in people if one.street]
    yield "within a street", [one.street[2:7] for one in people if one.street]
    yield "nobody", [f"zz{number} qqq" for number in range(EACH)]


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kortisto.config.settings.worker")
    import django

    django.setup()
    from django.db import connection

    from kortisto.domain.patrons.finding import search_patrons
    from kortisto.domain.patrons.models import Patron
    from kortisto.domain.patrons.queries import Match

    print(
        f"{Patron.objects.count():,} patrons on {connection.vendor}, "
        f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    )
    for name, texts in typed():
        for match in Match:
            times = sorted(timed(partial(search_patrons, match=match), texts))
            middle, high = times[len(times) // 2], times[int(len(times) * 0.95)]
            verdict = "" if high <= TARGET_MS else f"  over {TARGET_MS} ms"
            print(f"{name:16} {match:8} p50 {middle:5.1f}  p95 {high:5.1f} ms{verdict}")


if __name__ == "__main__":
    main()
