from django.db import migrations, models


class Migration(migrations.Migration):
    """A word more for how a wait ends, and a help text; no column changes."""

    dependencies = [("events", "0001_tables")]

    operations = [
        migrations.AlterField(
            model_name="waitlistentry",
            name="status",
            field=models.CharField(
                choices=[
                    ("unproven", "E-mail address not confirmed"),
                    ("waiting", "Waiting"),
                    ("served", "Everything was offered"),
                    ("left", "Left the list"),
                    ("removed", "Taken off the list"),
                    ("closed", "The list was closed"),
                    ("ended", "Too few for an order"),
                    ("coming", "Has a seat already"),
                ],
                default="waiting",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="addon",
            name="follows_ladder",
            field=models.BooleanField(
                default=True,
                help_text="Otherwise nothing of its price comes back when the place is given up; "
                "of what was given out, nothing does in either case.",
                verbose_name="comes back with its place, by the refund policy of the event",
            ),
        ),
    ]
