"""Everything of this app at once; ``replaces`` names the steps it grew in."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("closures", "0001_closures"),
        ("closures", "0002_merges"),
    ]

    dependencies = [
        ('circulation', '0001_whole'),
        ('holds', '0001_whole'),
        ('org', '0001_whole'),
    ]

    operations = [
        migrations.CreateModel(
            name='Shift',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('closure', 'A closure begins, lasts longer or ends earlier'), ('pickups', 'Holds are collected elsewhere, or here again'), ('due-dates', 'Due dates are moved'), ('put-back', 'What was moved is put back'), ('merge', 'A library is merged into another')], max_length=9)),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('ended_on', models.DateField(blank=True, null=True)),
                ('choice', models.JSONField(default=dict)),
                ('state', models.CharField(choices=[('asked', 'Waits for a worker'), ('planned', 'Being carried out'), ('done', 'Done')], default='asked', max_length=7)),
                ('asked_by', models.CharField(max_length=40)),
                ('asked_at', models.DateTimeField()),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('closure', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='shifts', to='org.closure')),
                ('undoes', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='undone', to='closures.shift')),
            ],
            options={
                'db_table': 'shift',
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'done'), _negated=True), fields=('closure',), name='a_closure_changes_once_at_a_time'), models.UniqueConstraint(fields=('undoes',), name='what_was_moved_is_put_back_once')],
            },
        ),
        migrations.CreateModel(
            name='Move',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(choices=[('due', 'Due dates'), ('last-day', 'Last pick-up days'), ('pickup', 'Pick-up libraries'), ('rules', 'Loans that follow the rules of the library'), ('item-home', 'Items by their home library'), ('item-at', 'Items by where they are'), ('transit', 'Items on their way'), ('patron', 'Patrons by their home library')], max_length=9)),
                ('subject_id', models.BigIntegerField(blank=True, null=True)),
                ('before', models.CharField(max_length=32)),
                ('after', models.CharField(max_length=32)),
                ('origin', models.CharField(max_length=32)),
                ('state', models.CharField(choices=[('planned', 'Not yet'), ('done', 'Moved'), ('left', 'Left: somebody had changed it meanwhile'), ('refused', 'Refused: see to it by hand')], default='planned', max_length=7)),
                ('hold', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='moves', to='holds.hold')),
                ('library', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.unit')),
                ('loan', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='moves', to='circulation.loan')),
                ('shift', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='closures.shift')),
            ],
            options={
                'db_table': 'shift_move',
                'indexes': [models.Index(condition=models.Q(('state', 'planned')), fields=['shift', 'id'], name='move_planned')],
                'constraints': [models.UniqueConstraint(fields=('shift', 'loan', 'what'), name='a_shift_moves_a_loan_once'), models.UniqueConstraint(fields=('shift', 'hold', 'what'), name='a_shift_moves_a_hold_once'), models.UniqueConstraint(fields=('shift', 'subject_id', 'what'), name='a_shift_moves_an_item_or_a_patron_once'), models.CheckConstraint(condition=models.Q(models.Q(('hold__isnull', True), ('loan__isnull', False), ('subject_id__isnull', True)), models.Q(('hold__isnull', False), ('loan__isnull', True), ('subject_id__isnull', True)), models.Q(('hold__isnull', True), ('loan__isnull', True), ('subject_id__isnull', False)), _connector='OR'), name='a_move_is_of_one_thing')],
            },
        ),
    ]
