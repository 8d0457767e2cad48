import django.db.models.deletion
import kosna.core.clock
import kosna.documents.models
from django.conf import settings
from django.db import migrations, models
from kosna.core.tables import CreateAtOnce


class Migration(migrations.Migration):

    initial = True
    replaces = [
        ("documents", "0001_initial"),
        ("documents", "0002_minutes"),
        ("documents", "0003_papers_of_a_membership"),
        ("documents", "0004_settlements"),
        ("documents", "0005_papers_about_orders"),
        ("documents", "0006_completion"),
    ]

    dependencies = [
        ('branches', '0001_tables'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateAtOnce([
            migrations.CreateModel(
                name='Document',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('membership_card', 'Membership card'), ('approval', 'Certificate of admission'), ('receipt', 'Receipt'), ('attendance_certificate', 'Certificate of attendance'), ('completion_certificate', 'Certificate of completion'), ('membership_certificate', 'Certificate of membership'), ('dues_certificate', 'Certificate of payment of dues'), ('minutes', 'Minutes of a general meeting'), ('quotation', 'Quotation'), ('bill', 'Bill'), ('transaction', 'Statement of transaction'), ('payment_certificate', 'Certificate of payment'), ('settlement', "Statement of a branch's share")], max_length=30)),
                    ('year', models.PositiveSmallIntegerField()),
                    ('number', models.PositiveIntegerField()),
                    ('code', models.CharField(default=kosna.documents.models.new_code, max_length=26, unique=True)),
                    ('key', models.CharField(db_index=True, max_length=120)),
                    ('about', models.CharField(blank=True, db_index=True, max_length=40)),
                    ('name', models.CharField(blank=True, max_length=120)),
                    ('language', models.CharField(max_length=2)),
                    ('facts', models.JSONField()),
                    ('valid_until', models.DateField(blank=True, null=True)),
                    ('status', models.CharField(choices=[('valid', 'Valid'), ('void', 'Void')], default='valid', max_length=10)),
                    ('issued_at', models.DateTimeField(default=kosna.core.clock.now)),
                    ('voided_at', models.DateTimeField(blank=True, null=True)),
                    ('void_reason', models.CharField(blank=True, max_length=200)),
                    ('file', models.FileField(blank=True, upload_to='documents')),
                    ('sha256', models.CharField(blank=True, max_length=64)),
                    ('reissues', models.PositiveSmallIntegerField(default=0)),
                    ('reissued_at', models.DateTimeField(blank=True, null=True)),
                    ('branch', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='branches.branch')),
                    ('subject', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='documents', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'document',
                    'verbose_name_plural': 'documents',
                    'indexes': [models.Index(fields=['branch', '-id'], name='documents_d_branch__4630e5_idx')],
                    'constraints': [models.UniqueConstraint(fields=('kind', 'year', 'number'), name='document_number_once'), models.CheckConstraint(condition=models.Q(('status', 'void'), ('voided_at', None), _connector='XOR'), name='document_void_has_time'), models.UniqueConstraint(condition=models.Q(('status', 'valid')), fields=('key',), name='document_key_once'), models.CheckConstraint(condition=models.Q(('reissues', 0), ('reissued_at__isnull', False), _connector='XOR'), name='document_reissue_has_time')],
                },
            ),
        ]),
    ]
