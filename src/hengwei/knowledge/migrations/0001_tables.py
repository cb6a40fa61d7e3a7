import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from hengwei.core.database.tables import TablesAtOnce


class Migration(TablesAtOnce):

    replaces = [
        ('knowledge', '0001_initial'),
        ('knowledge', '0002_words_of_states'),
    ]

    initial = True

    dependencies = [
        ('core', '0001_tables'),
        ('org', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='ArticleVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='version')),
                ('status', models.CharField(choices=[('draft', 'draft'), ('in_review', 'in review'), ('published', 'published to its readers'), ('returned', 'sent back'), ('discarded', 'discarded')], default='draft', max_length=10)),
                ('title', models.CharField(blank=True, default='', max_length=200, verbose_name='title')),
                ('title_en', models.CharField(blank=True, default='', max_length=200, verbose_name='English title')),
                ('summary', models.CharField(blank=True, default='', max_length=500, verbose_name='summary')),
                ('summary_en', models.CharField(blank=True, default='', max_length=500, verbose_name='English summary')),
                ('body', models.TextField(blank=True, default='', verbose_name='text')),
                ('body_en', models.TextField(blank=True, default='', verbose_name='English text')),
                ('note', models.CharField(blank=True, default='', max_length=300, verbose_name='what changed')),
                ('urgent', models.BooleanField(default=False, verbose_name='urgent correction')),
                ('submitted_at', models.DateTimeField(blank=True, null=True)),
                ('reviewed_at', models.DateTimeField(blank=True, null=True)),
                ('verdict', models.CharField(blank=True, default='', max_length=500, verbose_name='what the reviewer said')),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='knowledge.article')),
                ('asked', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked to review')),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='author')),
                ('editors', models.ManyToManyField(blank=True, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reviewed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reviewed by')),
            ],
            options={
                'verbose_name': 'version',
                'ordering': ['-number'],
                'constraints': [models.UniqueConstraint(fields=('article', 'number'), name='article_version_once'), models.UniqueConstraint(condition=models.Q(('status__in', ('draft', 'in_review'))), fields=('article',), name='article_one_version_in_work'), models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'in_review', 'published', 'returned', 'discarded'])), name='article_version_status_known'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'published'), _negated=True), ('published_at__isnull', False), _connector='OR'), name='article_version_published_has_time'), models.CheckConstraint(condition=models.Q(('reviewed_by', None), models.Q(('reviewed_by', models.F('author')), _negated=True), _connector='OR'), name='article_version_reviewed_by_another')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='articleversion',
            trigger=pgtrigger.compiler.Trigger(name='article_version_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.status <> 'draft' AND (OLD.article_id, OLD.number, OLD.title, OLD.title_en, OLD.summary, OLD.summary_en, OLD.body, OLD.body_en) IS DISTINCT FROM (NEW.article_id, NEW.number, NEW.title, NEW.title_en, NEW.summary, NEW.summary_en, NEW.body, NEW.body_en))", func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='84fc5aca4ac98221a06804694606da4830e984bb', operation='UPDATE', pgid='pgtrigger_article_version_frozen_5e6e9', table='knowledge_articleversion', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='Category',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('name_en', models.CharField(blank=True, default='', max_length=200, verbose_name='English name')),
                ('key', models.SlugField(unique=True, verbose_name='key')),
                ('description', models.CharField(blank=True, default='', max_length=300, verbose_name='description')),
                ('description_en', models.CharField(blank=True, default='', max_length=300, verbose_name='English description')),
                ('icon', models.CharField(blank=True, default='book-2', max_length=40, verbose_name='icon')),
                ('audience', models.CharField(choices=[('everyone', 'everyone who signs in'), ('customers', 'customers outside, and staff'), ('some_customers', 'certain customers, and staff'), ('staff', 'staff'), ('teams', 'certain teams')], default='everyone', max_length=16, verbose_name='for whom')),
                ('order', models.PositiveSmallIntegerField(default=100, verbose_name='order')),
                ('archived_at', models.DateTimeField(blank=True, null=True, verbose_name='archived')),
                ('customers', models.ManyToManyField(blank=True, related_name='+', to='org.customer', verbose_name='customers')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='knowledge.category', verbose_name='part of')),
                ('teams', models.ManyToManyField(blank=True, related_name='+', to='org.team', verbose_name='teams')),
            ],
            options={
                'verbose_name': 'category of articles',
                'ordering': ['order', 'id'],
                'indexes': [models.Index(fields=['order', 'id'], name='kb_category_order')],
                'constraints': [models.CheckConstraint(condition=models.Q(('audience__in', ['everyone', 'customers', 'some_customers', 'staff', 'teams'])), name='kb_category_audience_known'), models.CheckConstraint(condition=models.Q(('parent', models.F('id')), _negated=True), name='kb_category_not_its_own_parent')],
            },
        ),
        migrations.CreateModel(
            name='Article',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=30, unique=True, verbose_name='number')),
                ('kind', models.CharField(choices=[('faq', 'FAQ'), ('how_to', 'how-to'), ('known_error', 'known error'), ('manual', 'manual')], default='faq', max_length=12, verbose_name='kind')),
                ('state', models.CharField(choices=[('draft', 'not published yet'), ('published', 'published to its readers'), ('superseded', 'superseded'), ('archived', 'archived')], default='draft', max_length=12, verbose_name='state')),
                ('title', models.CharField(blank=True, default='', max_length=200, verbose_name='title')),
                ('title_en', models.CharField(blank=True, default='', max_length=200, verbose_name='English title')),
                ('summary', models.CharField(blank=True, default='', max_length=500, verbose_name='summary')),
                ('summary_en', models.CharField(blank=True, default='', max_length=500, verbose_name='English summary')),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None, verbose_name='tags')),
                ('audience', models.CharField(choices=[('everyone', 'everyone who signs in'), ('customers', 'customers outside, and staff'), ('some_customers', 'certain customers, and staff'), ('staff', 'staff'), ('teams', 'certain teams')], default='staff', max_length=16, verbose_name='for whom')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='valid from')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until')),
                ('review_days', models.PositiveSmallIntegerField(default=180, verbose_name='reviewed every (days)')),
                ('next_review_on', models.DateField(blank=True, null=True, verbose_name='next review')),
                ('reminded_on', models.DateField(blank=True, null=True)),
                ('views', models.PositiveIntegerField(default=0, verbose_name='read')),
                ('helped', models.PositiveIntegerField(default=0, verbose_name='helped')),
                ('not_helped', models.PositiveIntegerField(default=0, verbose_name='did not help')),
                ('solved', models.PositiveIntegerField(default=0, verbose_name='items solved')),
                ('deflected', models.PositiveIntegerField(default=0, verbose_name='requests saved')),
                ('created_at', models.DateTimeField(verbose_name='created')),
                ('updated_at', models.DateTimeField(verbose_name='changed')),
                ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='published')),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='written by')),
                ('customers', models.ManyToManyField(blank=True, related_name='+', to='org.customer', verbose_name='customers')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='owned_articles', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('superseded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='supersedes', to='knowledge.article', verbose_name='superseded by')),
                ('teams', models.ManyToManyField(blank=True, related_name='+', to='org.team', verbose_name='teams')),
                ('published', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='knowledge.articleversion', verbose_name='published version')),
                ('working', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='knowledge.articleversion', verbose_name='version in work')),
                ('category', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='articles', to='knowledge.category', verbose_name='category')),
            ],
            options={
                'verbose_name': 'article',
                'indexes': [models.Index(fields=['-updated_at', '-id'], name='article_changed'), models.Index(fields=['state', '-updated_at', '-id'], name='article_state'), models.Index(fields=['category', '-updated_at', '-id'], name='article_category'), models.Index(fields=['owner', '-updated_at', '-id'], name='article_owner'), models.Index(condition=models.Q(('state', 'published')), fields=['-solved', '-helped', '-views', '-id'], name='article_most_used'), models.Index(condition=models.Q(('state', 'published')), fields=['next_review_on', 'id'], name='article_review'), models.Index(condition=models.Q(('state', 'published')), fields=['-published_at', '-id'], name='article_newest'), django.contrib.postgres.indexes.GinIndex(fields=['tags'], name='article_tags')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['faq', 'how_to', 'known_error', 'manual'])), name='article_kind_known'), models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'published', 'superseded', 'archived'])), name='article_state_known'), models.CheckConstraint(condition=models.Q(('audience__in', ['everyone', 'customers', 'some_customers', 'staff', 'teams'])), name='article_audience_known'), models.CheckConstraint(condition=models.Q(models.Q(('title', ''), _negated=True), models.Q(('title_en', ''), _negated=True), _connector='OR'), name='article_has_title'), models.CheckConstraint(condition=models.Q(('state', 'draft'), ('published__isnull', False), _connector='OR'), name='article_published_has_version'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'superseded'), _negated=True), ('superseded_by__isnull', False), _connector='OR'), name='article_superseded_by_one'), models.CheckConstraint(condition=models.Q(('superseded_by', models.F('id')), _negated=True), name='article_not_superseded_by_itself'), models.CheckConstraint(condition=models.Q(('valid_until', None), ('valid_from', None), ('valid_until__gte', models.F('valid_from')), _connector='OR'), name='article_validity_forward'), models.CheckConstraint(condition=models.Q(('review_days__range', (1, 3650))), name='article_review_days_range')],
            },
        ),
        migrations.CreateModel(
            name='ArticleFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('listed', models.BooleanField(default=True)),
                ('added_at', models.DateTimeField(auto_now_add=True)),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
                ('added_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='knowledge.article')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile')),
            ],
            options={
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(fields=('article', 'file'), name='article_file_once')],
            },
        ),
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(verbose_name='what should change')),
                ('state', models.CharField(choices=[('open', 'waits for the owner'), ('accepted', 'taken up'), ('declined', 'not taken up')], default='open', max_length=10, verbose_name='state')),
                ('answer', models.CharField(blank=True, default='', max_length=500, verbose_name='answer')),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('at', models.DateTimeField(verbose_name='suggested')),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='knowledge.article', verbose_name='article')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='suggested by')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='knowledge.articleversion')),
            ],
            options={
                'verbose_name': 'correction',
                'indexes': [models.Index(fields=['state', '-id'], name='correction_state')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ('open', 'accepted', 'declined'))), name='correction_state_known'), models.CheckConstraint(condition=models.Q(('state', 'open'), ('decided_at__isnull', False), _connector='OR'), name='correction_decided_has_time')],
            },
        ),
        migrations.CreateModel(
            name='Deflection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('question', models.CharField(blank=True, default='', max_length=300)),
                ('at', models.DateTimeField()),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deflections', to='knowledge.article')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['user', '-at'], name='deflection_user'), models.Index(fields=['article', '-at'], name='deflection_article')],
            },
        ),
        migrations.CreateModel(
            name='System',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('name_en', models.CharField(blank=True, default='', max_length=200, verbose_name='English name')),
                ('aliases', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), blank=True, default=list, size=None, verbose_name='also called')),
                ('category_keys', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None, verbose_name='opens for items of these categories')),
                ('description', models.CharField(blank=True, default='', max_length=500, verbose_name='description')),
                ('archived_at', models.DateTimeField(blank=True, null=True, verbose_name='archived')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('article', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='systems', to='knowledge.article', verbose_name='manual as an article')),
                ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.team', verbose_name='kept by')),
            ],
            options={
                'verbose_name': 'system',
                'ordering': ['name', 'id'],
                'indexes': [models.Index(fields=['name', 'id'], name='kb_system_order')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('archived_at', None)), fields=('name',), name='kb_system_name_once')],
            },
        ),
        migrations.CreateModel(
            name='Fault',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200, verbose_name='fault')),
                ('title_en', models.CharField(blank=True, default='', max_length=200, verbose_name='fault in English')),
                ('symptoms', models.TextField(verbose_name='symptoms')),
                ('symptoms_en', models.TextField(blank=True, default='', verbose_name='symptoms in English')),
                ('cause', models.TextField(blank=True, default='', verbose_name='cause')),
                ('cause_en', models.TextField(blank=True, default='', verbose_name='cause in English')),
                ('escalate_to', models.CharField(blank=True, default='', max_length=300, verbose_name='when the steps do not help')),
                ('order', models.PositiveSmallIntegerField(default=100, verbose_name='order')),
                ('version', models.PositiveIntegerField(default=1)),
                ('updated_at', models.DateTimeField()),
                ('archived_at', models.DateTimeField(blank=True, null=True, verbose_name='archived')),
                ('updated_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('system', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='faults', to='knowledge.system', verbose_name='system')),
            ],
            options={
                'verbose_name': 'fault',
                'ordering': ['order', 'id'],
                'indexes': [models.Index(fields=['system', 'order', 'id'], name='fault_order')],
            },
        ),
        migrations.CreateModel(
            name='FaultStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='step')),
                ('check_only', models.BooleanField(default=False, verbose_name='a check, changes nothing')),
                ('text', models.TextField(verbose_name='what to do')),
                ('text_en', models.TextField(blank=True, default='', verbose_name='what to do, in English')),
                ('expected', models.CharField(max_length=500, verbose_name='expected result')),
                ('expected_en', models.CharField(blank=True, default='', max_length=500, verbose_name='expected result in English')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('fault', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='knowledge.fault')),
            ],
            options={
                'ordering': ['number', 'id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('fault', 'number'), name='fault_step_number_once'), models.CheckConstraint(condition=models.Q(('expected', ''), _negated=True), name='fault_step_has_expected_result')],
            },
        ),
        migrations.CreateModel(
            name='Feedback',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('helped', models.BooleanField(verbose_name='helped')),
                ('words', models.CharField(blank=True, default='', max_length=1000, verbose_name='in words')),
                ('at', models.DateTimeField()),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='feedback', to='knowledge.article')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='knowledge.articleversion')),
            ],
            options={
                'indexes': [models.Index(fields=['article', '-at'], name='article_feedback_order')],
                'constraints': [models.UniqueConstraint(fields=('article', 'user'), name='article_feedback_once')],
            },
        ),
        migrations.CreateModel(
            name='Link',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('target', models.CharField(max_length=1000, verbose_name='leads to')),
                ('external', models.BooleanField(default=False)),
                ('broken', models.BooleanField(default=False)),
                ('reason', models.CharField(blank=True, default='', max_length=200)),
                ('checked_at', models.DateTimeField(blank=True, null=True)),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links', to='knowledge.article')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('external', True)), fields=['checked_at'], name='article_link_external'), models.Index(condition=models.Q(('broken', True)), fields=['article'], name='article_link_broken')],
                'constraints': [models.UniqueConstraint(fields=('article', 'target'), name='article_link_once')],
            },
        ),
        migrations.CreateModel(
            name='Posting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('term', models.CharField(max_length=60)),
                ('weight', models.PositiveSmallIntegerField()),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='postings', to='knowledge.article')),
            ],
            options={
                'indexes': [models.Index(fields=['term', 'article'], include=('weight',), name='posting_term')],
                'constraints': [models.UniqueConstraint(fields=('article', 'term'), name='posting_once')],
            },
        ),
        migrations.CreateModel(
            name='SearchGap',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=120, verbose_name='asked for')),
                ('by_staff', models.BooleanField(default=False, verbose_name='asked by staff')),
                ('times', models.PositiveIntegerField(default=1, verbose_name='how often')),
                ('first_at', models.DateTimeField(verbose_name='first asked')),
                ('last_at', models.DateTimeField(verbose_name='last asked')),
                ('settled_at', models.DateTimeField(blank=True, null=True, verbose_name='settled')),
                ('settled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'gap',
                'indexes': [models.Index(condition=models.Q(('settled_at', None)), fields=['-times', '-id'], name='search_gap_open')],
                'constraints': [models.UniqueConstraint(fields=('text', 'by_staff'), name='search_gap_once')],
            },
        ),
        migrations.CreateModel(
            name='ViewDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('views', models.PositiveIntegerField(default=0)),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='view_days', to='knowledge.article')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('article', 'day'), name='article_view_day_once')],
            },
        ),
        migrations.CreateModel(
            name='ArticleChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(choices=[('created', 'created'), ('imported', 'imported'), ('submitted', 'given to review'), ('withdrawn', 'taken back from review'), ('returned', 'sent back'), ('published', 'published to its readers'), ('urgent', 'corrected urgently'), ('confirmed', 'reviewed: still right'), ('facts', 'facts changed'), ('discarded', 'draft discarded'), ('superseded', 'superseded'), ('archived', 'archived'), ('restored', 'in use again')], max_length=12)),
                ('reason', models.CharField(blank=True, default='', max_length=500)),
                ('details', models.JSONField(blank=True, default=dict)),
                ('at', models.DateTimeField()),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='knowledge.article')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-at', '-id'],
                'indexes': [models.Index(fields=['article', '-at', '-id'], name='article_change_order')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='articlechange',
            trigger=pgtrigger.compiler.Trigger(name='article_change_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='a98818d34c9282c19059cbce8b68d08cb7188af2', operation='UPDATE', pgid='pgtrigger_article_change_append_only_88309', table='knowledge_articlechange', when='BEFORE')),
        ),
    ]
