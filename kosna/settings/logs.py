"""What is written down about running, one JSON object a line."""

from django.core.exceptions import ImproperlyConfigured

from kosna.settings.environment import KOSNA_ENV, TESTING, env, read

_levels = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_level = env.str("LOG_LEVEL", "WARNING" if TESTING else "INFO")
if _level not in _levels:
    raise ImproperlyConfigured(f"LOG_LEVEL must be one of {', '.join(_levels)}")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "kosna.core.logs.JsonFormatter"}},
    # A refused form (422) is no news, and a sold-out event refuses by the thousand.
    "filters": {"news": {"()": "kosna.core.logs.News"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {
        "handlers": ["console"],
        "level": _level,
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

    read(
        "SENTRY_DSN",
        lambda: sentry_sdk.init(_sentry, environment=KOSNA_ENV, send_default_pii=False),
    )
