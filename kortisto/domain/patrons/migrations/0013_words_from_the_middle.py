"""Let those who are there already be found by any part of a name or an address."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import migrations

from kortisto.core.bulk import insert_rows

BATCH = 2_000
ADDRESS = "\x01"
INSIDE = "\x02"


def add_endings(apps: Any, schema_editor: Any) -> None:
    """From the words that are kept: a key is the word, a zero byte, the whole name."""
    PatronWord = apps.get_model("patrons", "PatronWord")
    Patron = apps.get_model("patrons", "Patron")
    last = 0
    while page := list(
        Patron.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]
    ):
        rows = PatronWord.objects.filter(patron_id__gt=last, patron_id__lte=page[-1])
        words = [(patron, bytes(key).decode()) for patron, key in rows.values_list("patron_id", "key")]
        insert_rows(
            PatronWord,
            ("patron_id", "key"),
            ((patron, key.encode()) for patron, key in endings(words)),
        )
        last = page[-1]


def remove_endings(apps: Any, schema_editor: Any) -> None:
    PatronWord = apps.get_model("patrons", "PatronWord")
    PatronWord.objects.filter(key__gte=INSIDE.encode(), key__lt=b"\x03").delete()


def endings(words: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Each once: two words of a name may end alike."""
    made = dict.fromkeys(
        (patron, f"{INSIDE}{mark}{word[start:]}\0{whole}")
        for patron, key in words
        if not key.startswith(INSIDE)
        for mark, word, whole in [parts(key)]
        if not word[0].isdigit()
        for start in range(1, len(word) - 1)
    )
    yield from made


def parts(key: str) -> tuple[str, str, str]:
    word, _, whole = key.partition("\0")
    mark = ADDRESS if word.startswith(ADDRESS) else ""
    return mark, word.removeprefix(mark), whole


class Migration(migrations.Migration):
    dependencies = [("patrons", "0012_what_a_category_decides")]

    operations = [migrations.RunPython(add_endings, remove_endings)]
