import django.db.models.deletion
import django.db.models.functions.text
import kosna.core.clock
from django.conf import settings
from django.db import migrations, models
from kosna.core.tables import CreateAtOnce


class Migration(migrations.Migration):

    initial = True
    replaces = [
        ("accounts", "0001_initial"),
        ("accounts", "0002_sessions"),
        ("accounts", "0003_guests"),
    ]

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        CreateAtOnce([
            migrations.CreateModel(
                name='User',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('password', models.CharField(max_length=128, verbose_name='password')),
                    ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                    ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                    ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-mail')),
                    ('name', models.CharField(max_length=80, verbose_name='name')),
                    ('name_en', models.CharField(blank=True, max_length=80, verbose_name='name in English')),
                    ('phone', models.CharField(blank=True, max_length=20, verbose_name='mobile phone')),
                    ('language', models.CharField(default='ko', max_length=2, verbose_name='language')),
                    ('is_active', models.BooleanField(default=True)),
                    ('is_guest', models.BooleanField(default=False, editable=False)),
                    ('created_at', models.DateTimeField(default=kosna.core.clock.now, editable=False)),
                    ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                    ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                ],
                options={
                    'verbose_name': 'account',
                    'verbose_name_plural': 'accounts',
                },
            ),
            migrations.CreateModel(
                name='Policy',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('terms', 'Terms of use'), ('privacy', 'Privacy policy'), ('marketing_email', 'News and offers by e-mail'), ('marketing_sms', 'News and offers by text message'), ('marketing_night', 'Text messages between 21:00 and 08:00')], max_length=20)),
                    ('version', models.CharField(max_length=20)),
                    ('effective_on', models.DateField()),
                    ('text_ko', models.TextField()),
                    ('text_en', models.TextField()),
                ],
                options={
                    'verbose_name': 'policy text',
                    'verbose_name_plural': 'policy texts',
                    'ordering': ['kind', '-effective_on'],
                    'constraints': [models.UniqueConstraint(fields=('kind', 'version'), name='policy_once')],
                },
            ),
            migrations.CreateModel(
                name='Consent',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('text_hash', models.CharField(max_length=64)),
                    ('given_at', models.DateTimeField()),
                    ('ip', models.GenericIPAddressField(null=True)),
                    ('channel', models.CharField(default='web', max_length=20)),
                    ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consents', to=settings.AUTH_USER_MODEL)),
                    ('policy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='accounts.policy')),
                ],
                options={
                    'verbose_name': 'consent',
                    'verbose_name_plural': 'consents',
                },
            ),
            migrations.CreateModel(
                name='Session',
                fields=[
                    ('session_key', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='session key')),
                    ('session_data', models.TextField(verbose_name='session data')),
                    ('expire_date', models.DateTimeField(db_index=True, verbose_name='expire date')),
                    ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'session',
                    'verbose_name_plural': 'sessions',
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='Guest',
                fields=[
                    ('user', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='guest', serialize=False, to=settings.AUTH_USER_MODEL)),
                    ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                    ('seed', models.CharField(max_length=40)),
                    ('fingerprint', models.CharField(max_length=64, unique=True)),
                    ('form_key', models.UUIDField(unique=True)),
                    ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                    ('erased_at', models.DateTimeField(blank=True, null=True)),
                    ('claimed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='claimed_guests', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'guest',
                    'verbose_name_plural': 'guests',
                },
            ),
            migrations.AddConstraint(
                model_name='user',
                constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='user_email_once'),
            ),
            migrations.AddConstraint(
                model_name='user',
                constraint=models.CheckConstraint(condition=models.Q(('language__in', ['ko', 'en'])), name='user_language_known'),
            ),
            migrations.AddConstraint(
                model_name='user',
                constraint=models.CheckConstraint(condition=models.Q(('is_guest', False), models.Q(('is_active', False), ('is_superuser', False)), _connector='OR'), name='user_guest_never_signs_in'),
            ),
            migrations.AddConstraint(
                model_name='consent',
                constraint=models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('user', 'policy'), name='consent_once_while_given'),
            ),
            migrations.AddIndex(
                model_name='guest',
                index=models.Index(fields=['email'], name='accounts_gu_email_15e636_idx'),
            ),
            migrations.AddConstraint(
                model_name='guest',
                constraint=models.CheckConstraint(condition=models.Q(('erased_at', None), ('email', ''), _connector='OR'), name='guest_erased_has_no_address'),
            ),
        ]),
    ]
