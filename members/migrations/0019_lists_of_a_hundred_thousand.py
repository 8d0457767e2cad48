"""Indexes for lists of a hundred thousand members, and the balance of each charge, counted once."""

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


PAID = """
    CASE WHEN EXISTS (
        SELECT 1 FROM members_period p WHERE p.member_id = c.member_id AND p.voided_at IS NULL
        AND p.line_id IS NULL AND p.starts_on <= c.ends_on
        AND (p.ends_on IS NULL OR p.ends_on >= c.ends_on)
    ) THEN c.amount ELSE
        (SELECT COALESCE(SUM(l.amount), 0) FROM members_renewal n
         JOIN payments_order o ON o.id = n.order_id JOIN payments_orderline l ON l.order_id = o.id
         WHERE n.member_id = c.member_id AND {line})
        + (SELECT COALESCE(SUM(l.amount), 0) FROM members_application n
         JOIN payments_order o ON o.id = n.order_id JOIN payments_orderline l ON l.order_id = o.id
         WHERE n.member_id = c.member_id AND {line})
        - (SELECT COALESCE(SUM(r.amount), 0) FROM members_renewal n
         JOIN payments_order o ON o.id = n.order_id JOIN payments_refund r ON r.order_id = o.id
         JOIN payments_orderline l ON l.id = r.line_id
         WHERE n.member_id = c.member_id AND r.status = 'done' AND {line})
        - (SELECT COALESCE(SUM(r.amount), 0) FROM members_application n
         JOIN payments_order o ON o.id = n.order_id JOIN payments_refund r ON r.order_id = o.id
         JOIN payments_orderline l ON l.id = r.line_id
         WHERE n.member_id = c.member_id AND r.status = 'done' AND {line})
    END
""".format(line="l.kind = 'dues' AND l.dues_year = c.year AND o.status = 'paid'")
COUNT = f"""
    INSERT INTO members_balance
        (charge_id, member_id, tier_id, year, due_on, amount, paid, open)
    SELECT x.id, x.member_id, x.tier_id, x.year, x.due_on, x.amount, x.paid, x.amount - x.paid
    FROM (SELECT c.*, {PAID} AS paid FROM members_charge c WHERE c.reverses_id IS NULL
          AND NOT EXISTS (SELECT 1 FROM members_charge t WHERE t.reverses_id = c.id)) x
"""


class Migration(migrations.Migration):

    dependencies = [
        ('branches', '0003_terms_of_officers'),
        ('members', '0018_last_paid_days'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Balance',
            fields=[
                ('charge', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='balance', serialize=False, to='members.charge')),
                ('year', models.PositiveSmallIntegerField()),
                ('due_on', models.DateField()),
                ('amount', models.BigIntegerField()),
                ('paid', models.BigIntegerField()),
                ('open', models.BigIntegerField()),
            ],
            options={
                'verbose_name': 'balance of a charge',
                'verbose_name_plural': 'balances of charges',
            },
        ),
        migrations.AddIndex(
            model_name='claim',
            index=models.Index(condition=models.Q(('claimed_at', None), ('email__gt', '')), fields=['imported', 'expires_at'], name='claim_to_invite'),
        ),
        migrations.AddIndex(
            model_name='claim',
            index=models.Index(condition=models.Q(('claimed_at', None), ('email', '')), fields=['imported'], name='claim_no_email'),
        ),
        migrations.AddIndex(
            model_name='duesnotice',
            index=models.Index(fields=['year', 'occasion', 'member'], name='dues_notice_occasion'),
        ),
        migrations.AddIndex(
            model_name='member',
            index=models.Index(fields=['status', 'paid_to', 'joined_on', 'branch', 'tier'], name='member_last_day'),
        ),
        migrations.AddIndex(
            model_name='member',
            index=models.Index(fields=['paid_since'], name='member_paid_since'),
        ),
        migrations.AddIndex(
            model_name='member',
            index=models.Index(condition=models.Q(('ended_on__isnull', False)), fields=['ended_on'], name='member_ended_on'),
        ),
        migrations.AddIndex(
            model_name='member',
            index=models.Index(condition=models.Q(('status', 'expelled')), fields=['user'], name='member_expelled'),
        ),
        migrations.AddIndex(
            model_name='registerentry',
            index=models.Index(fields=['number', 'name', 'representative', 'on', 'until', 'status', 'tier', 'branch'], name='register_search'),
        ),
        migrations.AddIndex(
            model_name='voter',
            index=models.Index(fields=['meeting', 'number', 'name', 'representative'], name='voter_search'),
        ),
        migrations.AddField(
            model_name='balance',
            name='member',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='balances', to='members.member'),
        ),
        migrations.AddField(
            model_name='balance',
            name='tier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.tier'),
        ),
        migrations.AddIndex(
            model_name='balance',
            index=models.Index(condition=models.Q(('open__gt', 0)), fields=['year', 'due_on', 'charge', 'open'], name='balance_open'),
        ),
        migrations.AddIndex(
            model_name='balance',
            index=models.Index(fields=['year', 'due_on', 'charge', 'amount', 'paid', 'open'], name='balance_of_year'),
        ),
        migrations.AddIndex(
            model_name='balance',
            index=models.Index(fields=['member', 'year', 'due_on', 'amount', 'paid', 'open'], name='balance_of_member'),
        ),
        migrations.AddConstraint(
            model_name='balance',
            constraint=models.CheckConstraint(condition=models.Q(('open', django.db.models.expressions.CombinedExpression(models.F('amount'), '-', models.F('paid')))), name='balance_adds_up'),
        ),
        migrations.RunSQL(COUNT, migrations.RunSQL.noop),
    ]
