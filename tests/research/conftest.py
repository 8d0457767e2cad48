"""Reports as the editors' desk would have kept them: real PDFs, search columns filled."""

import hashlib
import io
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kosna.core.uploads import Checked, check_document
from research.actions import place_report
from research.models import Report
from tests import factories


def pdf(pages: int = 2) -> bytes:
    """A real PDF of blank A4 pages."""
    document = pikepdf.new()
    for _page in range(pages):
        document.add_blank_page(page_size=(595, 842))
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def checked(pages: int) -> Checked:
    """The same as an upload that passed its checks."""
    content = pdf(pages)
    upload = SimpleUploadedFile("r.pdf", content)
    return check_document(upload, kinds=("pdf",), max_bytes=len(content))


@pytest.fixture
def make_report(db: None) -> Callable[..., Report]:
    def make(slug: str = "", **fields: Any) -> Report:
        content = pdf()
        report = factories.make_report(
            slug,
            content=content,
            **{"sha256": hashlib.sha256(content).hexdigest(), "pages": 2, **fields},
        )
        report.fill_search()
        report.save()
        place_report(report)
        return report

    return make
