"""One file, read from the environment, strict: a missing or senseless value stops the start.

Safe unless told otherwise: ``KOSNA_ENV`` is ``production`` by default, and nothing below weakens
production by a flag. ``.env.example`` documents every variable.
"""

import re
import sys
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent


class Environment(environ.Env):
    def whole(self, name: str, default: int, *, least: int) -> int:
        """A whole number, and no smaller one than makes sense."""
        try:
            number = self.int(name, default)
        except ValueError:
            number = None
        if number is None or number < least:
            raise ImproperlyConfigured(f"{name} must be a whole number, at least {least}")
        return number


env = Environment()

ENVIRONMENTS = ("production", "demo", "development", "test")
TESTING = "pytest" in sys.modules
KOSNA_ENV = env.str("KOSNA_ENV", "test" if TESTING else "production")
if KOSNA_ENV not in ENVIRONMENTS:
    raise ImproperlyConfigured(f"KOSNA_ENV must be one of {', '.join(ENVIRONMENTS)}")
PRODUCTION = KOSNA_ENV == "production"
IS_DEMO = KOSNA_ENV == "demo"
DEBUG = env.bool("DEBUG", KOSNA_ENV == "development")
if PRODUCTION and DEBUG:
    raise ImproperlyConfigured("DEBUG cannot be on in production")

VAR_DIR = Path(env.str("KOSNA_VAR", str(BASE_DIR / "var"))).resolve()
SECRET_KEY = env.str("SECRET_KEY") if PRODUCTION else env.str("SECRET_KEY", "not-secret-" * 5)
if PRODUCTION and (len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 5):
    raise ImproperlyConfigured("SECRET_KEY must be 50 random characters or more in production")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# What the database holds but must not be able to read: the first key seals, each of them opens.
_known_key = "bm90LXNlY3JldC1ub3Qtc2VjcmV0LW5vdC1zZWNyZXQ="
FIELD_KEYS = env.list("FIELD_KEYS", default=[] if PRODUCTION else [_known_key])
if not FIELD_KEYS or not all(re.fullmatch(r"[A-Za-z0-9_-]{43}=", key) for key in FIELD_KEYS):
    raise ImproperlyConfigured("FIELD_KEYS must be keys of 32 random bytes in url-safe base64")
if PRODUCTION and _known_key in FIELD_KEYS:
    raise ImproperlyConfigured("FIELD_KEYS must be keys that nobody else knows in production")
SITE_URL = (
    env.str("SITE_URL") if PRODUCTION else env.str("SITE_URL", "http://localhost:8000")
).rstrip("/")
# A scheme and a host, and nothing that could end a directive of the Content-Security-Policy.
_origin = re.compile(rf"http{'s' if PRODUCTION else 's?'}://[a-z0-9.-]+(:[0-9]+)?")
if not _origin.fullmatch(SITE_URL):
    raise ImproperlyConfigured(
        "SITE_URL must be https in production, and a host name in small letters without a path"
    )
_site = urlsplit(SITE_URL)
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=[_site.hostname] if PRODUCTION else ["localhost", "127.0.0.1"]
)
if PRODUCTION and ("*" in ALLOWED_HOSTS or _site.hostname not in ALLOWED_HOSTS):
    raise ImproperlyConfigured("ALLOWED_HOSTS must name the hosts, that of SITE_URL among them")
CSRF_TRUSTED_ORIGINS = [SITE_URL]

