"""What is kept of closed accounts goes in its turn."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kosna.accounts.models import Consent
from kosna.accounts.retention import PAYMENT, destroys
from kosna.retention.models import ClosedAccount


def tell() -> None:
    destroys(
        "closed_accounts",
        _("Names and addresses of closed accounts"),
        PAYMENT,
        _due,
        _destroy,
    )


def _due(at: datetime) -> QuerySet[ClosedAccount]:
    return ClosedAccount.objects.exclude(sealed=None).filter(closed_at__lt=PAYMENT.cutoff(at))


def _destroy(keys: Collection[int]) -> None:
    ClosedAccount.objects.filter(pk__in=keys).update(sealed=None)
    Consent.objects.filter(user__in=keys).update(ip=None)
