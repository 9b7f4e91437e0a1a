import django.db.models.deletion
from django.db import migrations, models

CASCADE = django.db.models.deletion.CASCADE


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0001_initial"),
        ("org", "0005_sign_in_links"),
        ("holds", "0002_holds_are_placed"),
    ]

    operations = [
        migrations.CreateModel(
            name="Pull",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("planned_at", models.DateTimeField()),
                ("later_until", models.DateTimeField(blank=True, null=True)),
                ("trace", models.JSONField(default=dict)),
                (
                    "hold",
                    models.OneToOneField(
                        on_delete=CASCADE, related_name="pull", to="holds.hold"
                    ),
                ),
                (
                    "item",
                    models.OneToOneField(
                        on_delete=CASCADE, related_name="pull", to="catalogue.item"
                    ),
                ),
                (
                    "library",
                    models.ForeignKey(
                        on_delete=CASCADE, related_name="+", to="org.unit"
                    ),
                ),
            ],
            options={
                "db_table": "pull",
                "indexes": [
                    models.Index(fields=["library", "item"], name="pull_of_library")
                ],
            },
        ),
        migrations.CreateModel(
            name="Miss",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("missed_at", models.DateTimeField()),
                ("missed_by", models.CharField(max_length=40)),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=CASCADE, related_name="misses", to="catalogue.item"
                    ),
                ),
                (
                    "library",
                    models.ForeignKey(
                        on_delete=CASCADE, related_name="+", to="org.unit"
                    ),
                ),
            ],
            options={
                "db_table": "miss",
                "indexes": [
                    models.Index(fields=["item", "missed_at"], name="miss_of_item")
                ],
            },
        ),
    ]
