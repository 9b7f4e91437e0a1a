import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0002_old_stock'),
        ('holds', '0004_returned_when_nobody_works'),
        ('org', '0005_sign_in_links'),
        ('patrons', '0015_types_of_restrictions'),
    ]

    operations = [
        migrations.CreateModel(
            name='HoldBundle',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('editions', 'Any edition'), ('first', 'The first of several titles'), ('series', 'A series in its order')], max_length=8)),
            ],
            options={
                'db_table': 'hold_bundle',
            },
        ),
        migrations.AddField(
            model_name='hold',
            name='part',
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='hold',
            name='ending',
            field=models.CharField(blank=True, choices=[('patron', 'Cancelled by the patron'), ('staff', 'Cancelled by the staff'), ('uncollected', 'Not collected in time'), ('out-of-date', 'Its last day in the queue went by'), ('other-came', 'Another title of the same wish was collected')], max_length=12),
        ),
        migrations.AddField(
            model_name='hold',
            name='bundle',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='holds.holdbundle'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.UniqueConstraint(condition=models.Q(('bundle__isnull', False)), fields=('bundle', 'record'), name='a_bundle_holds_a_title_once'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(('part__isnull', True), ('bundle__isnull', False), _connector='OR'), name='only_a_hold_of_a_bundle_is_a_part'),
        ),
    ]
