import django.db.models.deletion
import kosna.core.clock
from django.conf import settings
from django.db import migrations, models
from kosna.core.tables import CreateAtOnce


class Migration(migrations.Migration):

    initial = True
    replaces = [
        ("branches", "0001_squashed"),
        ("branches", "0002_notice_version"),
    ]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateAtOnce([
            migrations.CreateModel(
                name='Region',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.SlugField(max_length=20, verbose_name='code')),
                    ('name_ko', models.CharField(max_length=40)),
                    ('name_en', models.CharField(max_length=40)),
                    ('valid_from', models.DateField()),
                    ('valid_to', models.DateField(blank=True, null=True)),
                    ('successor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='predecessors', to='branches.region')),
                ],
                options={
                    'verbose_name': 'region',
                    'verbose_name_plural': 'regions',
                },
            ),
            migrations.CreateModel(
                name='Branch',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.SlugField(max_length=20, unique=True, verbose_name='code')),
                    ('name_ko', models.CharField(max_length=60, verbose_name='name in Korean')),
                    ('name_en', models.CharField(max_length=60, verbose_name='name in English')),
                    ('status', models.CharField(choices=[('planned', 'Planned'), ('preparing', 'In preparation'), ('open', 'Open'), ('closed', 'Closed')], default='planned', max_length=10, verbose_name='status')),
                    ('is_head_office', models.BooleanField(default=False)),
                    ('opened_on', models.DateField(blank=True, null=True)),
                    ('closed_on', models.DateField(blank=True, null=True)),
                    ('address_ko', models.CharField(blank=True, max_length=200)),
                    ('address_en', models.CharField(blank=True, max_length=200)),
                    ('phone', models.CharField(blank=True, max_length=20)),
                    ('email', models.EmailField(blank=True, max_length=254)),
                    ('intro_ko', models.TextField(blank=True)),
                    ('intro_en', models.TextField(blank=True)),
                    ('regions', models.ManyToManyField(related_name='branches', to='branches.region')),
                ],
                options={
                    'verbose_name': 'branch',
                    'verbose_name_plural': 'branches',
                    'ordering': ['-is_head_office', 'pk'],
                },
            ),
            migrations.CreateModel(
                name='Term',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('title', models.CharField(choices=[('president', 'President'), ('vice_president', 'Vice president'), ('director', 'Director'), ('auditor', 'Statutory auditor'), ('committee_chair', 'Committee chair'), ('branch_president', 'Branch president'), ('branch_vice_president', 'Branch vice president'), ('secretary_general', 'Secretary general')], max_length=24, verbose_name='title')),
                    ('field_ko', models.CharField(blank=True, max_length=60, verbose_name='committee in Korean')),
                    ('field_en', models.CharField(blank=True, max_length=60, verbose_name='committee in English')),
                    ('name_ko', models.CharField(max_length=80, verbose_name='name')),
                    ('name_en', models.CharField(blank=True, max_length=80, verbose_name='name in English')),
                    ('affiliation', models.CharField(blank=True, max_length=120, verbose_name='affiliation')),
                    ('valid_from', models.DateField(verbose_name='from')),
                    ('valid_to', models.DateField(blank=True, null=True, verbose_name='until')),
                    ('basis', models.CharField(max_length=200, verbose_name='basis')),
                    ('is_public', models.BooleanField(default=True, verbose_name='shown on the public page')),
                    ('end_reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                    ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='terms', to='branches.branch')),
                    ('predecessor', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='successor', to='branches.term')),
                ],
                options={
                    'verbose_name': 'term of office',
                    'verbose_name_plural': 'terms of office',
                    'ordering': ['valid_from', 'pk'],
                },
            ),
            migrations.CreateModel(
                name='Appointment',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('role', models.CharField(choices=[('branch_president', 'Branch president'), ('branch_officer', 'Branch secretariat'), ('secretariat', 'Head-office secretariat'), ('reviewer', 'Reviewer'), ('treasurer', 'Treasurer'), ('editor', 'Research editor'), ('doorkeeper', 'Doorkeeper'), ('auditor', 'Auditor'), ('privacy_officer', 'Privacy officer'), ('system_admin', 'System administrator')], max_length=20, verbose_name='role')),
                    ('title_ko', models.CharField(blank=True, max_length=60)),
                    ('title_en', models.CharField(blank=True, max_length=60)),
                    ('valid_from', models.DateField()),
                    ('valid_to', models.DateField(blank=True, null=True)),
                    ('is_public', models.BooleanField(default=False)),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to=settings.AUTH_USER_MODEL)),
                    ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='branches.branch')),
                ],
                options={
                    'verbose_name': 'appointment',
                    'verbose_name_plural': 'appointments',
                    'constraints': [models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='appointment_dates_in_order'), models.UniqueConstraint(fields=('user', 'branch', 'role', 'valid_from'), name='appointment_once')],
                },
            ),
            migrations.CreateModel(
                name='BranchNotice',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('title_ko', models.CharField(max_length=120, verbose_name='title in Korean')),
                    ('title_en', models.CharField(blank=True, max_length=120, verbose_name='title in English')),
                    ('body_ko', models.TextField(max_length=4000, verbose_name='text in Korean')),
                    ('body_en', models.TextField(blank=True, max_length=4000, verbose_name='text in English')),
                    ('valid_from', models.DateField(verbose_name='from')),
                    ('valid_to', models.DateField(blank=True, null=True, verbose_name='until')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('written_at', models.DateTimeField(default=kosna.core.clock.now)),
                    ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                    ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='branches.branch', verbose_name='branch')),
                    ('withdrawn_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'notice of a branch',
                    'verbose_name_plural': 'notices of branches',
                    'indexes': [models.Index(fields=['branch', '-valid_from'], name='branches_br_branch__b25de9_idx')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='branch_notice_dates_in_order'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at', None), ('withdrawn_by', None)), models.Q(('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False)), _connector='OR'), name='branch_notice_withdrawal_paired')],
                },
            ),
            migrations.CreateModel(
                name='Proposal',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('role', models.CharField(choices=[('branch_president', 'Branch president'), ('branch_officer', 'Branch secretariat'), ('secretariat', 'Head-office secretariat'), ('reviewer', 'Reviewer'), ('treasurer', 'Treasurer'), ('editor', 'Research editor'), ('doorkeeper', 'Doorkeeper'), ('auditor', 'Auditor'), ('privacy_officer', 'Privacy officer'), ('system_admin', 'System administrator')], max_length=20, verbose_name='role')),
                    ('valid_from', models.DateField()),
                    ('valid_to', models.DateField(blank=True, null=True)),
                    ('status', models.CharField(choices=[('proposed', 'To be confirmed'), ('confirmed', 'Confirmed'), ('refused', 'Refused')], default='proposed', max_length=10, verbose_name='status')),
                    ('proposed_at', models.DateTimeField(default=kosna.core.clock.now)),
                    ('decided_at', models.DateTimeField(blank=True, null=True)),
                    ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                    ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='branches.branch')),
                    ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'proposed office',
                    'verbose_name_plural': 'proposed offices',
                    'constraints': [models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='proposal_dates_in_order'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('status', 'proposed')), models.Q(models.Q(('status', 'proposed'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='proposal_decision_paired'), models.CheckConstraint(condition=models.Q(models.Q(('proposed_by', models.F('user')), _negated=True), models.Q(('decided_by', None), models.Q(models.Q(('decided_by', models.F('proposed_by')), _negated=True), models.Q(('decided_by', models.F('user')), _negated=True)), _connector='OR')), name='proposal_by_two_others'), models.UniqueConstraint(condition=models.Q(('status', 'proposed')), fields=('user', 'branch', 'role'), name='proposal_one_waiting')],
                },
            ),
            migrations.AddConstraint(
                model_name='region',
                constraint=models.UniqueConstraint(fields=('code', 'valid_from'), name='region_once'),
            ),
            migrations.AddConstraint(
                model_name='region',
                constraint=models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='region_dates_in_order'),
            ),
            migrations.AddConstraint(
                model_name='branch',
                constraint=models.UniqueConstraint(condition=models.Q(('is_head_office', True)), fields=('is_head_office',), name='branch_one_head_office'),
            ),
            migrations.AddIndex(
                model_name='term',
                index=models.Index(fields=['branch', 'valid_to'], name='branches_te_branch__8087d3_idx'),
            ),
            migrations.AddConstraint(
                model_name='term',
                constraint=models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='term_dates_in_order'),
            ),
        ]),
    ]
