from django.db import migrations, models

from kosna.core.triggers import append_only_again

REASON_IN_ENGLISH = models.CharField(blank=True, default="", max_length=300)


class Migration(migrations.Migration):
    """Why a figure was revised, for readers of both languages. What was written is Korean."""

    dependencies = [("research", "0007_use_counts")]

    operations = [
        append_only_again("research_observation"),
        migrations.RemoveConstraint("observation", "observation_change_has_reason"),
        migrations.RenameField("observation", "reason", "reason_ko"),
        migrations.AddField(
            "observation", "reason_en", REASON_IN_ENGLISH.clone(), preserve_default=False
        ),
        migrations.AddConstraint(
            "observation",
            models.CheckConstraint(
                condition=models.Q(replaces=None)
                | ~models.Q(replaces=models.F("id")) & ~models.Q(reason_ko=""),
                name="observation_change_has_reason",
            ),
        ),
        append_only_again("research_observation"),
        migrations.RenameField("seriesimport", "reason", "reason_ko"),
        migrations.AlterField(
            "seriesimport",
            "reason_ko",
            models.CharField(max_length=300, verbose_name="reason in Korean"),
        ),
        migrations.AddField(
            "seriesimport",
            "reason_en",
            models.CharField(
                blank=True, default="", max_length=300, verbose_name="reason in English"
            ),
            preserve_default=False,
        ),
        migrations.RenameField("seriesimportrow", "reason", "reason_ko"),
        migrations.AddField(
            "seriesimportrow", "reason_en", REASON_IN_ENGLISH.clone(), preserve_default=False
        ),
    ]
