"""Mails to a person, as they are told to them: that there was one, and what about."""

from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kosna.accounts.own_data import register
from kosna.mail.models import Message


def tell() -> None:
    register(
        "mails",
        _("Mails that we sent"),
        _mails,
        *("subject", "to", "language", "status", "created_at", "sent_at"),
    )


def _mails(user: Any) -> Any:
    """Those to their own addresses, and to the one that they had as a guest: what we send for
    somebody goes to whom they bought a place for as well."""
    own = EmailAddress.objects.filter(user=user, verified=True).values("email")
    as_guest = Q(user__guest__claimed_by=user, to=F("user__guest__email"))
    return Message.objects.filter(Q(user=user, to__in=own) | as_guest)
