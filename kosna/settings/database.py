"""The database, what is kept in mind, and where sessions stand."""

from django.core.exceptions import ImproperlyConfigured

from kosna.settings.environment import PRODUCTION, TESTING, VAR_DIR, env, read

_database = env.str("DATABASE_URL", "")
if PRODUCTION and not _database:
    raise ImproperlyConfigured("DATABASE_URL must be set in production")
_database = _database or f"sqlite:///{VAR_DIR / 'kosna.sqlite3'}"
DATABASE = read("DATABASE_URL", lambda: env.db_url_config(_database))
_is_known = str(DATABASE.get("ENGINE")).endswith((".postgresql", ".sqlite3"))
if not _is_known or not DATABASE["NAME"]:
    raise ImproperlyConfigured(
        "DATABASE_URL must name a database: postgres://host/name or sqlite:///path"
    )
DATABASES = {"default": DATABASE}
DATABASE["CONN_MAX_AGE"] = 0
DATABASE["CONN_HEALTH_CHECKS"] = True
if DATABASE["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE takes the write lock at BEGIN, so a check and its insert cannot be interleaved;
    # with DEFERRED, 151 of 600 contended writes failed (docs/decisions).
    DATABASE["ENGINE"] = "kosna.core.sqlite3"  # writers take turns
    DATABASE["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            # No test asks whether the disk has it.
            f"PRAGMA journal_mode=WAL; PRAGMA synchronous={'OFF' if TESTING else 'NORMAL'};"
            "PRAGMA mmap_size=134217728; PRAGMA cache_size=-20000;"
        ),
    }
    DATABASE["CONN_MAX_AGE"] = None  # the file is here: opening it again would buy nothing
    # Races need real files and real commits: no in-memory test database.
    DATABASE["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
else:
    DATABASE["OPTIONS"] = {
        **DATABASE.get("OPTIONS", {}),
        # The server reads and plans a statement once for a connection, from the third time on it
        # is given (docs/decisions/0045). Not through a pooler that hands out connections by
        # transaction.
        "server_side_binding": True,
        "prepare_threshold": 2 if env.flag("DATABASE_PREPARES", True) else None,
        "pool": {
            "min_size": 1,
            "max_size": env.whole("DATABASE_POOL", 10, least=1, most=1000),
            "timeout": 20,
        },
        # Nothing here is asked so seldom and reads so much that compiling it first would pay, and
        # no disk that turns is asked: a row by an index costs hardly more than the next in line.
        "options": "-c lock_timeout=15s -c statement_timeout=60s"
        " -c idle_in_transaction_session_timeout=120s -c jit=off -c random_page_cost=1.1"
        + (" -c synchronous_commit=off" if TESTING else ""),
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Rate limits and used one-time codes are counted here, so every process must see the same counts:
# in the database unless a Redis is there. Django keeps 300 entries unless told.
CACHES = {
    "default": read(
        "CACHE_URL",
        lambda: env.cache_url(
            "CACHE_URL",
            f"{'locmemcache' if TESTING else 'dbcache'}://core_cache?max_entries=10000",
        ),
    ),
    # What each process may keep for itself: pages are checked against their row at each use.
    "process": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "process",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
}
# What is asked many times a second is counted where that costs nothing: in the Redis that is there,
# for all processes; else in each by itself, for the table would cost more than what is counted.
_has_redis = CACHES["default"]["BACKEND"].endswith(".RedisCache")
CACHES["pace"] = CACHES["default" if _has_redis else "process"]
if PRODUCTION and CACHES["default"]["BACKEND"].rsplit(".", 1)[1] in ("LocMemCache", "DummyCache"):
    raise ImproperlyConfigured("CACHE_URL must be a cache that all processes share")
# A row for each session, read together with its account (docs/decisions/0017).
SESSION_ENGINE = "kosna.accounts.sessions"
