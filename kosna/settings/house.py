"""The rooms of the house, what each request passes, language and time."""

from datetime import datetime
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from kosna.settings.environment import BASE_DIR, PRODUCTION, env, site

INSTALLED_APPS = [
    "kosna",
    "kosna.core",
    "kosna.accounts",
    "kosna.branches",
    "kosna.audit",
    "kosna.mail",
    "kosna.api",
    "kosna.documents",
    "kosna.payments",
    "members",
    "members.directory",
    "members.programmes",
    "members.community",
    "events",
    "research",
    "kosna.retention",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.google",
    "allauth.socialaccount.providers.kakao",
    "allauth.socialaccount.providers.naver",
    "kosna.accounts.admin_apps.OperatorsAdminConfig",  # django.contrib.admin, with its own door
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",  # allauth's page of security keys reads it
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "kosna.views.health.ProbeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "kosna.core.middleware.ContentSecurityMiddleware",
    "kosna.core.middleware.RememberingMiddleware",
    "kosna.core.middleware.NoNulMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "kosna.accounts.sessions.AuthenticationMiddleware",
    "kosna.core.middleware.LanguageMiddleware",
    "kosna.accounts.guests.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "kosna.core.middleware.CacheControlMiddleware",
    "kosna.core.middleware.RefusedMiddleware",
    "members.middleware.ViewingMiddleware",
    "kosna.audit.listed.ListedMiddleware",
]

ROOT_URLCONF = "kosna.urls"
WSGI_APPLICATION = "kosna.wsgi.application"
FORM_RENDERER = "kosna.core.form_renderer.FormRenderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "kosna.context_processors.portal",
            ],
        },
    },
]

LANGUAGE_CODE = "ko"
LANGUAGES = [("ko", _("Korean")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale/allauth"]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = site.scheme == "https"
FORMAT_MODULE_PATH = "kosna.core.formats"
TIME_ZONE = "Asia/Seoul"
USE_TZ = True
USE_THOUSAND_SEPARATOR = False
# A file with an ISO instant that clock.now() reads, so that operators and tests can walk the
# calendar; never in production.
KOSNA_CLOCK = "" if PRODUCTION else env.str("KOSNA_CLOCK", "")
if KOSNA_CLOCK:
    try:
        if _instant := Path(KOSNA_CLOCK).read_text(encoding="utf-8").strip():
            datetime.fromisoformat(_instant)  # an empty file is the true time
    except (OSError, ValueError):
        raise ImproperlyConfigured("KOSNA_CLOCK must be a file that holds an instant") from None
