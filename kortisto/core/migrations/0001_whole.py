"""Everything of this app at once; ``replaces`` names the steps it grew in."""

import django.db.models.deletion
import django.db.models.functions.datetime
import kortisto.core.database
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("core", "0001_initial"),
        ("core", "0002_errand"),
        ("core", "0003_audit_by_time"),
        ("core", "0004_sealed_content"),
        ("core", "0005_archived_log"),
    ]

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='FollowerPosition',
            fields=[
                ('follower', models.CharField(max_length=60, primary_key=True, serialize=False)),
                ('txid', models.BigIntegerField(default=-1)),
                ('event_id', models.BigIntegerField(default=0)),
                ('moved_at', models.DateTimeField(null=True)),
                ('failures', models.PositiveIntegerField(default=0)),
                ('retry_at', models.DateTimeField(null=True)),
                ('last_error', models.TextField(blank=True)),
            ],
            options={
                'db_table': 'follower_position',
            },
        ),
        migrations.CreateModel(
            name='Throttle',
            fields=[
                ('key', models.CharField(max_length=100, primary_key=True, serialize=False)),
                ('failures', models.PositiveIntegerField(default=0)),
                ('since', models.DateTimeField()),
            ],
            options={
                'db_table': 'throttle',
            },
        ),
        migrations.CreateModel(
            name='Version',
            fields=[
                ('name', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('number', models.BigIntegerField(default=1)),
            ],
            options={
                'db_table': 'version',
            },
        ),
        migrations.CreateModel(
            name='ArchivedLog',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month_begins_on', models.DateField()),
                ('first_event_id', models.BigIntegerField()),
                ('last_event_id', models.BigIntegerField()),
                ('events', models.PositiveIntegerField()),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('data', models.BinaryField()),
                ('archived_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'archived_log',
                'indexes': [models.Index(fields=['month_begins_on', 'id'], name='archived_log_month')],
            },
        ),
        migrations.CreateModel(
            name='Errand',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=60)),
                ('subject_id', models.BigIntegerField()),
                ('unit_id', models.BigIntegerField(null=True)),
                ('facts', models.JSONField(default=dict)),
                ('state', models.CharField(choices=[('open', 'Open'), ('done', 'Done'), ('dropped', 'Dropped')], default='open', max_length=8)),
                ('made_by', models.CharField(max_length=40)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('due_on', models.DateField(null=True)),
                ('ended_by', models.CharField(blank=True, max_length=40)),
                ('ended_at', models.DateTimeField(null=True)),
                ('note', models.CharField(blank=True, max_length=500)),
            ],
            options={
                'db_table': 'errand',
                'indexes': [models.Index(condition=models.Q(('state', 'open')), fields=['unit_id', 'id'], name='errand_open_at'), models.Index(fields=['state', 'id'], name='errand_state'), models.Index(fields=['kind', 'subject_id'], name='errand_subject')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('kind', 'subject_id'), name='one_open_errand_of_a_kind_for_each_subject'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='an_errand_ends_when_it_is_done_or_dropped')],
            },
        ),
        migrations.CreateModel(
            name='IdempotencyKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scope', models.CharField(max_length=60)),
                ('key', models.CharField(max_length=120)),
                ('fingerprint', models.CharField(max_length=64)),
                ('answer', models.JSONField()),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'db_table': 'idempotency_key',
                'constraints': [models.UniqueConstraint(fields=('scope', 'key'), name='a_key_is_used_once_in_its_scope')],
            },
        ),
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=80)),
                ('arguments', models.JSONField(default=dict)),
                ('queue', models.CharField(default='default', max_length=32)),
                ('priority', models.SmallIntegerField(default=0)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], default='waiting', max_length=10)),
                ('unique_key', models.CharField(blank=True, max_length=200, null=True)),
                ('run_after', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('max_attempts', models.PositiveSmallIntegerField(default=5)),
                ('lease_until', models.DateTimeField(null=True)),
                ('worker', models.CharField(blank=True, max_length=80)),
                ('steps_done', models.PositiveIntegerField(default=0)),
                ('steps_total', models.PositiveIntegerField(null=True)),
                ('progress_note', models.CharField(blank=True, max_length=200)),
                ('result', models.JSONField(null=True)),
                ('last_error', models.TextField(blank=True)),
                ('asked_by', models.CharField(blank=True, max_length=40)),
                ('cancel_asked_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('started_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'job',
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['queue', '-priority', 'run_after', 'id'], name='job_waiting'), models.Index(fields=['-created_at'], name='job_newest')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['waiting', 'running'])), fields=('unique_key',), name='one_unfinished_job_for_each_key'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'running'), _negated=True), ('lease_until__isnull', False), _connector='OR'), name='a_running_job_has_a_lease')],
            },
        ),
        migrations.CreateModel(
            name='LoggedEvent',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('txid', models.BigIntegerField(db_default=kortisto.core.database.TransactionId(), editable=False)),
                ('kind', models.CharField(max_length=60)),
                ('body', models.JSONField()),
                ('actor', models.CharField(max_length=40)),
                ('unit_id', models.BigIntegerField(null=True)),
                ('channel', models.CharField(max_length=12)),
                ('patron_id', models.BigIntegerField(null=True)),
                ('happened_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'db_table': 'event',
                'indexes': [models.Index(fields=['txid', 'id'], name='event_reading_order'), models.Index(condition=models.Q(('patron_id__isnull', False)), fields=['patron_id', 'happened_at', 'id'], name='event_about_patron'), models.Index(fields=['kind', 'happened_at', 'id'], name='event_kind'), models.Index(fields=['actor', 'happened_at', 'id'], name='event_actor'), models.Index(fields=['unit_id', 'happened_at', 'id'], name='event_unit'), models.Index(fields=['happened_at', 'id'], name='event_time')],
            },
        ),
        migrations.CreateModel(
            name='Schedule',
            fields=[
                ('name', models.CharField(max_length=80, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=80)),
                ('arguments', models.JSONField(default=dict)),
                ('cron', models.CharField(max_length=60)),
                ('enabled', models.BooleanField(default=True)),
                ('next_run_at', models.DateTimeField(null=True)),
                ('last_run_at', models.DateTimeField(null=True)),
                ('last_job', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='core.job')),
            ],
            options={
                'db_table': 'job_schedule',
            },
        ),
        migrations.CreateModel(
            name='Seal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_txid', models.BigIntegerField()),
                ('first_event_id', models.BigIntegerField()),
                ('last_txid', models.BigIntegerField()),
                ('last_event_id', models.BigIntegerField()),
                ('events', models.PositiveIntegerField()),
                ('previous_digest', models.CharField(max_length=64)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('sealed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'db_table': 'audit_seal',
                'constraints': [models.UniqueConstraint(fields=('previous_digest',), name='the_audit_chain_never_forks')],
            },
        ),
        migrations.CreateModel(
            name='SealedContent',
            fields=[
                ('event_id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('salt', models.BinaryField(null=True)),
                ('who_salt', models.BinaryField(null=True)),
                ('what_digest', models.BinaryField(null=True)),
                ('who_digest', models.BinaryField(null=True)),
                ('taken_out_at', models.DateTimeField(null=True)),
                ('why', models.CharField(blank=True, choices=[('forgotten', 'Forgotten'), ('erased', 'Erased'), ('archived', 'Archived')], max_length=20)),
                ('told_by', models.BigIntegerField(null=True)),
            ],
            options={
                'db_table': 'sealed_content',
                'constraints': [models.CheckConstraint(condition=models.Q(('salt__isnull', False), models.Q(('taken_out_at__isnull', False), ('what_digest__isnull', False)), _connector='XOR'), name='content_that_is_taken_out_leaves_its_digest')],
            },
        ),
        migrations.CreateModel(
            name='UndoStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=60)),
                ('subject_id', models.BigIntegerField()),
                ('data', models.JSONField(default=dict)),
                ('actor', models.CharField(max_length=40)),
                ('unit_id', models.BigIntegerField(null=True)),
                ('done_at', models.DateTimeField()),
                ('until', models.DateTimeField()),
                ('undone_at', models.DateTimeField(null=True)),
                ('undone_by', models.CharField(blank=True, max_length=40)),
            ],
            options={
                'db_table': 'undo_step',
                'indexes': [models.Index(fields=['kind', 'subject_id', '-id'], name='undo_subject'), models.Index(fields=['until'], name='undo_until')],
            },
        ),
        migrations.CreateModel(
            name='ArchivedPatron',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('patron_id', models.BigIntegerField()),
                ('active_at', models.DateTimeField(null=True)),
                ('part', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='patrons', to='core.archivedlog')),
            ],
            options={
                'db_table': 'archived_patron',
                'constraints': [models.UniqueConstraint(fields=('patron_id', 'part'), name='a_part_of_the_archive_names_a_patron_once')],
            },
        ),
    ]
