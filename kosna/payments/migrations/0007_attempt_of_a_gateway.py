from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0006_watching_the_provider")]

    operations = [
        migrations.AddField("attempt", "method", models.CharField(max_length=4, default="card")),
        migrations.AddField("attempt", "tries", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("attempt", "account", models.JSONField(blank=True, default=dict)),
        migrations.AlterField(
            "order",
            "method",
            models.CharField(
                blank=True,
                choices=[
                    ("", "Not chosen yet"),
                    ("card", "Card or easy pay"),
                    ("va", "Virtual account"),
                    ("bank", "Bank transfer"),
                    ("free", "Free of charge"),
                ],
                default="",
                max_length=4,
                verbose_name="method",
            ),
        ),
    ]
