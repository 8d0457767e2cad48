"""What is typed to get a proof or a paper, and what the treasurer types about them."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from kosna.branches.models import Branch, Scope
from kosna.core import clock
from kosna.core.korean import (
    BusinessNumberField,
    LineField,
    NameField,
    parse_business_number,
    parse_phone,
)
from kosna.core.sheets import MAX_BYTES
from kosna.core.uploads import CheckedFileField
from kosna.documents.models import Document
from kosna.payments.actions import Business
from kosna.payments.forms import DateInput
from kosna.payments.models import Payment, Proof, ProofIssue
from kosna.payments.proof_rules import parse_approval

Kind, Purpose, Status = Proof.Kind, Proof.Purpose, Proof.Status
Cause = ProofIssue.Cause
_OTHERS = (Cause.FIRST, Cause.MISTAKE)  # a mistake is taken back as a whole
LANGUAGES = (("ko", "한국어"), ("en", "English"))


class CashReceiptForm(forms.Form):
    purpose = forms.ChoiceField(
        label=_("Purpose"),
        choices=[
            (Purpose.DEDUCTION, _("Income deduction: for a person, to a mobile number")),
            (Purpose.EXPENSE, _("Proof of expense: for a business, to its registration number")),
        ],
        initial=Purpose.DEDUCTION,
        widget=forms.RadioSelect,
    )
    identity = forms.CharField(
        label=_("Mobile number or business registration number"),
        max_length=30,
        help_text=_("For example 010-1234-5678, or 123-45-67891 for a business"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        typed = data.get("identity")
        if typed and data.get("purpose"):
            try:
                data["identity"] = self._parsed(data["purpose"], typed)
            except ValueError as error:
                self.add_error("identity", str(error))
        return data

    @staticmethod
    def _parsed(purpose: str, typed: str) -> str:
        if purpose == Purpose.EXPENSE:
            return parse_business_number(typed)
        number = parse_phone(typed)
        if not number.startswith("+8210"):
            raise ValueError(gettext("Type a mobile number, such as 010-1234-5678."))
        return number


class InvoiceForm(forms.Form):
    identity = BusinessNumberField(label=_("Business registration number"))
    sub_number = forms.CharField(
        label=_("Number of the place of business"),
        required=False,
        max_length=4,
        validators=[RegexValidator(r"^[0-9]{4}\Z", _("This number has 4 digits."))],
        help_text=_("4 digits, only where the tax office gave one to each place of business"),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    company = LineField(label=_("Name of the business"), max_length=70)
    representative = NameField(label=_("Representative"), max_length=30)
    business_type = forms.CharField(label=_("Type of business"), max_length=40, required=False)
    business_item = forms.CharField(label=_("Item of business"), max_length=40, required=False)
    address = forms.CharField(label=_("Address of the business"), max_length=150)
    email = forms.EmailField(label=_("E-mail that the invoice goes to"), max_length=100)
    email2 = forms.EmailField(label=_("Second e-mail"), max_length=100, required=False)
    written_on = forms.DateField(
        label=_("Date written"),
        widget=DateInput,
        help_text=_("From the day of the payment until today; it decides the month of the tax."),
    )
    is_claim = forms.TypedChoiceField(
        label=_("Received or claimed"),
        choices=[("01", _("Received (the money was paid)")), ("02", _("Claimed"))],
        coerce=lambda code: code == "02",
        initial="01",
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("Remark"),
        max_length=100,
        required=False,
        help_text=_("Printed on the invoice, before the number of the order"),
    )
    certificate = CheckedFileField(
        label=_("Business registration certificate"),
        required=False,
        help_text=_("PDF, JPG or PNG up to 10 MB. It spares you a question from us."),
    )

    def __init__(self, *args: Any, payment: Payment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first, last = clock.kst_date(payment.received_at), clock.today()
        self.fields["written_on"].widget.attrs |= {
            "min": first.isoformat(),
            "max": last.isoformat(),
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("email2") and data["email2"] == data.get("email"):
            data["email2"] = ""
        if self.errors and self.files.get("certificate") and "certificate" not in self.errors:
            self.add_error(
                "certificate", gettext("A browser does not keep files: please choose it again.")
            )
        return data

    def facts(self) -> dict[str, Any]:
        """What the action is told."""
        data = dict(self.cleaned_data)
        facts = {name: data.pop(name) for name in Business.__dataclass_fields__}
        return data | {"business": Business(**facts)}


class ProofFilter(forms.Form):
    """The filters of the queue, as they stand in its address."""

    q = forms.CharField(
        label=_("Code, buyer, business or approval number"), required=False, max_length=100
    )
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("All")), ("waiting", _("To be done")), *Status.choices],
    )
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("All")), *Kind.choices]
    )
    due = forms.ChoiceField(
        label=_("Deadline"),
        required=False,
        choices=[("", _("All")), ("overdue", _("Overdue")), ("week", _("Within a week"))],
    )
    branch = forms.ModelChoiceField(
        Branch.objects.none(),
        label=_("Branch"),
        required=False,
        to_field_name="code",
        empty_label=_("All"),
    )

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["branch"].queryset = scope.narrow(Branch.objects.all(), "pk")

    def narrow(self, proofs: Any) -> Any:
        """The proofs that the valid fields ask for; a senseless one is as good as empty."""
        self.is_valid()
        asked = self.cleaned_data
        if asked.get("q"):
            proofs = proofs.search(asked["q"])
        if asked.get("status") == "waiting":
            proofs = proofs.waiting()
        elif asked.get("status"):
            proofs = proofs.filter(status=asked["status"])
        if asked.get("kind"):
            proofs = proofs.filter(kind=asked["kind"])
        if asked.get("due"):
            proofs = proofs.due(asked["due"])
        if asked.get("branch"):
            proofs = proofs.filter(payment__order__branch=asked["branch"])
        return proofs


class IssueForm(forms.Form):
    """The approval number of one issuing, in the form of its kind."""

    number = forms.CharField(
        label=_("Approval number"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    issued_on = forms.DateField(label=_("Issued on"), widget=DateInput)

    def __init__(self, *args: Any, proof: Proof, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"issued_on": clock.today()})
        super().__init__(*args, **kwargs)
        self.kind = proof.kind
        self.fields["number"].help_text = (
            _("8 or 9 letters and digits")
            if proof.is_cash_receipt
            else _("24 letters and digits, as the tax office shows them")
        )

    def clean_number(self) -> str:
        try:
            return parse_approval(self.cleaned_data["number"], self.kind)
        except ValueError as error:
            raise ValidationError(str(error)) from error


class CorrectForm(IssueForm):
    cause = forms.ChoiceField(
        label=_("Reason of the correction"),
        choices=[(cause.value, cause.label) for cause in Cause if cause not in _OTHERS],
    )
    field_order = ("cause", "number", "issued_on")


class TakeBackForm(IssueForm):
    reason = forms.CharField(label=_("Reason"), max_length=200)
    field_order = ("reason", "number", "issued_on")


class ExportForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices)
    again = forms.BooleanField(
        label=_("Those that were exported before, too"),
        required=False,
        help_text=_("Only where the tax office did not take them, or they are issued twice."),
    )


class ResultsForm(forms.Form):
    file = forms.FileField(
        label=_("List of the tax office"),
        help_text=_("Excel (.xlsx) or CSV, as the tax office gives it, with the approval numbers"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise ValidationError(gettext("This file is too large."))
        return file


class PaperForm(forms.Form):
    """One of the papers that an order can be given."""

    paper = forms.ChoiceField(label=_("Document"))
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, widget=forms.RadioSelect)
    recipient = forms.CharField(
        label=_("Made out to (organisation)"),
        max_length=80,
        required=False,
        help_text=_("Printed beside your name, where an organisation asks for the paper"),
    )

    def __init__(self, *args: Any, kinds: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["paper"].choices = [(kind, Document.Kind(kind).label) for kind in kinds]
        self.fields["language"].initial = "en" if get_language() == "en" else "ko"
