"""Certificates that lose what they rest on: a place, a mark on the roll, a check-in."""

from collections.abc import Collection

from events import certificates
from events.models import Registration
from kosna.documents import actions as documents


def void_unearned(places: Collection[Registration], *, reason: str) -> None:
    """Declares void what these places have not earned, as they stand now; in one statement where
    they have no certificates."""
    valid = list(certificates.papers_of(places).valid()) if places else []
    if not valid:
        return
    owners = {paper.key: certificates.place_of(paper.key) for paper in valid}
    holders = Registration.objects.filter(pk__in=set(owners.values()))
    still = set(certificates.earned(holders).values_list("pk", flat=True))
    for paper in valid:
        if owners[paper.key] not in still:
            documents.void(paper, reason=reason)
