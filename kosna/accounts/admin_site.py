"""Django's own admin: for operators only, entered like every other page, with a second factor."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

ROOMS = ("kosna", "members", "events", "research")


def lacks_second_factor(user: Any) -> bool:
    return settings.STAFF_MFA_REQUIRED and not is_mfa_enabled(user)


class OperatorsSite(AdminSite):
    site_title = site_header = gettext_lazy("KOSNA operators")
    index_title = gettext_lazy("System")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Only what our own rooms show. What libraries register would let an operator read the keys
        of second factors and give an account an address or a login of the operator's own."""
        if admin_class and admin_class.__module__.partition(".")[0] in ROOMS:
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and not lacks_second_factor(request.user)

    @method_decorator(secure_admin_login)
    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Reached only by operators who are signed in: without a second factor, or already in."""
        if lacks_second_factor(request.user):
            messages.warning(
                request,
                _("Staff pages open with two-factor authentication. Please set it up first."),
            )
            return redirect("mfa_index")
        return redirect("admin:index")
