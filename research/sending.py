"""A copy as an answer: whole, or the part that a broken transfer still lacks."""

import re
from datetime import timedelta

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from kosna.core import clock
from research.models import Download, Report

FOLDER, KEPT_FOR = "copies", timedelta(hours=1)

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")  # no file has more bytes


def tag_of(copy: Download) -> str:
    return f'"{copy.serial}"'


def serial_wanted(request: HttpRequest) -> str:
    """Of the copy that the rest is asked of; empty where no copy is named."""
    return request.headers.get("If-Range", "").strip('"')


def asks_for_a_part(request: HttpRequest) -> bool:
    return "Range" in request.headers


def head(report: Report) -> HttpResponse:
    """What HEAD is told: that it can be had. Neither size nor tag, for no copy was made."""
    return _pdf(report, b"", 200)


def send(request: HttpRequest, report: Report, copy: Download, content: bytes) -> HttpResponse:
    """All of it, or one range; several at once, or a range that makes no sense, get all."""
    if settings.X_ACCEL_PREFIX:
        return _by_nginx(report, copy, content)
    part = _part(request, copy, len(content))
    if part is None:
        response = _pdf(report, content, 200)
    elif part[0] >= len(content):
        response = _pdf(report, b"", 416)
        response["Content-Range"] = f"bytes */{len(content)}"
    else:
        first, last = part
        response = _pdf(report, content[first : last + 1], 206)
        response["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
    response["ETag"] = tag_of(copy)
    response["Accept-Ranges"] = "bytes"
    return response


def _by_nginx(report: Report, copy: Download, content: bytes) -> HttpResponse:
    """Nginx sends the whole or the part from the file that waits for it; it drops the header."""
    name = f"{FOLDER}/{copy.serial}.pdf"
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(content))
    response = _pdf(report, b"", 200)
    response["X-Accel-Redirect"] = f"{settings.X_ACCEL_PREFIX}{name}"
    return response


def purge_copies() -> int:
    """Takes away what nginx has had time to send. Returns how many; safe at any time, for a copy is
    made again where it is asked for."""
    try:
        _folders, names = default_storage.listdir(FOLDER)
    except FileNotFoundError:
        return 0
    paths = [f"{FOLDER}/{name}" for name in names]
    old = clock.now() - KEPT_FOR
    purged = [path for path in paths if default_storage.get_modified_time(path) < old]
    for path in purged:
        default_storage.delete(path)
    return len(purged)


def _part(request: HttpRequest, copy: Download, size: int) -> tuple[int, int] | None:
    """The first and last byte that are asked for."""
    named = request.headers.get("If-Range")
    if named and named != tag_of(copy):
        return None
    found = _RANGE.fullmatch(request.headers.get("Range", ""))
    if not found or not any(found.groups()):
        return None
    first, last = found.groups()
    if not first:
        return max(0, size - int(last)), size - 1
    if last and int(last) < int(first):
        return None
    return int(first), min(int(last), size - 1) if last else size - 1


def _pdf(report: Report, content: bytes, status: int) -> HttpResponse:
    name = report.title.replace("/", "-").replace("\\", "-")
    return HttpResponse(
        content,
        status=status,
        content_type="application/pdf",
        headers={
            "Content-Disposition": content_disposition_header(True, f"{name}.pdf"),
            "Cache-Control": "private, no-store",
            "Content-Security-Policy": "default-src 'none'",
            "X-Content-Type-Options": "nosniff",
        },
    )
