from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("holds", "0005_bundles")]

    operations = [
        migrations.AddField(
            model_name="hold",
            name="extended_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
