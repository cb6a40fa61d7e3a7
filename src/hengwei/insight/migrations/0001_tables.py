import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from hengwei.core.database.tables import TablesAtOnce


class Migration(TablesAtOnce):

    replaces = [('insight', '0001_initial')]

    initial = True

    dependencies = [
        ('org', '0001_tables'),
        ('work', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='SupportReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=30, unique=True, verbose_name='number')),
                ('kind', models.CharField(choices=[('month', 'monthly report'), ('quarter', 'quarterly report'), ('half', 'half-year report'), ('year', 'yearly report')], default='month', max_length=10, verbose_name='period')),
                ('period_start', models.DateField(verbose_name='from')),
                ('period_end', models.DateField(verbose_name='until (not included)')),
                ('state', models.CharField(choices=[('draft', 'draft'), ('published', 'published')], default='draft', max_length=10, verbose_name='state')),
                ('summary', models.TextField(blank=True, default='', verbose_name='summary')),
                ('problems', models.TextField(blank=True, default='', verbose_name='problems and faults')),
                ('needs', models.TextField(blank=True, default='', verbose_name='needs and feedback')),
                ('improvements', models.TextField(blank=True, default='', verbose_name='proposals for improvement')),
                ('figures', models.JSONField(blank=True, null=True)),
                ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='published')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('prepared_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='prepared by')),
                ('published_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='published by')),
                ('team', models.ForeignKey(blank=True, help_text='Left empty: the whole department.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.team', verbose_name='team')),
            ],
            options={
                'verbose_name': 'support report',
                'constraints': [models.UniqueConstraint(fields=('kind', 'period_start', 'team'), name='support_report_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('period_end__gt', models.F('period_start'))), name='support_report_forward'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'published'), _negated=True), models.Q(('figures__isnull', False), ('published_at__isnull', False)), _connector='OR'), name='support_report_published_whole')],
            },
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=500, verbose_name='decision')),
                ('due_on', models.DateField(verbose_name='until')),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='done')),
                ('result', models.TextField(blank=True, default='', verbose_name='result')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('done_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('item', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='work.workitem', verbose_name='work item')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who sees to it')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='decisions', to='insight.supportreport')),
            ],
            options={
                'ordering': ['due_on', 'id'],
                'indexes': [models.Index(condition=models.Q(('done_at', None)), fields=['due_on'], name='decision_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(('done_at', None), models.Q(('result', ''), _negated=True), _connector='OR'), name='decision_done_has_result')],
            },
        ),
    ]
