import django.db.models.deletion
import hengwei.core.secrets
from django.conf import settings
from django.db import migrations, models

from hengwei.core.database.tables import TablesAtOnce


class Migration(TablesAtOnce):

    replaces = [('exchange', '0001_initial')]

    initial = True

    dependencies = [
        ('core', '0001_tables'),
        ('org', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='Import',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('origin', models.CharField(choices=[('file', 'file (CSV, XLSX)'), ('zammad', 'Zammad'), ('glpi', 'GLPI')], default='file', max_length=10, verbose_name='from')),
                ('target', models.CharField(max_length=20, verbose_name='what')),
                ('url', models.URLField(blank=True, default='', help_text='Such as https://zammad.example.com or https://glpi.example.com', verbose_name='address')),
                ('token', hengwei.core.secrets.SecretField(blank=True, default='', verbose_name='token')),
                ('app_token', hengwei.core.secrets.SecretField(blank=True, default='', help_text='Only GLPI asks for one.', verbose_name='application token')),
                ('mapping', models.JSONField(blank=True, default=dict)),
                ('defaults', models.JSONField(blank=True, default=dict)),
                ('existing', models.CharField(choices=[('skip', 'leave as it is'), ('update', 'update')], default='skip', max_length=10, verbose_name='what is there already')),
                ('state', models.CharField(choices=[('draft', 'being prepared'), ('checking', 'trial run'), ('checked', 'trial run finished'), ('running', 'running'), ('paused', 'stopped'), ('done', 'finished'), ('failed', 'failed')], default='draft', max_length=10, verbose_name='state')),
                ('total', models.PositiveIntegerField(blank=True, null=True, verbose_name='rows')),
                ('position', models.PositiveIntegerField(default=0, verbose_name='rows read')),
                ('created', models.PositiveIntegerField(default=0, verbose_name='new')),
                ('updated', models.PositiveIntegerField(default=0, verbose_name='updated')),
                ('skipped', models.PositiveIntegerField(default=0, verbose_name='left as they were')),
                ('failed', models.PositiveIntegerField(default=0, verbose_name='refused')),
                ('error', models.TextField(blank=True, default='', verbose_name='what went wrong')),
                ('made_at', models.DateTimeField(auto_now_add=True, verbose_name='begun')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended')),
                ('file', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile', verbose_name='file')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='imported by')),
            ],
            options={
                'verbose_name': 'import',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('origin', 'file'), _negated=True), ('file__isnull', False), _connector='OR'), name='import_of_a_file_has_one')],
            },
        ),
        migrations.CreateModel(
            name='ForeignRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=200)),
                ('target', models.CharField(max_length=20)),
                ('foreign_id', models.CharField(max_length=200)),
                ('object_id', models.BigIntegerField()),
                ('of', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='exchange.import')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('source', 'target', 'foreign_id'), name='foreign_record_once')],
            },
        ),
        migrations.CreateModel(
            name='RefusedRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='row')),
                ('values', models.JSONField()),
                ('errors', models.JSONField()),
                ('of', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='refused', to='exchange.import')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('of', 'number'), name='refused_row_once')],
            },
        ),
    ]
