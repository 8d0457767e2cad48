from django.db import migrations

from kosna.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]

    operations = [append_only("payments_payment", "payments_ledgerentry")]
