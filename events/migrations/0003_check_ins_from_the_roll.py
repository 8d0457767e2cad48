from django.db import migrations, models


class Migration(migrations.Migration):
    """Whether the roll of a session alone has seen somebody. What there is already stays: nothing
    tells any more which of it a door has seen."""

    dependencies = [("events", "0002_people_who_wait_and_have_a_seat")]

    operations = [
        migrations.AddField(
            model_name="checkin",
            name="is_from_roll",
            field=models.BooleanField(default=False),
        ),
    ]
