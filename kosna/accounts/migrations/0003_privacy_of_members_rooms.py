"""The privacy policy tells of the directory, the boards and consulting. Where the first text has been
shown, people read it as of a version: it stays as it was, and the new one is announced for a week
before it holds. An association that has a text of its own writes its next version itself."""

from datetime import timedelta

from django.db import migrations

from kosna.accounts.policies import FIRST_VERSION, TEXTS, own_version
from kosna.core import clock

NOTICE = timedelta(days=7)


def announce(apps, editor):
    shown = apps.get_model("accounts", "Policy").objects.filter(kind="privacy")
    if list(shown.values_list("version", flat=True)) != [FIRST_VERSION]:
        return
    text_ko, text_en = TEXTS["privacy"]
    shown.create(
        kind="privacy",
        version=own_version("privacy"),
        effective_on=clock.today() + NOTICE,
        text_ko=text_ko,
        text_en=text_en,
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_closed_accounts")]
    operations = [migrations.RunPython(announce, migrations.RunPython.noop)]
