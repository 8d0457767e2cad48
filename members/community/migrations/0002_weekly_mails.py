import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kosna.core.clock


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("community", "0001_boards"),
    ]
    operations = [
        migrations.CreateModel(
            name="WeeklyMail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("asked_at", models.DateTimeField(default=kosna.core.clock.now)),
                ("told_until", models.DateTimeField()),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="weekly_mail",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "weekly mail",
                "verbose_name_plural": "weekly mails",
                "indexes": [models.Index(fields=["told_until"], name="weekly_mail_due")],
            },
        ),
    ]
