from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("directory", "0001_entries_and_introductions")]
    operations = [
        migrations.AlterField(
            "abusereport",
            "status",
            models.CharField(
                choices=[
                    ("open", "To decide"),
                    ("upheld", "Entry hidden"),
                    ("settled", "Dealt with already"),
                    ("dismissed", "No reason to act"),
                ],
                default="open",
                max_length=10,
                verbose_name="status",
            ),
        ),
    ]
