from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("research", "0007_use_counts")]

    operations = [
        migrations.AlterField(
            model_name="savedsearch", name="query", field=models.CharField(max_length=2000)
        )
    ]
