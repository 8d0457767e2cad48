"""Where mail goes."""

from django.core.exceptions import ImproperlyConfigured

from kosna.settings.environment import PRODUCTION, VAR_DIR, env, invented, read

_url = env.str("EMAIL_URL", "") or "filemail://"
_mail = read("EMAIL_URL", lambda: env.email_url_config(_url))
if PRODUCTION and not _mail["EMAIL_BACKEND"].endswith("smtp.EmailBackend"):
    raise ImproperlyConfigured("EMAIL_URL must be set to an SMTP server in production")
if _mail["EMAIL_BACKEND"].endswith("smtp.EmailBackend") and not _mail["EMAIL_HOST"]:
    raise ImproperlyConfigured("EMAIL_URL must name the host of the SMTP server: smtp://host:25")
if _mail["EMAIL_BACKEND"].endswith("filebased.EmailBackend"):
    _mail["EMAIL_FILE_PATH"] = VAR_DIR / "mail"  # the URL would lose the slash that it begins with
vars().update(_mail)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.address("DEFAULT_FROM_EMAIL", invented("KOSNA <office@example.test>"))
SERVER_EMAIL = DEFAULT_FROM_EMAIL
