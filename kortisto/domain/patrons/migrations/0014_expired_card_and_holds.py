from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("patrons", "0013_words_from_the_middle")]

    operations = [
        migrations.AddField(
            model_name="patroncategory",
            name="expired_hold_effect",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "as the library's setting says"),
                    ("none", "nothing"),
                    ("warn", "a warning"),
                    ("block", "no lending"),
                ],
                max_length=5,
            ),
        ),
    ]
