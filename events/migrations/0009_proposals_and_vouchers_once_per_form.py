import django.core.validators
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0008_series_remember_what_their_rule_gave"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="proposal",
            name="form_key",
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="voucher",
            name="form_key",
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("form_key__isnull", False)),
                fields=("user", "form_key"),
                name="proposal_once_per_form",
            ),
        ),
        migrations.AlterField(
            model_name="ticket",
            name="min_per_order",
            field=models.PositiveSmallIntegerField(
                default=1,
                help_text="In their first order. Whoever has paid for as many may add single places.",
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="fewest for one buyer",
            ),
        ),
        migrations.AddConstraint(
            model_name="voucher",
            constraint=models.UniqueConstraint(
                condition=models.Q(("form_key__isnull", False)),
                fields=("made_by", "form_key"),
                name="vouchers_once_per_form",
            ),
        ),
    ]
