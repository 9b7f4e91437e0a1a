"""Give everybody a hold identifier, and notes and restrictions their new tables."""

from collections import Counter
from random import SystemRandom
from typing import Any

from django.db import migrations
from django.db.models.functions import Upper

BATCH = 5_000
TRIES = 4  # of which the one with the rarest last four digits is taken
READY = (
    ("manual", "by-hand", "Henkilökunnan asettama", "Satt av personalen", "Set by staff"),
    (
        "overdue",
        "items-back",
        "Palauttamaton aineisto",
        "Material som inte återlämnats",
        "Overdue material",
    ),
    ("invoice", "charges-paid", "Maksamaton lasku", "Obetald faktura", "Unpaid invoice"),
    ("suspension", "end-date", "Määräaikainen kielto", "Avstängning för en tid", "Suspension"),
)


def give_hold_identifiers(apps: Any, schema_editor: Any) -> None:
    """Random ones: nothing about the person can be read from them."""
    Patron, Card = apps.get_model("patrons", "Patron"), apps.get_model("patrons", "Card")
    Staff = apps.get_model("org", "Staff")
    taken = set(Card.objects.values_list(Upper("number"), flat=True))
    taken |= {name.upper() for name in Staff.objects.values_list("username", flat=True)}
    endings = Counter[tuple[int, str]]()
    dice = SystemRandom()

    def new_one(library: int) -> str:
        while True:
            tries = [str(dice.randrange(10_000_000, 100_000_000)) for _ in range(TRIES)]
            best = min(tries, key=lambda one: endings[library, one[-4:]])
            if best not in taken:
                taken.add(best)
                endings[library, best[-4:]] += 1
                return best

    everybody = Patron.objects.filter(hold_identifier="").order_by("pk")
    last = 0
    while rows := list(
        everybody.filter(pk__gt=last).values_list("pk", "home_library_id")[:BATCH]
    ):
        last = rows[-1][0]
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(
                "UPDATE patron SET hold_identifier = given.column2 FROM (VALUES "
                + ", ".join(["(%s, %s)"] * len(rows))
                + ") AS given WHERE patron.id = given.column1",
                [v for patron, library in rows for v in (patron, new_one(library))],
            )


def keep_notes(apps: Any, schema_editor: Any) -> None:
    """Who wrote the old notes, and when, nobody knows."""
    columns = "(patron_id, audience, text, author, withdrawn_by, written_at)"
    with schema_editor.connection.cursor() as cursor:
        for audience in ("staff", "public"):
            cursor.execute(
                f"INSERT INTO patron_note {columns}"
                f" SELECT id, %s, {audience}_note, 'migration', '', created_at"
                f" FROM patron WHERE {audience}_note <> ''",
                [audience],
            )


def type_restrictions(apps: Any, schema_editor: Any) -> None:
    Type = apps.get_model("patrons", "RestrictionType")
    Restriction = apps.get_model("patrons", "Restriction")
    for code, removal, fi, sv, en in READY:
        made, _ = Type.objects.get_or_create(
            code=code,
            defaults={"removal": removal, "name_fi": fi, "name_sv": sv, "name_en": en},
        )
        Restriction.objects.filter(kind=code).update(type=made)


def number_bill_receivers(apps: Any, schema_editor: Any) -> None:
    """Until now the first guardian got the bills."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "UPDATE guardianship SET gets_bills = TRUE WHERE id IN ("
            " SELECT MIN(g.id) FROM guardianship g WHERE g.ends_on IS NULL"
            " AND g.\"order\" = (SELECT MIN(h.\"order\") FROM guardianship h"
            "   WHERE h.dependant_id = g.dependant_id AND h.ends_on IS NULL)"
            " GROUP BY g.dependant_id)"
        )


def let_dependants_have_guardians(apps: Any, schema_editor: Any) -> None:
    Category = apps.get_model("patrons", "PatronCategory")
    Category.objects.filter(kind="dependant").update(may_have_guardian=True)


class Migration(migrations.Migration):
    dependencies = [("patrons", "0005_the_whole_record")]

    operations = [
        migrations.RunPython(give_hold_identifiers, migrations.RunPython.noop),
        migrations.RunPython(keep_notes, migrations.RunPython.noop),
        migrations.RunPython(type_restrictions, migrations.RunPython.noop),
        migrations.RunPython(
            let_dependants_have_guardians, migrations.RunPython.noop
        ),
        migrations.RunPython(number_bill_receivers, migrations.RunPython.noop),
    ]
