"""A date of a series remembers what the rule gave its session, so that a change of the rule can tell
what people have made of it."""

import re
from datetime import timedelta, timezone

import django.db.models.deletion
from django.db import migrations, models

KST = timezone(timedelta(hours=9))


def remember(apps, schema_editor):
    """A session stands on a day of its rule, or was moved from the nearest one that has none; its
    number is in its title, or else its place in time."""
    for series in apps.get_model("events", "ClassSeries").objects.prefetch_related("dates__draft"):
        rows = sorted(series.dates.all(), key=lambda row: (stands_on(series, row), row.pk))
        taken = set()
        for row in sorted(rows, key=lambda row: not is_of(series, stands_on(series, row))):
            row.day = free_day(series, stands_on(series, row), taken)
            taken.add(row.day)
        for place, row in enumerate(rows, start=1):
            found = re.search(r" (\d{1,4})회$", row.draft.title_ko)
            row.number = int(found[1]) if found else place
            row.starts, row.ends = series.starts, series.ends
            row.save(update_fields=["day", "number", "starts", "ends"])


def stands_on(series, row):
    at = row.draft.starts_at
    return at.astimezone(KST).date() if at else series.first_on


def is_of(series, day):
    return series.first_on <= day <= series.last_on and day.weekday() in series.weekdays


def free_day(series, day, taken):
    """At most a week away, or else whichever is free."""
    near = sorted((day + timedelta(days=n) for n in range(-200, 201)), key=lambda at: abs(at - day))
    free = [at for at in near if at not in taken]
    return next((at for at in free[:14] if is_of(series, at)), free[0])


class Migration(migrations.Migration):
    dependencies = [("events", "0007_nobody_is_let_in_before_the_first_day_unasked")]

    operations = [
        migrations.AddField(
            "classseries",
            "room",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="events.room",
                verbose_name="room",
            ),
        ),
        migrations.AddField(
            "classseries",
            "capacity",
            models.PositiveIntegerField(
                blank=True, null=True, verbose_name="places to sign up for"
            ),
        ),
        migrations.AlterModelOptions(
            "seriesdate",
            options={
                "ordering": ["day"],
                "verbose_name": "date of a series",
                "verbose_name_plural": "dates of a series",
            },
        ),
        migrations.AlterField(
            "seriesdate",
            "draft",
            models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="series_date",
                to="events.draftsession",
            ),
        ),
        migrations.AddField("seriesdate", "day", models.DateField(null=True)),
        migrations.AddField("seriesdate", "starts", models.TimeField(null=True)),
        migrations.AddField("seriesdate", "ends", models.TimeField(null=True)),
        migrations.AddField("seriesdate", "number", models.PositiveSmallIntegerField(null=True)),
        migrations.AddField("seriesdate", "is_named", models.BooleanField(default=True)),
        migrations.RunPython(remember, migrations.RunPython.noop),
        migrations.AlterField("seriesdate", "day", models.DateField(verbose_name="day")),
        migrations.AlterField("seriesdate", "starts", models.TimeField(verbose_name="begins at")),
        migrations.AlterField("seriesdate", "ends", models.TimeField(verbose_name="ends at")),
        migrations.AlterField(
            "seriesdate", "number", models.PositiveSmallIntegerField(verbose_name="number")
        ),
        migrations.AddConstraint(
            "seriesdate",
            models.UniqueConstraint(fields=("series", "day"), name="series_names_a_day_once"),
        ),
    ]
