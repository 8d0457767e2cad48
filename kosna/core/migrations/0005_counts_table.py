from typing import Any

from django.core.management import call_command
from django.db import migrations


def create(apps: Any, schema_editor: Any) -> None:
    """Where rate limits are counted, unless CACHE_URL names another place."""
    call_command(
        "createcachetable", "core_cache", database=schema_editor.connection.alias, verbosity=0
    )


class Migration(migrations.Migration):
    dependencies = [("core", "0004_holidays_of_2026_to_2028")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
