"""Whose tier reads the directory and the exchange stands in one and writes in the other, too, in the
same standings; associate and student members read (domain.md §2.6)."""

from django.db import migrations, models

READERS = ("associate", "student")
GIVEN = ("exchange", "directory_entry")


def give(apps, editor):
    rights = apps.get_model("members", "TierRight").objects
    for row in rights.filter(right="directory").exclude(tier__code__in=READERS):
        standings = {name: getattr(row, name) for name in ("in_good", "in_grace", "in_arrears")}
        for right in GIVEN:
            rights.get_or_create(tier_id=row.tier_id, right=right, defaults=standings)


class Migration(migrations.Migration):
    dependencies = [("members", "0002_guards")]
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
                    ("directory_entry", "Own entry in the directory, introductions"),
                    ("vote", "Voting right at the general meeting"),
                ],
                max_length=20,
            ),
        ),
        migrations.RunPython(give, migrations.RunPython.noop),
    ]
