"""Static files, and uploads, which no address reaches."""

import re
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from kosna.settings.environment import BASE_DIR, DEBUG, TESTING, VAR_DIR, env, web_pattern

STATIC_URL = "/static/"
STATIC_ROOT = env.directory("STATIC_ROOT", VAR_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
# Uploads and originals are private: there is no MEDIA_URL, views hand out bytes after asking.
MEDIA_ROOT = env.directory("MEDIA_ROOT", VAR_DIR / "media")
MEDIA_URL = ""
# An internal location of nginx over MEDIA_ROOT: stamped copies are then put there for an hour and
# sent by nginx. Only behind nginx: reached directly, the portal would send its header and no file.
X_ACCEL_PREFIX = env.str("X_ACCEL_PREFIX", "")
if X_ACCEL_PREFIX and not re.fullmatch(r"/[a-z0-9/_-]+/", X_ACCEL_PREFIX):
    raise ImproperlyConfigured("X_ACCEL_PREFIX is an address of nginx, such as /private/")


def on_s3(bucket: str, endpoint: str | None, region: str | None) -> dict[str, Any]:
    """Nothing in it can be had without the portal's own key, and no name is written twice."""
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": endpoint,
            "region_name": region,
            "default_acl": "private",
            "querystring_auth": True,
            "file_overwrite": False,
        },
    }


_media: dict[str, Any] = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
if _bucket := env.like("S3_BUCKET", "", r"[a-z0-9][a-z0-9.-]{2,62}", such="the name of a bucket"):
    if X_ACCEL_PREFIX:
        raise ImproperlyConfigured("X_ACCEL_PREFIX needs private files on nginx's disk, not on S3")
    _endpoint = env.like("S3_ENDPOINT_URL", "", web_pattern, such="an address: https://host")
    _region = env.like("S3_REGION", "", r"[a-z0-9-]+", such="a region such as ap-northeast-2")
    _media = on_s3(_bucket, _endpoint or None, _region or None)
STORAGES = {
    "default": _media,
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "kosna.core.static_files.HashedStaticFiles"
    },
}
WHITENOISE_USE_FINDERS = TESTING or DEBUG
WHITENOISE_AUTOREFRESH = TESTING or DEBUG  # else each start walks through all of them
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 10
