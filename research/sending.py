"""A copy as an answer: whole, or the part that a broken transfer still lacks."""

import re

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from research.models import Download, Report

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


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
