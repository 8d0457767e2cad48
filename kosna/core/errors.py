"""``Refused``: the rules say no, and why, in the reader's language."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.forms import BaseForm


class Refused(Exception):
    """An action declined. ``reasons`` holds every reason at once; ``field`` names a form field."""

    def __init__(self, *reasons: str, field: str | None = None) -> None:
        super().__init__(*reasons)
        self.reasons = [str(reason) for reason in reasons]
        self.field = field

    def __str__(self) -> str:
        return " ".join(self.reasons)

    def to_form(self, form: "BaseForm") -> None:
        """Shows the reasons where the reader typed, or above the form."""
        field = self.field if self.field in form.fields else None
        for reason in self.reasons:
            form.add_error(field, reason)
