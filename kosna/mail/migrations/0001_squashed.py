import django.db.models.deletion
import kosna.core.clock
from django.conf import settings
from django.db import migrations, models
from kosna.core.tables import CreateAtOnce


class Migration(migrations.Migration):

    initial = True
    replaces = [
        ("mail", "0001_initial"),
    ]

    dependencies = [
        ('branches', '0001_tables'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateAtOnce([
            migrations.CreateModel(
                name='Message',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('template', models.CharField(max_length=60)),
                    ('key', models.CharField(max_length=120, null=True, unique=True)),
                    ('to', models.EmailField(max_length=254)),
                    ('language', models.CharField(max_length=2)),
                    ('context', models.JSONField(default=dict)),
                    ('status', models.CharField(choices=[('queued', 'Waiting'), ('sending', 'Being sent'), ('sent', 'Sent'), ('failed', 'Failed')], default='queued', max_length=10)),
                    ('subject', models.CharField(blank=True, max_length=200)),
                    ('text', models.TextField(blank=True)),
                    ('attempts', models.PositiveSmallIntegerField(default=0)),
                    ('created_at', models.DateTimeField(default=kosna.core.clock.now)),
                    ('due_at', models.DateTimeField(default=kosna.core.clock.now)),
                    ('sent_at', models.DateTimeField(blank=True, null=True)),
                    ('message_id', models.CharField(max_length=120, unique=True)),
                    ('error', models.TextField(blank=True)),
                    ('branch', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='branches.branch')),
                    ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'mail',
                    'verbose_name_plural': 'mails',
                    'indexes': [models.Index(condition=models.Q(('status', 'queued')), fields=['due_at'], name='mail_waiting'), models.Index(fields=['-created_at'], name='mail_messag_created_76dd51_idx')],
                },
            ),
        ]),
    ]
