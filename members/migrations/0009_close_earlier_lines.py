"""Each line of the register that has a later one learns from which day that one stands."""

from django.db import migrations

CLOSE = """
UPDATE members_registerentry SET until = (
    SELECT later."on" FROM members_registerentry later
    WHERE later.member_id = members_registerentry.member_id
    AND (later."on" > members_registerentry."on"
         OR (later."on" = members_registerentry."on" AND later.id > members_registerentry.id))
    ORDER BY later."on", later.id LIMIT 1
)
"""


def close(apps, editor):
    """The guard against updates is taken away for this one; 0008 puts a finer one in its place."""
    with editor.connection.cursor() as cursor:
        if editor.connection.vendor == "postgresql":
            cursor.execute("DROP TRIGGER members_registerentry_append_only ON members_registerentry")
        else:
            cursor.execute("DROP TRIGGER members_registerentry_no_update")
            cursor.execute("DROP TRIGGER members_registerentry_no_delete")
        cursor.execute(CLOSE)


class Migration(migrations.Migration):
    dependencies = [("members", "0008_register_as_of_a_day_and_meetings")]
    operations = [migrations.RunPython(close)]
