"""Registering a list of people that was pasted."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from events import pasted
from events.actions import Attendee
from events.forms.asked import Asked, of_scope
from events.models import FormQuestion
from events.offers import Offer
from kosna.accounts.models import User
from kosna.core.form_keys import form_key_field
from kosna.core.korean import LineField


class PastedListForm(forms.Form):
    ticket = forms.TypedChoiceField(label=_("Ticket"), coerce=int, widget=forms.RadioSelect)
    affiliation = LineField(
        label=_("Organisation"),
        max_length=pasted.LONGEST_ORGANISATION,
        required=False,
        help_text=_("Stands before the department on tickets and certificates."),
        widget=forms.TextInput({"autocomplete": "organization"}),
    )
    form_key = form_key_field()
    people = forms.CharField(
        label=_("People to register"),
        max_length=60_000,
        widget=forms.Textarea({"rows": 10, "spellcheck": "false"}),
        help_text=_(
            "One a line: name, e-mail, department, with commas or tabs between them. You can paste "
            "from a spreadsheet. Your own address makes it your own place."
        ),
    )

    def __init__(
        self,
        *args: Any,
        offers: Sequence[Offer],
        user: User,
        questions: Sequence[FormQuestion] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.lines: list[pasted.Line] = []
        self.fields["ticket"].choices = [(o.ticket.pk, o.ticket.name) for o in offers]
        self.order_asked = Asked(self, of_scope(questions, FormQuestion.Scope.ORDER), "order")

    def clean_people(self) -> str:
        typed = self.cleaned_data["people"]
        self.lines = pasted.read(typed, self.cleaned_data.get("affiliation", ""))
        wrong = sum(bool(line.errors) for line in self.lines)
        if not self.lines:
            raise forms.ValidationError(_("No line of the list names a person."))
        if len(self.lines) > pasted.MOST_LINES:
            raise forms.ValidationError(
                _("A list holds %(most)s lines at most.") % {"most": pasted.MOST_LINES}
            )
        if wrong:
            text = ngettext(
                "%(n)s line must be corrected; it is marked below.",
                "%(n)s lines must be corrected; they are marked below.",
                wrong,
            )
            raise forms.ValidationError(text % {"n": wrong})
        return typed

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.order_asked.clean()
        return data

    @property
    def attendees(self) -> list[Attendee]:
        organisation = self.cleaned_data["affiliation"]
        own = self.user.email.lower()
        return [
            Attendee(
                line.name,
                line.email,
                pasted.affiliation(organisation, line.department),
                is_buyer=line.email.lower() == own,
            )
            for line in self.lines
        ]
