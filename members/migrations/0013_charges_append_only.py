from django.db import migrations

from kosna.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("members", "0012_dues_booked")]
    operations = [append_only("members_charge")]
