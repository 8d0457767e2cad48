"""What a form asks is done, or the form says why not."""

from collections.abc import Callable

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest

from kosna.core.errors import Refused


def carried_out(
    request: HttpRequest, form: BaseForm, deed: Callable[..., object], done: str
) -> bool:
    """Whether a form was valid and its deed, which takes what was typed by name, is done: then
    ``done`` is said on the next page. A refusal is shown in the form."""
    if not form.is_valid():
        return False
    try:
        deed(**form.cleaned_data)
    except Refused as refusal:
        refusal.to_form(form)
        return False
    messages.success(request, done)
    return True
