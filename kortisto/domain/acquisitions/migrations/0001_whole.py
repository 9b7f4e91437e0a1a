"""Everything of this app at once; ``replaces`` names the steps it grew in."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("acquisitions", "0001_initial"),
    ]

    dependencies = [
        ('org', '0001_whole'),
        ('patrons', '0001_whole'),
    ]

    operations = [
        migrations.CreateModel(
            name='Suggestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200)),
                ('title_key', models.CharField(max_length=400)),
                ('author', models.CharField(blank=True, max_length=200)),
                ('isbn', models.CharField(blank=True, max_length=13)),
                ('link', models.CharField(blank=True, max_length=500)),
                ('material', models.CharField(max_length=20)),
                ('why', models.CharField(blank=True, max_length=500)),
                ('made_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('new', 'New'), ('considered', 'Being considered'), ('ordered', 'Ordered'), ('bought', 'Bought'), ('declined', 'Not bought')], default='new', max_length=10)),
                ('answer', models.CharField(blank=True, max_length=20)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('answered_by', models.CharField(blank=True, max_length=40)),
                ('library', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.unit')),
                ('patron', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='patrons.patron')),
                ('same_as', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='same', to='acquisitions.suggestion')),
            ],
            options={
                'db_table': 'purchase_suggestion',
                'indexes': [models.Index(fields=['patron', '-id'], name='suggestion_of_patron'), models.Index(fields=['library', 'state', 'id'], name='suggestion_queue'), models.Index(fields=['title_key'], name='suggestion_title'), models.Index(condition=models.Q(('isbn', ''), _negated=True), fields=['isbn'], name='suggestion_isbn')],
                'constraints': [models.CheckConstraint(condition=models.Q(('same_as', models.F('id')), _negated=True), name='no_suggestion_is_like_itself'), models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('state', 'new')), models.Q(models.Q(('state', 'new'), _negated=True), ('answered_at__isnull', False)), _connector='OR'), name='an_answered_suggestion_has_a_time')],
            },
        ),
    ]
