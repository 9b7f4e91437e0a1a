"""Everything of this app at once; ``replaces`` names the steps it grew in."""

import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("catalogue", "0001_initial"),
        ("catalogue", "0002_old_stock"),
    ]

    dependencies = [
        ('org', '0001_whole'),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_names', models.JSONField(default=list)),
                ('profile', models.CharField(default='default', max_length=40)),
                ('asked_by', models.CharField(max_length=40)),
                ('started_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('finished_at', models.DateTimeField(null=True)),
                ('read', models.PositiveIntegerField(default=0)),
                ('added', models.PositiveIntegerField(default=0)),
                ('changed', models.PositiveIntegerField(default=0)),
                ('unchanged', models.PositiveIntegerField(default=0)),
                ('rejected', models.PositiveIntegerField(default=0)),
                ('repaired', models.PositiveIntegerField(default=0)),
                ('items_added', models.PositiveIntegerField(default=0)),
                ('items_changed', models.PositiveIntegerField(default=0)),
                ('reject_file', models.CharField(blank=True, max_length=300)),
                ('reasons', models.JSONField(default=dict)),
            ],
            options={
                'db_table': 'import_batch',
            },
        ),
        migrations.CreateModel(
            name='CodedValue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name_fi', models.CharField(max_length=200)),
                ('name_sv', models.CharField(blank=True, max_length=200)),
                ('name_en', models.CharField(blank=True, max_length=200)),
                ('list', models.CharField(choices=[('material', 'Material type'), ('location', 'Shelving location'), ('sub-location', 'Sub-location'), ('collection', 'Collection'), ('not-for-loan', 'Not for loan'), ('lost', 'Lost'), ('damaged', 'Damaged'), ('withdrawn', 'Withdrawn'), ('restricted', 'Restricted')], max_length=14)),
                ('code', models.CharField(max_length=20)),
                ('order', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'db_table': 'coded_value',
                'constraints': [models.UniqueConstraint(fields=('list', 'code'), name='a_code_stands_once_in_its_list')],
            },
        ),
        migrations.CreateModel(
            name='ItemType',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name_fi', models.CharField(max_length=200)),
                ('name_sv', models.CharField(blank=True, max_length=200)),
                ('name_en', models.CharField(blank=True, max_length=200)),
                ('code', models.CharField(max_length=20, unique=True)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='catalogue.itemtype')),
            ],
            options={
                'db_table': 'item_type',
            },
        ),
        migrations.CreateModel(
            name='Record',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('control_number', models.CharField(max_length=60)),
                ('control_source', models.CharField(blank=True, max_length=30)),
                ('marc', models.TextField()),
                ('version', models.PositiveIntegerField(default=1)),
                ('title', models.CharField(max_length=500)),
                ('title_sort', models.CharField(max_length=500)),
                ('responsibility', models.CharField(blank=True, max_length=500)),
                ('author', models.CharField(blank=True, max_length=300)),
                ('material', models.CharField(max_length=20)),
                ('language', models.CharField(blank=True, max_length=3)),
                ('year', models.SmallIntegerField(null=True)),
                ('ykl', models.CharField(blank=True, max_length=30)),
                ('juvenile', models.BooleanField(default=False)),
                ('fiction', models.BooleanField(null=True)),
                ('age_limit', models.PositiveSmallIntegerField(null=True)),
                ('work_key', models.CharField(blank=True, db_index=True, max_length=200)),
                ('description', models.JSONField(default=dict)),
                ('suppressed', models.BooleanField(default=False)),
                ('source', models.CharField(blank=True, max_length=60)),
                ('first_public_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('deleted_at', models.DateTimeField(null=True)),
                ('batch', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to='catalogue.importbatch')),
            ],
            options={
                'db_table': 'record',
                'indexes': [models.Index(fields=['changed_at', 'id'], name='record_changed')],
                'constraints': [models.UniqueConstraint(fields=('control_number', 'control_source'), name='a_control_number_is_unique_in_its_source'), models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='a_record_has_a_title')],
            },
        ),
        migrations.CreateModel(
            name='Item',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('barcode', models.CharField(max_length=30)),
                ('location', models.CharField(blank=True, max_length=20)),
                ('sub_location', models.CharField(blank=True, max_length=20)),
                ('collection', models.CharField(blank=True, max_length=20)),
                ('coded_location', models.CharField(blank=True, max_length=20)),
                ('shelf_class', models.CharField(blank=True, max_length=40)),
                ('heading', models.CharField(blank=True, max_length=40)),
                ('call_number', models.CharField(blank=True, max_length=80)),
                ('call_number_sort', models.CharField(blank=True, max_length=120)),
                ('enumchron', models.CharField(blank=True, max_length=80)),
                ('copy_number', models.CharField(blank=True, max_length=20)),
                ('uri', models.CharField(blank=True, max_length=300)),
                ('parts', models.PositiveSmallIntegerField(default=1)),
                ('parts_note', models.CharField(blank=True, max_length=200)),
                ('public_note', models.CharField(blank=True, max_length=1000)),
                ('staff_note', models.CharField(blank=True, max_length=1000)),
                ('acquired_on', models.DateField(blank=True, null=True)),
                ('old_stock', models.BooleanField(db_default=False, default=False)),
                ('acquired_from', models.CharField(blank=True, max_length=80)),
                ('price_cents', models.PositiveIntegerField(blank=True, null=True)),
                ('replacement_price_cents', models.PositiveIntegerField(blank=True, null=True)),
                ('replacement_price_on', models.DateField(blank=True, null=True)),
                ('restricted', models.CharField(blank=True, max_length=20)),
                ('restricted_at', models.DateTimeField(blank=True, null=True)),
                ('not_for_loan', models.CharField(blank=True, max_length=20)),
                ('not_for_loan_at', models.DateTimeField(blank=True, null=True)),
                ('lost', models.CharField(blank=True, max_length=20)),
                ('lost_at', models.DateTimeField(blank=True, null=True)),
                ('damaged', models.CharField(blank=True, max_length=20)),
                ('damaged_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn', models.CharField(blank=True, max_length=20)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('last_seen_at', models.DateTimeField(blank=True, null=True)),
                ('last_borrowed_at', models.DateTimeField(blank=True, null=True)),
                ('earlier_loans', models.PositiveIntegerField(default=0)),
                ('earlier_renewals', models.PositiveIntegerField(default=0)),
                ('extra', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('home_library', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items_owned', to='org.unit')),
                ('library', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items_here', to='org.unit')),
                ('item_type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='catalogue.itemtype')),
                ('record', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='catalogue.record')),
            ],
            options={
                'db_table': 'item',
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Upper('barcode'), name='a_barcode_is_used_once'), models.CheckConstraint(condition=models.Q(('barcode', ''), _negated=True), name='a_barcode_is_not_empty'), models.CheckConstraint(condition=models.Q(('parts__gte', 1)), name='an_item_has_a_part')],
            },
        ),
        migrations.CreateModel(
            name='RecordIdentifier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=12)),
                ('value', models.CharField(max_length=80)),
                ('record', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='identifiers', to='catalogue.record')),
            ],
            options={
                'db_table': 'record_identifier',
                'constraints': [models.UniqueConstraint(fields=('kind', 'value', 'record'), name='a_record_has_an_identifier_once')],
            },
        ),
        migrations.CreateModel(
            name='RecordVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField()),
                ('marc', models.TextField()),
                ('replaced_at', models.DateTimeField()),
                ('replaced_by', models.CharField(max_length=40)),
                ('through', models.CharField(max_length=20)),
                ('record', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='catalogue.record')),
            ],
            options={
                'db_table': 'record_version',
                'constraints': [models.UniqueConstraint(fields=('record', 'version'), name='a_record_version_is_kept_once')],
            },
        ),
    ]
