"""Everything of this app at once; ``replaces`` names the steps it grew in."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("notices", "0001_messages"),
    ]

    dependencies = [
        ('org', '0001_whole'),
        ('patrons', '0001_whole'),
    ]

    operations = [
        migrations.CreateModel(
            name='NoticeText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('language', models.CharField(max_length=2)),
                ('version', models.PositiveIntegerField()),
                ('subject', models.CharField(blank=True, max_length=150)),
                ('text', models.TextField(blank=True)),
                ('written_by', models.CharField(max_length=40)),
                ('written_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'notice_text',
                'constraints': [models.UniqueConstraint(fields=('kind', 'language', 'version'), name='a_version_of_a_text_is_written_once'), models.CheckConstraint(condition=models.Q(('version__gte', 1)), name='a_text_counts_from_one'), models.CheckConstraint(condition=models.Q(models.Q(('subject', ''), ('text', '')), models.Q(models.Q(('subject', ''), _negated=True), models.Q(('text', ''), _negated=True)), _connector='OR'), name='a_text_is_whole_or_the_shipped_one')],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('about', models.CharField(max_length=60)),
                ('level', models.PositiveSmallIntegerField(default=0)),
                ('day', models.DateField()),
                ('facts', models.JSONField(default=dict)),
                ('transport', models.CharField(choices=[('email', 'E-mail'), ('web', 'Web account')], max_length=8)),
                ('address', models.CharField(blank=True, max_length=254)),
                ('language', models.CharField(blank=True, max_length=2)),
                ('template_version', models.PositiveIntegerField(default=0)),
                ('subject', models.CharField(blank=True, max_length=400)),
                ('text', models.TextField(blank=True)),
                ('state', models.CharField(choices=[('queued', 'Waits to be sent'), ('sending', 'Is being sent'), ('sent', 'Sent'), ('failed', 'Not sent yet, is tried again'), ('given-up', 'Not sent')], default='queued', max_length=8)),
                ('trouble', models.CharField(blank=True, choices=[('no-address', 'There was no e-mail address.'), ('not-needed', 'It was no longer true or of use when it was to be sent.'), ('address-refused', 'The mail server does not know the address. Ask the patron for it.'), ('refused', 'The mail server refused the message.'), ('unreachable', 'The mail server could not be used.'), ('no-service', 'No mail server has been set up.'), ('broken', 'The program could not write the message; its log says why.'), ('interrupted', 'The program was stopped while it was sending. Perhaps the message arrived, so it is not sent again.')], max_length=16)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('next_try_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField()),
                ('claimed_at', models.DateTimeField(blank=True, null=True)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('read_at', models.DateTimeField(blank=True, null=True)),
                ('author', models.CharField(blank=True, max_length=40)),
                ('library', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.unit')),
                ('patron', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='patrons.patron')),
            ],
            options={
                'db_table': 'notice',
                'indexes': [models.Index(condition=models.Q(('state__in', ['queued', 'failed'])), fields=['next_try_at', 'id'], name='notice_due'), models.Index(condition=models.Q(('state', 'sending')), fields=['claimed_at'], name='notice_sending'), models.Index(fields=['patron', '-id'], name='notice_of_patron'), models.Index(fields=['created_at'], name='notice_age')],
                'constraints': [models.UniqueConstraint(fields=('patron', 'kind', 'about', 'level', 'day'), name='a_message_is_sent_once'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'sent'), _negated=True), ('sent_at__isnull', False), _connector='OR'), name='a_sent_message_has_its_time'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['failed', 'given-up']), _negated=True), models.Q(('trouble', ''), _negated=True), _connector='OR'), name='what_is_not_sent_has_a_reason'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['sending', 'sent']), _negated=True), models.Q(models.Q(('subject', ''), _negated=True), models.Q(('text', ''), _negated=True)), _connector='OR'), name='what_is_sent_says_something'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['queued', 'failed']), _negated=True), ('next_try_at__isnull', False), _connector='OR'), name='what_waits_knows_when')],
            },
        ),
    ]
