import django.db.models.deletion
import kosna.core.clock
import research.models.downloads
from django.conf import settings
from django.db import migrations, models
from kosna.core.tables import CreateAtOnce


class Migration(migrations.Migration):

    initial = True
    replaces = [
        ("research", "0001_initial"),
    ]

    dependencies = [
        ('members', '0001_squashed'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateAtOnce([
            migrations.CreateModel(
                name='Report',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('slug', models.SlugField(max_length=80, unique=True, verbose_name='address')),
                    ('status', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published'), ('withdrawn', 'Withdrawn from the library')], default='draft', max_length=10, verbose_name='status')),
                    ('topic', models.CharField(choices=[('technology', 'Technology'), ('market', 'Market trends'), ('research', 'Research and analysis')], max_length=12, verbose_name='topic')),
                    ('title_ko', models.CharField(max_length=200, verbose_name='title in Korean')),
                    ('title_en', models.CharField(blank=True, max_length=200, verbose_name='title in English')),
                    ('abstract_ko', models.TextField(verbose_name='abstract in Korean')),
                    ('abstract_en', models.TextField(blank=True, verbose_name='abstract in English')),
                    ('contents_ko', models.TextField(blank=True, verbose_name='table of contents in Korean')),
                    ('contents_en', models.TextField(blank=True, verbose_name='table of contents in English')),
                    ('authors_ko', models.CharField(max_length=200, verbose_name='authors in Korean')),
                    ('authors_en', models.CharField(blank=True, max_length=200, verbose_name='authors in English')),
                    ('keywords_ko', models.CharField(blank=True, max_length=200, verbose_name='keywords in Korean')),
                    ('keywords_en', models.CharField(blank=True, max_length=200, verbose_name='keywords in English')),
                    ('edition', models.CharField(default='1.0', max_length=20, verbose_name='edition')),
                    ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='published at')),
                    ('pages', models.PositiveSmallIntegerField(default=0)),
                    ('is_public', models.BooleanField(default=False, verbose_name='open to everyone')),
                    ('file', models.FileField(blank=True, upload_to='reports', verbose_name='PDF')),
                    ('sha256', models.CharField(blank=True, max_length=64)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('search_text', models.TextField(blank=True, editable=False)),
                    ('search_initials', models.TextField(blank=True, editable=False)),
                    ('clock', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.clock')),
                    ('tiers', models.ManyToManyField(blank=True, related_name='reports', to='members.tier', verbose_name='tiers')),
                ],
                options={
                    'verbose_name': 'report',
                    'verbose_name_plural': 'reports',
                },
            ),
            migrations.CreateModel(
                name='Download',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('serial', models.CharField(default=research.models.downloads.new_serial, max_length=16, unique=True)),
                    ('at', models.DateTimeField(default=kosna.core.clock.now)),
                    ('name', models.CharField(max_length=120)),
                    ('member_number', models.CharField(blank=True, max_length=12)),
                    ('tier', models.CharField(blank=True, max_length=30)),
                    ('original_sha256', models.CharField(max_length=64)),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='downloads', to=settings.AUTH_USER_MODEL)),
                    ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='downloads', to='research.report')),
                ],
                options={
                    'verbose_name': 'download',
                    'verbose_name_plural': 'downloads',
                },
            ),
            migrations.AddIndex(
                model_name='report',
                index=models.Index(fields=['status', '-published_at'], name='research_re_status_acb270_idx'),
            ),
            migrations.AddIndex(
                model_name='report',
                index=models.Index(fields=['topic', 'status', '-published_at'], name='research_re_topic_91d28a_idx'),
            ),
            migrations.AddConstraint(
                model_name='report',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'published'), _negated=True), models.Q(('published_at__isnull', False), models.Q(('file', ''), _negated=True)), _connector='OR'), name='report_published_has_file'),
            ),
            migrations.AddIndex(
                model_name='download',
                index=models.Index(fields=['report', '-at'], name='research_do_report__2897fd_idx'),
            ),
            migrations.AddIndex(
                model_name='download',
                index=models.Index(fields=['user', '-at'], name='research_do_user_id_f5b0f5_idx'),
            ),
        ]),
    ]
