from django.db import migrations, models
from django.db.models import Q

KEEPING = ["travelling", "processing", "waiting", "uncleared"]


class Migration(migrations.Migration):
    dependencies = [("holds", "0003_pulls_and_misses")]

    operations = [
        migrations.RemoveConstraint("hold", "an_item_fills_one_hold"),
        migrations.RemoveConstraint("hold", "a_trapped_hold_has_its_item"),
        migrations.AlterField(
            "hold",
            "state",
            models.CharField(
                choices=[
                    ("queued", "In the queue"),
                    ("travelling", "On its way"),
                    ("processing", "Returned, not yet on the hold shelf"),
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
                condition=Q(state__in=KEEPING),
                fields=("item",),
                name="an_item_fills_one_hold",
            ),
        ),
        migrations.AddConstraint(
            "hold",
            models.CheckConstraint(
                condition=Q(
                    ~Q(state__in=KEEPING),
                    ("item__isnull", False),
                    _connector="OR",
                ),
                name="a_trapped_hold_has_its_item",
            ),
        ),
    ]
