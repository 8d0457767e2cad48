"""A form that is sent twice makes once what it makes (docs/decisions/0044)."""

import uuid

from django import forms


def form_key_field() -> forms.UUIDField:
    """The key that is drawn with a form; programs send none."""
    return forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid.uuid4)
