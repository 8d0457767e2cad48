"""Which methods a view answers. Django's own decorators keep that to themselves; these tell it to
``manage.py routes`` as well."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

View = Callable[..., HttpResponse]


def _answers(*methods: str) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        guarded: Any = require_http_methods(methods)(view)
        guarded.allowed_methods = list(methods)
        return guarded

    return decorate


require_GET = _answers("GET")
require_POST = _answers("POST")
require_safe = _answers("GET", "HEAD")
