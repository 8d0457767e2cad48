"""The door of every staff page: a verb, a second factor, and 404 for whoever has no business."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from kosna.branches.models import Scope

View = Callable[..., HttpResponse]


def staff_view(*verbs: str) -> Callable[[View], View]:
    """Lets those in who hold one of ``verbs`` somewhere; ``request.scope`` says where.

    Rows are narrowed by ``.permitted(user, verb)`` in the view, so a foreign row is a 404.
    The permission is read back by ``manage.py routes`` from ``view.verbs``.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            scope = Scope.union(Scope.of(request.user, verb) for verb in verbs)
            if not scope:
                raise PermissionDenied
            if settings.STAFF_MFA_REQUIRED and not is_mfa_enabled(request.user):
                messages.warning(
                    request,
                    _("Staff pages open with two-factor authentication. Please set it up first."),
                )
                return redirect("mfa_index")
            request.scope = scope  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        guarded.verbs = verbs  # type: ignore[attr-defined]
        return guarded

    return decorate


def whole_view(*verbs: str) -> Callable[[View], View]:
    """A staff page about all branches at once: for whoever holds a verb at the head office."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.scope.everywhere:  # type: ignore[attr-defined]
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return staff_view(*verbs)(guarded)

    return decorate
