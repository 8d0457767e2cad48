"""Where allauth meets the house: its mails leave after the commit, and a social login never takes
over an account by its e-mail address alone."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.core.qr import qr_svg

PENDING_LINK = "pending_social_link"
# These say of an address whether they have checked it themselves (Kakao: is_email_verified), and
# Kakao besides whether it is still theirs: it may belong to another of its accounts by now.
# Naver hands over a contact address that nobody proved, whatever its adapter says.
TRUSTED_TO_VERIFY = {"google", "kakao"}


class AccountAdapter(DefaultAccountAdapter):
    def is_safe_url(self, url: str | None) -> bool:
        """Addresses of this site only. allauth's own way would answer ``http://[`` with a 500."""
        request = context.request
        return url_has_allowed_host_and_scheme(
            url, {request.get_host()}, require_https=request.is_secure()
        )

    def send_mail(self, template_prefix: str, email: str, context_: dict[str, Any]) -> None:
        """Sent as soon as the change that it tells of is committed, not through the outbox: a
        login code is a secret that must not be kept in a table."""
        request = context.request
        message = self.render_mail(
            template_prefix,
            email,
            {
                "request": request,
                "email": email,
                "association": settings.ASSOCIATION,
                "site_url": settings.SITE_URL,
                **context_,
            },
        )
        # A mail server that is down is logged: the page offers to send the code again.
        transaction.on_commit(message.send, robust=True)


def vouches_for_addresses(sociallogin: SocialLogin) -> bool:
    account = sociallogin.account
    if account.provider == "kakao":
        return bool(account.extra_data.get("kakao_account", {}).get("is_email_valid"))
    return account.provider in TRUSTED_TO_VERIFY


def verified_addresses(sociallogin: SocialLogin) -> list[str]:
    if not vouches_for_addresses(sociallogin):
        return []
    return [address.email for address in sociallogin.email_addresses if address.verified]


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    def get_app(
        self, request: HttpRequest, provider: str, client_id: str | None = None
    ) -> SocialApp:
        """A service without keys is not there; allauth's own way would be a 500."""
        try:
            return super().get_app(request, provider, client_id)
        except SocialApp.DoesNotExist:
            raise Http404 from None

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """An address that belongs to an account here is not taken over: its owner logs in as
        usual and then confirms the link."""
        if not vouches_for_addresses(sociallogin):
            for address in sociallogin.email_addresses:
                address.verified = False
        if sociallogin.is_existing or request.user.is_authenticated:
            return
        owners = User.objects.filter(
            pk__in=EmailAddress.objects.filter(
                email__in=[email.lower() for email in verified_addresses(sociallogin)],
                verified=True,
            ).values("user")
        )
        if owners.exists():
            request.session[PENDING_LINK] = sociallogin.serialize()
            messages.info(
                request,
                _("You have an account with this e-mail already. Sign in to confirm the link."),
            )
            target = reverse("accounts:link")
            raise ImmediateHttpResponse(redirect(f"{reverse('account_login')}?next={target}"))


class MFAAdapter(DefaultMFAAdapter):
    def build_totp_svg(self, url: str) -> str:
        """Drawn into the page: the policy of this site allows no ``data:`` picture."""
        return qr_svg(url, title=_("Code for the authenticator app"), size=220)
