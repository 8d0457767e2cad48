
import django.core.validators
import django.db.models.deletion
import kosna.core.clock
import kosna.core.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0008_quotas_vouchers_and_add_ons'),
        ('members', '0021_handovers_of_companies'),
        ('payments', '0014_books_are_kept'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BoothType',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(help_text='Capital letters and digits: S, P2.', max_length=4, validators=[django.core.validators.RegexValidator('^[A-Z][A-Z0-9]*$', 'Capital letters and digits: S, P2.')], verbose_name='code on the plan')),
                ('name_ko', models.CharField(max_length=80, verbose_name='name in Korean')),
                ('name_en', models.CharField(blank=True, max_length=80, verbose_name='name in English')),
                ('note_ko', models.CharField(blank=True, max_length=200, verbose_name='note in Korean')),
                ('note_en', models.CharField(blank=True, max_length=200, verbose_name='note in English')),
                ('vat_class', models.CharField(choices=[('none', 'Not subject to VAT'), ('exempt', 'VAT exempt'), ('taxable', 'VAT included')], default='taxable', max_length=8, verbose_name='VAT')),
                ('is_on_sale', models.BooleanField(default=True, verbose_name='on sale')),
                ('sort', models.PositiveSmallIntegerField(default=0, verbose_name='place in the list')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='booth_types', to='events.event')),
            ],
            options={
                'verbose_name': 'kind of booth',
                'verbose_name_plural': 'kinds of booths',
                'ordering': ['sort', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='BoothPrice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount', kosna.core.models.WonField(verbose_name='price in won')),
                ('tier', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='members.tier', verbose_name='tier')),
                ('booth_type', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='prices', to='events.boothtype')),
            ],
            options={
                'verbose_name': 'price of a booth',
                'verbose_name_plural': 'prices of booths',
            },
        ),
        migrations.CreateModel(
            name='Booth',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=8, verbose_name='booth number')),
                ('row', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(40)], verbose_name='row')),
                ('column', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(40)], verbose_name='column')),
                ('is_offered', models.BooleanField(default=True, verbose_name='offered')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='booths', to='events.event')),
                ('booth_type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='booths', to='events.boothtype')),
            ],
            options={
                'verbose_name': 'booth',
                'verbose_name_plural': 'booths',
            },
        ),
        migrations.CreateModel(
            name='Exhibitor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name_ko', models.CharField(max_length=120, verbose_name='name in Korean')),
                ('name_en', models.CharField(blank=True, max_length=120, verbose_name='name in English')),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exhibits', to=settings.AUTH_USER_MODEL)),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exhibitors', to='events.event')),
                ('member', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='exhibits', to='members.member')),
            ],
            options={
                'verbose_name': 'exhibitor',
                'verbose_name_plural': 'exhibitors',
            },
        ),
        migrations.CreateModel(
            name='BoothBooking',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('held', 'Awaiting payment'), ('confirmed', 'Confirmed'), ('cancelled', 'Cancelled'), ('expired', 'Expired')], default='held', max_length=10)),
                ('created_at', models.DateTimeField(default=kosna.core.clock.now)),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('released_at', models.DateTimeField(blank=True, null=True)),
                ('booth', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to='events.booth')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='booth_bookings', to='events.event')),
                ('line', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='booth_booking', to='payments.orderline')),
                ('exhibitor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to='events.exhibitor')),
            ],
            options={
                'verbose_name': 'booking of a booth',
                'verbose_name_plural': 'bookings of booths',
            },
        ),
        migrations.AddConstraint(
            model_name='boothtype',
            constraint=models.UniqueConstraint(fields=('event', 'code'), name='booth_type_code_once'),
        ),
        migrations.AddConstraint(
            model_name='booth',
            constraint=models.UniqueConstraint(fields=('event', 'number'), name='booth_number_once'),
        ),
        migrations.AddConstraint(
            model_name='exhibitor',
            constraint=models.UniqueConstraint(condition=models.Q(('member__isnull', False)), fields=('event', 'member'), name='exhibitor_once_per_member'),
        ),
        migrations.AddConstraint(
            model_name='exhibitor',
            constraint=models.UniqueConstraint(condition=models.Q(('member', None)), fields=('event', 'contact', 'name_ko'), name='exhibitor_once_per_contact'),
        ),
        migrations.AddConstraint(
            model_name='boothbooking',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('released_at', None), ('status__in', ['held', 'confirmed'])), models.Q(('released_at__isnull', False), ('status__in', ['cancelled', 'expired'])), _connector='OR'), name='booth_booking_matches_status'),
        ),
        migrations.AddConstraint(
            model_name='boothbooking',
            constraint=models.UniqueConstraint(condition=models.Q(('released_at', None)), fields=('booth',), name='booth_booked_once'),
        ),
    ]
