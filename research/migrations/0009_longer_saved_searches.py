from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("research", "0008_reasons_in_two_languages")]

    operations = [
        migrations.AlterField(
            model_name="savedsearch", name="query", field=models.CharField(max_length=2000)
        )
    ]
