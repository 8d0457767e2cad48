from django.db import migrations, models


class Migration(migrations.Migration):
    """Whether the roll of a session alone has seen somebody. What there is already stays: nothing
    tells any more which of it a door has seen."""

    dependencies = [("events", "0012_rests_of_groups_that_end")]

    operations = [
        migrations.AddField(
            model_name="checkin",
            name="is_from_roll",
            field=models.BooleanField(default=False),
        ),
    ]
