import django.db.models.deletion
import kosna.core.clock
import kosna.core.models
import kosna.core.uploads
import uuid
from django.conf import settings
from django.db import migrations, models

from kosna.core.triggers import append_only, append_only_again


class Migration(migrations.Migration):

    dependencies = [
        ('branches', '0003_terms_of_officers'),
        ('core', '0005_counts_table'),
        ('payments', '0009_months_are_sealed'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        append_only_again("payments_payment", "payments_ledgerentry"),
        migrations.CreateModel(
            name='Alias',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(db_index=True, max_length=100)),
                ('buyer', models.CharField(blank=True, max_length=120)),
                ('learnt_at', models.DateTimeField(default=kosna.core.clock.now)),
            ],
            options={
                'verbose_name': 'learnt name',
                'verbose_name_plural': 'learnt names',
            },
        ),
        migrations.CreateModel(
            name='BankAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='what we call it')),
                ('bank', models.CharField(max_length=40, verbose_name='bank')),
                ('number', models.CharField(max_length=40, verbose_name='account number')),
                ('is_active', models.BooleanField(default=True, verbose_name='in use')),
                ('profile', models.JSONField(default=dict)),
            ],
            options={
                'verbose_name': 'bank account',
                'verbose_name_plural': 'bank accounts',
                'ordering': ['-is_active', 'name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='BankFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('file', models.FileField(upload_to=kosna.core.uploads.RandomPath('bank-files'))),
                ('file_name', models.CharField(max_length=150)),
                ('sha256', models.CharField(db_index=True, max_length=64)),
                ('shape', models.JSONField()),
                ('heading_line', models.PositiveIntegerField(default=0)),
                ('headings', models.JSONField(default=list)),
                ('samples', models.JSONField(default=list)),
                ('mapping', models.JSONField(default=list)),
                ('status', models.CharField(choices=[('mapping', 'Columns to be confirmed'), ('checked', 'Checked, nothing written yet'), ('imported', 'Imported'), ('abandoned', 'Given up')], default='mapping', max_length=9, verbose_name='status')),
                ('counts', models.JSONField(default=dict)),
                ('remarks', models.JSONField(default=list)),
                ('created_at', models.DateTimeField(default=kosna.core.clock.now)),
                ('imported_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'bank file',
                'verbose_name_plural': 'bank files',
            },
        ),
        migrations.CreateModel(
            name='BankLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line', models.PositiveIntegerField()),
                ('fingerprint', models.CharField(max_length=64, unique=True)),
                ('at', models.DateTimeField()),
                ('grain', models.CharField(default='second', max_length=6)),
                ('incoming', kosna.core.models.WonField(default=0)),
                ('outgoing', kosna.core.models.WonField(default=0)),
                ('balance', models.BigIntegerField()),
                ('payer', models.CharField(blank=True, max_length=100, verbose_name='depositor name')),
                ('memo', models.CharField(blank=True, max_length=100)),
                ('office', models.CharField(blank=True, max_length=60)),
                ('folded', models.CharField(blank=True, max_length=100)),
                ('recorded_at', models.DateTimeField(default=kosna.core.clock.now)),
            ],
            options={
                'verbose_name': 'bank line',
                'verbose_name_plural': 'bank lines',
            },
        ),
        migrations.CreateModel(
            name='Deposit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('open', 'To be matched'), ('aside', 'Set aside'), ('done', 'Settled')], default='open', max_length=5, verbose_name='status')),
                ('left', kosna.core.models.WonField()),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'deposit',
                'verbose_name_plural': 'deposits',
            },
        ),
        migrations.CreateModel(
            name='DepositReturn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount', kosna.core.models.WonField()),
                ('reason', models.CharField(max_length=300)),
                ('returned_at', models.DateTimeField(default=kosna.core.clock.now)),
            ],
            options={
                'verbose_name': 'returned deposit',
                'verbose_name_plural': 'returned deposits',
            },
        ),
        migrations.CreateModel(
            name='Match',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('amount', kosna.core.models.WonField()),
                ('is_found', models.BooleanField(default=False)),
                ('why', models.JSONField(default=list)),
                ('before', models.JSONField(default=dict)),
                ('matched_at', models.DateTimeField(default=kosna.core.clock.now)),
                ('unmatched_at', models.DateTimeField(blank=True, null=True)),
                ('unmatched_reason', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'verbose_name': 'match',
                'verbose_name_plural': 'matches',
            },
        ),
        migrations.RemoveConstraint(
            model_name='ledgerentry',
            name='ledger_one_cause',
        ),
        migrations.AddField(
            model_name='payment',
            name='reverses',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversal', to='payments.payment'),
        ),
        migrations.AlterField(
            model_name='ledgerentry',
            name='order',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='payments.order'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='amount',
            field=models.BigIntegerField(),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount__gte', 0), ('reverses', None)), models.Q(('amount__lt', 0), ('reverses__isnull', False)), _connector='OR'), name='payment_sign'),
        ),
        migrations.AddField(
            model_name='alias',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='bankaccount',
            name='branch',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bank_accounts', to='branches.branch'),
        ),
        migrations.AddField(
            model_name='bankfile',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='payments.bankaccount', verbose_name='bank account'),
        ),
        migrations.AddField(
            model_name='bankfile',
            name='batch',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.batch'),
        ),
        migrations.AddField(
            model_name='bankfile',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='bankline',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='payments.bankaccount'),
        ),
        migrations.AddField(
            model_name='bankline',
            name='file',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='payments.bankfile'),
        ),
        migrations.AddField(
            model_name='ledgerentry',
            name='line',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='payments.bankline'),
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('line', None), ('order__isnull', False), ('payment__isnull', False), ('refund', None)), models.Q(('line', None), ('order__isnull', False), ('payment', None), ('refund__isnull', False), models.Q(('amount', 0), _negated=True)), models.Q(('line__isnull', False), ('order', None), ('payment', None), ('refund', None), models.Q(('amount', 0), _negated=True)), _connector='OR'), name='ledger_one_cause'),
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.UniqueConstraint(fields=('line', 'turn'), name='ledger_line_turn_once'),
        ),
        migrations.AddField(
            model_name='deposit',
            name='line',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='deposit', to='payments.bankline'),
        ),
        migrations.AddField(
            model_name='depositreturn',
            name='deposit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='returns', to='payments.deposit'),
        ),
        migrations.AddField(
            model_name='depositreturn',
            name='evidence',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='returned', to='payments.bankline'),
        ),
        migrations.AddField(
            model_name='depositreturn',
            name='returned_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='match',
            name='deposit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='matches', to='payments.deposit'),
        ),
        migrations.AddField(
            model_name='match',
            name='matched_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='match',
            name='order',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='matches', to='payments.order'),
        ),
        migrations.AddField(
            model_name='match',
            name='payment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='matches', to='payments.payment'),
        ),
        migrations.AddField(
            model_name='match',
            name='unmatched_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='alias',
            name='match',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='payments.match'),
        ),
        migrations.AddConstraint(
            model_name='bankaccount',
            constraint=models.UniqueConstraint(fields=('bank', 'number'), name='bank_account_once'),
        ),
        migrations.AddConstraint(
            model_name='bankfile',
            constraint=models.CheckConstraint(condition=models.Q(('status', 'imported'), ('imported_at', None), _connector='XOR'), name='bank_file_imported_has_time'),
        ),
        migrations.AddIndex(
            model_name='bankline',
            index=models.Index(fields=['account', '-at', '-id'], name='payments_ba_account_37736a_idx'),
        ),
        migrations.AddIndex(
            model_name='bankline',
            index=models.Index(fields=['incoming', 'at'], name='payments_ba_incomin_5c0785_idx'),
        ),
        migrations.AddConstraint(
            model_name='bankline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('incoming__gt', 0), ('outgoing', 0)), models.Q(('incoming', 0), ('outgoing__gt', 0)), _connector='OR'), name='bank_line_moves_money_one_way'),
        ),
        migrations.AddIndex(
            model_name='deposit',
            index=models.Index(fields=['status', 'line'], name='payments_de_status_13329b_idx'),
        ),
        migrations.AddIndex(
            model_name='deposit',
            index=models.Index(fields=['settled_at'], name='payments_de_settled_a5aeb8_idx'),
        ),
        migrations.AddConstraint(
            model_name='deposit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('left', 0), ('settled_at__isnull', False), ('status', 'done')), models.Q(models.Q(('status', 'done'), _negated=True), ('left__gt', 0), ('settled_at', None)), _connector='OR'), name='deposit_done_when_nothing_is_left'),
        ),
        migrations.AddConstraint(
            model_name='depositreturn',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='deposit_return_positive'),
        ),
        migrations.AddIndex(
            model_name='match',
            index=models.Index(fields=['matched_by', '-matched_at'], name='payments_ma_matched_6c5d7c_idx'),
        ),
        migrations.AddConstraint(
            model_name='match',
            constraint=models.UniqueConstraint(fields=('deposit', 'number'), name='match_once'),
        ),
        migrations.AddConstraint(
            model_name='match',
            constraint=models.UniqueConstraint(condition=models.Q(('unmatched_at', None)), fields=('payment',), name='match_one_for_a_payment'),
        ),
        migrations.AddConstraint(
            model_name='match',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='match_positive'),
        ),
        migrations.AddConstraint(
            model_name='match',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('unmatched_at', None), ('unmatched_by', None)), models.Q(('unmatched_at__isnull', False), ('unmatched_by__isnull', False)), _connector='OR'), name='match_unmatching_paired'),
        ),
        migrations.AddConstraint(
            model_name='alias',
            constraint=models.UniqueConstraint(fields=('text', 'user'), name='alias_once'),
        ),
        append_only_again("payments_payment", "payments_ledgerentry"),
        append_only("payments_bankline", "payments_depositreturn"),
    ]
