import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from hengwei.core.database.tables import TablesAtOnce


class Migration(TablesAtOnce):

    replaces = [
        ('flows', '0001_articles'),
        ('flows', '0002_automation'),
        ('flows', '0003_learning'),
        ('flows', '0004_standing_of_earlier_items'),
    ]

    initial = True

    dependencies = [
        ('knowledge', '0001_tables'),
        ('org', '0001_tables'),
        ('work', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='ReusableSolution',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('item', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='reusable', to='work.workitem')),
            ],
        ),
        migrations.CreateModel(
            name='ItemArticle',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('how', models.CharField(choices=[('sent', 'sent to the requester'), ('solved', 'solved it'), ('written', 'written from it')], max_length=10)),
                ('at', models.DateTimeField()),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='knowledge.article')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='articles', to='work.workitem')),
            ],
            options={
                'indexes': [models.Index(fields=['article', 'how', '-at'], name='item_article_of_article'), models.Index(fields=['item', 'how'], name='item_article_of_item')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('undone_at', None)), fields=('item', 'article', 'how'), name='item_article_once')],
            },
        ),
        migrations.CreateModel(
            name='StepDone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('as_expected', models.BooleanField()),
                ('note', models.CharField(blank=True, default='', max_length=300)),
                ('at', models.DateTimeField()),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps_done', to='work.workitem')),
                ('step', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='knowledge.faultstep')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('undone_at', None)), fields=('item', 'step'), name='step_done_once')],
            },
        ),
        migrations.CreateModel(
            name='AutomationRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('name_en', models.CharField(blank=True, default='', max_length=200, verbose_name='English name')),
                ('order', models.PositiveIntegerField(default=100, verbose_name='order')),
                ('active', models.BooleanField(default=False, verbose_name='in use')),
                ('description', models.TextField(blank=True, default='', verbose_name='description')),
                ('trigger', models.CharField(choices=[('opened', 'a new item is recorded'), ('changed', 'facts are changed'), ('assigned', 'it is assigned'), ('moved', 'its state changes'), ('told_by_requester', 'the requester writes'), ('told_by_staff', 'staff write to the requester'), ('chased', 'the requester urges'), ('escalated', 'a promise is in danger or broken'), ('rated', 'it is rated'), ('approval_decided', 'an approval is decided'), ('merged', 'it is merged into another'), ('in_phase', 'it has been in a phase for so long'), ('unanswered', 'the requester has waited for an answer for so long'), ('before_due', 'so long before the next promise is due'), ('after_due', 'so long after a promise was due'), ('schedule', 'at a time of day, on weekdays chosen')], max_length=20, verbose_name='runs when')),
                ('options', models.JSONField(blank=True, default=dict)),
                ('conditions', models.JSONField(blank=True, default=dict, verbose_name='conditions')),
                ('deeds', models.JSONField(default=list, verbose_name='does')),
                ('stop', models.BooleanField(default=False, verbose_name='no rule after this one')),
                ('seconds', models.PositiveIntegerField(default=0, verbose_name='for how long')),
                ('working', models.BooleanField(default=True, verbose_name='counted in working time')),
                ('at_time', models.TimeField(blank=True, null=True, verbose_name='at')),
                ('weekdays', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), blank=True, default=list, size=None, verbose_name='on')),
                ('also_past', models.BooleanField(default=False, verbose_name='also for items that passed it before the rule was switched on')),
                ('per_hour', models.PositiveIntegerField(default=500, verbose_name='at most so often an hour')),
                ('active_since', models.DateTimeField(blank=True, null=True)),
                ('last_slot_at', models.DateTimeField(blank=True, null=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('archived_at', models.DateTimeField(blank=True, null=True, verbose_name='archived')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='keeper of the rule')),
            ],
            options={
                'verbose_name': 'automation rule',
                'ordering': ['order', 'id'],
                'indexes': [models.Index(fields=['order', 'id'], name='rule_order')],
                'constraints': [models.CheckConstraint(condition=models.Q(('trigger__in', ['opened', 'changed', 'assigned', 'moved', 'told_by_requester', 'told_by_staff', 'chased', 'escalated', 'rated', 'approval_decided', 'merged', 'in_phase', 'unanswered', 'before_due', 'after_due', 'schedule'])), name='rule_trigger_known'), models.CheckConstraint(condition=models.Q(models.Q(('active', True), _negated=True), ('active_since__isnull', False), _connector='OR'), name='rule_active_since'), models.CheckConstraint(condition=models.Q(models.Q(('trigger', 'schedule'), _negated=True), ('at_time__isnull', False), _connector='OR'), name='rule_schedule_has_time')],
            },
        ),
        migrations.CreateModel(
            name='DryRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule_version', models.PositiveIntegerField()),
                ('start', models.DateTimeField(verbose_name='from')),
                ('end', models.DateTimeField(verbose_name='until')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('looked', models.PositiveIntegerField(default=0)),
                ('matched', models.PositiveIntegerField(default=0)),
                ('rows', models.JSONField(default=list)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('rule', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='dry_runs', to='flows.automationrule')),
            ],
            options={
                'verbose_name': 'dry run',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='RuleFiring',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule_version', models.PositiveIntegerField()),
                ('reason', models.CharField(max_length=80)),
                ('event', models.CharField(choices=[('opened', 'a new item is recorded'), ('changed', 'facts are changed'), ('assigned', 'it is assigned'), ('moved', 'its state changes'), ('told_by_requester', 'the requester writes'), ('told_by_staff', 'staff write to the requester'), ('chased', 'the requester urges'), ('escalated', 'a promise is in danger or broken'), ('rated', 'it is rated'), ('approval_decided', 'an approval is decided'), ('merged', 'it is merged into another'), ('in_phase', 'it has been in a phase for so long'), ('unanswered', 'the requester has waited for an answer for so long'), ('before_due', 'so long before the next promise is due'), ('after_due', 'so long after a promise was due'), ('schedule', 'at a time of day, on weekdays chosen')], max_length=20)),
                ('outcome', models.CharField(choices=[('done', 'done'), ('partly', 'partly done'), ('failed', 'not possible'), ('loop', 'stopped: rules set each other off'), ('quota', 'stopped: too often')], max_length=10, verbose_name='outcome')),
                ('results', models.JSONField(default=list, verbose_name='what it did')),
                ('chain', models.JSONField(default=list)),
                ('at', models.DateTimeField(verbose_name='when')),
                ('actor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rule_firings', to='work.workitem', verbose_name='item')),
                ('rule', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='firings', to='flows.automationrule', verbose_name='rule')),
            ],
            options={
                'verbose_name': 'firing',
                'indexes': [models.Index(fields=['-at', '-id'], name='rule_firing_newest'), models.Index(fields=['rule', '-at'], name='rule_firing_of_rule'), models.Index(condition=models.Q(('outcome__in', ('loop', 'quota'))), fields=['-at', '-id'], name='rule_firing_stopped')],
                'constraints': [models.UniqueConstraint(fields=('rule', 'item', 'reason'), name='rule_firing_once')],
            },
        ),
        migrations.CreateModel(
            name='Standing',
            fields=[
                ('item', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='standing', serialize=False, to='work.workitem')),
                ('phase', models.CharField(max_length=10)),
                ('since', models.DateTimeField()),
                ('unanswered_since', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['phase', 'since'], name='standing_phase'), models.Index(condition=models.Q(('unanswered_since__isnull', False)), fields=['unanswered_since'], name='standing_unanswered')],
            },
        ),
        migrations.CreateModel(
            name='LearningSetting',
            fields=[
                ('field', models.CharField(choices=[('category', 'category'), ('team', 'team'), ('priority', 'priority')], max_length=10, primary_key=True, serialize=False, verbose_name='what')),
                ('active', models.BooleanField(default=True, verbose_name='suggestions are made')),
                ('show_above', models.PositiveSmallIntegerField(default=60, verbose_name='shown from (percent)')),
                ('apply_above', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='applied by itself from (percent)')),
            ],
            options={
                'verbose_name': 'learnt suggestion',
                'constraints': [models.CheckConstraint(condition=models.Q(('show_above__range', (1, 100))), name='learning_show_range'), models.CheckConstraint(condition=models.Q(('apply_above', None), models.Q(('apply_above__gte', models.F('show_above')), ('apply_above__range', (50, 100))), _connector='OR'), name='learning_apply_above_show')],
            },
        ),
        migrations.CreateModel(
            name='TrainedModel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('field', models.CharField(choices=[('category', 'category'), ('team', 'team'), ('priority', 'priority')], max_length=10)),
                ('trained_at', models.DateTimeField()),
                ('examples', models.PositiveIntegerField()),
                ('classes', models.JSONField(default=list)),
                ('weights', models.BinaryField(default=bytes)),
                ('tested', models.PositiveIntegerField(default=0)),
                ('right', models.PositiveIntegerField(default=0)),
                ('curve', models.JSONField(default=dict)),
                ('confusion', models.JSONField(default=list)),
            ],
            options={
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['field', '-id'], name='trained_newest')],
            },
        ),
        migrations.CreateModel(
            name='Suggestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('field', models.CharField(choices=[('category', 'category'), ('team', 'team'), ('priority', 'priority')], max_length=10)),
                ('value', models.CharField(max_length=60)),
                ('percent', models.PositiveSmallIntegerField()),
                ('state', models.CharField(choices=[('open', 'open'), ('accepted', 'accepted'), ('refused', 'refused'), ('applied', 'applied by itself')], default='open', max_length=10)),
                ('at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='learnt_suggestions', to='work.workitem')),
                ('model', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='flows.trainedmodel')),
            ],
            options={
                'indexes': [models.Index(fields=['field', 'state'], name='suggestion_feedback')],
                'constraints': [models.UniqueConstraint(fields=('item', 'field'), name='suggestion_once')],
            },
        ),
    ]
