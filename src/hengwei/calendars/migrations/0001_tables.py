import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from hengwei.core.database.tables import TablesAtOnce


class Migration(TablesAtOnce):

    replaces = [
        ('calendars', '0001_initial'),
        ('calendars', '0002_hours_from_a_day'),
    ]

    initial = True

    dependencies = [
        ('org', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='Calendar',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('name_en', models.CharField(blank=True, default='', max_length=200, verbose_name='English name')),
                ('key', models.SlugField(unique=True, verbose_name='key')),
                ('timezone', models.CharField(default='Asia/Shanghai', max_length=60, verbose_name='time zone')),
                ('is_default', models.BooleanField(default=False, verbose_name='used where nothing else is named')),
            ],
            options={
                'verbose_name': 'calendar',
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('is_default',), name='one_default_calendar')],
            },
        ),
        migrations.CreateModel(
            name='CalendarVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('timezone', models.CharField(max_length=60)),
                ('always_open', models.BooleanField(default=False)),
                ('week', models.JSONField(blank=True, default=list)),
                ('days', models.JSONField(blank=True, default=dict)),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('published_at', models.DateTimeField()),
                ('calendar', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='calendars.calendar')),
                ('published_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('earlier', models.JSONField(blank=True, default=list)),
                ('since', models.DateField(blank=True, null=True, verbose_name='holds from')),
            ],
            options={
                'ordering': ['calendar', '-number'],
                'constraints': [models.UniqueConstraint(fields=('calendar', 'number'), name='calendar_version_once')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='calendarversion',
            trigger=pgtrigger.compiler.Trigger(name='calendar_version_fixed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='61ec1714ab2fb24a547af0402a94ad58d6da6288', operation='UPDATE OR DELETE', pgid='pgtrigger_calendar_version_fixed_94672', table='calendars_calendarversion', when='BEFORE')),
        ),
    ]
