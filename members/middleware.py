"""What holds while staff look at the portal as a tier."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from kosna.core.middleware import RefusedMiddleware
from members.viewing import why_nothing_leaves

SAFE = ("GET", "HEAD", "OPTIONS")
# Where everybody acts as themselves: the desk, their own account, the language.
OWN = ("/staff/", "/accounts/", "/i18n/")


class ViewingMiddleware:
    """Nothing is ordered, bought or given up by somebody who does not exist."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        acts = request.method not in SAFE and not request.path.startswith(OWN)
        if acts and (reason := why_nothing_leaves(request)):
            messages.error(request, reason)
            return HttpResponseRedirect(RefusedMiddleware.way_back(request), status=303)
        return self.get_response(request)
