
import django.db.models.deletion
import kosna.core.clock
import kosna.core.uploads
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0012_doors_devices_and_scans'),
        ('members', '0021_handovers_of_companies'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ClassSeries',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title_ko', models.CharField(max_length=140, verbose_name='title in Korean')),
                ('title_en', models.CharField(blank=True, max_length=140, verbose_name='title in English')),
                ('weekdays', models.JSONField(default=list, verbose_name='weekdays')),
                ('first_on', models.DateField(verbose_name='from')),
                ('last_on', models.DateField(verbose_name='until')),
                ('starts', models.TimeField(verbose_name='begins at')),
                ('ends', models.TimeField(verbose_name='ends at')),
                ('made_at', models.DateTimeField(default=kosna.core.clock.now)),
            ],
            options={
                'verbose_name': 'weekly series',
                'verbose_name_plural': 'weekly series',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Instructor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('appointed_at', models.DateTimeField(default=kosna.core.clock.now)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'instructor',
                'verbose_name_plural': 'instructors',
            },
        ),
        migrations.CreateModel(
            name='LinkMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('secret', models.CharField(max_length=40)),
            ],
        ),
        migrations.CreateModel(
            name='OnlineRoom',
            fields=[
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='online_room', serialize=False, to='events.event')),
                ('url', models.URLField(max_length=500, verbose_name='link')),
                ('note_ko', models.CharField(blank=True, max_length=300, verbose_name='note in Korean')),
                ('note_en', models.CharField(blank=True, max_length=300, verbose_name='note in English')),
            ],
            options={
                'verbose_name': 'online room',
                'verbose_name_plural': 'online rooms',
            },
        ),
        migrations.CreateModel(
            name='SeriesDate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
            options={
                'verbose_name': 'date of a series',
                'verbose_name_plural': 'dates of a series',
            },
        ),
        migrations.AddField(
            model_name='event',
            name='mode',
            field=models.CharField(choices=[('onsite', 'On site'), ('online', 'Online'), ('mixed', 'On site and online')], default='onsite', max_length=6, verbose_name='how it is held'),
        ),
        migrations.AddField(
            model_name='exhibitor',
            name='about_en',
            field=models.TextField(blank=True, verbose_name='about the exhibitor, in English'),
        ),
        migrations.AddField(
            model_name='exhibitor',
            name='about_ko',
            field=models.TextField(blank=True, verbose_name='about the exhibitor, in Korean'),
        ),
        migrations.AddField(
            model_name='exhibitor',
            name='hidden_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='exhibitor',
            name='hidden_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='exhibitor',
            name='hidden_reason',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name='exhibitor',
            name='logo',
            field=models.FileField(blank=True, upload_to=kosna.core.uploads.RandomPath('exhibitors'), verbose_name='logo'),
        ),
        migrations.AddField(
            model_name='exhibitor',
            name='logo_type',
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name='exhibitor',
            name='products_en',
            field=models.TextField(blank=True, verbose_name='products in English'),
        ),
        migrations.AddField(
            model_name='exhibitor',
            name='products_ko',
            field=models.TextField(blank=True, verbose_name='products in Korean'),
        ),
        migrations.AddField(
            model_name='exhibitor',
            name='website',
            field=models.URLField(blank=True, verbose_name='website'),
        ),
        migrations.AddConstraint(
            model_name='exhibitor',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('hidden_at', None), ('hidden_by', None), ('hidden_reason', '')), models.Q(('hidden_at__isnull', False), ('hidden_by__isnull', False)), _connector='OR'), name='exhibitor_hidden_paired'),
        ),
        migrations.AddField(
            model_name='classseries',
            name='event',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='series', to='events.event'),
        ),
        migrations.AddField(
            model_name='classseries',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='instructor',
            name='appointed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='instructor',
            name='ended_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='instructor',
            name='event',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='instructors', to='events.event'),
        ),
        migrations.AddField(
            model_name='instructor',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='teaches', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='linkmail',
            name='room',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mails', to='events.onlineroom'),
        ),
        migrations.AddField(
            model_name='seriesdate',
            name='draft',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='series_date', to='events.draftsession'),
        ),
        migrations.AddField(
            model_name='seriesdate',
            name='series',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='dates', to='events.classseries'),
        ),
        migrations.AddConstraint(
            model_name='classseries',
            constraint=models.CheckConstraint(condition=models.Q(('ends__gt', models.F('starts')), ('last_on__gte', models.F('first_on'))), name='series_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='instructor',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('event', 'user'), name='instructor_once'),
        ),
        migrations.AddConstraint(
            model_name='instructor',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ended_by', None)), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False)), _connector='OR'), name='instructor_ended_paired'),
        ),
        migrations.AddConstraint(
            model_name='linkmail',
            constraint=models.UniqueConstraint(fields=('room', 'secret'), name='link_mailed_once'),
        ),
    ]
