"""Figures as CSV, XLSX, JSON and SVG. Private, for what is in them depends on the reader."""

import csv
import io
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import FileResponse, HttpResponse, JsonResponse
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString

from kosna.core import sheets
from kosna.core.exports import BOM, neutral
from research.statistics.exports import Told

# The letters are pale on a dark screen, where no page lays its own ground below them.
GROUND = "svg{color-scheme:light dark;background:var(--chart-ground)}"
PRIVATE = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}


def as_json(facts: dict[str, Any], status: int = 200) -> JsonResponse:
    return JsonResponse(
        facts, status=status, headers=PRIVATE, json_dumps_params={"ensure_ascii": False}
    )


def as_csv(told: Told) -> HttpResponse:
    """UTF-8 with the mark by which Excel knows it."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerows([neutral(line)] for line in told.above)
    writer.writerow([neutral(heading) for heading in told.headings])
    writer.writerows([neutral(cell) for cell in row] for row in told.rows)
    return HttpResponse(
        BOM + stream.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": content_disposition_header(True, f"{told.name}.csv"),
            **PRIVATE,
        },
    )


def as_xlsx(told: Told) -> FileResponse:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    sheets.write_xlsx(file, told.headings, told.rows, above=told.above)
    file.seek(0)
    response = FileResponse(
        file,
        as_attachment=True,
        filename=f"{told.name}.xlsx",
        content_type=sheets.XLSX_TYPE,
        headers=PRIVATE,
    )
    return response


def as_svg(picture: SafeString, name: str) -> HttpResponse:
    """A picture that travels alone, with its colours in it; nothing else may be loaded or run."""
    style = f"<style>{_style()}{GROUND}</style>"
    head, mark, rest = picture.partition("</desc>")
    return HttpResponse(
        f"{head}{mark}{style}{rest}",
        content_type="image/svg+xml; charset=utf-8",
        headers={
            "Content-Disposition": content_disposition_header(False, f"{name}.svg"),
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
            **PRIVATE,
        },
    )


@cache
def _style() -> str:
    return (Path(settings.BASE_DIR) / "static/css/charts.css").read_text(encoding="utf-8")


def refused(reason: str, kind: str, code: str, *, status: int = 403) -> HttpResponse:
    """The sentence of the page, as the answer for a file that is not given."""
    if kind == "json":
        return as_json({"error": reason, "code": code}, status)
    return HttpResponse(
        reason, status=status, content_type="text/plain; charset=utf-8", headers=PRIVATE
    )
