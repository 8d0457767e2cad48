from django.db import migrations

from kosna.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [append_only("audit_entry", "audit_seal", "audit_look")]
