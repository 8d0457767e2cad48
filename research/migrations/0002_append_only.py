from django.db import migrations

from kosna.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("research", "0001_initial")]

    operations = [append_only("research_download")]
