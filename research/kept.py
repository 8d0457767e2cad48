"""Whose copy a leaked report was can be found for as long as it may leak; searches go at once."""

from kosna.accounts.models import User
from kosna.accounts.retention import AT_ONCE, PAYMENT, RECORD, Fate, on_closing, rule
from research.models import SavedSearch


def tell() -> None:
    rule(Fate.STAYS, RECORD, "downloads")
    rule(Fate.STAYS, PAYMENT, "permits")
    rule(Fate.GOES, AT_ONCE, "saved_searches")
    on_closing(_erase)


def _erase(user: User) -> None:
    SavedSearch.objects.filter(user=user).delete()
