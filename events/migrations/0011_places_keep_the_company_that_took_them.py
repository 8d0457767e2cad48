import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """A column that may be empty and has no default is added as it is: SQLite, too, keeps the table
    and what guards it."""

    dependencies = [
        ("events", "0010_tickets_with_clocks_of_their_own"),
        ("members", "0003_presences_of_a_meeting"),
    ]

    operations = [
        migrations.AddField(
            model_name="registration",
            name="member",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="members.member",
            ),
        ),
    ]
