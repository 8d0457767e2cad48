"""No trace of a copy is lost."""

from django.db import migrations

from kosna.core.triggers import append_only


class Migration(migrations.Migration):
    replaces = [
        ("research", "0002_append_only"),
    ]
    dependencies = [("research", "0001_tables")]
    operations = [
        append_only("research_download", "research_observation", "research_step"),
    ]
