"""What an account is made of, as it is told to its owner: no password, no secret, no key."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kosna.accounts.models import Consent, Guest, Session, User
from kosna.accounts.own_data import register


def tell() -> None:
    register(
        "account",
        _("My account"),
        lambda user: User.objects.filter(pk=user.pk),
        *("name", "name_en", "email", "phone", "language", "created_at", "last_login"),
    )
    register(
        "email_addresses",
        _("E-mail addresses"),
        lambda user: EmailAddress.objects.filter(user=user),
        *("email", "verified", "primary"),
    )
    register(
        "consents",
        _("Consents"),
        # What was agreed to before an order without an account was taken into this one is theirs.
        lambda user: Consent.objects.filter(Q(user=user) | Q(user__guest__claimed_by=user)),
        *("given_at", "withdrawn_at", "channel", "ip", "text_hash"),
        text="policy__kind",
        version="policy__version",
        effective_on="policy__effective_on",
    )
    register(
        "social_links",
        _("Sign-in with other services"),
        lambda user: SocialAccount.objects.filter(user=user),
        "provider",
        linked_at="date_joined",
        last_used_at="last_login",
    )
    register(
        "second_factors",
        _("Second factors"),
        lambda user: Authenticator.objects.filter(user=user),
        *("type", "created_at", "last_used_at"),
    )
    register(
        "sessions",
        _("Browsers that are signed in"),
        lambda user: Session.objects.filter(user=user),
        ends_at="expire_date",
    )
    register(
        "guest_addresses",
        _("Orders without an account that were taken into this one"),
        lambda user: Guest.objects.filter(claimed_by=user),
        *("email", "confirmed_at"),
        name="user__name",
        phone="user__phone",
    )
