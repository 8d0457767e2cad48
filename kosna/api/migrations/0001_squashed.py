import django.db.models.deletion
import kosna.core.clock
from django.conf import settings
from django.db import migrations, models
from kosna.core.tables import CreateAtOnce


class Migration(migrations.Migration):

    initial = True
    replaces = [
        ("api", "0001_initial"),
    ]

    dependencies = [
        ('branches', '0001_tables'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateAtOnce([
            migrations.CreateModel(
                name='Allowance',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('holder', models.CharField(max_length=40, unique=True)),
                    ('began_at', models.DateTimeField()),
                    ('used', models.PositiveIntegerField(default=1)),
                ],
            ),
            migrations.CreateModel(
                name='Token',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('label', models.CharField(max_length=60, verbose_name='name of the key')),
                    ('scopes', models.JSONField(verbose_name='what it opens')),
                    ('fingerprint', models.CharField(max_length=64, unique=True)),
                    ('issued_at', models.DateTimeField(default=kosna.core.clock.now)),
                    ('expires_at', models.DateTimeField(verbose_name='valid until')),
                    ('last_used_at', models.DateTimeField(blank=True, null=True)),
                    ('revoked_at', models.DateTimeField(blank=True, null=True)),
                    ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='api_tokens', to='branches.branch', verbose_name='branch')),
                    ('issued_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('revoked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'API key',
                    'verbose_name_plural': 'API keys',
                    'ordering': ['revoked_at', 'branch', 'label', 'pk'],
                },
            ),
            migrations.CreateModel(
                name='KeptAnswer',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.CharField(max_length=100)),
                    ('request', models.CharField(max_length=64)),
                    ('at', models.DateTimeField(default=kosna.core.clock.now)),
                    ('status', models.PositiveSmallIntegerField(default=0)),
                    ('body', models.JSONField(default=dict)),
                    ('headers', models.JSONField(default=dict)),
                    ('token', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='api.token')),
                ],
            ),
            migrations.AddConstraint(
                model_name='token',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('revoked_at', None), ('revoked_by', None)), models.Q(('revoked_at__isnull', False), ('revoked_by__isnull', False)), _connector='OR'), name='api_token_revoked_by_somebody'),
            ),
            migrations.AddConstraint(
                model_name='token',
                constraint=models.UniqueConstraint(condition=models.Q(('revoked_at', None)), fields=('branch', 'label'), name='api_token_label_once_in_a_branch'),
            ),
            migrations.AddConstraint(
                model_name='keptanswer',
                constraint=models.UniqueConstraint(fields=('token', 'key'), name='api_key_once_for_a_token'),
            ),
        ]),
    ]
