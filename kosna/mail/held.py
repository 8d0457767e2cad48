"""Mails to a person, as they are told to them: that there was one, and what about."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kosna.accounts.own_data import register
from kosna.mail.models import Message


def tell() -> None:
    register(
        "mails",
        _("Mails that we sent"),
        lambda user: Message.objects.filter(Q(user=user) | Q(user__guest__claimed_by=user)),
        *("subject", "to", "language", "status", "created_at", "sent_at"),
    )
