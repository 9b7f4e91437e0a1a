"""Everything of this app at once; ``replaces`` names the steps it grew in."""

import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("policies", "0001_initial"),
    ]

    dependencies = [
        ('catalogue', '0001_whole'),
        ('org', '0001_whole'),
        ('patrons', '0001_whole'),
    ]

    operations = [
        migrations.CreateModel(
            name='RuleVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(unique=True)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published')], default='draft', max_length=10)),
                ('starts_on', models.DateField(blank=True, null=True)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('made_by', models.CharField(max_length=40)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('published_by', models.CharField(blank=True, max_length=40)),
                ('published_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'db_table': 'rule_version',
                'constraints': [models.CheckConstraint(condition=models.Q(('state', 'draft'), ('starts_on__isnull', False), _connector='OR'), name='a_published_rule_version_has_a_start'), models.UniqueConstraint(condition=models.Q(('state', 'draft')), fields=('state',), name='there_is_one_draft_of_the_rules')],
            },
        ),
        migrations.CreateModel(
            name='RuleRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('values', models.JSONField(default=dict)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('category', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='patrons.patroncategory')),
                ('item_type', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='catalogue.itemtype')),
                ('library', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='org.unit')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='policies.ruleversion')),
            ],
            options={
                'db_table': 'rule_row',
                'constraints': [models.UniqueConstraint(models.F('version'), django.db.models.functions.comparison.Coalesce('library', 0), django.db.models.functions.comparison.Coalesce('category', 0), django.db.models.functions.comparison.Coalesce('item_type', 0), name='a_rule_row_stands_once_in_its_version')],
            },
        ),
    ]
