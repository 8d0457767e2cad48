"""What the treasurer types and looks for. Buyers type nothing: they press buttons."""

import unicodedata
import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kosna.branches.models import Branch, Scope
from kosna.core import clock, korean
from kosna.core.templatetags.ui import won
from kosna.payments import banks
from kosna.payments.models import (
    Disagreement,
    MoneyRule,
    NotedDeposit,
    Order,
    OrderLine,
    ProviderEvent,
    Refund,
    Task,
)
from kosna.payments.payables import Quote

MOST = 10_000_000_000  # won; a typing error rather than a deposit above it


def won_field(label: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=1,
        max_value=MOST,
        localize=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class OrderFilter(forms.Form):
    q = forms.CharField(label=_("Code, buyer, e-mail or title"), required=False, max_length=100)
    status = forms.ChoiceField(label=_("Status"), required=False)
    method = forms.ChoiceField(label=_("Method"), required=False)
    branch = forms.ModelChoiceField(
        Branch.objects.none(),
        label=_("Branch"),
        required=False,
        to_field_name="code",
        empty_label=_("All"),
    )
    since = forms.DateField(label=_("From"), required=False, widget=DateInput)
    until = forms.DateField(label=_("To"), required=False, widget=DateInput)

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everything = ("", _("All"))
        self.fields["status"].choices = [everything, *Order.Status.choices]
        methods = [choice for choice in Order.Method.choices if choice[0]]
        self.fields["method"].choices = [everything, *methods]
        self.fields["branch"].queryset = scope.narrow(Branch.objects.all(), "pk")

    def narrow(self, orders: Any) -> Any:
        """The orders that the valid fields ask for; a senseless one is as good as empty."""
        self.is_valid()
        asked = self.cleaned_data
        if asked.get("q"):
            orders = orders.search(asked["q"])
        for name in ("status", "method", "branch"):
            if asked.get(name):
                orders = orders.filter(**{name: asked[name]})
        if asked.get("since"):
            orders = orders.filter(created_at__gte=clock.start_of(asked["since"]))
        if asked.get("until"):
            orders = orders.filter(created_at__lte=clock.end_of(asked["until"]))
        return orders


class DepositFilter(forms.Form):
    q = forms.CharField(label=_("Depositor name, amount or code"), required=False, max_length=60)

    def narrow(self, orders: Any) -> Any:
        self.is_valid()
        return orders.matching_deposit(self.cleaned_data.get("q", ""))


class StatusFilter(forms.Form):
    """Refunds and tasks: by status, the open ones first."""

    status = forms.ChoiceField(label=_("Status"), required=False)
    q = forms.CharField(label=_("Code or buyer"), required=False, max_length=100)

    def __init__(self, *args: Any, model: type[Refund] | type[Task], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["status"].choices = [("", _("All")), *model.Status.choices]

    def narrow(self, rows: Any) -> Any:
        self.is_valid()
        if status := self.cleaned_data.get("status"):
            rows = rows.filter(status=status)
        if text := self.cleaned_data.get("q"):
            rows = rows.filter(order__in=Order.objects.search(text))
        return rows


class DepositForm(forms.Form):
    received_on = forms.DateField(label=_("Date received"), widget=DateInput)
    amount = won_field(_("Amount received (won)"))
    depositor = forms.CharField(label=_("Depositor name on the bank's list"), max_length=60)
    nonce = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    @classmethod
    def for_order(cls, order: Order, paid: int) -> "DepositForm":
        return cls(
            initial={
                "received_on": clock.today(),
                "amount": max(order.total - paid, 0) or None,
                "depositor": order.depositor_name,
                "nonce": uuid.uuid4(),
                "seen": paid,
            }
        )


class NotedDepositFilter(forms.Form):
    """Those that wait, unless the address asks for others."""

    status = forms.ChoiceField(label=_("Status"), required=False)
    q = forms.CharField(label=_("Depositor name, amount or code"), required=False, max_length=60)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        waiting, *others = NotedDeposit.Status.choices
        self.fields["status"].choices = [("", waiting[1]), ("all", _("All")), *others]

    def narrow(self, rows: Any) -> Any:
        self.is_valid()
        status = self.cleaned_data.get("status") or NotedDeposit.Status.WAITING
        if status != "all":
            rows = rows.filter(status=status)
        text = "".join(self.cleaned_data.get("q", "").split())
        won = text.replace(",", "").removesuffix("원")
        if won.isascii() and won.isdecimal():
            return rows.filter(amount=int(won[:15]))
        if text:
            rows = rows.filter(Q(depositor__icontains=text) | Q(order__code__istartswith=text))
        return rows


class SeenForm(forms.Form):
    """What the order had received when the page was drawn."""

    seen = forms.IntegerField(min_value=0)


class RefundForm(forms.Form):
    line = forms.ModelChoiceField(
        OrderLine.objects.none(),
        label=_("Of what"),
        required=False,
        empty_label=_("An amount only"),
    )
    amount = won_field(_("Amount to refund (won)"))
    ends_line = forms.BooleanField(
        label=_("End the place or the paid year, though part of its price stays here"),
        required=False,
        help_text=_(
            "Unticked, it stays valid after a partial refund. It ends by itself once its whole "
            "price has gone back."
        ),
    )
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea({"rows": 3}))

    def __init__(
        self, *args: Any, order: Order, quotes: Sequence[Quote] = (), **kwargs: Any
    ) -> None:
        """``quotes``: what the ladders say, where there are some."""
        super().__init__(*args, **kwargs)
        self.quotes = {quote.line.pk: quote for quote in quotes}
        lines = self.fields["line"]
        lines.queryset = order.lines.all()
        lines.label_from_instance = self._told

    def _told(self, line: OrderLine) -> str:
        if quote := self.quotes.get(line.pk):
            by_ladder = _("by the ladder: %(won)s") % {"won": won(quote.back)}
            return f"{quote.what} · {line.title} · {won(line.amount)} · {by_ladder}"
        return f"{line.title} · {won(line.amount)}"


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea({"rows": 2}))


