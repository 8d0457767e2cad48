"""For organisations of which sizes a tier is: the tiers that an association was founded with."""

from django.db import migrations, models


SIZES = {
    "micro": ["micro", "solo"],
    "company": ["small"],
    "large": ["large"],
    "special": ["public"],
}


def fill(apps, editor):
    tiers = apps.get_model("members", "Tier").objects.filter(holder="organisation")
    for code, sizes in SIZES.items():
        tiers.filter(code=code).update(sizes=sizes)


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0019_lists_of_a_hundred_thousand'),
    ]

    operations = [
        migrations.AddField(
            model_name='tier',
            name='sizes',
            field=models.JSONField(blank=True, default=list, verbose_name='sizes of organisations'),
        ),
        migrations.AddField(
            model_name='tierchange',
            name='size_before',
            field=models.CharField(blank=True, max_length=10),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
