"""Holds are placed, changed, ended and cleared; a suspension has its first day."""

from typing import Any

from django.db import migrations, models
from django.db.models import Case, F, Q, When
from django.db.models.functions import TruncDate


def tell_when(apps: Any, _editor: Any) -> None:
    """A suspension so far has run since the hold was placed.

    In one statement: PostgreSQL alters no table of which it has still to check rows,
    and it checks those again that one transaction changes twice.
    """
    apps.get_model("holds", "Hold").objects.update(
        counts_from=F("placed_at"),
        suspended_from=Case(When(suspended=True, then=TruncDate("placed_at"))),
        suspended_until=Case(When(suspended=True, then=F("suspended_until"))),
    )


class Migration(migrations.Migration):
    dependencies = [("holds", "0001_initial")]

    operations = [
        migrations.RemoveIndex("hold", "hold_queue"),
        migrations.RemoveConstraint("hold", "an_item_fills_one_hold"),
        migrations.RemoveConstraint("hold", "a_trapped_hold_has_its_item"),
        migrations.AddField("hold", "counts_from", models.DateTimeField(null=True)),
        migrations.AddField(
            "hold", "suspended_from", models.DateField(blank=True, null=True)
        ),
        migrations.RunPython(tell_when, migrations.RunPython.noop),
        migrations.AlterField("hold", "counts_from", models.DateTimeField()),
        migrations.RemoveField("hold", "suspended"),
        migrations.AddField(
            "hold", "wanted_volume", models.CharField(blank=True, max_length=80)
        ),
        migrations.AddField(
            "hold", "placed_by", models.CharField(blank=True, max_length=40)
        ),
        migrations.AddField(
            "hold", "channel", models.CharField(blank=True, max_length=12)
        ),
        migrations.AddField(
            "hold", "always_last", models.BooleanField(default=False)
        ),
        migrations.AddField("hold", "non_urgent", models.BooleanField(default=False)),
        migrations.AddField("hold", "note", models.CharField(blank=True, max_length=500)),
        migrations.AddField(
            "hold", "rule_version", models.PositiveIntegerField(blank=True, null=True)
        ),
        migrations.AddField("hold", "trace", models.JSONField(default=dict)),
        migrations.AddField(
            "hold",
            "ending",
            models.CharField(
                blank=True,
                choices=[
                    ("patron", "Cancelled by the patron"),
                    ("staff", "Cancelled by the staff"),
                    ("uncollected", "Not collected in time"),
                    ("out-of-date", "Its last day in the queue went by"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddField(
            "hold", "ended_by", models.CharField(blank=True, max_length=40)
        ),
        migrations.AlterField(
            "hold",
            "state",
            models.CharField(
                choices=[
                    ("queued", "In the queue"),
                    ("travelling", "On its way"),
                    ("waiting", "Waiting for pick-up"),
                    ("uncleared", "To be taken off the hold shelf"),
                    ("filled", "Collected"),
                    ("cancelled", "Cancelled"),
                    ("expired", "Expired"),
                ],
                default="queued",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            "hold",
            models.UniqueConstraint(
                condition=Q(state__in=["travelling", "waiting", "uncleared"]),
                fields=("item",),
                name="an_item_fills_one_hold",
            ),
        ),
        migrations.AddConstraint(
            "hold",
            models.CheckConstraint(
                condition=Q(
                    ~Q(state__in=["travelling", "waiting", "uncleared"]),
                    ("item__isnull", False),
                    _connector="OR",
                ),
                name="a_trapped_hold_has_its_item",
            ),
        ),
        migrations.AddConstraint(
            "hold",
            models.CheckConstraint(
                condition=Q(
                    ("suspended_until__isnull", True),
                    ("suspended_from__isnull", False),
                    _connector="OR",
                ),
                name="only_a_suspended_hold_ends_its_suspension",
            ),
        ),
        migrations.AddIndex(
            "hold",
            models.Index(
                condition=Q(state="queued"),
                fields=["record", "always_last", "counts_from", "id"],
                name="hold_queue",
            ),
        ),
    ]
