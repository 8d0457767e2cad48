import django.core.validators
import django.db.models.deletion
import kosna.core.clock
import kosna.core.models
import kosna.core.uploads
import research.models.decimals
import research.models.downloads
import uuid
from django.conf import settings
from django.db import migrations, models
from kosna.core.tables import CreateAtOnce


class Migration(migrations.Migration):

    initial = True
    replaces = [
        ("research", "0001_squashed"),
        ("research", "0003_statistics"),
        ("research", "0004_the_library_in_full"),
        ("research", "0005_authors_and_transfers"),
        ("research", "0006_finding"),
        ("research", "0007_use_counts"),
        ("research", "0008_reasons_in_two_languages"),
        ("research", "0009_longer_saved_searches"),
    ]

    dependencies = [
        ('branches', '0001_tables'),
        ('core', '0001_squashed'),
        ('members', '0001_tables'),
        ('payments', '0001_tables'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateAtOnce([
            migrations.CreateModel(
                name='Author',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('slug', models.SlugField(allow_unicode=True, max_length=80, unique=True)),
                    ('name_ko', models.CharField(max_length=120, unique=True, verbose_name='name in Korean')),
                    ('name_en', models.CharField(blank=True, max_length=120, verbose_name='name in English')),
                    ('affiliation_ko', models.CharField(blank=True, max_length=120, verbose_name='affiliation in Korean')),
                    ('affiliation_en', models.CharField(blank=True, max_length=120, verbose_name='affiliation in English')),
                    ('about_ko', models.CharField(blank=True, max_length=1000, verbose_name='about the author, in Korean')),
                    ('about_en', models.CharField(blank=True, max_length=1000, verbose_name='about the author, in English')),
                ],
                options={
                    'verbose_name': 'author',
                    'verbose_name_plural': 'authors',
                    'ordering': ['name_ko'],
                },
            ),
            migrations.CreateModel(
                name='Catalogue',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('stamp', models.CharField(blank=True, max_length=32)),
                    ('places', models.PositiveIntegerField(default=0)),
                ],
            ),
            migrations.CreateModel(
                name='Report',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('slug', models.SlugField(max_length=80, unique=True, verbose_name='address')),
                    ('status', models.CharField(choices=[('draft', 'Draft'), ('review', 'In review'), ('published', 'Published'), ('withdrawn', 'Withdrawn from the library')], default='draft', max_length=10, verbose_name='status')),
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
                    ('price', kosna.core.models.WonField(blank=True, null=True, verbose_name='price for non-members')),
                    ('vat_class', models.CharField(choices=[('none', 'Not subject to VAT'), ('exempt', 'VAT exempt'), ('taxable', 'VAT included')], default='taxable', max_length=8, verbose_name='VAT')),
                    ('no_english', models.CharField(blank=True, max_length=200, verbose_name='why there is no English abstract')),
                    ('file', models.FileField(blank=True, upload_to='reports', verbose_name='PDF')),
                    ('sha256', models.CharField(blank=True, max_length=64)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('search_text', models.TextField(blank=True, editable=False)),
                    ('search_initials', models.TextField(blank=True, editable=False)),
                    ('branches', models.ManyToManyField(blank=True, related_name='+', to='branches.branch', verbose_name='members of these branches')),
                    ('clock', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.clock')),
                    ('tiers', models.ManyToManyField(blank=True, related_name='reports', to='members.tier', verbose_name='tiers')),
                ],
                options={
                    'verbose_name': 'report',
                    'verbose_name_plural': 'reports',
                },
            ),
            migrations.CreateModel(
                name='Permit',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                    ('made_at', models.DateTimeField(default=kosna.core.clock.now)),
                    ('since', models.DateTimeField(null=True)),
                    ('until', models.DateTimeField(null=True)),
                    ('ended_at', models.DateTimeField(null=True)),
                    ('given_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('line', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='permit', to='payments.orderline')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='permits', to=settings.AUTH_USER_MODEL)),
                    ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='permits', to='research.report')),
                ],
                options={
                    'verbose_name': 'right to read',
                    'verbose_name_plural': 'rights to read',
                },
            ),
            migrations.CreateModel(
                name='Occasion',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('event', models.PositiveBigIntegerField()),
                    ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='occasions', to='research.report')),
                ],
            ),
            migrations.CreateModel(
                name='Label',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('field', 'Social field'), ('audience', 'Audience')], max_length=8)),
                    ('value', models.CharField(max_length=12)),
                    ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='labels', to='research.report')),
                ],
                options={
                    'ordering': ['-kind', 'value'],
                },
            ),
            migrations.CreateModel(
                name='Erratum',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('edition', models.CharField(max_length=20, verbose_name='edition')),
                    ('place', models.CharField(max_length=60, verbose_name='where')),
                    ('text_ko', models.CharField(max_length=500, verbose_name='correction in Korean')),
                    ('text_en', models.CharField(blank=True, max_length=500, verbose_name='correction in English')),
                    ('on', models.DateField(default=kosna.core.clock.today, verbose_name='day')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='errata', to='research.report')),
                ],
                options={
                    'verbose_name': 'erratum',
                    'verbose_name_plural': 'errata',
                    'ordering': ['-on', '-pk'],
                },
            ),
            migrations.CreateModel(
                name='Edition',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('label', models.CharField(max_length=20, verbose_name='edition')),
                    ('note_ko', models.CharField(blank=True, max_length=300, verbose_name='what is new, in Korean')),
                    ('note_en', models.CharField(blank=True, max_length=300, verbose_name='what is new, in English')),
                    ('file', models.FileField(upload_to='reports', verbose_name='PDF')),
                    ('sha256', models.CharField(max_length=64)),
                    ('pages', models.PositiveSmallIntegerField()),
                    ('prepared_at', models.DateTimeField(default=kosna.core.clock.now)),
                    ('published_at', models.DateTimeField(null=True)),
                    ('followed_at', models.DateTimeField(null=True)),
                    ('prepared_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='editions', to='research.report')),
                ],
                options={
                    'verbose_name': 'edition',
                    'verbose_name_plural': 'editions',
                    'ordering': ['-pk'],
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
                    ('branch', models.CharField(blank=True, max_length=30)),
                    ('way', models.CharField(blank=True, max_length=12)),
                    ('edition', models.CharField(blank=True, max_length=20)),
                    ('original_sha256', models.CharField(max_length=64)),
                    ('stamped_sha256', models.CharField(blank=True, db_index=True, max_length=64)),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='downloads', to=settings.AUTH_USER_MODEL)),
                    ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='downloads', to='research.report')),
                ],
                options={
                    'verbose_name': 'download',
                    'verbose_name_plural': 'downloads',
                },
            ),
            migrations.CreateModel(
                name='Authorship',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('place', models.PositiveSmallIntegerField()),
                    ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='authorships', to='research.author')),
                    ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='authorships', to='research.report')),
                ],
                options={
                    'ordering': ['place'],
                },
            ),
            migrations.CreateModel(
                name='Posting',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('token', models.CharField(max_length=24)),
                    ('field', models.CharField(choices=[('t', 'Title'), ('k', 'Known'), ('a', 'Told'), ('x', 'Text'), ('f', 'Facet')], max_length=1)),
                    ('block', models.PositiveSmallIntegerField()),
                    ('bits', models.BinaryField()),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('token', 'field', 'block'), name='posting_once')],
                },
            ),
            migrations.CreateModel(
                name='Resumption',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('parts', models.PositiveSmallIntegerField(default=0)),
                    ('download', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='resumption', to='research.download')),
                ],
            ),
            migrations.CreateModel(
                name='SamplePage',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveSmallIntegerField()),
                    ('picture', models.FileField(upload_to='samples')),
                    ('width', models.PositiveSmallIntegerField()),
                    ('height', models.PositiveSmallIntegerField()),
                    ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='samples', to='research.report')),
                ],
                options={
                    'ordering': ['number'],
                },
            ),
            migrations.CreateModel(
                name='SavedSearch',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=80, verbose_name='name')),
                    ('query', models.CharField(max_length=2000)),
                    ('mails', models.BooleanField(default=True, verbose_name='mail me when a new report fits')),
                    ('created_at', models.DateTimeField(default=kosna.core.clock.now)),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_searches', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'saved search',
                    'verbose_name_plural': 'saved searches',
                    'ordering': ['-pk'],
                },
            ),
            migrations.CreateModel(
                name='Series',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.SlugField(max_length=60, unique=True, verbose_name='code')),
                    ('status', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published'), ('withdrawn', 'Withdrawn')], default='draft', max_length=10, verbose_name='status')),
                    ('topic', models.CharField(choices=[('management', 'Social management'), ('games', 'Social games'), ('computing', 'Social computing'), ('art', 'Social art'), ('work', 'Social work'), ('fund', 'Social funding'), ('sports', 'Social sports')], max_length=12, verbose_name='field')),
                    ('name_ko', models.CharField(max_length=150, verbose_name='name in Korean')),
                    ('name_en', models.CharField(blank=True, max_length=150, verbose_name='name in English')),
                    ('unit_ko', models.CharField(max_length=30, verbose_name='unit in Korean')),
                    ('unit_en', models.CharField(blank=True, max_length=30, verbose_name='unit in English')),
                    ('places', models.PositiveSmallIntegerField(default=0, validators=[django.core.validators.MaxValueValidator(6)], verbose_name='decimal places')),
                    ('frequency', models.CharField(choices=[('year', 'Yearly'), ('half', 'Half-yearly'), ('quarter', 'Quarterly'), ('month', 'Monthly')], max_length=8, verbose_name='frequency')),
                    ('by_region', models.BooleanField(default=False, verbose_name='by region')),
                    ('breakdowns', models.JSONField(blank=True, default=list)),
                    ('adds_up', models.BooleanField(default=False, verbose_name='parts add up to the total')),
                    ('source_ko', models.CharField(max_length=200, verbose_name='source in Korean')),
                    ('source_en', models.CharField(blank=True, max_length=200, verbose_name='source in English')),
                    ('method_ko', models.TextField(blank=True, verbose_name='method in Korean')),
                    ('method_en', models.TextField(blank=True, verbose_name='method in English')),
                    ('audience', models.CharField(choices=[('everyone', 'Everything is open to everyone'), ('detail', 'The total is open; regions and breakdowns are for the tiers below'), ('members', 'All values are for the tiers below')], default='everyone', max_length=8, verbose_name='who sees the values')),
                    ('is_sample', models.BooleanField(default=False, help_text='Labelled as sample wherever it is shown.', verbose_name='sample data')),
                    ('is_key', models.BooleanField(default=False, verbose_name='key figure of its field')),
                    ('sort', models.PositiveSmallIntegerField(default=0, verbose_name='place in its field')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('changed_at', models.DateTimeField(default=kosna.core.clock.now)),
                    ('search_text', models.TextField(blank=True, editable=False)),
                    ('search_initials', models.TextField(blank=True, editable=False)),
                    ('tiers', models.ManyToManyField(blank=True, related_name='+', to='members.tier', verbose_name='tiers')),
                ],
                options={
                    'verbose_name': 'statistic',
                    'verbose_name_plural': 'statistics',
                },
            ),
            migrations.CreateModel(
                name='Observation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('period', models.DateField()),
                    ('region', models.CharField(blank=True, max_length=20)),
                    ('first', models.CharField(blank=True, max_length=40)),
                    ('second', models.CharField(blank=True, max_length=40)),
                    ('value', research.models.decimals.ExactDecimalField(blank=True, max_length=40, null=True)),
                    ('mark', models.CharField(blank=True, choices=[('', 'final'), ('p', 'provisional'), ('r', 'revised')], max_length=1)),
                    ('known_at', models.DateTimeField(default=kosna.core.clock.now)),
                    ('reason_ko', models.CharField(blank=True, max_length=300)),
                    ('reason_en', models.CharField(blank=True, max_length=300)),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('replaces', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='research.observation')),
                    ('series', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='observations', to='research.series')),
                ],
                options={
                    'verbose_name': 'value',
                    'verbose_name_plural': 'values',
                },
            ),
            migrations.CreateModel(
                name='SeriesImport',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('uuid', models.UUIDField(default=uuid.uuid4, unique=True)),
                    ('status', models.CharField(choices=[('checking', 'Being checked'), ('checked', 'Checked, nothing written yet'), ('applying', 'Being written'), ('applied', 'Applied'), ('abandoned', 'Given up')], default='checking', max_length=10, verbose_name='status')),
                    ('created_at', models.DateTimeField(default=kosna.core.clock.now)),
                    ('file', models.FileField(blank=True, upload_to=kosna.core.uploads.RandomPath('series'))),
                    ('file_name', models.CharField(max_length=150, verbose_name='file')),
                    ('sha256', models.CharField(max_length=64)),
                    ('shape', models.JSONField(default=dict)),
                    ('reason_ko', models.CharField(max_length=300, verbose_name='reason in Korean')),
                    ('reason_en', models.CharField(blank=True, max_length=300, verbose_name='reason in English')),
                    ('counts', models.JSONField(default=dict)),
                    ('checked_version', models.PositiveIntegerField(default=0)),
                    ('applied_at', models.DateTimeField(blank=True, null=True)),
                    ('batch', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='core.batch')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('series', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='imports', to='research.series')),
                ],
                options={
                    'verbose_name': 'import of values',
                    'verbose_name_plural': 'imports of values',
                },
            ),
            migrations.CreateModel(
                name='SeriesImportRow',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('line', models.PositiveIntegerField()),
                    ('verdict', models.CharField(choices=[('new', 'New'), ('changed', 'Changed'), ('same', 'As before'), ('wrong', 'Faulty')], max_length=7)),
                    ('typed', models.CharField(blank=True, max_length=300)),
                    ('period', models.DateField(null=True)),
                    ('region', models.CharField(blank=True, max_length=20)),
                    ('first', models.CharField(blank=True, max_length=40)),
                    ('second', models.CharField(blank=True, max_length=40)),
                    ('value', research.models.decimals.ExactDecimalField(max_length=40, null=True)),
                    ('mark', models.CharField(blank=True, choices=[('', 'final'), ('p', 'provisional'), ('r', 'revised')], max_length=1)),
                    ('reason_ko', models.CharField(blank=True, max_length=300)),
                    ('reason_en', models.CharField(blank=True, max_length=300)),
                    ('remarks', models.JSONField(default=list)),
                    ('imported', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='research.seriesimport')),
                    ('old', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='research.observation')),
                ],
            ),
            migrations.CreateModel(
                name='Step',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('wrote', 'Wrote'), ('submitted', 'Handed in for review'), ('returned', 'Sent back'), ('approved', 'Approved'), ('withdrew', 'Withdrew'), ('prepared', 'Prepared an edition'), ('released', 'Released an edition'), ('corrected', 'Added an erratum')], max_length=10)),
                    ('at', models.DateTimeField(default=kosna.core.clock.now)),
                    ('note', models.CharField(blank=True, max_length=500)),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='research.report')),
                ],
                options={
                    'verbose_name': 'step',
                    'verbose_name_plural': 'steps',
                    'ordering': ['-pk'],
                },
            ),
            migrations.CreateModel(
                name='TextPage',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveSmallIntegerField()),
                    ('text', models.TextField()),
                    ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='text_pages', to='research.report')),
                ],
            ),
            migrations.CreateModel(
                name='UseCount',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('day', models.DateField()),
                    ('reader', models.CharField(max_length=30)),
                    ('branch', models.CharField(blank=True, max_length=30)),
                    ('views', models.PositiveIntegerField(default=0)),
                    ('files', models.PositiveIntegerField(default=0)),
                    ('locked', models.PositiveIntegerField(default=0)),
                    ('series', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='use_counts', to='research.series')),
                ],
            ),
            migrations.CreateModel(
                name='ViewCount',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('day', models.DateField()),
                    ('reader', models.CharField(max_length=30)),
                    ('views', models.PositiveIntegerField(default=0)),
                    ('locked', models.PositiveIntegerField(default=0)),
                    ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='view_counts', to='research.report')),
                ],
            ),
            migrations.CreateModel(
                name='DailyCap',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('copies', models.PositiveSmallIntegerField(verbose_name='copies a day')),
                    ('tier', models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='members.tier')),
                ],
                options={
                    'verbose_name': 'daily cap',
                    'verbose_name_plural': 'daily caps',
                    'constraints': [models.UniqueConstraint(models.Value(1), condition=models.Q(('tier', None)), name='cap_of_everyone_else')],
                },
            ),
            migrations.CreateModel(
                name='Placed',
                fields=[
                    ('report', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='placed', serialize=False, to='research.report')),
                    ('place', models.PositiveIntegerField(unique=True)),
                    ('is_listed', models.BooleanField(default=False)),
                    ('since', models.BigIntegerField(default=0)),
                    ('title', models.TextField(blank=True)),
                    ('known', models.TextField(blank=True)),
                    ('told', models.TextField(blank=True)),
                    ('facets', models.JSONField(default=list)),
                    ('text_sha256', models.CharField(blank=True, max_length=64)),
                    ('announced_at', models.DateTimeField(null=True)),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('announced_at', None), ('is_listed', True)), fields=['since'], name='placed_unannounced')],
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
            migrations.AddConstraint(
                model_name='permit',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('given_by', None), ('line__isnull', False), ('until', None)), models.Q(('given_by__isnull', False), ('line', None), ('since__isnull', False), ('until__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='permit_bought_or_given'),
            ),
            migrations.AddConstraint(
                model_name='permit',
                constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None), ('line__isnull', False)), fields=('report', 'user'), name='permit_bought_once'),
            ),
            migrations.AddConstraint(
                model_name='occasion',
                constraint=models.UniqueConstraint(fields=('report', 'event'), name='occasion_once'),
            ),
            migrations.AddIndex(
                model_name='label',
                index=models.Index(fields=['kind', 'value', 'report'], name='research_la_kind_49ac31_idx'),
            ),
            migrations.AddConstraint(
                model_name='label',
                constraint=models.UniqueConstraint(fields=('report', 'kind', 'value'), name='label_once'),
            ),
            migrations.AddConstraint(
                model_name='edition',
                constraint=models.UniqueConstraint(fields=('report', 'label'), name='edition_label_once'),
            ),
            migrations.AddConstraint(
                model_name='edition',
                constraint=models.UniqueConstraint(condition=models.Q(('followed_at', None)), fields=('report',), name='edition_prepared_one'),
            ),
            migrations.AddConstraint(
                model_name='edition',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('followed_at', None), ('published_at', None)), models.Q(('followed_at__isnull', False), ('published_at__isnull', False)), _connector='OR'), name='edition_prepared_or_followed'),
            ),
            migrations.AddIndex(
                model_name='download',
                index=models.Index(fields=['report', '-at'], name='research_do_report__2897fd_idx'),
            ),
            migrations.AddIndex(
                model_name='download',
                index=models.Index(fields=['user', '-at'], name='research_do_user_id_f5b0f5_idx'),
            ),
            migrations.AddConstraint(
                model_name='authorship',
                constraint=models.UniqueConstraint(fields=('report', 'author'), name='authorship_once'),
            ),
            migrations.AddConstraint(
                model_name='samplepage',
                constraint=models.UniqueConstraint(fields=('report', 'number'), name='sample_once'),
            ),
            migrations.AddIndex(
                model_name='savedsearch',
                index=models.Index(condition=models.Q(('mails', True)), fields=['created_at'], name='savedsearch_mails'),
            ),
            migrations.AddConstraint(
                model_name='savedsearch',
                constraint=models.UniqueConstraint(fields=('user', 'query'), name='savedsearch_once'),
            ),
            migrations.AddIndex(
                model_name='series',
                index=models.Index(fields=['status', 'topic', 'sort', 'code'], name='research_se_status_317fe6_idx'),
            ),
            migrations.AddConstraint(
                model_name='series',
                constraint=models.CheckConstraint(condition=models.Q(('places__lte', 6)), name='series_places_in_bounds'),
            ),
            migrations.AddIndex(
                model_name='observation',
                index=models.Index(fields=['series', 'region', 'first', 'second', 'period'], name='research_ob_series__1e6452_idx'),
            ),
            migrations.AddConstraint(
                model_name='observation',
                constraint=models.UniqueConstraint(condition=models.Q(('replaces', None)), fields=('series', 'period', 'region', 'first', 'second'), name='observation_begins_once'),
            ),
            migrations.AddConstraint(
                model_name='observation',
                constraint=models.CheckConstraint(condition=models.Q(('replaces', None), models.Q(models.Q(('replaces', models.F('id')), _negated=True), models.Q(('reason_ko', ''), _negated=True)), _connector='OR'), name='observation_change_has_reason'),
            ),
            migrations.AddIndex(
                model_name='seriesimportrow',
                index=models.Index(fields=['imported', 'verdict', 'line'], name='research_se_importe_2dcf4d_idx'),
            ),
            migrations.AddConstraint(
                model_name='seriesimportrow',
                constraint=models.UniqueConstraint(fields=('imported', 'line'), name='series_import_line_once'),
            ),
            migrations.AddConstraint(
                model_name='textpage',
                constraint=models.UniqueConstraint(fields=('report', 'number'), name='textpage_once'),
            ),
            migrations.AddIndex(
                model_name='usecount',
                index=models.Index(fields=['day'], name='research_us_day_4c004e_idx'),
            ),
            migrations.AddConstraint(
                model_name='usecount',
                constraint=models.UniqueConstraint(fields=('series', 'day', 'reader', 'branch'), name='usecount_once'),
            ),
            migrations.AddIndex(
                model_name='viewcount',
                index=models.Index(fields=['day'], name='research_vi_day_47d778_idx'),
            ),
            migrations.AddConstraint(
                model_name='viewcount',
                constraint=models.UniqueConstraint(fields=('report', 'day', 'reader'), name='viewcount_once'),
            ),
        ]),
    ]
