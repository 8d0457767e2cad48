"""Seats that tickets share, as staff write them down."""

from typing import Any

from django import forms
from django.forms import inlineformset_factory

from events.actions import QuotaTerms
from events.models import Event, Quota, Ticket


class QuotaForm(forms.ModelForm):
    class Meta:
        model = Quota
        fields = ("name_ko", "name_en", "capacity", "tickets")
        widgets = {"tickets": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, event: Event, tickets: list[Ticket], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["tickets"]
        field.queryset = event.tickets.all()
        field.choices = [(ticket.pk, ticket.name) for ticket in tickets]

    @property
    def terms(self) -> QuotaTerms:
        data = self.cleaned_data
        return QuotaTerms(
            pk=self.instance.pk,
            name_ko=data["name_ko"],
            name_en=data["name_en"],
            capacity=data["capacity"],
            tickets=frozenset(ticket.pk for ticket in data["tickets"]),
        )


_Rows = inlineformset_factory(Event, Quota, form=QuotaForm, extra=1)


class QuotaFormSet(_Rows):  # type: ignore[misc,valid-type]
    @property
    def terms(self) -> list[QuotaTerms]:
        """Those that are to be, without rows that were left empty or crossed out."""
        gone = self.deleted_forms
        return [
            form.terms
            for form in self.forms
            if form not in gone and (form.instance.pk or form.has_changed())
        ]
