import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models

from hengwei.core.database.tables import TablesAtOnce


class Migration(TablesAtOnce):

    replaces = [
        ('desk', '0001_initial'),
        ('desk', '0002_desk_complete'),
        ('desk', '0003_catalogue_plans'),
    ]

    initial = True

    dependencies = [
        ('org', '0001_tables'),
        ('work', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='Problem',
            fields=[
                ('workitem_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='work.workitem')),
                ('root_cause', models.TextField(blank=True, default='', verbose_name='root cause')),
                ('workaround', models.TextField(blank=True, default='', verbose_name='workaround')),
                ('known_error_at', models.DateTimeField(blank=True, null=True, verbose_name='known error since')),
            ],
            options={
                'verbose_name': 'problem',
            },
            bases=('work.workitem',),
        ),
        migrations.CreateModel(
            name='ServiceRequest',
            fields=[
                ('workitem_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='work.workitem')),
            ],
            options={
                'verbose_name': 'service request',
            },
            bases=('work.workitem',),
        ),
        migrations.CreateModel(
            name='Suggestion',
            fields=[
                ('workitem_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='work.workitem')),
                ('decision', models.TextField(blank=True, default='', verbose_name='decision')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided on')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                ('outcome', models.CharField(blank=True, choices=[('accepted', 'accepted'), ('partly', 'accepted in part'), ('later', 'later'), ('declined', 'declined')], default='', max_length=10, verbose_name='what was decided')),
            ],
            options={
                'verbose_name': 'suggestion',
            },
            bases=('work.workitem',),
        ),
        migrations.CreateModel(
            name='CatalogueVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('kind', models.CharField(default='request', max_length=30, verbose_name='kind')),
                ('fields', models.JSONField(blank=True, default=list, verbose_name='fields')),
                ('impact', models.PositiveSmallIntegerField(choices=[(1, 'critical'), (2, 'high'), (3, 'medium'), (4, 'low')], default=4, verbose_name='impact')),
                ('urgency', models.PositiveSmallIntegerField(choices=[(1, 'critical'), (2, 'high'), (3, 'medium'), (4, 'low')], default=3, verbose_name='urgency')),
                ('labels', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None, verbose_name='labels')),
                ('published_at', models.DateTimeField()),
                ('category', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='work.category', verbose_name='category')),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='desk.catalogueentry')),
                ('published_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.team', verbose_name='team')),
                ('approvals', models.JSONField(blank=True, default=list, verbose_name='approval steps')),
                ('checklist', models.JSONField(blank=True, default=list, verbose_name='checklist')),
                ('note', models.CharField(blank=True, default='', max_length=300, verbose_name='what changed')),
                ('tasks', models.JSONField(blank=True, default=list, verbose_name='tasks')),
                ('plan', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='work.approvalplan', verbose_name='approval plan')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('entry', 'number'), name='catalogue_version_once')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='catalogueversion',
            trigger=pgtrigger.compiler.Trigger(name='catalogue_version_fixed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='82ae6ce42c15adf0d97f9d5d547dde690cb7d709', operation='UPDATE OR DELETE', pgid='pgtrigger_catalogue_version_fixed_8cc9c', table='desk_catalogueversion', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='CatalogueEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('name_en', models.CharField(blank=True, default='', max_length=200, verbose_name='English name')),
                ('key', models.SlugField(unique=True, verbose_name='key')),
                ('description', models.CharField(blank=True, max_length=300, verbose_name='description')),
                ('description_en', models.CharField(blank=True, max_length=300, verbose_name='English description')),
                ('icon', models.CharField(default='help-circle', max_length=40, verbose_name='icon')),
                ('order', models.PositiveSmallIntegerField(default=100, verbose_name='order')),
                ('audience', models.CharField(choices=[('everyone', 'everyone'), ('staff', 'our own staff'), ('clients', 'all customers outside'), ('customers', 'certain customers or departments'), ('teams', 'certain teams')], default='everyone', max_length=12, verbose_name='for')),
                ('archived_at', models.DateTimeField(blank=True, null=True, verbose_name='archived')),
                ('customers', models.ManyToManyField(blank=True, related_name='+', to='org.customer', verbose_name='these customers')),
                ('published', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='desk.catalogueversion')),
                ('draft', models.JSONField(blank=True, null=True)),
                ('draft_at', models.DateTimeField(blank=True, null=True)),
                ('draft_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('teams', models.ManyToManyField(blank=True, related_name='+', to='org.team', verbose_name='these teams')),
            ],
            options={
                'verbose_name': 'catalogue entry',
                'ordering': ['order', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Change',
            fields=[
                ('workitem_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='work.workitem')),
                ('risk', models.CharField(choices=[('low', 'low'), ('medium', 'medium'), ('high', 'high')], default='medium', max_length=10, verbose_name='risk')),
                ('plan', models.TextField(blank=True, default='', verbose_name='plan')),
                ('back_out', models.TextField(blank=True, default='', verbose_name='way back')),
                ('planned_start', models.DateTimeField(blank=True, null=True, verbose_name='planned start')),
                ('planned_end', models.DateTimeField(blank=True, null=True, verbose_name='planned end')),
                ('systems', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), blank=True, default=list, size=None, verbose_name='systems')),
            ],
            options={
                'verbose_name': 'change',
                'indexes': [models.Index(fields=['planned_start'], name='desk_change_planned_30b2b6_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(('planned_start', None), ('planned_end', None), ('planned_end__gt', models.F('planned_start')), _connector='OR'), name='change_forward')],
            },
            bases=('work.workitem',),
        ),
        migrations.CreateModel(
            name='Complaint',
            fields=[
                ('workitem_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='work.workitem')),
                ('consent', models.CharField(blank=True, default='', max_length=300, verbose_name="customer's consent")),
                ('consent_at', models.DateTimeField(blank=True, null=True, verbose_name='consent given')),
                ('about_person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='about the person')),
                ('about_team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='org.team', verbose_name='about the team')),
                ('cause_kind', models.CharField(blank=True, choices=[('slow', 'too slow'), ('not_solved', 'not solved'), ('attitude', 'manner'), ('information', 'badly informed'), ('quality', 'quality of the work'), ('product', 'the product itself'), ('cost', 'costs'), ('other', 'something else')], default='', max_length=12, verbose_name='cause of the complaint')),
                ('consent_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='consent recorded by')),
                ('justified', models.BooleanField(blank=True, null=True, verbose_name='justified')),
                ('measures', models.TextField(blank=True, default='', verbose_name='measures taken')),
            ],
            options={
                'verbose_name': 'complaint',
            },
            bases=('work.workitem',),
        ),
        migrations.CreateModel(
            name='FollowUpPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('name_en', models.CharField(blank=True, default='', max_length=200, verbose_name='English name')),
                ('occasion', models.CharField(choices=[('closed', 'after an item that meets the conditions is closed'), ('complaint', 'after a complaint is closed'), ('regular', 'regularly, for customers')], max_length=10, verbose_name='occasion')),
                ('conditions', models.JSONField(blank=True, default=dict, verbose_name='for items')),
                ('every_months', models.PositiveSmallIntegerField(default=1, verbose_name='every so many months')),
                ('key_accounts_only', models.BooleanField(default=True, verbose_name='key customers only')),
                ('within_days', models.PositiveSmallIntegerField(default=3, verbose_name='within working days')),
                ('owner_rule', models.CharField(choices=[('lead', 'the lead of the team'), ('deputy', 'the deputy lead'), ('handler', 'who handled it'), ('person', 'a certain person')], default='lead', max_length=8, verbose_name='who calls')),
                ('questions', models.TextField(blank=True, default='', verbose_name='what to ask')),
                ('active', models.BooleanField(default=True, verbose_name='in use')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='this person')),
                ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='org.team', verbose_name='team where the item names none')),
            ],
            options={
                'verbose_name': 'follow-up plan',
                'ordering': ['name', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('every_months__range', (1, 24))), name='follow_up_plan_months'), models.CheckConstraint(condition=models.Q(models.Q(('owner_rule', 'person'), _negated=True), ('owner__isnull', False), _connector='OR'), name='follow_up_plan_person')],
            },
        ),
        migrations.CreateModel(
            name='FollowUp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('due_at', models.DateTimeField(verbose_name='due')),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='done')),
                ('result', models.TextField(blank=True, default='', verbose_name='result')),
                ('customer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='follow_ups', to='org.customer', verbose_name='customer')),
                ('done_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='done by')),
                ('item', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='follow_ups', to='work.workitem')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='follow_ups', to=settings.AUTH_USER_MODEL, verbose_name='who calls')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='tried in vain')),
                ('next', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='previous', to='desk.followup')),
                ('period', models.DateField(blank=True, null=True)),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='whom to call')),
                ('reached', models.BooleanField(blank=True, null=True, verbose_name='reached')),
                ('way', models.CharField(blank=True, choices=[('call', 'telephone call'), ('visit', 'visit'), ('message', 'message')], default='', max_length=8, verbose_name='how')),
                ('plan', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='follow_ups', to='desk.followupplan', verbose_name='plan')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('done_at', None)), fields=['due_at'], name='follow_up_open'), models.Index(fields=['due_at', 'id'], name='follow_up_by_due'), models.Index(condition=models.Q(('done_at__isnull', False)), fields=['customer', '-done_at'], name='follow_up_last_contact')],
                'constraints': [models.CheckConstraint(condition=models.Q(('done_at', None), models.Q(('result', ''), _negated=True), _connector='OR'), name='follow_up_done_has_result'), models.UniqueConstraint(condition=models.Q(('period__isnull', False)), fields=('plan', 'customer', 'period'), name='follow_up_once_a_period'), models.UniqueConstraint(condition=models.Q(('item__isnull', False), ('plan__isnull', False)), fields=('plan', 'item'), name='follow_up_once_an_item')],
                'verbose_name': 'follow-up',
            },
        ),
        migrations.CreateModel(
            name='Incident',
            fields=[
                ('workitem_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='work.workitem')),
                ('major', models.BooleanField(default=False, verbose_name='major incident')),
                ('root_problem', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='incidents', to='desk.problem', verbose_name='problem behind it')),
                ('major_at', models.DateTimeField(blank=True, null=True, verbose_name='major since')),
                ('public_words', models.TextField(blank=True, default='', verbose_name='what everybody may read')),
            ],
            options={
                'verbose_name': 'incident',
            },
            bases=('work.workitem',),
        ),
        migrations.CreateModel(
            name='Rating',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('score', models.PositiveSmallIntegerField(verbose_name='score')),
                ('comment', models.TextField(blank=True, default='', verbose_name='comment')),
                ('via', models.CharField(default='portal', max_length=12)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('item', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='rating', to='work.workitem')),
            ],
            options={
                'indexes': [models.Index(fields=['at'], name='desk_rating_at_443660_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(('score__range', (1, 5))), name='rating_range')],
            },
        ),
        migrations.CreateModel(
            name='CannedReply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('name_en', models.CharField(blank=True, default='', max_length=200, verbose_name='English name')),
                ('text', models.TextField(verbose_name='text')),
                ('text_en', models.TextField(blank=True, default='', verbose_name='English text')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='canned_replies', to=settings.AUTH_USER_MODEL, verbose_name='only for')),
                ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='canned_replies', to='org.team', verbose_name='team')),
                ('archived_at', models.DateTimeField(blank=True, null=True, verbose_name='archived')),
            ],
            options={
                'verbose_name': 'canned reply',
                'ordering': ['name', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('owner', None), ('team', None), _connector='OR'), name='canned_reply_one_scope')],
            },
        ),
        migrations.CreateModel(
            name='Freeze',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('name_en', models.CharField(blank=True, default='', max_length=200, verbose_name='English name')),
                ('starts_at', models.DateTimeField(verbose_name='from')),
                ('ends_at', models.DateTimeField(verbose_name='until')),
                ('systems', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), blank=True, default=list, size=None, verbose_name='systems')),
                ('reason', models.CharField(blank=True, default='', max_length=300, verbose_name='reason')),
            ],
            options={
                'verbose_name': 'change freeze',
                'ordering': ['starts_at', 'id'],
                'indexes': [models.Index(fields=['starts_at', 'id'], name='desk_freeze_starts__f81357_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='freeze_forward')],
            },
        ),
        migrations.CreateModel(
            name='GuestRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254)),
                ('network', models.CharField(max_length=50)),
                ('at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('item', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='guest', to='work.workitem')),
            ],
            options={
                'indexes': [models.Index(fields=['email', 'at'], name='desk_guestr_email_367deb_idx'), models.Index(fields=['network', 'at'], name='desk_guestr_network_fbdd26_idx')],
            },
        ),
        migrations.CreateModel(
            name='Campaign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('name_en', models.CharField(blank=True, default='', max_length=200, verbose_name='English name')),
                ('introduction', models.TextField(blank=True, default='', verbose_name='introduction')),
                ('introduction_en', models.TextField(blank=True, default='', verbose_name='English introduction')),
                ('questions', models.JSONField(default=list, verbose_name='questions')),
                ('anonymous', models.BooleanField(default=False, verbose_name='anonymous')),
                ('served_from', models.DateField(blank=True, null=True, verbose_name='served from')),
                ('served_until', models.DateField(blank=True, null=True, verbose_name='served until')),
                ('ends_at', models.DateTimeField(verbose_name='open until')),
                ('remind_after_days', models.PositiveSmallIntegerField(default=5, help_text='0: no reminder', verbose_name='reminder after days')),
                ('state', models.CharField(choices=[('draft', 'draft'), ('running', 'running'), ('ended', 'ended')], default='draft', max_length=10, verbose_name='state')),
                ('started_at', models.DateTimeField(blank=True, null=True, verbose_name='started')),
                ('reminded_at', models.DateTimeField(blank=True, null=True, verbose_name='reminded')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended')),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by')),
                ('customers', models.ManyToManyField(blank=True, related_name='+', to='org.customer', verbose_name='only of these customers')),
                ('teams', models.ManyToManyField(blank=True, related_name='+', to='org.team', verbose_name='only who was served by these teams')),
            ],
            options={
                'verbose_name': 'survey',
                'ordering': ['-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('state', 'draft'), ('started_at__isnull', False), _connector='OR'), name='campaign_started')],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sent_at', models.DateTimeField()),
                ('reminded_at', models.DateTimeField(blank=True, null=True)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='desk.campaign')),
                ('category', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='work.category')),
                ('served_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='org.team')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('answered_at', None)), fields=['user'], name='invitation_open')],
                'constraints': [models.UniqueConstraint(fields=('campaign', 'user'), name='invitation_once')],
            },
        ),
        migrations.CreateModel(
            name='Macro',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('name_en', models.CharField(blank=True, default='', max_length=200, verbose_name='English name')),
                ('kinds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), blank=True, default=list, size=None, verbose_name='for these kinds')),
                ('key', models.CharField(blank=True, default='', max_length=1, verbose_name='key after m')),
                ('steps', models.JSONField(default=list, verbose_name='steps')),
                ('used', models.PositiveIntegerField(default=0, verbose_name='times used')),
                ('archived_at', models.DateTimeField(blank=True, null=True, verbose_name='archived')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='macros', to=settings.AUTH_USER_MODEL, verbose_name='only for')),
                ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='macros', to='org.team', verbose_name='team')),
            ],
            options={
                'verbose_name': 'macro',
                'ordering': ['name', 'id'],
                'indexes': [models.Index(fields=['name', 'id'], name='desk_macro_name_d85c51_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(('owner', None), ('team', None), _connector='OR'), name='macro_one_scope'), models.CheckConstraint(condition=models.Q(('key', ''), ('key__regex', '^[a-z0-9]$'), _connector='OR'), name='macro_key_plain')],
            },
        ),
        migrations.CreateModel(
            name='RatingRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('item', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='work.workitem')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['user', '-at'], name='desk_rating_user_id_d379ff_idx')],
            },
        ),
        migrations.CreateModel(
            name='Standard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(unique=True)),
                ('text', models.TextField(verbose_name='text')),
                ('text_en', models.TextField(blank=True, default='', verbose_name='English text')),
                ('note', models.CharField(blank=True, default='', max_length=300, verbose_name='what changed')),
                ('published_at', models.DateTimeField()),
                ('published_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'service standards',
                'ordering': ['-number'],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='standard',
            trigger=pgtrigger.compiler.Trigger(name='standard_fixed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='e42fe9db508ce40a543ff5785cf0744869dff77b', operation='UPDATE OR DELETE', pgid='pgtrigger_standard_fixed_68256', table='desk_standard', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='Asked',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('answers', models.JSONField(blank=True, default=dict)),
                ('begun_at', models.DateTimeField(blank=True, null=True)),
                ('item', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='asked', to='work.workitem')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='asked', to='desk.catalogueversion')),
            ],
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('ticket', models.CharField(blank=True, default='', max_length=64)),
                ('answers', models.JSONField(default=dict)),
                ('score', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('recommend', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('on', models.DateField()),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='desk.campaign')),
                ('invitation', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='answer', to='desk.invitation')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('ticket', ''), _negated=True), fields=('campaign', 'ticket'), name='answer_ticket_once'), models.CheckConstraint(condition=models.Q(('invitation', None), ('ticket', ''), _connector='OR'), name='answer_named_or_anonymous'), models.CheckConstraint(condition=models.Q(('score', None), ('score__range', (1, 5)), _connector='OR'), name='answer_score_range'), models.CheckConstraint(condition=models.Q(('recommend', None), ('recommend__range', (0, 10)), _connector='OR'), name='answer_recommend_range')],
            },
        ),
        migrations.CreateModel(
            name='DeskSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('guests', models.BooleanField(default=False, help_text='Anybody may write with an e-mail address; the request stays unconfirmed until the link in the mail is opened.', verbose_name='requests without signing in')),
                ('guests_per_address', models.PositiveSmallIntegerField(default=5, verbose_name='such requests per address and hour')),
                ('guests_per_network', models.PositiveSmallIntegerField(default=20, verbose_name='such requests per network and hour')),
                ('ask_again_after_days', models.PositiveSmallIntegerField(default=7, verbose_name='ask the same person for a verdict at most once in days')),
                ('contact_within_days', models.PositiveSmallIntegerField(default=60, verbose_name='a customer should be heard of within days')),
            ],
            options={
                'verbose_name': 'desk settings',
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='desk_settings_one_row')],
            },
        ),
    ]
