"""What the pattern page shows: every component in all of its states."""

from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _

from kortisto.ui.icons import icon_bodies
from kortisto.ui.parts import (
    Availability,
    Bar,
    Facet,
    FacetValue,
    Happening,
    Pages,
    Pair,
    RefusalLine,
    Tab,
    TraceLine,
)
from kortisto.ui.shell import HUES

HELSINKI: Final = ZoneInfo("Europe/Helsinki")
NOON: Final = datetime(2027, 3, 1, 12, 5, tzinfo=HELSINKI)


class PatternForm(forms.Form):
    """One field of each kind; two of them are filled in wrongly."""

    name = forms.CharField(label="Name", help_text="As on the identity card.")
    category = forms.ChoiceField(
        label="Category", choices=[("adult", "Adult"), ("child", "Child")]
    )
    card = forms.CharField(label="Card number", help_text="Fourteen digits.")
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea)
    keep_history = forms.BooleanField(
        label="Keep the history of loans", required=False, help_text="For three years."
    )


def pattern_context() -> dict[str, Any]:
    """Made-up values, the same every time, that need no database."""
    return {
        **_shown_values(),
        "trace": _trace(),
        "refusal_lines": _refusals(),
        "form": PatternForm({"name": "Aino Järvinen", "category": "x", "card": ""}),
        "hues": range(HUES),
        "icon_names": sorted(icon_bodies()),
        "kinds": _kinds(),
        "colours": COLOURS,
    }


COLOURS: Final = (
    "paper", "surface", "raised", "sunken", "ink", "ink-soft", "line-strong", "brand",
    "brand-strong", "brand-soft", "deep", "lily", "pollen", "ok", "attention", "stop",
    "info", "hold", "neutral",
)  # fmt: skip


def _kinds() -> list[tuple[str, str]]:
    return [
        ("ok", _("Available")),
        ("attention", _("On loan")),
        ("stop", _("Lost")),
        ("info", _("In transit")),
        ("hold", _("On the hold shelf")),
        ("neutral", _("Withdrawn")),
    ]


def _trace() -> list[TraceLine]:
    return [
        TraceLine(
            name="Loan period",
            value="28 days",
            source="Rule set 14, row: all libraries · adult · book",
            url="#rules",
        ),
        TraceLine(
            name="Due date moved to the next open day",
            value="29.3.2027",
            source="Calendar of Mikkeli main library: closed 28.3. (Easter Day)",
        ),
        TraceLine(name="No hold shortens the loan", source="0 holds in the queue"),
    ]


def _refusals() -> list[RefusalLine]:
    return [
        RefusalLine(
            code="owes-too-much",
            message="The patron owes 18,20 €; lending stops at 15,00 €.",
            kind="attention",
            may_override=True,
            permission="Set aside a debt",
            trace=_trace()[:1],
        ),
        RefusalLine(
            code="too-many-loans",
            message="The patron already has 60 loans.",
            kind="attention",
            permission="Set aside the limits of loans",
        ),
        RefusalLine(
            code="card-lost", message="The card was reported lost on 2.2.2027."
        ),
        RefusalLine(
            code="age-notice",
            message="The film is for people over 16.",
            kind="info",
        ),
    ]


def _shown_values() -> dict[str, Any]:
    return {
        "noon": NOON,
        "cents": 123450,
        "titles": [
            ("Sinuhe egyptiläinen", "Waltari, Mika", "book"),
            ("Muumipappa ja meri", "Jansson, Tove", "audiobook"),
            ("Tuntematon sotilas", "Laine, Edvin", "film"),
            ("Kalevala", "Lönnrot, Elias", "score"),
            ("Saimaan satamat", "", "map"),
            ("The Left Hand of Darkness", "Le Guin, Ursula K.", "e-book"),
            ("Sommarboken", "Jansson, Tove", "book"),
            ("Tiede", "", "magazine"),
        ],
        "availabilities": [
            Availability(available=3, total=5, where="Mikkeli, Ristiina, Pertunmaa"),
            Availability(available=0, total=2, queue=14),
            Availability(available=0, total=0),
        ],
        "tabs": [
            Tab(label="Loans", url="#loans", current=True, icon="book", count=12),
            Tab(label="Holds", url="#holds", icon="hold", count=3),
            Tab(label="Charges", url="#charges", icon="charge"),
            Tab(label="History", url="#history", icon="clock"),
        ],
        "facet": Facet(
            label="Material type",
            values=(
                FacetValue(label="Book", count=1204, url="#book", chosen=True),
                FacetValue(label="Audiobook", count=88, url="#audiobook"),
                FacetValue(label="Film", count=41, url="#film"),
            ),
        ),
        "pages": Pages(previous_url="#previous", next_url="#next", told="41–60"),
        "bars": [
            Bar(label=label, value=value)
            for label, value in zip(
                ("Oct", "Nov", "Dec", "Jan", "Feb", "Mar"),
                (410, 520, 300, 610, 480, 545),
                strict=True,
            )
        ],
        "pairs": [
            Pair("Mikkeli", 41000, 36500, "410,00 €", "365,00 €"),
            Pair("Varkaus", 12000, 15500, "120,00 €", "155,00 €"),
        ],
        "steps": ["Choose the file", "Look it over", "Import", "Report"],
        "happenings": [
            Happening(
                title="Lent",
                detail="to a patron of Mikkeli, due 29.3.2027",
                at=NOON,
                icon="check-out",
                kind="ok",
                by="Self-check 2",
            ),
            Happening(
                title="Hold trapped",
                detail="for Ristiina",
                at=NOON.replace(hour=9, minute=12),
                icon="hold",
                kind="hold",
            ),
            Happening(
                title="Reported damaged",
                at=NOON.replace(month=2),
                icon="warn",
                kind="attention",
                by="Mikkeli, desk 1",
            ),
        ],
        "rows": [
            {
                "title": "Sinuhe egyptiläinen",
                "barcode": "11700000012",
                "due": NOON.date(),
                "kind": "ok",
                "state": "On loan",
                "cents": 0,
            },
            {
                "title": "Muumipappa ja meri",
                "barcode": "11700000024",
                "due": NOON.date().replace(day=29),
                "kind": "attention",
                "state": "Overdue",
                "cents": 240,
            },
            {
                "title": "Tuntematon sotilas",
                "barcode": "11700000031",
                "due": NOON.date().replace(day=14),
                "kind": "hold",
                "state": "Held by another",
                "cents": 0,
            },
        ],
    }
