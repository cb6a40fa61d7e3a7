import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from hengwei.core.database.tables import TablesAtOnce


class Migration(TablesAtOnce):

    replaces = [
        ('governance', '0001_initial'),
        ('governance', '0002_solved_into_knowledge_is_of_flows'),
        ('governance', '0003_both_languages_and_teams'),
        ('governance', '0004_messages_in_both_languages'),
    ]

    initial = True

    dependencies = [
        ('core', '0001_tables'),
        ('org', '0001_tables'),
        ('work', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='Regulation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('name_en', models.CharField(blank=True, default='', max_length=200, verbose_name='English name')),
                ('code', models.CharField(max_length=40, unique=True, verbose_name='number')),
                ('purpose', models.TextField(blank=True, default='', verbose_name='purpose')),
                ('scope', models.TextField(blank=True, default='', verbose_name='scope')),
                ('definitions', models.TextField(blank=True, default='', verbose_name='definitions')),
                ('legal_basis', models.TextField(blank=True, default='', verbose_name='legal basis')),
                ('review_months', models.PositiveSmallIntegerField(default=12, verbose_name='reviewed every (months)')),
                ('acknowledge_days', models.PositiveSmallIntegerField(default=14, verbose_name='readers acknowledge within (days)')),
                ('pack', models.CharField(blank=True, default='', max_length=40)),
                ('reviewed_at', models.DateTimeField(blank=True, null=True, verbose_name='last reviewed')),
                ('review_reminded_at', models.DateTimeField(blank=True, null=True)),
                ('archived_at', models.DateTimeField(blank=True, null=True, verbose_name='archived')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('body', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.team', verbose_name='executing body')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='keeper')),
                ('reader_roles', models.ManyToManyField(blank=True, related_name='+', to='org.role', verbose_name='readers by role')),
                ('reader_teams', models.ManyToManyField(blank=True, related_name='+', to='org.team', verbose_name='readers by team')),
                ('definitions_en', models.TextField(blank=True, default='', verbose_name='definitions in English')),
                ('legal_basis_en', models.TextField(blank=True, default='', verbose_name='legal basis in English')),
                ('purpose_en', models.TextField(blank=True, default='', verbose_name='purpose in English')),
                ('scope_en', models.TextField(blank=True, default='', verbose_name='scope in English')),
            ],
            options={
                'verbose_name': 'regulation',
                'ordering': ['code', 'id'],
                'indexes': [models.Index(fields=['code', 'id'], name='regulation_by_code')],
                'constraints': [models.CheckConstraint(condition=models.Q(('review_months__gte', 1)), name='regulation_review_positive')],
            },
        ),
        migrations.CreateModel(
            name='Binding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('clause_key', models.SlugField(max_length=40)),
                ('kind', models.CharField(choices=[('control', 'control'), ('attestation', 'attestation'), ('explanation', 'explanation only')], max_length=12, verbose_name='proved by')),
                ('control', models.CharField(blank=True, default='', max_length=60, verbose_name='control')),
                ('params', models.JSONField(blank=True, default=dict, verbose_name='parameters')),
                ('threshold', models.PositiveSmallIntegerField(default=100, verbose_name='share that must comply, in percent')),
                ('span', models.CharField(choices=[('day', 'day'), ('week', 'week'), ('month', 'month'), ('quarter', 'quarter')], default='month', max_length=8, verbose_name='judged by')),
                ('hourly', models.BooleanField(default=True, verbose_name='run every hour')),
                ('attest_days', models.PositiveSmallIntegerField(default=90, verbose_name='attested every (days)')),
                ('question', models.CharField(blank=True, default='', max_length=300, verbose_name='what is attested')),
                ('question_en', models.CharField(blank=True, default='', max_length=300, verbose_name='what is attested, in English')),
                ('correct', models.CharField(choices=[('never', 'never'), ('exception', 'one for each exception'), ('person', 'one for each person'), ('control', 'one for the control')], default='never', max_length=10, verbose_name='corrective actions')),
                ('grace_hours', models.PositiveIntegerField(default=24, verbose_name='grace before one is opened (hours)')),
                ('accepted_at', models.DateTimeField()),
                ('red_since', models.DateTimeField(blank=True, null=True)),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
                ('accepted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('attester', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='attested by')),
                ('corrector', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who corrects, where no person is to be named')),
                ('regulation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bindings', to='governance.regulation')),
                ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.team', verbose_name='team concerned')),
            ],
            options={
                'verbose_name': 'binding',
                'ordering': ['id'],
                'indexes': [models.Index(condition=models.Q(('removed_at', None)), fields=['regulation', 'clause_key'], name='binding_of_clause')],
                'constraints': [models.CheckConstraint(condition=models.Q(('threshold__range', (0, 100))), name='binding_threshold_range'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'control'), _negated=True), models.Q(('control', ''), _negated=True), _connector='OR'), name='binding_names_control'), models.CheckConstraint(condition=models.Q(('attest_days__gte', 1)), name='binding_attest_positive'), models.UniqueConstraint(condition=models.Q(('kind', 'control'), ('removed_at', None)), fields=('regulation', 'clause_key', 'control'), name='binding_control_once'), models.UniqueConstraint(condition=models.Q(('kind', 'explanation'), ('removed_at', None)), fields=('regulation', 'clause_key'), name='binding_explanation_once')],
            },
        ),
        migrations.CreateModel(
            name='ControlRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('control', models.CharField(max_length=60)),
                ('params', models.JSONField(blank=True, default=dict)),
                ('threshold', models.PositiveSmallIntegerField()),
                ('period_start', models.DateTimeField()),
                ('period_end', models.DateTimeField()),
                ('as_of', models.DateTimeField()),
                ('ran_at', models.DateTimeField()),
                ('duration_ms', models.PositiveIntegerField()),
                ('population', models.PositiveIntegerField(default=0)),
                ('compliant', models.PositiveIntegerField(default=0)),
                ('state', models.CharField(choices=[('green', 'complies'), ('red', 'exceptions'), ('insufficient', 'not enough data'), ('error', 'cannot tell')], max_length=12)),
                ('message', models.CharField(blank=True, default='', max_length=500)),
                ('people', models.JSONField(blank=True, default=list)),
                ('binding', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='runs', to='governance.binding')),
                ('message_en', models.CharField(blank=True, default='', max_length=500)),
            ],
            options={
                'ordering': ['-period_start', '-id'],
                'constraints': [models.UniqueConstraint(fields=('binding', 'period_start', 'period_end'), name='control_run_once'), models.CheckConstraint(condition=models.Q(('compliant__lte', models.F('population'))), name='control_run_compliant_within'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'green'), _negated=True), ('population__gt', 0), _connector='OR'), name='control_run_green_needs_records')],
            },
        ),
        migrations.CreateModel(
            name='CorrectiveAction',
            fields=[
                ('workitem_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='work.workitem')),
                ('about', models.CharField(blank=True, default='', max_length=80)),
                ('binding', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='corrective_actions', to='governance.binding', verbose_name='proof that failed')),
            ],
            options={
                'verbose_name': 'corrective action',
                'indexes': [models.Index(fields=['binding', 'about'], name='corrective_of_binding')],
            },
            bases=('work.workitem',),
        ),
        migrations.CreateModel(
            name='RegulationVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('state', models.CharField(choices=[('draft', 'draft'), ('approval', 'in approval'), ('published', 'in force'), ('superseded', 'superseded')], default='draft', max_length=12, verbose_name='state')),
                ('change_note', models.TextField(blank=True, default='', verbose_name='what changes and why')),
                ('source', models.TextField(blank=True, default='')),
                ('approved_at', models.DateTimeField(blank=True, null=True)),
                ('submitted_at', models.DateTimeField(blank=True, null=True)),
                ('effective_from', models.DateTimeField(blank=True, null=True, verbose_name='in force from')),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('superseded_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField()),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('published_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('regulation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='governance.regulation')),
            ],
            options={
                'ordering': ['regulation', '-number'],
                'constraints': [models.UniqueConstraint(fields=('regulation', 'number'), name='regulation_version_once'), models.UniqueConstraint(condition=models.Q(('state', 'published')), fields=('regulation',), name='regulation_one_in_force'), models.UniqueConstraint(condition=models.Q(('state__in', ('draft', 'approval'))), fields=('regulation',), name='regulation_one_draft'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'published'), _negated=True), models.Q(('effective_from__isnull', False), ('published_at__isnull', False)), _connector='OR'), name='regulation_published_has_date')],
            },
        ),
        migrations.CreateModel(
            name='Clause',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=40)),
                ('order', models.PositiveIntegerField()),
                ('kind', models.CharField(choices=[('chapter', 'chapter'), ('section', 'section'), ('article', 'article of a regulation'), ('paragraph', 'paragraph'), ('item', 'item of a clause'), ('bullet', 'bullet')], max_length=10)),
                ('number', models.CharField(blank=True, default='', max_length=40, verbose_name='number')),
                ('title', models.CharField(blank=True, default='', max_length=300, verbose_name='title')),
                ('title_en', models.CharField(blank=True, default='', max_length=300, verbose_name='English title')),
                ('text', models.TextField(blank=True, default='', verbose_name='text')),
                ('text_en', models.TextField(blank=True, default='', verbose_name='English text')),
                ('requirements', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=8), blank=True, default=list, size=None)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='children', to='governance.clause')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='clauses', to='governance.regulationversion')),
            ],
            options={
                'ordering': ['order', 'id'],
                'indexes': [models.Index(fields=['key'], name='clause_by_key')],
                'constraints': [models.UniqueConstraint(fields=('version', 'key'), name='clause_key_once')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='clause',
            trigger=pgtrigger.compiler.Trigger(name='clause_fixed_once_published', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF EXISTS (SELECT 1 FROM governance_regulationversion v WHERE v.id = COALESCE(NEW.version_id, OLD.version_id) AND v.state IN ('published', 'superseded')) THEN\n            RAISE EXCEPTION 'the text of a published regulation is fixed';\n        END IF;\n        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n        RETURN NEW;\n    ", hash='a8d8faf2778cbe58f78a8980603733e83d0aecd7', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_clause_fixed_once_published_a313c', table='governance_clause', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='Acknowledgement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_at', models.DateTimeField(verbose_name='due')),
                ('at', models.DateTimeField(blank=True, null=True, verbose_name='acknowledged')),
                ('reminded_at', models.DateTimeField(blank=True, null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='regulation_readings', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='acknowledgements', to='governance.regulationversion')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('at', None)), fields=['user'], name='acknowledgement_missing')],
                'constraints': [models.UniqueConstraint(fields=('version', 'user'), name='acknowledgement_once')],
            },
        ),
        migrations.CreateModel(
            name='Snapshot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('period_start', models.DateTimeField()),
                ('period_end', models.DateTimeField()),
                ('taken_at', models.DateTimeField()),
                ('board', models.JSONField()),
                ('sha256', models.CharField(max_length=64)),
                ('regulation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='snapshots', to='governance.regulation')),
                ('taken_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.regulationversion')),
            ],
            options={
                'ordering': ['-period_start', '-id'],
                'constraints': [models.UniqueConstraint(fields=('regulation', 'period_start'), name='snapshot_once_a_month')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='snapshot',
            trigger=pgtrigger.compiler.Trigger(name='snapshot_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='0abbc414dceadddc5b8867835b8914960d8a734b', operation='UPDATE OR DELETE', pgid='pgtrigger_snapshot_frozen_d3dfa', table='governance_snapshot', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='ExceptionRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('clause_key', models.SlugField(max_length=40)),
                ('control', models.CharField(max_length=60)),
                ('key', models.CharField(max_length=80)),
                ('record', models.CharField(max_length=400)),
                ('url', models.CharField(blank=True, default='', max_length=300)),
                ('why', models.CharField(max_length=500)),
                ('person', models.CharField(blank=True, default='', max_length=120)),
                ('at', models.DateTimeField(blank=True, null=True)),
                ('snapshot', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='exceptions', to='governance.snapshot')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='exceptionrecord',
            trigger=pgtrigger.compiler.Trigger(name='exception_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ab5063a88f9664f672a8a2647946464fbb184862', operation='UPDATE OR DELETE', pgid='pgtrigger_exception_frozen_5f134', table='governance_exceptionrecord', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='VersionApproval',
            fields=[
                ('workitem_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='work.workitem')),
                ('regulation_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='approval_items', to='governance.regulationversion', verbose_name='version')),
            ],
            options={
                'verbose_name': 'approval of a regulation',
            },
            bases=('work.workitem',),
        ),
        migrations.CreateModel(
            name='Attestation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('kept', models.BooleanField(verbose_name='the clause is kept')),
                ('statement', models.TextField(verbose_name='what was seen')),
                ('valid_until', models.DateTimeField(verbose_name='valid until')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='attested by')),
                ('file', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile', verbose_name='evidence')),
                ('binding', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attestations', to='governance.binding')),
            ],
            options={
                'ordering': ['-at', '-id'],
                'indexes': [models.Index(fields=['binding', '-at'], name='attestation_newest')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='attestation',
            trigger=pgtrigger.compiler.Trigger(name='attestation_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='948c4ca3a82546744bd02e392b4129b1fe5e5869', operation='UPDATE OR DELETE', pgid='pgtrigger_attestation_append_only_47e88', table='governance_attestation', when='BEFORE')),
        ),
    ]
