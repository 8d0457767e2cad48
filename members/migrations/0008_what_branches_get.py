"""Until somebody decides otherwise, 30 percent of dues are the branch's (domain.md §7)."""

from datetime import date

from django.db import migrations

SINCE = date(2011, 1, 1)


def add_rule(apps, schema_editor):
    apps.get_model("members", "ShareRule").objects.get_or_create(
        tier=None, branch=None, valid_from=SINCE, defaults={"percent": 30}
    )


class Migration(migrations.Migration):
    dependencies = [("members", "0007_branches_and_tiers_change")]

    operations = [migrations.RunPython(add_rule, migrations.RunPython.noop)]
