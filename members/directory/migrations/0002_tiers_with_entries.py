"""Tiers that read the directory have entries in it as well, in the same standings; associates and
students read it (domain.md §2.6). The secretariat decides otherwise at /staff/tiers/rights/."""

from django.db import migrations

READERS = ("associate", "student")


def give(apps, schema_editor):
    rights = apps.get_model("members", "TierRight").objects
    for row in rights.filter(right="directory").exclude(tier__code__in=READERS):
        standings = {name: getattr(row, name) for name in ("in_good", "in_grace", "in_arrears")}
        rights.get_or_create(tier_id=row.tier_id, right="directory_entry", defaults=standings)


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0001_entries_and_introductions"),
        ("members", "0004_right_of_an_entry"),
    ]
    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
