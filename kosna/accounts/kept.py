"""What becomes of an account's own rows when it is closed: nothing of them opens anything more."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount

from kosna.accounts.actions import MARKETING, withdraw_consent
from kosna.accounts.models import Guest, Session, User
from kosna.accounts.retention import (
    AT_ONCE,
    NOBODY,
    PAYMENT,
    RECORD,
    Fate,
    on_closing,
    rule,
)
from kosna.core import clock
from kosna.core.models import Batch
from kosna.core.uploads import discard


def tell() -> None:
    rule(Fate.THINS, PAYMENT, "account")
    rule(Fate.STAYS, RECORD, "consents")
    rule(
        Fate.GOES,
        AT_ONCE,
        *("email_addresses", "social_links", "second_factors", "sessions", "guest_addresses"),
    )
    on_closing(_erase)


def _erase(user: User) -> None:
    for kind in MARKETING:  # 탈퇴 is a refusal of advertising, too (정보통신망법 §50)
        withdraw_consent(user=user, kind=kind)
    EmailAddress.objects.filter(user=user).delete()
    SocialAccount.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    Session.objects.filter(user=user).delete()
    _forget_guests(user)
    _end_batches(user)


def _forget_guests(user: User) -> None:
    """Those whose orders were taken into the account, which has them now."""
    guests = Guest.objects.filter(claimed_by=user)
    User.objects.filter(guest__in=guests).update(name=NOBODY, phone="")
    guests.filter(erased_at=None).update(email="", erased_at=clock.now())


def _end_batches(user: User) -> None:
    own = Batch.objects.filter(by=user)
    own.filter(status__in=[Batch.Status.QUEUED, Batch.Status.RUNNING]).update(
        status=Batch.Status.CANCELLED, finished_at=clock.now()
    )
    for batch in own.exclude(file=""):
        discard(batch.file)
    own.exclude(file="").update(file="", file_name="")
