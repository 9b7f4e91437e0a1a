"""Everything of this app at once; ``replaces`` names the steps it grew in."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("holds", "0001_initial"),
        ("holds", "0002_holds_are_placed"),
        ("holds", "0003_pulls_and_misses"),
        ("holds", "0004_returned_when_nobody_works"),
        ("holds", "0005_bundles"),
        ("holds", "0006_more_time"),
    ]

    dependencies = [
        ('catalogue', '0001_whole'),
        ('org', '0001_whole'),
        ('patrons', '0001_whole'),
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
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('wanted_volume', models.CharField(blank=True, max_length=80)),
                ('part', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('state', models.CharField(choices=[('queued', 'In the queue'), ('travelling', 'On its way'), ('processing', 'Returned, not yet on the hold shelf'), ('waiting', 'Waiting for pick-up'), ('uncleared', 'To be taken off the hold shelf'), ('filled', 'Collected'), ('cancelled', 'Cancelled'), ('expired', 'Expired')], default='queued', max_length=10)),
                ('placed_at', models.DateTimeField()),
                ('placed_by', models.CharField(blank=True, max_length=40)),
                ('channel', models.CharField(blank=True, max_length=12)),
                ('counts_from', models.DateTimeField()),
                ('always_last', models.BooleanField(default=False)),
                ('non_urgent', models.BooleanField(default=False)),
                ('note', models.CharField(blank=True, max_length=500)),
                ('rule_version', models.PositiveIntegerField(blank=True, null=True)),
                ('trace', models.JSONField(default=dict)),
                ('starts_on', models.DateField(blank=True, null=True)),
                ('expires_on', models.DateField(blank=True, null=True)),
                ('suspended_from', models.DateField(blank=True, null=True)),
                ('suspended_until', models.DateField(blank=True, null=True)),
                ('pickup_until', models.DateField(blank=True, null=True)),
                ('extended_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('ending', models.CharField(blank=True, choices=[('patron', 'Cancelled by the patron'), ('staff', 'Cancelled by the staff'), ('uncollected', 'Not collected in time'), ('out-of-date', 'Its last day in the queue went by'), ('other-came', 'Another title of the same wish was collected')], max_length=12)),
                ('ended_by', models.CharField(blank=True, max_length=40)),
                ('item', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='catalogue.item')),
                ('patron', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='patrons.patron')),
                ('pickup_library', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.unit')),
                ('record', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='catalogue.record')),
                ('wanted_item', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalogue.item')),
                ('bundle', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='holds.holdbundle')),
            ],
            options={
                'db_table': 'hold',
                'indexes': [models.Index(condition=models.Q(('state', 'queued')), fields=['record', 'always_last', 'counts_from', 'id'], name='hold_queue'), models.Index(fields=['patron', 'state'], name='hold_of_patron')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['travelling', 'processing', 'waiting', 'uncleared'])), fields=('item',), name='an_item_fills_one_hold'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['travelling', 'processing', 'waiting', 'uncleared']), _negated=True), ('item__isnull', False), _connector='OR'), name='a_trapped_hold_has_its_item'), models.CheckConstraint(condition=models.Q(('suspended_until__isnull', True), ('suspended_from__isnull', False), _connector='OR'), name='only_a_suspended_hold_ends_its_suspension'), models.UniqueConstraint(condition=models.Q(('bundle__isnull', False)), fields=('bundle', 'record'), name='a_bundle_holds_a_title_once'), models.CheckConstraint(condition=models.Q(('part__isnull', True), ('bundle__isnull', False), _connector='OR'), name='only_a_hold_of_a_bundle_is_a_part')],
            },
        ),
        migrations.CreateModel(
            name='Miss',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('missed_at', models.DateTimeField()),
                ('missed_by', models.CharField(max_length=40)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='misses', to='catalogue.item')),
                ('library', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='org.unit')),
            ],
            options={
                'db_table': 'miss',
                'indexes': [models.Index(fields=['item', 'missed_at'], name='miss_of_item')],
            },
        ),
        migrations.CreateModel(
            name='Pull',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('planned_at', models.DateTimeField()),
                ('later_until', models.DateTimeField(blank=True, null=True)),
                ('trace', models.JSONField(default=dict)),
                ('hold', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='pull', to='holds.hold')),
                ('item', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='pull', to='catalogue.item')),
                ('library', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='org.unit')),
            ],
            options={
                'db_table': 'pull',
                'indexes': [models.Index(fields=['library', 'item'], name='pull_of_library')],
            },
        ),
        migrations.CreateModel(
            name='Transit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sent_at', models.DateTimeField()),
                ('arrived_at', models.DateTimeField(blank=True, null=True)),
                ('cancelled_at', models.DateTimeField(blank=True, null=True)),
                ('destination', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.unit')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='transits', to='catalogue.item')),
                ('origin', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.unit')),
            ],
            options={
                'db_table': 'transit',
                'constraints': [models.UniqueConstraint(condition=models.Q(('arrived_at__isnull', True), ('cancelled_at__isnull', True)), fields=('item',), name='an_item_is_on_one_journey')],
            },
        ),
    ]
