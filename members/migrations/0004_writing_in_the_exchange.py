"""Whose tier has the directory and the exchange writes there, too; associate and student members
read (정보교류: 준회원은 읽기)."""

from django.db import migrations, models

READERS = ["associate", "student"]


def let_write(apps, editor):
    right = apps.get_model("members", "TierRight")
    right.objects.bulk_create(
        right(
            tier_id=row.tier_id,
            right="exchange",
            in_good=row.in_good,
            in_grace=row.in_grace,
            in_arrears=row.in_arrears,
        )
        for row in right.objects.filter(right="directory").exclude(tier__code__in=READERS)
    )


class Migration(migrations.Migration):
    dependencies = [("members", "0003_presences_of_a_meeting")]
    operations = [
        migrations.AlterField(
            "tierright",
            "right",
            models.CharField(
                choices=[
                    ("read_reports", "Full research reports"),
                    ("member_price", "Member price at events"),
                    ("priority", "Priority registration"),
                    ("consulting", "Consulting and business support"),
                    ("directory", "Member directory and exchange"),
                    ("exchange", "Writing in the exchange of information"),
                    ("vote", "Voting right at the general meeting"),
                ],
                max_length=20,
            ),
        ),
        migrations.RunPython(let_write, migrations.RunPython.noop),
    ]
