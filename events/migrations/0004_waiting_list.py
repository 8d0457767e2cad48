import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kosna.core.clock


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0003_counters_of_a_draft'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='event',
            name='offer_hours',
            field=models.PositiveSmallIntegerField(default=24, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(336)], verbose_name='hours that an offer from the waiting list holds its seats'),
        ),
        migrations.AddField(
            model_name='ticket',
            name='awaited',
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.CreateModel(
            name='WaitlistEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('waiting', 'Waiting'), ('served', 'Everything was offered'), ('left', 'Left the list'), ('removed', 'Taken off the list'), ('closed', 'The list was closed')], default='waiting', max_length=10)),
                ('joined_at', models.DateTimeField(default=kosna.core.clock.now)),
                ('moved_up_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='waitlist', to='events.event')),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='waitlist', to='events.ticket')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='waitlist', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'waiting list entry',
                'verbose_name_plural': 'waiting list entries',
                'indexes': [models.Index(fields=['event', 'status'], name='waiting_by_event')],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('status', 'waiting')), models.Q(models.Q(('status', 'waiting'), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='waiting_ends_once'),
                    models.UniqueConstraint(condition=models.Q(('status', 'waiting')), fields=('event', 'user'), name='waiting_once_per_person'),
                ],
            },
        ),
        migrations.CreateModel(
            name='WaitingPlace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('affiliation', models.CharField(blank=True, max_length=120, verbose_name='affiliation')),
                ('is_buyer', models.BooleanField(default=False)),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='places', to='events.waitlistentry')),
                ('registration', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='waited', to='events.registration')),
            ],
            options={
                'verbose_name': 'place waited for',
                'verbose_name_plural': 'places waited for',
                'ordering': ['-is_buyer', 'pk'],
            },
        ),
    ]
