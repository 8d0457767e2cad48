"""Which environment this is, its keys, and under which address it is reached."""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

BASE_DIR = Path(__file__).resolve().parents[2]
_most = 100_000_000_000  # won, as WonField takes them
_on, _off = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}
_part = r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
_host = rf"{_part}(\.{_part})*(:[0-9]{{1,5}})?"
web_pattern = rf"https?://{_host}(/[A-Za-z0-9./_-]*)?"


class Environment(environ.Env):
    """Of every setting it says by name what makes no sense."""

    def whole(self, name: str, default: int, *, least: int, most: int = _most) -> int:
        """A whole number, and neither a smaller nor a larger one than makes sense."""
        try:
            number = self.int(name, default)
        except ValueError:
            number = None
        if number is None or not least <= number <= most:
            limits = f"at least {least}" if most == _most else f"from {least} to {most}"
            raise ImproperlyConfigured(f"{name} must be a whole number, {limits}")
        return number

    def flag(self, name: str, default: bool) -> bool:
        """On or off; anything else is a mistake, and not "off"."""
        text = self.str(name, "").lower()
        if text and text not in _on | _off:
            raise ImproperlyConfigured(f"{name} must be 1 or 0")
        return text in _on if text else default

    def like(self, name: str, default: str, pattern: str, *, such: str) -> str:
        """A text of this pattern, or an empty one where the default is empty, too."""
        text = self.str(name, default)
        if not re.fullmatch(pattern, text, re.ASCII) and (text or default):
            raise ImproperlyConfigured(f"{name} must be {such}")
        return text

    def text(self, name: str, default: str) -> str:
        """A text that says something."""
        text = self.str(name, default).strip()
        if not text:
            raise ImproperlyConfigured(f"{name} must not be empty")
        return text

    def address(self, name: str, default: str) -> str:
        """An e-mail address, with or without a name before it."""
        text = self.str(name, default)
        named = re.fullmatch(r"[^<>@]* <([^<>]+)>", text)
        try:
            validate_email(named[1] if named else text)
        except ValidationError:
            raise ImproperlyConfigured(f"{name} must be an e-mail address") from None
        return text

    def directory(self, name: str, default: Path) -> Path:
        """Made where it is missing."""
        path = Path(self.str(name, "") or default).resolve()
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ImproperlyConfigured(
                f"{name} must be a directory that can be written to: {error}"
            ) from None
        return path


def read(name: str, reader: Callable[[], Any]) -> Any:
    """What a library makes of the setting ``name``, which is an address."""
    try:
        return reader()
    except (ValueError, ImproperlyConfigured) as error:
        raise ImproperlyConfigured(f"{name} must be an address that makes sense: {error}") from None


env = Environment()

ENVIRONMENTS = ("production", "demo", "development", "test")
TESTING = "pytest" in sys.modules
KOSNA_ENV = env.str("KOSNA_ENV", "test" if TESTING else "production")
if KOSNA_ENV not in ENVIRONMENTS:
    raise ImproperlyConfigured(f"KOSNA_ENV must be one of {', '.join(ENVIRONMENTS)}")
PRODUCTION = KOSNA_ENV == "production"
IS_DEMO = KOSNA_ENV == "demo"
DEBUG = env.flag("DEBUG", KOSNA_ENV == "development")
if PRODUCTION and DEBUG:
    raise ImproperlyConfigured("DEBUG cannot be on in production")


def invented(value: str) -> Any:
    """A default for the demo alone: production says its own, or does not start."""
    return env.NOTSET if PRODUCTION else value


VAR_DIR = env.directory("KOSNA_VAR", BASE_DIR / "var")
SECRET_KEY = env.str("SECRET_KEY") if PRODUCTION else env.str("SECRET_KEY", "not-secret-" * 5)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
for _name, _keys in (
    ("SECRET_KEY", [SECRET_KEY]),
    ("SECRET_KEY_FALLBACKS", SECRET_KEY_FALLBACKS),
):
    if PRODUCTION and not all(len(key) >= 50 and len(set(key)) >= 5 for key in _keys):
        raise ImproperlyConfigured(f"{_name} must be 50 random characters or more in production")
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
origin_pattern = re.compile(rf"http{'s' if PRODUCTION else 's?'}://{_host.replace('A-Z', '')}")
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
if not all(re.fullmatch(r"\*|\.?[a-z0-9.-]+|\[[0-9a-f:]+\]", host) for host in ALLOWED_HOSTS):
    raise ImproperlyConfigured("ALLOWED_HOSTS must be names of hosts, with commas between them")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
