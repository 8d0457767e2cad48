"""Papers of a person, as they are told to them."""

from django.utils.translation import gettext_lazy as _

from kosna.accounts.own_data import register
from kosna.documents.models import Document


def tell() -> None:
    register(
        "documents",
        _("Documents"),
        lambda user: Document.objects.filter(subject=user),
        *("kind", "year", "number", "name", "language", "issued_at", "valid_until", "status"),
        *("voided_at", "reissues", "reissued_at"),
    )
