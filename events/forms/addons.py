"""Add-ons as staff write them down, and as those who register choose them."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from django import forms
from django.db.models import Prefetch, Q
from django.forms import inlineformset_factory
from django.utils.translation import gettext as _

from events.models import AddOn, Event, Ticket
from kosna.core.templatetags.ui import won


class AddOnForm(forms.ModelForm):
    class Meta:
        model = AddOn
        fields = (
            "name_ko",
            "name_en",
            "note_ko",
            "note_en",
            "price",
            "vat_class",
            "capacity",
            "is_on_sale",
            "follows_ladder",
            "tickets",
            "sort",
        )
        widgets = {"tickets": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, event: Event, tickets: list[Ticket], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["tickets"]
        field.queryset = event.tickets.all()
        field.choices = [(ticket.pk, ticket.name) for ticket in tickets]

    def clean_capacity(self) -> int | None:
        capacity = self.cleaned_data["capacity"]
        if capacity is not None and capacity < self.instance.taken:
            raise forms.ValidationError(
                _("%(taken)s of them are already sold or held.") % {"taken": self.instance.taken}
            )
        return capacity


AddOnFormSet = inlineformset_factory(Event, AddOn, form=AddOnForm, extra=1)


def on_offer(event: Event, shown: Iterable[Ticket] | None = None) -> list[AddOn]:
    """What is sold now; asks nothing where the event, which is kept, has none. ``shown``: the
    tickets that the reader may know of; of the others nothing is told, nor what is sold with them
    alone."""
    if not event.addons.all():
        return []
    found = AddOn.objects.filter(event=event.pk, is_on_sale=True)
    if shown is None:
        return list(found.prefetch_related("tickets"))
    tickets = Ticket.objects.filter(pk__in=[ticket.pk for ticket in shown])
    found = found.filter(Q(tickets=None) | Q(tickets__in=tickets)).distinct()
    return list(found.prefetch_related(Prefetch("tickets", tickets)))


class _Offered(forms.CheckboxSelectMultiple):
    """What is sold out stays to be seen and is not ticked. Who ticked it before is told so, as the
    action refuses it, and gets no place without it. ``only_with``: tickets by add-on, for pages
    that hide what does not fit (static/js/door/fitting.js)."""

    gone: frozenset[int] = frozenset()
    only_with: Mapping[int, str] = MappingProxyType({})

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if value in self.gone:
            option["attrs"]["disabled"] = True
        if tickets := self.only_with.get(value):
            option["attrs"]["data-only-with"] = tickets
        return option


def extras_at_door(event: Event, tickets: Iterable[Ticket], label: str) -> forms.Field | None:
    """Shows what may be sold now with one of these tickets; None where the event has none. What
    else was ticked, the action refuses with its reason, unless this very form has sold it."""
    every = list(event.addons.all())
    if not every:
        return None
    offered = [addon for addon in on_offer(event, tickets) if addon.left != 0]
    field = extras_field(offered, label)
    field.choices = [(addon.pk, addon.name) for addon in every]
    field.widget.choices = [(addon.pk, _told(addon)) for addon in offered]
    field.widget.only_with = {
        addon.pk: " ".join(str(ticket.pk) for ticket in addon.tickets.all()) for addon in offered
    }
    return field


def extras_field(addons: list[AddOn], label: str) -> forms.MultipleChoiceField:
    """The add-ons of one attendee."""
    widget = _Offered()
    widget.gone = frozenset(addon.pk for addon in addons if addon.left == 0)
    return forms.TypedMultipleChoiceField(
        label=label,
        choices=[(addon.pk, _told(addon)) for addon in addons],
        coerce=int,
        required=False,
        widget=widget,
    )


def _told(addon: AddOn) -> str:
    tickets = ", ".join(ticket.name for ticket in addon.tickets.all())
    parts = [addon.name, won(addon.price) if addon.price else _("Free"), addon.note]
    if tickets:
        parts.append(_("with %(tickets)s") % {"tickets": tickets})
    if addon.left == 0:
        parts.append(_("Sold out"))
    if not addon.follows_ladder:
        parts.append(_("its price does not come back"))
    return " · ".join(part for part in parts if part)
