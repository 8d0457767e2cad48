import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """A column that may be empty and has no default is added as it is: SQLite, too, keeps the table
    and what guards it."""

    dependencies = [
        ("events", "0009_proposals_and_vouchers_once_per_form"),
        ("members", "0003_presences_of_a_meeting"),
    ]

    operations = [
        migrations.AddField(
            model_name="ticket",
            name="clock",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="members.clock",
            ),
        ),
    ]
