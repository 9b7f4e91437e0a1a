"""Everything of this app at once; ``replaces`` names the steps it grew in."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("entry", "0001_initial"),
    ]

    dependencies = [
        ('org', '0001_whole'),
        ('patrons', '0001_whole'),
    ]

    operations = [
        migrations.CreateModel(
            name='Ban',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField()),
                ('everywhere', models.BooleanField(default=False)),
                ('reason', models.CharField(max_length=1000)),
                ('hearing', models.CharField(max_length=1000)),
                ('public_note', models.CharField(blank=True, max_length=1000)),
                ('made_by', models.CharField(max_length=40)),
                ('made_at', models.DateTimeField()),
                ('lifted_at', models.DateTimeField(blank=True, null=True)),
                ('lifted_by', models.CharField(blank=True, max_length=40)),
                ('libraries', models.ManyToManyField(db_table='entry_ban_library', related_name='+', to='org.unit')),
                ('patron', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='patrons.patron')),
            ],
            options={
                'db_table': 'entry_ban',
                'indexes': [models.Index(condition=models.Q(('lifted_at__isnull', True)), fields=['patron'], name='ban_not_lifted'), models.Index(fields=['ends_on'], name='ban_end')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='a_ban_ends_after_it_starts'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='a_ban_has_a_reason'), models.CheckConstraint(condition=models.Q(('hearing', ''), _negated=True), name='a_ban_tells_how_the_patron_was_heard'), models.CheckConstraint(condition=models.Q(models.Q(('lifted_at__isnull', True), ('lifted_by', '')), models.Q(('lifted_at__isnull', False), models.Q(('lifted_by', ''), _negated=True)), _connector='OR'), name='a_ban_is_lifted_by_somebody')],
            },
        ),
        migrations.CreateModel(
            name='DoorDevice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('label', models.CharField(max_length=60)),
                ('token_digest', models.CharField(max_length=64)),
                ('made_by', models.CharField(max_length=40)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('last_seen_at', models.DateTimeField(blank=True, null=True)),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
                ('removed_by', models.CharField(blank=True, max_length=40)),
                ('library', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.unit')),
            ],
            options={
                'db_table': 'door_device',
                'constraints': [models.UniqueConstraint(condition=models.Q(('removed_at__isnull', True)), fields=('library', 'label'), name='doors_of_a_library_have_different_names'), models.CheckConstraint(condition=models.Q(('label', ''), _negated=True), name='a_door_has_a_name'), models.CheckConstraint(condition=models.Q(models.Q(('removed_at__isnull', True), ('removed_by', '')), models.Q(('removed_at__isnull', False), models.Q(('removed_by', ''), _negated=True)), _connector='OR'), name='a_door_is_removed_by_somebody')],
            },
        ),
        migrations.CreateModel(
            name='EntryAttempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=40)),
                ('at', models.DateTimeField()),
                ('device', models.CharField(max_length=60)),
                ('code', models.CharField(max_length=20)),
                ('offline', models.BooleanField(default=False)),
                ('library', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.unit')),
                ('patron', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='patrons.patron')),
            ],
            options={
                'db_table': 'entry_attempt',
                'indexes': [models.Index(fields=['library', '-at', '-id'], name='entry_at_library'), models.Index(condition=models.Q(('patron__isnull', False)), fields=['at'], name='entry_remembered')],
                'constraints': [models.UniqueConstraint(fields=('key',), name='an_attempt_to_enter_is_kept_once'), models.CheckConstraint(condition=models.Q(('code', ''), _negated=True), name='an_attempt_to_enter_has_an_outcome')],
            },
        ),
        migrations.CreateModel(
            name='GuardianPermission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('answer', models.CharField(choices=[('yes', 'Yes'), ('no', 'No')], max_length=3)),
                ('given_by', models.CharField(max_length=40)),
                ('given_at', models.DateTimeField()),
                ('channel', models.CharField(max_length=12)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('ended_by', models.CharField(blank=True, max_length=40)),
                ('child', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='patrons.patron')),
                ('guardian', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='patrons.patron')),
            ],
            options={
                'db_table': 'entry_guardian_permission',
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('child',), name='one_word_of_a_guardian_is_in_force'), models.CheckConstraint(condition=models.Q(('answer__in', ['yes', 'no'])), name='a_guardian_says_yes_or_no'), models.CheckConstraint(condition=models.Q(('guardian', models.F('child')), _negated=True), name='nobody_permits_themselves'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('ended_by', '')), models.Q(('ended_at__isnull', False), models.Q(('ended_by', ''), _negated=True)), _connector='OR'), name='a_word_of_a_guardian_is_ended_by_somebody')],
            },
        ),
        migrations.CreateModel(
            name='TermsAcceptance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField()),
                ('accepted_at', models.DateTimeField()),
                ('accepted_by', models.CharField(max_length=40)),
                ('channel', models.CharField(max_length=12)),
                ('patron', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='patrons.patron')),
            ],
            options={
                'db_table': 'entry_terms_acceptance',
                'constraints': [models.UniqueConstraint(fields=('patron', 'version'), name='terms_are_accepted_once'), models.CheckConstraint(condition=models.Q(('version__gte', 1)), name='terms_have_a_version')],
            },
        ),
    ]
