"""Everything of this app at once; ``replaces`` names the steps it grew in."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


LOAN = {
    "postgresql": "((body->>'loan_id')::bigint)",
    "sqlite": "(json_extract(body, '$.loan_id'))",
}


def make_index(_apps: Any, schema_editor: Any) -> None:
    """Find the events of a loan: they are emptied when it is forgotten.

    By hand, because the expression must stand in the statements as it stands here:
    see ``actions/emptying.py``.
    """
    loan = LOAN[schema_editor.connection.vendor]
    schema_editor.execute(
        f"CREATE INDEX event_of_loan ON event ({loan}) WHERE {loan} IS NOT NULL"
    )


def drop_index(_apps: Any, schema_editor: Any) -> None:
    schema_editor.execute("DROP INDEX event_of_loan")


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("circulation", "0001_initial"),
        ("circulation", "0002_loans_to_blur"),
        ("circulation", "0003_events_of_loans"),
        ("circulation", "0004_claims"),
        ("circulation", "0005_voided_loans"),
        ("circulation", "0006_in_house_uses"),
        ("circulation", "0007_recalled_loans"),
    ]

    dependencies = [
        ('core', '0001_whole'),
        ('catalogue', '0001_whole'),
        ('org', '0001_whole'),
        ('patrons', '0001_whole'),
    ]

    operations = [
        migrations.CreateModel(
            name='Loan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200)),
                ('barcode', models.CharField(max_length=30)),
                ('lent_at', models.DateTimeField()),
                ('lent_by', models.CharField(max_length=40)),
                ('channel', models.CharField(max_length=12)),
                ('due_at', models.DateTimeField()),
                ('renewals', models.PositiveSmallIntegerField(default=0)),
                ('renewed_at', models.DateTimeField(blank=True, null=True)),
                ('rule_version', models.PositiveIntegerField()),
                ('trace', models.JSONField(default=dict)),
                ('returned_at', models.DateTimeField(blank=True, null=True)),
                ('returned_by', models.CharField(blank=True, max_length=40)),
                ('ending', models.CharField(blank=True, choices=[('returned', 'Returned'), ('undone', 'Check-out undone'), ('lost', 'Lost'), ('voided', 'Voided: lent to the wrong person')], max_length=8)),
                ('claimed_at', models.DateTimeField(blank=True, null=True)),
                ('recalled_at', models.DateTimeField(blank=True, null=True)),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patrons.patroncategory')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='loans', to='catalogue.item')),
                ('item_type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalogue.itemtype')),
                ('library', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.unit')),
                ('patron', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='loans', to='patrons.patron')),
                ('record', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalogue.record')),
                ('returned_library', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.unit')),
                ('rules_library', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.unit')),
            ],
            options={
                'db_table': 'loan',
                'indexes': [models.Index(condition=models.Q(('returned_at__isnull', True)), fields=['patron', 'item_type'], name='loan_open_of_patron'), models.Index(condition=models.Q(('returned_at__isnull', True)), fields=['due_at', 'id'], name='loan_open_by_due'), models.Index(fields=['patron', '-lent_at'], name='loan_of_patron'), models.Index(fields=['patron', 'record'], name='loan_borrowed_before'), models.Index(condition=models.Q(('patron__isnull', False), ('returned_at__isnull', False)), fields=['returned_at', 'id'], name='loan_remembered'), models.Index(condition=models.Q(('patron__isnull', True), models.Q(('lent_by', ''), _negated=True)), fields=['returned_at', 'id'], name='loan_to_blur'), models.Index(fields=['item', '-lent_at'], name='loan_of_item'), models.Index(condition=models.Q(('returned_at__isnull', True)), fields=['record'], name='loan_open_of_record')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('returned_at__isnull', True)), fields=('item',), name='an_item_has_one_open_loan'), models.CheckConstraint(condition=models.Q(('due_at__gt', models.F('lent_at'))), name='a_loan_is_due_after_it_starts'), models.CheckConstraint(condition=models.Q(('returned_at__isnull', True), ('returned_at__gte', models.F('lent_at')), _connector='OR'), name='a_loan_ends_after_it_starts'), models.CheckConstraint(condition=models.Q(('returned_at__isnull', False), ('patron__isnull', False), _connector='OR'), name='an_open_loan_knows_its_patron'), models.CheckConstraint(condition=models.Q(('returned_at__isnull', False), ('ending', ''), _connector='XOR'), name='an_ended_loan_says_how')],
            },
        ),
        migrations.CreateModel(
            name='Claim',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('returned', 'Says that it was brought back'), ('never-had', 'Says that they never had it')], max_length=9)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('claimed_at', models.DateTimeField()),
                ('made_at', models.DateTimeField()),
                ('made_by', models.CharField(max_length=40)),
                ('looks', models.PositiveSmallIntegerField(default=0)),
                ('looked_at', models.DateTimeField(blank=True, null=True)),
                ('resolution', models.CharField(blank=True, choices=[('found', 'Found in the library'), ('brought', 'The patron brought it'), ('lost', 'Not found: lost'), ('withdrawn', 'Taken back: the patron has it')], max_length=9)),
                ('resolved_at', models.DateTimeField(blank=True, null=True)),
                ('resolved_by', models.CharField(blank=True, max_length=40)),
                ('library', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.unit')),
                ('patron', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='claims', to='patrons.patron')),
                ('loan', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='claims', to='circulation.loan')),
            ],
            options={
                'db_table': 'claim',
                'indexes': [models.Index(condition=models.Q(('resolved_at__isnull', False)), fields=['resolved_at', 'id'], name='claim_resolved')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('resolved_at__isnull', True)), fields=('loan',), name='a_loan_has_one_open_claim'), models.CheckConstraint(condition=models.Q(('resolved_at__isnull', False), ('resolution', ''), _connector='XOR'), name='a_resolved_claim_says_how'), models.CheckConstraint(condition=models.Q(('resolved_at__isnull', False), ('loan__isnull', False), _connector='OR'), name='an_open_claim_knows_its_loan')],
            },
        ),
        migrations.CreateModel(
            name='InHouseUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('used_at', models.DateTimeField()),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='uses', to='catalogue.item')),
                ('item_type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalogue.itemtype')),
                ('library', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.unit')),
            ],
            options={
                'db_table': 'in_house_use',
                'indexes': [models.Index(fields=['item', '-used_at'], name='in_house_use_of_item'), models.Index(fields=['library', 'used_at'], name='in_house_use_at')],
            },
        ),
        migrations.RunPython(make_index, drop_index),
    ]
