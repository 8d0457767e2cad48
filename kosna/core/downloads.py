"""Files that people gave, handed on: saved by the browser, and never shown in our name."""

from django.db.models.fields.files import FieldFile
from django.http import FileResponse


def as_download(file: FieldFile, *, name: str, content_type: str) -> FileResponse:
    """``name`` is what it is called where it is saved. No cache keeps it, no search finds it, and
    where a browser opens it all the same, nothing in it runs."""
    response = FileResponse(
        file.open("rb"), as_attachment=True, filename=name, content_type=content_type
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
