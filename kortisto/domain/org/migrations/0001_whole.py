"""Everything of this app at once; ``replaces`` names the steps it grew in."""

import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("org", "0001_initial"),
        ("org", "0002_reviews_and_leavers"),
        ("org", "0003_workstations"),
        ("org", "0004_passkeys"),
        ("org", "0005_sign_in_links"),
        ("org", "0006_closures"),
        ("org", "0007_van_rounds"),
    ]

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Staff',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('username', models.CharField(max_length=60, unique=True)),
                ('full_name', models.CharField(max_length=100)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('phone', models.CharField(blank=True, max_length=30)),
                ('language', models.CharField(default='fi', max_length=2)),
                ('totp_secret', models.CharField(blank=True, max_length=64)),
                ('totp_last_step', models.BigIntegerField(default=0)),
                ('is_active', models.BooleanField(default=True)),
                ('left_on', models.DateField(blank=True, null=True)),
                ('removed_on', models.DateField(blank=True, null=True)),
                ('failed_logins', models.PositiveSmallIntegerField(default=0)),
                ('locked_until', models.DateTimeField(blank=True, null=True)),
                ('session_epoch', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'db_table': 'staff',
            },
        ),
        migrations.CreateModel(
            name='Role',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name_fi', models.CharField(max_length=200)),
                ('name_sv', models.CharField(blank=True, max_length=200)),
                ('name_en', models.CharField(blank=True, max_length=200)),
                ('code', models.CharField(max_length=40, unique=True)),
                ('permissions', models.JSONField(default=list)),
                ('needs_second_factor', models.BooleanField(default=False)),
            ],
            options={
                'db_table': 'role',
            },
        ),
        migrations.CreateModel(
            name='Unit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name_fi', models.CharField(max_length=200)),
                ('name_sv', models.CharField(blank=True, max_length=200)),
                ('name_en', models.CharField(blank=True, max_length=200)),
                ('code', models.CharField(max_length=20)),
                ('kind', models.CharField(choices=[('consortium', 'Consortium'), ('municipality', 'Municipality'), ('library', 'Library'), ('desk', 'Desk'), ('device', 'Device')], max_length=12)),
                ('path', models.CharField(db_index=True, editable=False, max_length=200)),
                ('hue', models.PositiveSmallIntegerField(default=0)),
                ('mobile', models.BooleanField(default=False)),
                ('self_service', models.BooleanField(default=False)),
                ('street', models.CharField(blank=True, max_length=100)),
                ('postal_code', models.CharField(blank=True, max_length=10)),
                ('city', models.CharField(blank=True, max_length=60)),
                ('phone', models.CharField(blank=True, max_length=30)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('municipality_code', models.CharField(blank=True, max_length=3)),
                ('business_id', models.CharField(blank=True, max_length=9)),
                ('responsible_person', models.CharField(blank=True, max_length=100)),
                ('responsible_title', models.CharField(blank=True, max_length=100)),
                ('responsible_phone', models.CharField(blank=True, max_length=30)),
                ('contact_person', models.CharField(blank=True, max_length=100)),
                ('closure_note_fi', models.CharField(blank=True, max_length=200)),
                ('closure_note_sv', models.CharField(blank=True, max_length=200)),
                ('closure_note_en', models.CharField(blank=True, max_length=200)),
                ('opened_on', models.DateField(blank=True, null=True)),
                ('closed_on', models.DateField(blank=True, null=True)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='org.unit')),
            ],
            options={
                'db_table': 'unit',
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('code'), name='a_unit_has_its_own_code'), models.CheckConstraint(condition=models.Q(('code__regex', '^[A-Za-z0-9-]+$')), name='a_unit_code_is_letters_and_digits'), models.CheckConstraint(condition=models.Q(('kind', 'consortium'), ('parent__isnull', False), _connector='OR'), name='only_a_consortium_has_no_parent'), models.CheckConstraint(condition=models.Q(('hue__lt', 12)), name='a_hue_is_one_of_twelve')],
            },
        ),
        migrations.CreateModel(
            name='SettingValue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=60)),
                ('value', models.JSONField()),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('changed_by', models.CharField(max_length=40)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='settings', to='org.unit')),
            ],
            options={
                'db_table': 'setting_value',
                'constraints': [models.UniqueConstraint(fields=('unit', 'key'), name='a_unit_decides_a_setting_once')],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='org.unit')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='org.unit')),
            ],
            options={
                'db_table': 'unit_membership',
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='a_membership_ends_after_it_starts'), models.UniqueConstraint(condition=models.Q(('ends_on__isnull', True)), fields=('unit',), name='a_unit_has_one_open_membership')],
            },
        ),
        migrations.CreateModel(
            name='LibraryGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name_fi', models.CharField(max_length=200)),
                ('name_sv', models.CharField(blank=True, max_length=200)),
                ('name_en', models.CharField(blank=True, max_length=200)),
                ('code', models.CharField(max_length=30, unique=True)),
                ('purpose', models.CharField(choices=[('search', 'Search limit'), ('statistics', 'Ministry statistics'), ('floating', 'Floating collection'), ('picking', 'Picking group'), ('calendar', 'Calendar editing')], max_length=12)),
                ('libraries', models.ManyToManyField(related_name='library_groups', to='org.unit')),
            ],
            options={
                'db_table': 'library_group',
            },
        ),
        migrations.CreateModel(
            name='Grant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('given_by', models.CharField(max_length=40)),
                ('given_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('confirmed_on', models.DateField(blank=True, null=True)),
                ('confirmed_by', models.CharField(blank=True, max_length=40)),
                ('staff', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='grants', to=settings.AUTH_USER_MODEL)),
                ('role', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='org.role')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='org.unit')),
            ],
            options={
                'db_table': 'role_grant',
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='a_grant_ends_after_it_starts')],
            },
        ),
        migrations.CreateModel(
            name='Closure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField()),
                ('text_fi', models.CharField(max_length=200)),
                ('text_sv', models.CharField(blank=True, max_length=200)),
                ('text_en', models.CharField(blank=True, max_length=200)),
                ('returns', models.CharField(choices=[('here', 'Also here, in the return box'), ('elsewhere', 'At other libraries only')], default='elsewhere', max_length=9)),
                ('state', models.CharField(choices=[('draft', 'Planned, not in force yet'), ('in-force', 'In force'), ('cancelled', 'Taken back')], default='draft', max_length=9)),
                ('made_by', models.CharField(max_length=40)),
                ('made_at', models.DateTimeField()),
                ('libraries', models.ManyToManyField(related_name='closures', to='org.unit')),
                ('pickup', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.unit')),
            ],
            options={
                'db_table': 'closure',
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='a_closure_ends_after_it_starts')],
            },
        ),
        migrations.CreateModel(
            name='CalendarException',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name_fi', models.CharField(max_length=200)),
                ('name_sv', models.CharField(blank=True, max_length=200)),
                ('name_en', models.CharField(blank=True, max_length=200)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField()),
                ('weekday', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('yearly', models.BooleanField(default=False)),
                ('open', models.BooleanField(default=False)),
                ('opens', models.TimeField(blank=True, null=True)),
                ('closes', models.TimeField(blank=True, null=True)),
                ('source', models.CharField(choices=[('holiday', 'Public holiday'), ('own', 'Own decision')], default='own', max_length=8)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='exceptions', to='org.unit')),
            ],
            options={
                'db_table': 'calendar_exception',
                'indexes': [models.Index(fields=['unit', 'starts_on'], name='exception_unit')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='a_calendar_exception_ends_after_it_starts'), models.CheckConstraint(condition=models.Q(('weekday__isnull', True), ('weekday__lte', 6), _connector='OR'), name='an_exception_weekday_is_one_of_seven')],
            },
        ),
        migrations.AddField(
            model_name='staff',
            name='home_library',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.unit'),
        ),
        migrations.AddField(
            model_name='staff',
            name='last_library',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='org.unit'),
        ),
        migrations.CreateModel(
            name='VanRound',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name_fi', models.CharField(max_length=200)),
                ('name_sv', models.CharField(blank=True, max_length=200)),
                ('name_en', models.CharField(blank=True, max_length=200)),
                ('code', models.CharField(max_length=20)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('weekdays', models.CharField(max_length=7)),
                ('capacity', models.PositiveIntegerField()),
                ('run_cents', models.PositiveIntegerField(default=0)),
                ('handling_cents', models.PositiveIntegerField(default=0)),
            ],
            options={
                'db_table': 'van_round',
                'constraints': [models.UniqueConstraint(fields=('code', 'starts_on'), name='a_van_round_starts_once_on_a_day'), models.CheckConstraint(condition=models.Q(('code__regex', '^[A-Z0-9-]+$')), name='a_van_round_code_is_capitals_and_digits'), models.CheckConstraint(condition=models.Q(('weekdays__regex', '^[0-6]+$')), name='a_van_drives_on_weekdays'), models.CheckConstraint(condition=models.Q(('capacity__gt', 0)), name='a_van_has_room'), models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='a_van_round_ends_after_it_starts')],
            },
        ),
        migrations.CreateModel(
            name='VanStop',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('calls_at', models.TimeField()),
                ('kilometres', models.PositiveSmallIntegerField(default=0)),
                ('library', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.unit')),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stops', to='org.vanround')),
            ],
            options={
                'db_table': 'van_stop',
                'constraints': [models.UniqueConstraint(fields=('round', 'calls_at'), name='a_van_is_at_one_place_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='WeeklyHours',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weekday', models.PositiveSmallIntegerField()),
                ('opens', models.TimeField()),
                ('closes', models.TimeField()),
                ('self_service', models.BooleanField(default=False)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('library', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hours', to='org.unit')),
            ],
            options={
                'db_table': 'weekly_hours',
                'constraints': [models.CheckConstraint(condition=models.Q(('weekday__lte', 6)), name='a_week_has_seven_days'), models.CheckConstraint(condition=models.Q(('closes__gt', models.F('opens'))), name='a_library_closes_later')],
            },
        ),
        migrations.CreateModel(
            name='Workstation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('label', models.CharField(max_length=60)),
                ('code_digest', models.CharField(blank=True, max_length=64)),
                ('code_until', models.DateTimeField(blank=True, null=True)),
                ('token_digest', models.CharField(blank=True, max_length=64)),
                ('token_since', models.DateTimeField(blank=True, null=True)),
                ('token_until', models.DateTimeField(blank=True, null=True)),
                ('next_digest', models.CharField(blank=True, max_length=64)),
                ('next_since', models.DateTimeField(blank=True, null=True)),
                ('last_seen_at', models.DateTimeField(blank=True, null=True)),
                ('made_by', models.CharField(max_length=40)),
                ('made_at', models.DateTimeField()),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
                ('removed_by', models.CharField(blank=True, max_length=40)),
                ('removed_why', models.CharField(blank=True, choices=[('removed', 'taken out of use'), ('stolen', 'lost or stolen')], max_length=8)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.unit')),
            ],
            options={
                'db_table': 'workstation',
                'constraints': [models.UniqueConstraint(condition=models.Q(('removed_at__isnull', True)), fields=('unit', 'label'), name='workstations_of_a_unit_have_different_names'), models.UniqueConstraint(condition=models.Q(('code_digest', ''), _negated=True), fields=('code_digest',), name='a_code_enrols_one_workstation'), models.CheckConstraint(condition=models.Q(('label', ''), _negated=True), name='a_workstation_has_a_name'), models.CheckConstraint(condition=models.Q(models.Q(('removed_at__isnull', True), ('removed_why', '')), models.Q(('removed_at__isnull', False), models.Q(('removed_why', ''), _negated=True)), _connector='OR'), name='a_workstation_is_removed_for_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='WorkstationUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_at', models.DateTimeField()),
                ('last_at', models.DateTimeField()),
                ('staff', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('workstation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='uses', to='org.workstation')),
            ],
            options={
                'db_table': 'workstation_use',
                'constraints': [models.UniqueConstraint(fields=('workstation', 'staff'), name='a_use_is_told_once_for_each'), models.CheckConstraint(condition=models.Q(('last_at__gte', models.F('first_at'))), name='a_use_ends_after_it_starts')],
            },
        ),
        migrations.CreateModel(
            name='Passkey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('label', models.CharField(max_length=60)),
                ('credential_id', models.CharField(max_length=1400, unique=True)),
                ('public_key', models.BinaryField()),
                ('sign_count', models.BigIntegerField(default=0)),
                ('made_at', models.DateTimeField()),
                ('last_used_at', models.DateTimeField(blank=True, null=True)),
                ('staff', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='passkeys', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'staff_passkey',
                'constraints': [models.CheckConstraint(condition=models.Q(('label', ''), _negated=True), name='a_passkey_has_a_name')],
            },
        ),
        migrations.CreateModel(
            name='SignInLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('service', models.CharField(max_length=40)),
                ('issuer', models.CharField(max_length=200)),
                ('subject', models.CharField(max_length=255)),
                ('made_at', models.DateTimeField()),
                ('last_used_at', models.DateTimeField(blank=True, null=True)),
                ('staff', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sign_in_links', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'staff_sign_in_link',
                'constraints': [models.UniqueConstraint(fields=('issuer', 'subject'), name='an_account_elsewhere_is_one_account_here')],
            },
        ),
    ]
