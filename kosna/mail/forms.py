from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kosna.mail.models import Message


class MessageFilter(forms.Form):
    q = forms.EmailField(label=_("E-mail"), required=False)
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("All")), *Message.Status.choices]
    )

    def narrow(self, rows: QuerySet[Message]) -> QuerySet[Message]:
        if not self.is_valid():
            return rows
        if self.cleaned_data["q"]:
            rows = rows.filter(to__iexact=self.cleaned_data["q"])
        if self.cleaned_data["status"]:
            rows = rows.filter(status=self.cleaned_data["status"])
        return rows
