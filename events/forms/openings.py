"""When an event, or a ticket with times of its own, opens to which tier."""

from typing import Any

from django import forms
from django.forms import BaseModelFormSet, modelformset_factory
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from events.forms.desk import LocalDateTimeInput, offer
from events.models import Event, Ticket
from members.models import Opening, Tier


class OpeningForm(forms.ModelForm):
    """``ticket`` is no column: it says on whose clock the row is (``actions.wind``)."""

    ticket = forms.ModelChoiceField(
        Ticket.objects.none(),
        label=_("Ticket"),
        required=False,
        empty_label=_("As the event: all without times of their own"),
    )
    field_order = ("ticket",)

    class Meta:
        model = Opening
        fields = ("tier", "opens_at")
        labels = {"tier": _("Tier"), "opens_at": _("Registration opens")}
        widgets = {"opens_at": LocalDateTimeInput()}

    def __init__(
        self, *args: Any, event: Event, tickets: list[Ticket], tiers: list[Tier], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        ticket = self.fields["ticket"]
        ticket.queryset = event.tickets.all()
        offer(ticket, tickets)
        owners = {row.clock_id: row.pk for row in tickets if row.clock_id}
        self.initial["ticket"] = owners.get(self.instance.clock_id)
        self.fields["tier"].empty_label = _("Everyone")
        offer(self.fields["tier"], tiers)

    @cached_property
    def changed_data(self) -> list[str]:
        """By column: another ticket is another clock."""
        return ["clock" if name == "ticket" else name for name in super().changed_data]


class OpeningRows(BaseModelFormSet):
    @property
    def written(self) -> list[tuple[Opening, Ticket | None]]:
        """Each opening that is new or changed, with the ticket that it is said to be of."""
        changed = [form for form in self.forms if form.has_changed()]
        kept = [form for form in changed if form not in self.deleted_forms]
        return [(form.instance, form.cleaned_data["ticket"]) for form in kept]


OpeningFormSet = modelformset_factory(
    Opening, form=OpeningForm, formset=OpeningRows, extra=2, can_delete=True
)
