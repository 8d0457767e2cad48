
import django.db.models.deletion
import kosna.core.clock
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('branches', '0001_tables'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Partner',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('city', 'City or province'), ('public', 'Public body'), ('company', 'Company'), ('association', 'Association or school')], max_length=12, verbose_name='kind')),
                ('name_ko', models.CharField(max_length=120, verbose_name='name in Korean')),
                ('name_en', models.CharField(blank=True, max_length=120, verbose_name='name in English')),
                ('about_ko', models.TextField(max_length=600, verbose_name='what it is about, in Korean')),
                ('about_en', models.TextField(blank=True, max_length=600, verbose_name='what it is about, in English')),
                ('signed_on', models.DateField(verbose_name='signed on')),
                ('ended_on', models.DateField(blank=True, null=True, verbose_name='last day')),
                ('written_at', models.DateTimeField(default=kosna.core.clock.now)),
                ('version', models.PositiveIntegerField(default=1)),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='partners', to='branches.branch', verbose_name='branch')),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'partner',
                'verbose_name_plural': 'partners',
                'indexes': [models.Index(fields=['branch', '-signed_on'], name='programmes__branch__c34bb2_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ended_on', None), ('ended_on__gte', models.F('signed_on')), _connector='OR'), name='partner_dates_in_order'), models.UniqueConstraint(fields=('branch', 'name_ko', 'signed_on'), name='partner_once', violation_error_message='This MOU has been entered already.')],
            },
        ),
    ]
