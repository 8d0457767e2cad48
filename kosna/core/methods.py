"""Which methods a view answers. Django's own decorators keep that to themselves; these tell it to
``manage.py routes`` as well.

Where a form is sent to is no page. A browser can come there with GET all the same: after signing
in on the way to pay, or by changing the language of a form that was refused. It is sent to the page
above.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_http_methods

View = Callable[..., HttpResponse]


def _answers(*methods: str) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        guarded: Any = require_http_methods(methods)(view)

        @wraps(guarded)
        def answering(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if "GET" not in methods and _is_visit(request):
                return HttpResponseRedirect(page_above(request.path))
            answer: HttpResponse = guarded(request, *args, **kwargs)
            return answer

        answering.allowed_methods = list(methods)  # type: ignore[attr-defined]
        return answering

    return decorate


require_GET = _answers("GET")
require_POST = _answers("POST")
require_safe = _answers("GET", "HEAD")


def _is_visit(request: HttpRequest) -> bool:
    """Whether somebody wants to see a page, and no program asks."""
    return request.method == "GET" and "text/html" in request.headers.get("Accept", "")


def page_above(path: str) -> str:
    """The nearest address above this one that is a page; it asks itself who may see it."""
    while path := path.rstrip("/").rpartition("/")[0]:
        try:
            view = resolve(f"{path}/").func
        except Resolver404:
            continue
        if "GET" in getattr(view, "allowed_methods", ["GET"]):
            return f"{path}/"
    return "/"
