"""A presence says at which meeting, so that those of one are counted from an index alone."""

import django.db.models.deletion
from django.db import migrations, models

FILL = """UPDATE members_presence SET meeting_id =
    (SELECT meeting_id FROM members_voter WHERE members_voter.id = members_presence.voter_id)"""


def fill(apps, editor):
    editor.execute(FILL)
    if editor.connection.vendor == "postgresql":  # else the table cannot be altered any more
        editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [("members", "0002_guards")]
    operations = [
        migrations.AddField(
            "presence",
            "meeting",
            models.ForeignKey(
                "members.meeting",
                django.db.models.deletion.PROTECT,
                db_index=False,
                editable=False,
                null=True,
                related_name="presences",
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField(
            "presence",
            "meeting",
            models.ForeignKey(
                "members.meeting",
                django.db.models.deletion.PROTECT,
                db_index=False,
                editable=False,
                related_name="presences",
            ),
        ),
        migrations.AddIndex(
            "presence",
            models.Index(
                fields=["meeting", "mode", "proxy"], name="members_pre_meeting_e922b7_idx"
            ),
        ),
    ]
