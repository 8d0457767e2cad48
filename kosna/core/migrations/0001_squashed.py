import django.db.models.deletion
import kosna.core.clock
import uuid
from django.conf import settings
from django.db import migrations, models
from kosna.core.tables import CreateAtOnce


class Migration(migrations.Migration):

    initial = True
    replaces = [
        ("core", "0001_initial"),
        ("core", "0002_long_work"),
        ("core", "0003_public_holidays"),
    ]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateAtOnce([
            migrations.CreateModel(
                name='Holiday',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('day', models.DateField(unique=True, verbose_name='day')),
                    ('name_ko', models.CharField(max_length=60, verbose_name='name in Korean')),
                    ('name_en', models.CharField(blank=True, max_length=60, verbose_name='name in English')),
                ],
                options={
                    'verbose_name': 'public holiday',
                    'verbose_name_plural': 'public holidays',
                    'ordering': ['day'],
                },
            ),
            migrations.CreateModel(
                name='Counter',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(max_length=40)),
                    ('year', models.PositiveSmallIntegerField()),
                    ('value', models.PositiveIntegerField(default=0)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('kind', 'year'), name='counter_once')],
                },
            ),
            migrations.CreateModel(
                name='JobRun',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=60)),
                    ('slot', models.DateTimeField()),
                    ('started_at', models.DateTimeField()),
                    ('finished_at', models.DateTimeField(null=True)),
                    ('outcome', models.TextField(blank=True)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('name', 'slot'), name='jobrun_once')],
                },
            ),
            migrations.CreateModel(
                name='Batch',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('uuid', models.UUIDField(default=uuid.uuid4, unique=True)),
                    ('kind', models.CharField(max_length=60)),
                    ('title', models.CharField(max_length=200)),
                    ('params', models.JSONField(default=dict)),
                    ('status', models.CharField(choices=[('queued', 'Waiting to start'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed'), ('cancelled', 'Stopped')], default='queued', max_length=10)),
                    ('total', models.PositiveIntegerField(default=0)),
                    ('done', models.PositiveIntegerField(default=0)),
                    ('note', models.CharField(blank=True, max_length=200)),
                    ('result', models.JSONField(default=dict)),
                    ('file', models.FileField(blank=True, upload_to='batches')),
                    ('file_name', models.CharField(blank=True, max_length=150)),
                    ('tries', models.PositiveSmallIntegerField(default=0)),
                    ('created_at', models.DateTimeField(default=kosna.core.clock.now)),
                    ('beat_at', models.DateTimeField(null=True)),
                    ('finished_at', models.DateTimeField(null=True)),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='batches', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'long work',
                    'verbose_name_plural': 'long works',
                    'indexes': [models.Index(fields=['by', '-created_at'], name='core_batch_by_id_0d2917_idx'), models.Index(condition=models.Q(('status__in', ['queued', 'running'])), fields=['created_at'], name='batch_to_do')],
                },
            ),
        ]),
    ]
