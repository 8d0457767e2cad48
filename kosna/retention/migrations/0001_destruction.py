import django.db.models.deletion
import kosna.core.clock
from django.conf import settings
from django.db import migrations, models
from kosna.core.tables import CreateAtOnce


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0002_closed_accounts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateAtOnce([
            migrations.CreateModel(
                name='ClosedAccount',
                fields=[
                    ('user', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='closed_account', serialize=False, to=settings.AUTH_USER_MODEL)),
                    ('closed_at', models.DateTimeField(default=kosna.core.clock.now)),
                    ('sealed', models.BinaryField(null=True)),
                ],
                options={
                    'verbose_name': 'closed account',
                    'verbose_name_plural': 'closed accounts',
                    'indexes': [models.Index(fields=['closed_at'], name='retention_c_closed__8a05a8_idx')],
                },
            ),
            migrations.CreateModel(
                name='Destruction',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('status', models.CharField(choices=[('proposed', 'To be approved'), ('approved', 'Being destroyed'), ('done', 'Destroyed'), ('refused', 'Refused'), ('withdrawn', 'Proposal withdrawn')], default='proposed', max_length=10, verbose_name='status')),
                    ('as_of', models.DateTimeField(default=kosna.core.clock.now)),
                    ('proposed_at', models.DateTimeField(default=kosna.core.clock.now)),
                    ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
                    ('decided_at', models.DateTimeField(blank=True, null=True)),
                    ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                    ('done_at', models.DateTimeField(blank=True, null=True)),
                    ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'destruction',
                    'verbose_name_plural': 'destructions',
                    'ordering': ['-pk'],
                },
            ),
            migrations.CreateModel(
                name='DestructionItem',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(max_length=30)),
                    ('basis', models.CharField(max_length=20)),
                    ('years', models.PositiveSmallIntegerField()),
                    ('cutoff', models.DateTimeField()),
                    ('number', models.PositiveIntegerField()),
                    ('keys', models.JSONField(default=list)),
                    ('position', models.PositiveIntegerField(default=0)),
                    ('destroyed', models.PositiveIntegerField(default=0)),
                    ('destruction', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='retention.destruction')),
                ],
                options={
                    'verbose_name': 'kind in a destruction',
                    'verbose_name_plural': 'kinds in a destruction',
                    'ordering': ['pk'],
                },
            ),
            migrations.AddConstraint(
                model_name='destruction',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('status', 'proposed')), models.Q(models.Q(('status', 'proposed'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='destruction_decision_paired'),
            ),
            migrations.AddConstraint(
                model_name='destruction',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['approved', 'done', 'refused']), _negated=True), models.Q(('decided_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='destruction_by_two_people'),
            ),
            migrations.AddConstraint(
                model_name='destruction',
                constraint=models.CheckConstraint(condition=models.Q(('status', 'done'), ('done_at', None), _connector='XOR'), name='destruction_done_has_time'),
            ),
            migrations.AddConstraint(
                model_name='destruction',
                constraint=models.UniqueConstraint(condition=models.Q(('status', 'proposed')), fields=('status',), name='destruction_one_proposed'),
            ),
            migrations.AddConstraint(
                model_name='destruction',
                constraint=models.UniqueConstraint(condition=models.Q(('status', 'approved')), fields=('status',), name='destruction_one_running'),
            ),
            migrations.AddConstraint(
                model_name='destructionitem',
                constraint=models.UniqueConstraint(fields=('destruction', 'kind'), name='destruction_kind_once'),
            ),
            migrations.AddConstraint(
                model_name='destructionitem',
                constraint=models.CheckConstraint(condition=models.Q(('destroyed__lte', models.F('number'))), name='destruction_not_more_than_shown'),
            ),
        ]),
    ]