# --- the rooms of the house ------------------------------------------------------------------
INSTALLED_APPS = [
    "kosna",
    "kosna.core",
    "kosna.accounts",
    "kosna.branches",
    "kosna.audit",
    "kosna.mail",
    "kosna.documents",
    "kosna.payments",
    "members",
    "events",
    "research",
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
    "csp.middleware.CSPMiddleware",
    "kosna.core.middleware.RememberingMiddleware",
    "kosna.core.middleware.NoNulMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "kosna.accounts.sessions.AuthenticationMiddleware",
    "kosna.core.middleware.LanguageMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "kosna.core.middleware.CacheControlMiddleware",
    "kosna.core.middleware.RefusedMiddleware",
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

# --- database ---------------------------------------------------------------------------------
_database = env.str("DATABASE_URL", "")
if PRODUCTION and not _database:
    raise ImproperlyConfigured("DATABASE_URL must be set in production")
DATABASE = env.db_url_config(_database or f"sqlite:///{VAR_DIR / 'kosna.sqlite3'}")
if not DATABASE.get("ENGINE"):
    raise ImproperlyConfigured("DATABASE_URL must name a database: postgres://… or sqlite:///…")
DATABASES = {"default": DATABASE}
DATABASE["CONN_MAX_AGE"] = 0
DATABASE["CONN_HEALTH_CHECKS"] = True
if DATABASE["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE takes the write lock at BEGIN, so a check and its insert cannot be interleaved;
    # with DEFERRED, 151 of 600 contended writes failed (docs/decisions).
    DATABASE["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
            "PRAGMA mmap_size=134217728; PRAGMA cache_size=-20000;"
        ),
    }
    DATABASE["CONN_MAX_AGE"] = None  # the file is here: opening it again would buy nothing
    # Races need real files and real commits: no in-memory test database.
    DATABASE["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
else:
    DATABASE["OPTIONS"] = {
        **DATABASE.get("OPTIONS", {}),
        "pool": {
            "min_size": 1,
            "max_size": env.whole("DATABASE_POOL", 10, least=1),
            "timeout": 20,
        },
        "options": "-c lock_timeout=15s -c statement_timeout=60s"
        " -c idle_in_transaction_session_timeout=120s",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
VAR_DIR.mkdir(parents=True, exist_ok=True)

# Rate limits and used one-time codes are counted here, so every process must see the same counts:
# in the database unless a Redis is there. Django keeps 300 entries unless told.
CACHES = {
    "default": env.cache_url(
        "CACHE_URL",
        f"{'locmemcache' if TESTING else 'dbcache'}://core_cache?max_entries=10000",
    ),
    # What each process may keep for itself: pages are checked against their row at each use.
    "process": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "process",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
}
if PRODUCTION and CACHES["default"]["BACKEND"].rsplit(".", 1)[1] in ("LocMemCache", "DummyCache"):
    raise ImproperlyConfigured("CACHE_URL must be a cache that all processes share")
# A row for each session, read together with its account (docs/decisions/0017).
SESSION_ENGINE = "kosna.accounts.sessions"

# --- accounts -----------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "kosna.roles.RoleBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = (
    ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if TESTING
    else [
        "django.contrib.auth.hashers.Argon2PasswordHasher",
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    ]
)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = "/me/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "kosna.accounts.adapters.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "kosna.accounts.adapters.SocialAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_SIGNUP_FORM_CLASS = "kosna.accounts.forms.SignupForm"
ACCOUNT_FORMS = {"signup": "kosna.accounts.signup.PasswordSignupForm"}
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _site.scheme
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS = {}
for _provider in ("google", "kakao", "naver"):
    if _client := env.str(f"{_provider.upper()}_CLIENT_ID", ""):
        SOCIALACCOUNT_PROVIDERS[_provider] = {
            "APPS": [
                {
                    "client_id": _client,
                    "secret": env.str(f"{_provider.upper()}_CLIENT_SECRET"),
                    "key": "",
                }
            ],
        }
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
MFA_TOTP_ISSUER = "KOSNA"
MFA_FORMS = {
    "authenticate": "kosna.accounts.key_forms.AuthenticateForm",
    "reauthenticate": "kosna.accounts.key_forms.ReauthenticateForm",
    "add_webauthn": "kosna.accounts.key_forms.AddKeyForm",
    "edit_webauthn": "kosna.accounts.key_forms.EditKeyForm",
}
# Staff hold other people's data: a second factor is compulsory, but for the throw-away demo.
STAFF_MFA_REQUIRED = env.bool("STAFF_MFA_REQUIRED", PRODUCTION)
if PRODUCTION and not STAFF_MFA_REQUIRED:
    raise ImproperlyConfigured("STAFF_MFA_REQUIRED cannot be off in production")
SOCIAL_LOGIN_ORIGINS = {
    "google": "https://accounts.google.com",
    "kakao": "https://kauth.kakao.com",
    "naver": "https://nid.naver.com",
}
# How many proxies stand in front and are trusted to set X-Forwarded-For; 0 trusts none.
ALLAUTH_TRUSTED_PROXY_COUNT = env.whole("TRUSTED_PROXIES", 0, least=0)
MINIMUM_AGE = 14  # 개인정보 보호법 §22-2: younger people need a guardian; we refuse them

# --- language and time ---------------------------------------------------------------------------
LANGUAGE_CODE = "ko"
LANGUAGES = [("ko", _("Korean")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale/allauth"]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = _site.scheme == "https"
TIME_ZONE = "Asia/Seoul"
USE_TZ = True
USE_THOUSAND_SEPARATOR = False
# A file with an ISO instant that clock.now() reads, so that operators and tests can walk the
# calendar; never in production.
KOSNA_CLOCK = "" if PRODUCTION else env.str("KOSNA_CLOCK", "")

# --- files ---------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(VAR_DIR / "static")))
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static"]
# Uploads and originals are private: there is no MEDIA_URL, views hand out bytes after asking.
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(VAR_DIR / "media")))
MEDIA_URL = ""
if _bucket := env.str("S3_BUCKET", ""):
    _media = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": _bucket,
            "endpoint_url": env.str("S3_ENDPOINT_URL", None),
            "region_name": env.str("S3_REGION", None),
            "default_acl": "private",
            "querystring_auth": True,
            "file_overwrite": False,
        },
    }
