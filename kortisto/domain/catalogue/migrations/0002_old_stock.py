from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='item',
            name='old_stock',
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
