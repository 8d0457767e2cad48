"""Which environment this is, its keys, and under which address it is reached."""

import re
import sys
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parents[2]


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
origin_pattern = re.compile(rf"http{'s' if PRODUCTION else 's?'}://[a-z0-9.-]+(:[0-9]+)?")
if not origin_pattern.fullmatch(SITE_URL):
    raise ImproperlyConfigured(
        "SITE_URL must be https in production, and a host name in small letters without a path"
    )
site = urlsplit(SITE_URL)
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=[site.hostname] if PRODUCTION else ["localhost", "127.0.0.1"]
)
if PRODUCTION and ("*" in ALLOWED_HOSTS or site.hostname not in ALLOWED_HOSTS):
    raise ImproperlyConfigured("ALLOWED_HOSTS must name the hosts, that of SITE_URL among them")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
