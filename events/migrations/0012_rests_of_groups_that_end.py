from django.db import migrations, models


class Migration(migrations.Migration):
    """A word more for how a wait ends; no column changes."""

    dependencies = [("events", "0011_places_keep_the_company_that_took_them")]

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
                ],
                default="waiting",
                max_length=10,
            ),
        ),
    ]
