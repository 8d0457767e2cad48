"""Certificates that lose what they rest on: a place, a mark on the roll, a check-in."""

from collections.abc import Collection

from django.conf import settings

from events import certificates
from events.models import Registration
from kosna.documents import actions as documents
from kosna.documents.models import Document

ATTENDANCE, COMPLETION = "attendance", "completion"


def key_of(series: str, place: int, language: str) -> str:
    """Of the one certificate of a series that a place has in a language."""
    return f"{series}:{place}:{language}"


def void_unearned(places: Collection[Registration], *, reason: str) -> None:
    """Declares void what these places have not earned, as they stand now; in one statement where
    they have no certificates."""
    owners = {
        key_of(series, place.pk, language): place.pk
        for place in places
        for series in (ATTENDANCE, COMPLETION)
        for language, _name in settings.LANGUAGES
    }
    valid = list(Document.objects.valid().filter(key__in=owners)) if owners else []
    if not valid:
        return
    holders = Registration.objects.filter(pk__in={owners[paper.key] for paper in valid})
    still = set(certificates.earned(holders).values_list("pk", flat=True))
    for paper in valid:
        if owners[paper.key] not in still:
            documents.void(paper, reason=reason)


def has_void(place: Registration) -> bool:
    """Whether a certificate of this place is void."""
    keys = [
        key_of(series, place.pk, language)
        for series in (ATTENDANCE, COMPLETION)
        for language, _name in settings.LANGUAGES
    ]
    void = Document.objects.filter(key__in=keys, status=Document.Status.VOID)
    return void.exists()