class RefundAccountForm(forms.Form):
    """An account number is 10 to 14 digits at every bank of the list; hyphens are as people write
    them. ``cleaned_data["number"]`` is digits alone."""

    bank = forms.ChoiceField(label=_("Bank"))
    number = forms.CharField(
        label=_("Account number"),
        max_length=30,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("10 to 14 digits; hyphens may stay."),
    )
    holder = forms.CharField(
        label=_("Account holder"),
        max_length=60,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text=_("Exactly as the bank has it: a transfer to another name comes back."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["bank"].choices = [("", _("Choose the bank")), *banks.choices()]

    def clean_number(self) -> str:
        typed = unicodedata.normalize("NFKC", self.cleaned_data["number"])
        digits = "".join(letter for letter in typed if letter not in " -‐‑–")
        if not (digits.isascii() and digits.isdigit()):
            raise forms.ValidationError(_("An account number is digits and hyphens."))
        if not 10 <= len(digits) <= 14:
            raise forms.ValidationError(
                _("An account number has 10 to 14 digits; these are %(n)s.") % {"n": len(digits)}
            )
        return digits

    def clean_holder(self) -> str:
        return korean.normalise_name(self.cleaned_data["holder"])


class WiredForm(forms.Form):
    reference = forms.CharField(
        label=_("Reference of the bank, or number of the slip"), max_length=100
    )


class ResolveForm(forms.Form):
    resolution = forms.CharField(
        label=_("What was decided"), max_length=300, widget=forms.Textarea({"rows": 3})
    )


# What the payment provider says ------------------------------------------------------------------


class ProviderEventFilter(forms.Form):
    """Those set aside, unless the address asks for others."""

    outcome = forms.ChoiceField(label=_("Status"), required=False)
    q = forms.CharField(label=_("Order no. or reference"), required=False, max_length=120)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        aside = ProviderEvent.Outcome.QUARANTINED
        others = [choice for choice in ProviderEvent.Outcome.choices if choice[0] != aside]
        self.fields["outcome"].choices = [("", aside.label), ("all", _("All")), *others]

    def narrow(self, events: Any) -> Any:
        self.is_valid()
        outcome = self.cleaned_data.get("outcome") or ProviderEvent.Outcome.QUARANTINED
        if outcome != "all":
            events = events.filter(outcome=outcome)
        if text := self.cleaned_data.get("q", "").strip():
            named = Q(event=text) | Q(payload__order=text.upper())
            events = events.filter(named | Q(payload__object=text) | Q(payload__charge=text))
        return events


class ApplyForm(forms.Form):
    any_amount = forms.BooleanField(
        label=_("Book what was really paid, though another amount was asked for"), required=False
    )


class DisagreementFilter(forms.Form):
    """Those that stand, unless the address asks for others."""

    status = forms.ChoiceField(label=_("Status"), required=False)
    kind = forms.ChoiceField(label=_("What"), required=False)
    q = forms.CharField(label=_("Order no. or reference"), required=False, max_length=160)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        standing, mended = Disagreement.Status.STANDING, Disagreement.Status.MENDED
        self.fields["status"].choices = [
            ("", standing.label),
            (mended.value, mended.label),
            ("all", _("All")),
        ]
        self.fields["kind"].choices = [("", _("All")), *Disagreement.Kind.choices]

    def narrow(self, rows: Any) -> Any:
        self.is_valid()
        status = self.cleaned_data.get("status") or Disagreement.Status.STANDING
        if status != "all":
            rows = rows.filter(status=status)
        if kind := self.cleaned_data.get("kind"):
            rows = rows.filter(kind=kind)
        if text := self.cleaned_data.get("q", "").strip():
            rows = rows.filter(Q(reference=text) | Q(order__code=text.upper()))
        return rows


class MoneyRuleForm(forms.ModelForm):
    class Meta:
        model = MoneyRule
        fields = ("late_money", "reason")
        widgets = {"late_money": forms.RadioSelect}
