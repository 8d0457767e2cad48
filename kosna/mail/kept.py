"""Mails are emptied once they have served: of a closed account at once, everybody's after a time.
The row stays: that a mail was sent, and when, is proof of a notice."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from kosna.accounts.models import User
from kosna.accounts.retention import AT_ONCE, MAIL, NOBODY, Fate, destroys, on_closing, rule
from kosna.mail.models import Message

OVER = (Message.Status.SENT, Message.Status.FAILED)


def tell() -> None:
    rule(Fate.GOES, AT_ONCE, "mails")
    on_closing(_erase)
    destroys("mails", _("Mails that were sent"), MAIL, _due, _destroy)


def _erase(user: User) -> None:
    _empty(_legible().filter(Q(user=user) | Q(user__guest__claimed_by=user)))


def _legible() -> QuerySet[Message]:
    return Message.objects.filter(status__in=OVER).exclude(to="")


def _due(at: datetime) -> QuerySet[Message]:
    return _legible().filter(created_at__lt=MAIL.cutoff(at))


def _destroy(keys: Collection[int]) -> None:
    _empty(_legible().filter(pk__in=keys))


def _empty(rows: QuerySet[Message]) -> int:
    return rows.update(to="", key=None, context={}, subject=NOBODY, text="", error="")


def empty_mails_of_closed_accounts() -> int:
    """The last mail to a closed account is posted as it closes, and emptied once it was sent."""
    closed = Q(user__closed_at__isnull=False)
    closed |= Q(user__guest__claimed_by__closed_at__isnull=False)
    return _empty(_legible().filter(closed))
