"""The PDF of a report: sound like every upload, and such that copies of it can be stamped."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kosna.core.uploads import Checked, CheckedFileField
from research.stamping import StampError
from research.trial import must_show_its_stamp

MAX_PDF_BYTES = 50 * 1024 * 1024


class ReportPdfField(CheckedFileField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(kinds={"pdf"}, max_bytes=MAX_PDF_BYTES, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        checked = super().clean(data, initial)
        if isinstance(checked, Checked):
            try:
                must_show_its_stamp(checked.content)
            except StampError as error:
                raise ValidationError(
                    _(
                        "Readers' names cannot be put on copies of this PDF: it is somebody's copy"
                        " already, its pages are too small or not drawn soundly, or a note, shape"
                        " or form field lies at the foot of a page. Please upload the original, or"
                        " print it as a PDF anew."
                    ),
                    code="cannot_be_stamped",
                ) from error
        return checked
