"""How an event is held, and the link that only those who come may see."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from events.models import Event


class OnlineForm(forms.Form):
    mode = forms.ChoiceField(
        label=_("How it is held"), choices=Event.Mode.choices, widget=forms.RadioSelect
    )
    url = forms.URLField(
        label=_("Link"),
        max_length=500,
        required=False,
        assume_scheme="https",
        help_text=_(
            "Seen by those whose place is confirmed: on their ticket, and by mail a day before. "
            "Another link is mailed anew."
        ),
    )
    note_ko = forms.CharField(label=_("Note in Korean"), max_length=300, required=False)
    note_en = forms.CharField(label=_("Note in English"), max_length=300, required=False)

    def clean_url(self) -> str:
        url = self.cleaned_data["url"]
        if url and not url.startswith(("https://", "http://")):
            raise forms.ValidationError(_("A link begins with https://."))
        return url

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("mode") == Event.Mode.ONSITE and data.get("url"):
            self.add_error("url", _("An event on site has no link: choose online or mixed."))
        return data
