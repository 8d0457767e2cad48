from django.db import migrations

from kosna.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("members", "0003_register_of_members")]
    operations = [append_only("members_registerentry")]
