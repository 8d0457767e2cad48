import django.db.models.deletion
import kosna.core.clock
from django.db import migrations, models
from kosna.core.tables import CreateAtOnce


class Migration(migrations.Migration):

    initial = True
    replaces = [
        ("audit", "0001_initial"),
    ]

    dependencies = [
        ('branches', '0001_tables'),
    ]

    operations = [
        CreateAtOnce([
            migrations.CreateModel(
                name='Entry',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField(default=kosna.core.clock.now)),
                    ('actor_id', models.BigIntegerField(null=True)),
                    ('actor', models.CharField(blank=True, max_length=120)),
                    ('verb', models.CharField(max_length=60)),
                    ('target_type', models.CharField(max_length=60)),
                    ('target_id', models.CharField(max_length=40)),
                    ('target', models.CharField(max_length=200)),
                    ('reason', models.TextField(blank=True)),
                    ('subjects', models.JSONField(default=list)),
                    ('facts', models.JSONField(default=dict)),
                    ('ip', models.GenericIPAddressField(null=True)),
                    ('branch', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='branches.branch')),
                ],
                options={
                    'verbose_name': 'audit entry',
                    'verbose_name_plural': 'audit entries',
                },
            ),
            migrations.CreateModel(
                name='Look',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('user_id', models.BigIntegerField(db_index=True)),
                    ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='looks', to='audit.entry')),
                ],
                options={
                    'verbose_name': 'look at personal data',
                    'verbose_name_plural': 'looks at personal data',
                },
            ),
            migrations.CreateModel(
                name='Seal',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('position', models.BigIntegerField(unique=True)),
                    ('previous', models.CharField(max_length=64)),
                    ('hash', models.CharField(max_length=64, unique=True)),
                    ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='seal', to='audit.entry')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.AddIndex(
                model_name='entry',
                index=models.Index(fields=['branch', '-at'], name='audit_entry_branch__4758f7_idx'),
            ),
            migrations.AddIndex(
                model_name='entry',
                index=models.Index(fields=['target_type', 'target_id'], name='audit_entry_target__17a98b_idx'),
            ),
            migrations.AddIndex(
                model_name='entry',
                index=models.Index(fields=['-at'], name='audit_entry_at_8ce30a_idx'),
            ),
        ]),
    ]
