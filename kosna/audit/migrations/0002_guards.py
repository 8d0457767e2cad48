"""The database refuses to change what was recorded."""

from django.db import migrations

from kosna.core.triggers import append_only


class Migration(migrations.Migration):
    replaces = [
        ("audit", "0002_append_only"),
    ]
    dependencies = [("audit", "0001_squashed")]
    operations = [
        append_only("audit_entry", "audit_seal", "audit_look"),
    ]
