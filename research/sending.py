"""A copy as an answer: whole, or the part that a broken transfer still lacks."""

import os
import re
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
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


def head(report: Report) -> StreamingHttpResponse:
    """What HEAD is told: that it can be had. Neither size nor tag, for no copy was made; of an
    answer that is no stream, the middleware would say that it has no bytes."""
    return StreamingHttpResponse(content_type="application/pdf", headers=_headers(report))


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
    """Nginx sends the whole or the part from the file that waits for it; it drops the header. By
    the tag, which it passes on (docs/production.md), the rest of this copy is asked for later."""
    name, waiting = f"{copy.serial}.pdf", _waiting()
    if not waiting.exists(name):
        begun = waiting.save(f".{name}", ContentFile(content))
        os.replace(waiting.path(begun), waiting.path(name))  # so that nobody is sent half of it
    response = _pdf(report, b"", 200)
    response["X-Accel-Redirect"] = f"{settings.X_ACCEL_PREFIX}{FOLDER}/{name}"
    response["ETag"] = tag_of(copy)
    return response


def _waiting() -> FileSystemStorage:
    """What nginx may read by its group; all other private files are the portal's alone."""
    return FileSystemStorage(
        Path(settings.MEDIA_ROOT) / FOLDER,
        file_permissions_mode=0o640,
        directory_permissions_mode=0o750,
    )


def purge_copies() -> int:
    """Takes away what nginx has had time to send. Returns how many; safe at any time, for a copy is
    made again where it is asked for."""
    waiting = _waiting()
    try:
        _folders, names = waiting.listdir("")
    except FileNotFoundError:
        return 0
    old = clock.now() - KEPT_FOR
    purged = [name for name in names if waiting.get_modified_time(name) < old]
    for name in purged:
        waiting.delete(name)
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
    headers = _headers(report)
    return HttpResponse(content, status=status, content_type="application/pdf", headers=headers)


def _headers(report: Report) -> dict[str, str]:
    name = report.title.replace("/", "-").replace("\\", "-")
    return {
        "Content-Disposition": content_disposition_header(True, f"{name}.pdf") or "",
        "Cache-Control": "private, no-store",
        "Content-Security-Policy": "default-src 'none'",
        "X-Content-Type-Options": "nosniff",
    }
