"""Everything of this app at once; ``replaces`` names the steps it grew in."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("fees", "0001_initial"),
        ("fees", "0002_refunds"),
    ]

    dependencies = [
        ('org', '0001_whole'),
        ('patrons', '0001_whole'),
    ]

    operations = [
        migrations.CreateModel(
            name='ChargeType',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name_fi', models.CharField(max_length=200)),
                ('name_sv', models.CharField(blank=True, max_length=200)),
                ('name_en', models.CharField(blank=True, max_length=200)),
                ('code', models.CharField(max_length=20, unique=True)),
                ('law', models.CharField(choices=[('public', 'Public-law charge'), ('private', 'Private-law charge')], max_length=8)),
                ('default_cents', models.PositiveIntegerField(default=0)),
                ('by_hand', models.BooleanField(default=False)),
                ('active', models.BooleanField(default=True)),
            ],
            options={
                'db_table': 'charge_type',
            },
        ),
        migrations.CreateModel(
            name='Charge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('loan_id', models.BigIntegerField(blank=True, null=True)),
                ('loan_period', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('item_id', models.BigIntegerField(blank=True, null=True)),
                ('title', models.CharField(blank=True, max_length=200)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('trace', models.JSONField(default=dict)),
                ('made_by', models.CharField(max_length=40)),
                ('made_at', models.DateTimeField()),
                ('frozen_at', models.DateTimeField(blank=True, null=True)),
                ('library', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.unit')),
                ('municipality', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.unit')),
                ('patron', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='charges', to='patrons.patron')),
                ('type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='fees.chargetype')),
            ],
            options={
                'db_table': 'charge',
                'indexes': [models.Index(fields=['patron', '-id'], name='charge_of_patron')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('loan_id__isnull', False)), fields=('loan_id', 'loan_period', 'type'), name='a_loan_period_is_charged_once')],
            },
        ),
        migrations.CreateModel(
            name='JournalEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('charge', 'Charge'), ('accrual', 'Fine for more days'), ('payment', 'Payment'), ('write-off', 'Forgiven'), ('reversal', 'Reversal'), ('lapse', 'Lapsed'), ('refund', 'Refund'), ('credit', 'Credit used')], max_length=10)),
                ('key', models.CharField(max_length=120, unique=True)),
                ('actor', models.CharField(max_length=40)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('happened_at', models.DateTimeField()),
                ('written_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('library', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.unit')),
                ('reverses', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversal', to='fees.journalentry')),
            ],
            options={
                'db_table': 'journal_entry',
            },
        ),
        migrations.CreateModel(
            name='Posting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account', models.CharField(choices=[('patrons', 'Owed by patrons'), ('income', 'Income of the municipality'), ('cash', 'Cash'), ('card', 'Card payments'), ('forgiven', 'Forgiven and lapsed')], max_length=10)),
                ('cents', models.BigIntegerField()),
                ('law', models.CharField(blank=True, max_length=8)),
                ('charge', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='postings', to='fees.charge')),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='postings', to='fees.journalentry')),
                ('municipality', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.unit')),
                ('patron', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patrons.patron')),
            ],
            options={
                'db_table': 'posting',
                'indexes': [models.Index(condition=models.Q(('patron__isnull', False)), fields=['patron', 'law', 'cents'], name='posting_owed')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('account', 'patrons'), _negated=True), models.Q(('charge__isnull', False), ('patron__isnull', False)), _connector='OR'), name='what_patrons_owe_names_the_patron_and_the_charge'), models.CheckConstraint(condition=models.Q(('cents', 0), _negated=True), name='a_posting_moves_money')],
            },
        ),
    ]