else:
    _media = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
STORAGES = {
    "default": _media,
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = TESTING or DEBUG
WHITENOISE_AUTOREFRESH = TESTING or DEBUG  # else each start walks through all of them
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 10

# --- mail ----------------------------------------------------------------------------------------
_mail = env.email_url_config(env.str("EMAIL_URL", "") or "filemail://")
if PRODUCTION and not _mail["EMAIL_BACKEND"].endswith("smtp.EmailBackend"):
    raise ImproperlyConfigured("EMAIL_URL must be set to an SMTP server in production")
if _mail["EMAIL_BACKEND"].endswith("filebased.EmailBackend"):
    _mail["EMAIL_FILE_PATH"] = VAR_DIR / "mail"  # the URL would lose the slash that it begins with
vars().update(_mail)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "KOSNA <office@example.test>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- payments ------------------------------------------------------------------------------------
# Whose page new payments are made on. What was paid through another gateway is still refunded,
# reconciled and heard of there while its key stays set.
PAYMENT_GATEWAY = env.str("PAYMENT_GATEWAY", "stripe")
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", "")
# Two secrets at once while one is rotated out.
STRIPE_WEBHOOK_SECRETS = env.list("STRIPE_WEBHOOK_SECRET", default=[])
STRIPE_API_BASE = env.str("STRIPE_API_BASE", "")
TOSS_SECRET_KEY = env.str("TOSS_SECRET_KEY", "")
TOSS_WEBHOOK_SECRETS = env.list("TOSS_WEBHOOK_SECRET", default=[])
TOSS_API_BASE = env.str("TOSS_API_BASE", "")
for _name, _key, _secrets, _base in (
    ("STRIPE", STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRETS, STRIPE_API_BASE),
    ("TOSS", TOSS_SECRET_KEY, TOSS_WEBHOOK_SECRETS, TOSS_API_BASE),
):
    _live = {"STRIPE": ("sk_live_", "rk_live_"), "TOSS": ("live_sk_", "live_gsk_")}[_name]
    if _key and not _secrets:
        raise ImproperlyConfigured(
            f"{_name}_WEBHOOK_SECRET must be set where {_name}_SECRET_KEY is"
        )
    if PRODUCTION and _key and not _key.startswith(_live):
        raise ImproperlyConfigured(f"{_name}_SECRET_KEY must be a live key in production")
    if PRODUCTION and _base:
        raise ImproperlyConfigured(f"{_name}_API_BASE is for sandboxes: unset it in production")
# It is the last part of an address, and all that keeps others from knocking there.
if not all(re.fullmatch(r"[A-Za-z0-9_-]{24,120}", secret) for secret in TOSS_WEBHOOK_SECRETS):
    raise ImproperlyConfigured("TOSS_WEBHOOK_SECRET must be 24 letters and digits or more")
# Where the browser is sent to pay; the only foreign hosts that the portal ever names.
_pages = {
    "stripe": STRIPE_API_BASE or "https://checkout.stripe.com",
    # The API's address of the page leads on to other hosts of theirs.
    "toss": TOSS_API_BASE or "https://*.tosspayments.com",
}
if PAYMENT_GATEWAY not in _pages:
    raise ImproperlyConfigured(f"PAYMENT_GATEWAY must be one of {', '.join(_pages)}")
if PAYMENT_GATEWAY != "stripe" and not TOSS_SECRET_KEY:
    raise ImproperlyConfigured("TOSS_SECRET_KEY must be set where PAYMENT_GATEWAY is toss")
_page = urlsplit(_pages[PAYMENT_GATEWAY])
PAYMENT_PAGE_ORIGINS = env.list(
    "PAYMENT_PAGE_ORIGINS", default=[f"{_page.scheme}://{_page.netloc}"]
)
if not all(_origin.fullmatch(origin.replace("//*.", "//", 1)) for origin in PAYMENT_PAGE_ORIGINS):
    raise ImproperlyConfigured("PAYMENT_PAGE_ORIGINS must be origins: https://host, without a path")
BANK_ACCOUNT = {
    "bank": env.str("BANK_NAME", "" if PRODUCTION else "한누리은행"),
    "number": env.str("BANK_ACCOUNT", "" if PRODUCTION else "000-000000-00-000"),
    "holder": env.str("BANK_HOLDER", "(사)한국소셜네트워크협회"),
}
# Stripe's sessions live 30 minutes or longer, and a seat must outlive its session.
SEAT_HOLD_MINUTES = env.whole("SEAT_HOLD_MINUTES", 40, least=36)
BANK_TRANSFER_DAYS = env.whole("BANK_TRANSFER_DAYS", 3, least=1)
TWO_PERSON_REFUND_WON = env.whole("TWO_PERSON_REFUND_WON", 1_000_000, least=0)
TWO_PERSON_DEPOSIT_WON = env.whole("TWO_PERSON_DEPOSIT_WON", 1_000_000, least=0)
TWO_PERSON_SHARE_WON = env.whole("TWO_PERSON_SHARE_WON", 1_000_000, least=0)

# --- proofs of payments (증빙): amounts and days that the law may change --------------------------
# A proof is given for more than this.
INVOICE_ABOVE_WON = env.whole("INVOICE_ABOVE_WON", 30_000, least=0)
CASH_RECEIPT_ABOVE_WON = env.whole("CASH_RECEIPT_ABOVE_WON", 30_000, least=0)
# How long after the payment a buyer may ask for one.
PROOF_MONTHS = env.whole("PROOF_MONTHS", 1, least=1)
# The day of the following month by which an invoice is issued.
INVOICE_DUE_DAY = env.whole("INVOICE_DUE_DAY", 10, least=1)
# 자진발급: from this amount on a cash receipt is issued though nobody asked for one, to the number
# that the tax office designated, within so many days after the payment.
CASH_RECEIPT_SELF_FROM_WON = env.whole("CASH_RECEIPT_SELF_FROM_WON", 100_000, least=0)
CASH_RECEIPT_SELF_NUMBER = env.str("CASH_RECEIPT_SELF_NUMBER", "010-000-1234")
CASH_RECEIPT_DAYS = env.whole("CASH_RECEIPT_DAYS", 5, least=1)

# --- the association -----------------------------------------------------------------------------
ASSOCIATION = {
    "name_ko": "사단법인 한국소셜네트워크협회",
    "name_en": "Korea Social Network Association",
    "president_ko": env.str("ASSOCIATION_PRESIDENT", "강학주"),
    "president_en": env.str("ASSOCIATION_PRESIDENT_EN", "Kang Hak-ju"),
    "address_ko": env.str(
        "ASSOCIATION_ADDRESS", "서울특별시 금천구 가산동 서울디지털2단지 에이스하이엔드타워 6차"
    ),
    "address_en": env.str(
        "ASSOCIATION_ADDRESS_EN", "Ace High-End Tower 6, Gasan-dong, Geumcheon-gu, Seoul"
    ),
    "tax_number": env.str("ASSOCIATION_TAX_NUMBER", "999-82-00031"),
    # As the business registration has them: what the supplier's side of a tax invoice says.
    "tax_sub_number": env.str("ASSOCIATION_TAX_SUB_NUMBER", ""),
    "business_type": env.str("ASSOCIATION_BUSINESS_TYPE", "협회 및 단체"),
    "business_item": env.str("ASSOCIATION_BUSINESS_ITEM", "산업단체"),
    "phone": env.str("ASSOCIATION_PHONE", "02-000-0000"),
    "email": env.str("ASSOCIATION_EMAIL", "office@example.test"),
    "privacy_officer_ko": env.str("ASSOCIATION_PRIVACY_OFFICER", "송이레"),
    "privacy_officer_en": env.str("ASSOCIATION_PRIVACY_OFFICER_EN", "Song I-re"),
}

# --- security ------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        # Browsers apply form-action to the redirect that follows a POST: to the payment page, and
        # to the social logins whose keys are set.
        "form-action": [
            "'self'",
            *PAYMENT_PAGE_ORIGINS,
            *(SOCIAL_LOGIN_ORIGINS[provider] for provider in SOCIALACCOUNT_PROVIDERS),
        ],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "kosna.views.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
if _site.scheme == "https":
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = 63_072_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    if ALLAUTH_TRUSTED_PROXY_COUNT:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- logs ----------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "kosna.core.logs.JsonFormatter"}},
    # A refused form (422) is no news, and a sold-out event refuses by the thousand.
    "filters": {"news": {"()": "kosna.core.logs.News"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {
        "handlers": ["console"],
        "level": env.str("LOG_LEVEL", "WARNING" if TESTING else "INFO"),
    },
    "loggers": {
        "django.request": {"filters": ["news"]},
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
        "pikepdf": {"level": "WARNING"},
    },
}
if _sentry := env.str("SENTRY_DSN", ""):
    import sentry_sdk

    sentry_sdk.init(_sentry, environment=KOSNA_ENV, send_default_pii=False)
