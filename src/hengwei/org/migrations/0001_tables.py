import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
import hengwei.core.secrets
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from hengwei.core.database.tables import TablesAtOnce


class Migration(TablesAtOnce):

    replaces = [
        ('org', '0001_initial'),
        ('org', '0002_customers_share_requests'),
        ('org', '0003_people'),
        ('org', '0004_roles_remember_what_was_offered'),
    ]

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name='Role',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('name_en', models.CharField(blank=True, default='', max_length=200, verbose_name='English name')),
                ('key', models.SlugField(unique=True, verbose_name='key')),
                ('permissions', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), blank=True, default=list, size=None, verbose_name='permissions')),
                ('builtin', models.BooleanField(default=False, verbose_name='built in')),
                ('offered', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), blank=True, default=list, editable=False, size=None)),
            ],
            options={
                'verbose_name': 'role',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Skill',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('name_en', models.CharField(blank=True, default='', max_length=200, verbose_name='English name')),
            ],
            options={
                'verbose_name': 'skill',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Team',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('name_en', models.CharField(blank=True, default='', max_length=200, verbose_name='English name')),
                ('key', models.SlugField(unique=True, verbose_name='key')),
                ('kind', models.CharField(choices=[('department', 'department'), ('business', 'business line'), ('product', 'product'), ('region', 'region'), ('other', 'other')], default='business', max_length=20, verbose_name='kind')),
                ('archived_at', models.DateTimeField(blank=True, null=True, verbose_name='archived')),
                ('deputy', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='deputises', to=settings.AUTH_USER_MODEL, verbose_name='deputy lead')),
                ('lead', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='leads', to=settings.AUTH_USER_MODEL, verbose_name='team lead')),
                ('members', models.ManyToManyField(related_name='teams', through='org.Membership', to=settings.AUTH_USER_MODEL, verbose_name='members')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='org.team', verbose_name='part of')),
            ],
            options={
                'verbose_name': 'team',
                'ordering': ['name', 'id'],
                'indexes': [models.Index(fields=['name', 'id'], name='org_team_name_12ec84_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(('deputy', None), models.Q(('deputy', models.F('lead')), _negated=True), _connector='OR'), name='team_deputy_is_another')],
            },
        ),
        migrations.CreateModel(
            name='Customer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('name_en', models.CharField(blank=True, default='', max_length=200, verbose_name='English name')),
                ('code', models.CharField(max_length=40, unique=True, verbose_name='code')),
                ('kind', models.CharField(choices=[('company', 'company'), ('department', 'internal department')], default='company', max_length=20, verbose_name='kind')),
                ('domains', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=253), blank=True, default=list, size=None, verbose_name='mail domains')),
                ('key_account', models.BooleanField(default=False, verbose_name='key customer')),
                ('language', models.CharField(choices=[('zh-hans', '简体中文'), ('en', 'English')], default='zh-hans', max_length=10, verbose_name='language')),
                ('phone', models.CharField(blank=True, max_length=40, verbose_name='telephone')),
                ('address', models.CharField(blank=True, max_length=300, verbose_name='address')),
                ('notes', models.TextField(blank=True, verbose_name='notes')),
                ('archived_at', models.DateTimeField(blank=True, null=True, verbose_name='archived')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='org.customer', verbose_name='part of')),
                ('default_team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='org.team', verbose_name='served by')),
                ('shares_requests', models.BooleanField(default=False, verbose_name="its people see each other's requests")),
                ('merged_into', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='duplicates', to='org.customer', verbose_name='merged into')),
            ],
            options={
                'verbose_name': 'customer',
                'ordering': ['name', 'id'],
                'indexes': [models.Index(fields=['name', 'id'], name='org_custome_name_d96932_idx'), models.Index(fields=['kind', 'name'], name='org_custome_kind_2cefdd_idx')],
            },
        ),
        migrations.CreateModel(
            name='Site',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('name_en', models.CharField(blank=True, default='', max_length=200, verbose_name='English name')),
                ('address', models.CharField(blank=True, max_length=300, verbose_name='address')),
                ('timezone', models.CharField(default='Asia/Shanghai', max_length=60, verbose_name='time zone')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sites', to='org.customer', verbose_name='customer')),
            ],
            options={
                'verbose_name': 'site',
                'ordering': ['name', 'id'],
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('username', models.CharField(max_length=150, unique=True, verbose_name='user name')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('phone', models.CharField(blank=True, max_length=40, verbose_name='telephone')),
                ('mobile', models.CharField(blank=True, max_length=40, verbose_name='mobile')),
                ('employee_no', models.CharField(blank=True, max_length=40, verbose_name='employee number')),
                ('title', models.CharField(blank=True, max_length=120, verbose_name='position')),
                ('is_agent', models.BooleanField(default=False, verbose_name='works at the desk')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('verified', models.BooleanField(default=True, help_text='False for a person known only by an e-mail that reached us.', verbose_name='identity confirmed')),
                ('language', models.CharField(choices=[('zh-hans', '简体中文'), ('en', 'English')], default='zh-hans', max_length=10, verbose_name='language')),
                ('timezone', models.CharField(default='Asia/Shanghai', max_length=60, verbose_name='time zone')),
                ('theme', models.CharField(choices=[('auto', 'as the system'), ('light', 'light'), ('dark', 'dark')], default='auto', max_length=10, verbose_name='appearance')),
                ('preferences', models.JSONField(blank=True, default=dict)),
                ('capacity', models.PositiveSmallIntegerField(default=20, verbose_name='how many open items at a time')),
                ('mail_blocked_at', models.DateTimeField(blank=True, null=True, verbose_name='mail came back')),
                ('mail_blocked_reason', models.CharField(blank=True, max_length=300)),
                ('erased_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('manager', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='reports', to=settings.AUTH_USER_MODEL, verbose_name='superior')),
                ('customer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='people', to='org.customer', verbose_name='customer or department')),
                ('roles', models.ManyToManyField(blank=True, related_name='users', to='org.role', verbose_name='roles')),
                ('site', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='people', to='org.site', verbose_name='site')),
                ('skills', models.ManyToManyField(blank=True, related_name='people', to='org.skill', verbose_name='skills')),
                ('feed_key', models.CharField(blank=True, db_index=True, default='', max_length=60)),
                ('last_seen_at', models.DateTimeField(blank=True, null=True, verbose_name='last signed in')),
                ('must_change_password', models.BooleanField(default=False, verbose_name='must choose a new password')),
                ('password_changed_at', models.DateTimeField(blank=True, null=True, verbose_name='password set')),
                ('source', models.CharField(blank=True, default='', max_length=80, verbose_name='comes from')),
                ('source_id', models.CharField(blank=True, default='', max_length=300)),
            ],
            options={
                'verbose_name': 'person',
                'indexes': [models.Index(fields=['customer', 'name'], name='org_user_custome_2442d3_idx'), models.Index(fields=['phone'], name='org_user_phone_9d685e_idx'), models.Index(fields=['mobile'], name='org_user_mobile_66e765_idx'), models.Index(fields=['name', 'id'], name='org_user_name_5fa4c7_idx'), models.Index(fields=['source', 'source_id'], name='org_user_source_1cb4d6_idx')],
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), condition=models.Q(('email', ''), _negated=True), name='user_email_unique'), models.UniqueConstraint(django.db.models.functions.text.Lower('username'), name='user_username_unique')],
            },
        ),
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('hash', models.CharField(max_length=64, unique=True)),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, size=None)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('last_used_at', models.DateTimeField(blank=True, null=True)),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tokens', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('assignable', models.BooleanField(default=True, verbose_name='takes part in automatic assignment')),
                ('last_assigned_at', models.DateTimeField(blank=True, null=True)),
                ('joined_at', models.DateTimeField(auto_now_add=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='org.team')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('team', 'user'), name='membership_once')],
            },
        ),
        migrations.CreateModel(
            name='Post',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('name_en', models.CharField(blank=True, default='', max_length=200, verbose_name='English name')),
                ('key', models.SlugField(unique=True, verbose_name='key')),
                ('duties', models.TextField(blank=True, help_text='Markdown', verbose_name='duty sheet')),
                ('holders', models.ManyToManyField(blank=True, related_name='posts', to=settings.AUTH_USER_MODEL, verbose_name='holders')),
                ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='posts', to='org.team', verbose_name='team')),
            ],
            options={
                'verbose_name': 'post',
                'ordering': ['name', 'id'],
                'indexes': [models.Index(fields=['name', 'id'], name='org_post_name_356d2e_idx')],
            },
        ),
        migrations.CreateModel(
            name='Absence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('leave', 'leave'), ('travel', 'on business'), ('training', 'training'), ('other', 'other')], default='leave', max_length=20, verbose_name='kind')),
                ('starts_at', models.DateTimeField(verbose_name='from')),
                ('ends_at', models.DateTimeField(verbose_name='until')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
                ('deputy', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='stands in')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='absences', to=settings.AUTH_USER_MODEL)),
                ('handed_over_at', models.DateTimeField(blank=True, null=True, verbose_name='handed over')),
            ],
            options={
                'indexes': [models.Index(fields=['user', 'ends_at'], name='org_absence_user_id_f57287_idx'), models.Index(fields=['-starts_at', '-id'], name='org_absence_starts__c64826_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='absence_forward'), models.CheckConstraint(condition=models.Q(('deputy', None), models.Q(('deputy', models.F('user')), _negated=True), _connector='OR'), name='absence_deputy_is_another')],
                'verbose_name': 'absence',
            },
        ),
        migrations.CreateModel(
            name='CustomerNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('note', 'note'), ('call', 'call'), ('visit', 'customer visit'), ('need', 'need')], default='note', max_length=20, verbose_name='kind')),
                ('text', models.TextField(verbose_name='text')),
                ('at', models.DateTimeField(verbose_name='when')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='recorded by')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes_kept', to='org.customer', verbose_name='customer')),
            ],
            options={
                'verbose_name': 'customer note',
                'ordering': ['-at', '-id'],
                'indexes': [models.Index(fields=['customer', '-at'], name='org_custome_custome_a6c784_idx')],
            },
        ),
        migrations.CreateModel(
            name='Directory',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('name_en', models.CharField(blank=True, default='', max_length=200, verbose_name='English name')),
                ('key', models.SlugField(unique=True, verbose_name='key')),
                ('active', models.BooleanField(default=True, verbose_name='in use')),
                ('create_people', models.BooleanField(default=False, verbose_name='make an account for whom it knows and we do not')),
                ('groups', models.JSONField(blank=True, default=list, verbose_name='groups')),
                ('host', models.CharField(max_length=253, verbose_name='server')),
                ('port', models.PositiveIntegerField(default=636, verbose_name='port')),
                ('security', models.CharField(choices=[('ldaps', 'LDAPS'), ('starttls', 'StartTLS'), ('none', 'none')], default='ldaps', max_length=10, verbose_name='encryption')),
                ('authority', models.TextField(blank=True, default='', help_text='Empty: those that the system trusts.', verbose_name='certificate of the authority (PEM)')),
                ('bind_dn', models.CharField(blank=True, max_length=300, verbose_name='searches as')),
                ('bind_password', hengwei.core.secrets.SecretField(blank=True, default='', verbose_name='password')),
                ('base', models.CharField(max_length=300, verbose_name='people are under')),
                ('filter', models.CharField(default='(objectClass=person)', max_length=300, verbose_name='filter for people')),
                ('login_attribute', models.CharField(default='uid', help_text='sAMAccountName in Active Directory.', max_length=60, verbose_name='user name')),
                ('name_attribute', models.CharField(default='cn', max_length=60, verbose_name='name')),
                ('email_attribute', models.CharField(default='mail', max_length=60, verbose_name='e-mail')),
                ('phone_attribute', models.CharField(blank=True, default='telephoneNumber', max_length=60, verbose_name='telephone')),
                ('title_attribute', models.CharField(blank=True, default='title', max_length=60, verbose_name='position')),
                ('groups_base', models.CharField(blank=True, max_length=300, verbose_name='groups are under')),
                ('groups_filter', models.CharField(default='(member={dn})', help_text='{dn} and {login} stand for the person.', max_length=300, verbose_name="filter for a person's groups")),
                ('synced_at', models.DateTimeField(blank=True, null=True, verbose_name='last taken over')),
                ('sync_said', models.CharField(blank=True, max_length=500, verbose_name='result')),
                ('default_customer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.customer', verbose_name='customer or department of a new person')),
                ('default_role', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.role', verbose_name='role of a new person')),
            ],
            options={
                'verbose_name': 'directory',
                'verbose_name_plural': 'directories',
                'ordering': ['name', 'id'],
            },
        ),
        migrations.CreateModel(
            name='DutySheet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='version')),
                ('text', models.TextField(verbose_name='duties')),
                ('published_at', models.DateTimeField(verbose_name='published on')),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sheets', to='org.post')),
                ('published_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'duty sheet',
                'ordering': ['post', '-number'],
                'constraints': [models.UniqueConstraint(fields=('post', 'number'), name='duty_sheet_once')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='dutysheet',
            trigger=pgtrigger.compiler.Trigger(name='duty_sheet_fixed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='cd6676a34453bcab427e1f62ad7209b774fa8d8c', operation='UPDATE OR DELETE', pgid='pgtrigger_duty_sheet_fixed_a629c', table='org_dutysheet', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='DutyAcknowledgement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('sheet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acknowledgements', to='org.dutysheet')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('sheet', 'user'), name='duty_acknowledged_once')],
            },
        ),
        migrations.CreateModel(
            name='IdentityProvider',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('name_en', models.CharField(blank=True, default='', max_length=200, verbose_name='English name')),
                ('key', models.SlugField(unique=True, verbose_name='key')),
                ('active', models.BooleanField(default=True, verbose_name='in use')),
                ('create_people', models.BooleanField(default=False, verbose_name='make an account for whom it knows and we do not')),
                ('groups', models.JSONField(blank=True, default=list, verbose_name='groups')),
                ('issuer', models.URLField(max_length=300, verbose_name='issuer')),
                ('client_id', models.CharField(max_length=200, verbose_name='client id')),
                ('client_secret', hengwei.core.secrets.SecretField(blank=True, default='', verbose_name='client secret')),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None, verbose_name='further scopes')),
                ('groups_claim', models.CharField(blank=True, default='groups', max_length=80, verbose_name='claim with the groups')),
                ('customer_claim', models.CharField(blank=True, default='', max_length=80, verbose_name="claim with the customer's code")),
                ('trusts_email', models.BooleanField(default=False, verbose_name='its e-mail addresses are true even where it does not say so')),
                ('default_customer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.customer', verbose_name='customer or department of a new person')),
                ('default_role', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.role', verbose_name='role of a new person')),
            ],
            options={
                'verbose_name': 'identity provider',
                'ordering': ['name', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Rota',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('name_en', models.CharField(blank=True, default='', max_length=200, verbose_name='English name')),
                ('timezone', models.CharField(default='Asia/Shanghai', max_length=60, verbose_name='time zone')),
                ('archived_at', models.DateTimeField(blank=True, null=True, verbose_name='archived')),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rotas', to='org.team', verbose_name='team')),
            ],
            options={
                'verbose_name': 'rota',
                'ordering': ['name', 'id'],
                'indexes': [models.Index(fields=['name', 'id'], name='org_rota_name_23d444_idx')],
            },
        ),
        migrations.CreateModel(
            name='Shift',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_day', models.DateField(verbose_name='first day')),
                ('starts', models.TimeField(verbose_name='from')),
                ('minutes', models.PositiveIntegerField(verbose_name='length in minutes')),
                ('rule', models.CharField(blank=True, help_text='An RFC 5545 rule such as FREQ=WEEKLY;INTERVAL=3; empty for once.', max_length=200, verbose_name='again')),
                ('until', models.DateField(blank=True, null=True, verbose_name='last day')),
                ('replaces', models.BooleanField(default=False, verbose_name='in place of whoever else has duty then')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                ('rota', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shifts', to='org.rota')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shifts', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'shift',
                'ordering': ['first_day', 'starts', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('minutes__gt', 0), ('minutes__lte', 20160)), name='shift_length')],
            },
        ),
        migrations.CreateModel(
            name='SignInFailure',
            fields=[
                ('key', models.CharField(max_length=200, primary_key=True, serialize=False)),
                ('count', models.PositiveIntegerField(default=0)),
                ('last_at', models.DateTimeField()),
                ('locked_until', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['last_at'], name='org_signinf_last_at_e06075_idx')],
            },
        ),
        migrations.CreateModel(
            name='SignInPolicy',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ('failures_allowed', models.PositiveSmallIntegerField(default=5, verbose_name='wrong passwords before an account is locked')),
                ('lock_seconds', models.PositiveIntegerField(default=60, help_text='Each further wrong password doubles it.', verbose_name='first lock, in seconds')),
                ('lock_seconds_most', models.PositiveIntegerField(default=3600, verbose_name='longest lock, in seconds')),
                ('failures_per_address', models.PositiveSmallIntegerField(default=30, verbose_name='wrong passwords before an address is locked')),
                ('forgotten_after_seconds', models.PositiveIntegerField(default=86400, verbose_name='failures are forgotten after, in seconds')),
                ('passwords_remembered', models.PositiveSmallIntegerField(default=5, verbose_name='earlier passwords that may not be used again')),
                ('password_days', models.PositiveSmallIntegerField(default=0, help_text='0: for ever.', verbose_name='a password lasts, in days')),
                ('second_step_for_staff', models.BooleanField(default=False, verbose_name='staff must use a second step')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='one_sign_in_policy'), models.CheckConstraint(condition=models.Q(('failures_allowed__gte', 1), ('failures_per_address__gte', 1), ('lock_seconds__gte', 1)), name='sign_in_policy_counts'), models.CheckConstraint(condition=models.Q(('lock_seconds_most__gte', models.F('lock_seconds'))), name='sign_in_policy_locks')],
            },
        ),
        migrations.CreateModel(
            name='UsedPassword',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hash', models.CharField(max_length=200)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='used_passwords', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['user', '-at'], name='org_usedpas_user_id_9023d7_idx')],
            },
        ),
        # What allauth counts is counted by all processes together: Django's cache lies in the database.
        migrations.RunSQL(
            """CREATE TABLE shared_cache (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
               CREATE INDEX shared_cache_expires ON shared_cache (expires)""",
            "DROP TABLE shared_cache",
        ),
        # Nobody grants rights and watches over the granting: not through us, and not in psql either.
        migrations.RunSQL(
            """CREATE FUNCTION org_powers_apart() RETURNS trigger LANGUAGE plpgsql AS $$
               BEGIN
                 IF (SELECT count(*) FROM org_role WHERE key IN ('security_admin', 'audit_admin') AND (id = NEW.role_id
                     OR id IN (SELECT role_id FROM org_user_roles WHERE user_id = NEW.user_id AND id IS DISTINCT FROM NEW.id))) = 2 THEN
                   RAISE EXCEPTION 'nobody is security administrator and audit administrator at once';
                 END IF;
                 RETURN NEW;
               END $$;
               CREATE TRIGGER powers_apart BEFORE INSERT OR UPDATE ON org_user_roles FOR EACH ROW EXECUTE FUNCTION org_powers_apart()""",
            "DROP TRIGGER powers_apart ON org_user_roles; DROP FUNCTION org_powers_apart()",
        ),
    ]
