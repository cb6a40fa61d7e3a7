import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.datetime
import uuid
from django.conf import settings
from django.db import migrations, models

from hengwei.core.database.tables import TablesAtOnce


class Migration(TablesAtOnce):

    replaces = [
        ('core', '0001_initial'),
        ('core', '0002_history_and_audit'),
        ('core', '0003_tasks'),
        ('core', '0004_pulse'),
        ('core', '0005_waiting_events'),
    ]

    initial = True

    dependencies = [
        ('org', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='SynonymGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), size=None, verbose_name='words')),
            ],
            options={
                'verbose_name': 'synonyms',
            },
        ),
        migrations.CreateModel(
            name='SearchEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=30)),
                ('object_id', models.BigIntegerField()),
                ('title', models.CharField(max_length=400)),
                ('text', models.TextField(blank=True, default='')),
                ('internal_text', models.TextField(blank=True, default='')),
                ('public_vector', django.contrib.postgres.search.SearchVectorField()),
                ('internal_vector', django.contrib.postgres.search.SearchVectorField()),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['public_vector'], name='search_public'), django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['internal_vector'], name='search_internal')],
                'constraints': [models.UniqueConstraint(fields=('kind', 'object_id'), name='search_entry_once')],
            },
        ),
        migrations.CreateModel(
            name='StoredFile',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=255, verbose_name='name')),
                ('sha256', models.CharField(db_index=True, max_length=64)),
                ('size', models.PositiveBigIntegerField(verbose_name='size in bytes')),
                ('content_type', models.CharField(max_length=120, verbose_name='type')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('uploaded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'file',
            },
        ),
        migrations.CreateModel(
            name='Vocabulary',
            fields=[
                ('word', models.CharField(max_length=60, primary_key=True, serialize=False)),
                ('documents', models.PositiveIntegerField(default=0)),
                ('trigrams', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=3), size=None)),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['trigrams'], name='vocabulary_trigrams')],
            },
        ),
        migrations.CreateModel(
            name='IdempotencyKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=100)),
                ('route', models.CharField(max_length=300)),
                ('request_sha256', models.CharField(max_length=64)),
                ('status', models.PositiveSmallIntegerField(null=True)),
                ('body', models.TextField(blank=True, default='')),
                ('created_at', models.DateTimeField(auto_now_add=True, db_index=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'key'), name='idempotency_key_once')],
            },
        ),
        migrations.CreateModel(
            name='AuditAnchor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.BigIntegerField(unique=True)),
                ('hash', models.CharField(max_length=64)),
                ('archived_at', models.DateTimeField()),
                ('file', models.CharField(max_length=400)),
                ('rows', models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='AuditRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.BigIntegerField(null=True, unique=True)),
                ('at', models.DateTimeField(verbose_name='when')),
                ('action', models.CharField(max_length=60, verbose_name='what')),
                ('actor_name', models.CharField(blank=True, default='', max_length=150)),
                ('via', models.CharField(max_length=12, verbose_name='way')),
                ('address', models.CharField(blank=True, default='', max_length=120, verbose_name='address')),
                ('subject_model', models.CharField(blank=True, default='', max_length=80)),
                ('subject_id', models.CharField(blank=True, default='', max_length=64)),
                ('subject_name', models.CharField(blank=True, default='', max_length=200)),
                ('details', models.JSONField(default=dict)),
                ('previous', models.CharField(blank=True, default='', max_length=64)),
                ('sealed', models.TextField(blank=True, default='')),
                ('hash', models.CharField(blank=True, default='', max_length=64)),
                ('actor', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='acting person')),
            ],
            options={
                'verbose_name': 'audit record',
                'indexes': [models.Index(fields=['action', '-id'], name='audit_action'), models.Index(fields=['actor', '-id'], name='audit_actor'), models.Index(fields=['subject_model', 'subject_id', '-id'], name='audit_subject'), models.Index(fields=['at'], name='audit_at')],
            },
        ),
        migrations.CreateModel(
            name='Revision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='when')),
                ('operation', models.CharField(choices=[('made', 'made'), ('changed', 'was changed'), ('removed', 'removed')], max_length=8)),
                ('model', models.CharField(max_length=80)),
                ('object_id', models.CharField(max_length=64)),
                ('whole_model', models.CharField(blank=True, default='', max_length=80)),
                ('whole_id', models.CharField(blank=True, default='', max_length=64)),
                ('changes', models.JSONField()),
                ('via', models.CharField(max_length=12, verbose_name='way')),
                ('address', models.CharField(blank=True, max_length=120, verbose_name='address')),
                ('rules', models.JSONField(default=list)),
                ('actor', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='acting person')),
            ],
            options={
                'verbose_name': 'revision',
                'indexes': [models.Index(fields=['model', 'object_id', '-id'], name='revision_of'), models.Index(condition=models.Q(('whole_model', ''), _negated=True), fields=['whole_model', 'whole_id', '-id'], name='revision_of_whole')],
            },
        ),
        migrations.CreateModel(
            name='Task',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=80)),
                ('about', models.CharField(blank=True, default='', max_length=300, verbose_name='about')),
                ('arguments', models.JSONField(default=dict)),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('running', 'under way'), ('done', 'completed'), ('failed', 'failed'), ('cancelled', 'cancelled')], default='waiting', max_length=10, verbose_name='state')),
                ('done', models.PositiveBigIntegerField(default=0)),
                ('total', models.PositiveBigIntegerField(null=True)),
                ('words', models.CharField(blank=True, default='', max_length=500)),
                ('result', models.JSONField(default=dict)),
                ('failed_rows', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='begun')),
                ('started_at', models.DateTimeField(null=True)),
                ('seen_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True, verbose_name='end')),
                ('cancel_asked_at', models.DateTimeField(null=True)),
                ('errors_file', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='core.storedfile')),
                ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='tasks', to=settings.AUTH_USER_MODEL, verbose_name='started by')),
                ('result_file', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='core.storedfile')),
            ],
            options={
                'verbose_name': 'task',
                'indexes': [models.Index(fields=['owner', '-id'], name='task_owner'), models.Index(condition=models.Q(('state__in', ('waiting', 'running'))), fields=['owner'], name='task_open')],
            },
        ),
        migrations.CreateModel(
            name='Pulse',
            fields=[
                ('name', models.CharField(max_length=120, primary_key=True, serialize=False)),
                ('known_since', models.DateTimeField()),
                ('planned_at', models.DateTimeField(null=True)),
                ('started_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('runs', models.PositiveBigIntegerField(default=0)),
                ('failures', models.PositiveBigIntegerField(default=0)),
                ('failed_at', models.DateTimeField(null=True)),
                ('error', models.CharField(blank=True, default='', max_length=500)),
            ],
        ),
        migrations.CreateModel(
            name='WaitingEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event', models.CharField(max_length=100)),
                ('listeners', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=100), size=None)),
                ('data', models.JSONField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
    ]
