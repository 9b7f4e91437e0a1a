from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("holds", "0003_copies_for_a_group")]

    operations = [
        migrations.AddField(
            model_name="hold",
            name="forecast_from",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="hold",
            name="forecast_until",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="hold",
            name="came_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="hold",
            index=models.Index(
                condition=models.Q(("came_on__isnull", False)),
                fields=["came_on"],
                name="hold_came",
            ),
        ),
    ]
