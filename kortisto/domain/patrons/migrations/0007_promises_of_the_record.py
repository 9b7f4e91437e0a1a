"""What holds from now on, when every row has what it needs."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from kortisto.domain.patrons.sql import HoldKey, LastFour


class Migration(migrations.Migration):
    dependencies = [("patrons", "0006_fill_the_record")]

    operations = [
        migrations.AlterField(
            "patron", "hold_identifier", models.CharField(max_length=50)
        ),
        migrations.AddConstraint(
            "patron",
            CheckConstraint(
                condition=~Q(hold_identifier=""), name="a_hold_identifier_is_not_empty"
            ),
        ),
        migrations.AddConstraint(
            "patron",
            UniqueConstraint(
                HoldKey("hold_identifier"), name="a_hold_identifier_is_used_once"
            ),
        ),
        migrations.AddIndex(
            "patron",
            models.Index(
                "home_library", LastFour("hold_identifier"), name="patron_last_four"
            ),
        ),
        migrations.RemoveField("patron", "staff_note"),
        migrations.RemoveField("patron", "public_note"),
        migrations.AlterField(
            "restriction",
            "type",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="patrons.restrictiontype",
            ),
        ),
        migrations.RemoveField("restriction", "kind"),
    ]
