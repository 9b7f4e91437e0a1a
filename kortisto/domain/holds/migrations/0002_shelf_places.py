import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("holds", "0001_whole"),
        ("org", "0001_whole"),
        ("patrons", "0001_whole"),
    ]

    operations = [
        migrations.AddField(
            model_name='hold',
            name='shelved_on',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name='ShelfPlace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=20)),
                ('priority', models.PositiveSmallIntegerField(default=100)),
                ('capacity', models.PositiveSmallIntegerField()),
                ('weekday', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('material', models.CharField(blank=True, max_length=20)),
                ('overflow', models.BooleanField(default=False)),
                ('same_title', models.BooleanField(default=False)),
                ('one_day', models.BooleanField(default=True)),
                ('locked', models.BooleanField(default=False)),
                ('full_at', models.DateTimeField(blank=True, null=True)),
                ('reserved_by', models.CharField(blank=True, max_length=40)),
                ('reserved_on', models.DateField(blank=True, null=True)),
                ('category', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patrons.patroncategory')),
                ('library', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shelf_places', to='org.unit')),
            ],
            options={
                'db_table': 'shelf_place',
            },
        ),
        migrations.AddField(
            model_name='hold',
            name='shelf_place',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='holds', to='holds.shelfplace'),
        ),
        migrations.AddIndex(
            model_name='hold',
            index=models.Index(condition=models.Q(('state__in', ['waiting', 'uncleared'])), fields=['shelf_place'], name='hold_on_its_shelf_place'),
        ),
        migrations.AddConstraint(
            model_name='shelfplace',
            constraint=models.UniqueConstraint(models.F('library'), django.db.models.functions.text.Upper('name'), name='a_place_is_named_once_in_its_library'),
        ),
        migrations.AddConstraint(
            model_name='shelfplace',
            constraint=models.CheckConstraint(condition=models.Q(('capacity__gte', 1)), name='a_place_has_room_for_something'),
        ),
        migrations.AddConstraint(
            model_name='shelfplace',
            constraint=models.CheckConstraint(condition=models.Q(('weekday__isnull', True), ('weekday__lte', 6), _connector='OR'), name='a_place_is_of_a_day_of_the_week'),
        ),
        migrations.AddConstraint(
            model_name='shelfplace',
            constraint=models.CheckConstraint(condition=models.Q(('reserved_by', ''), ('reserved_on__isnull', False), _connector='OR'), name='a_place_is_reserved_for_a_day'),
        ),
    ]
