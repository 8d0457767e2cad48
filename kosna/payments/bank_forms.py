"""What the treasurer chooses about bank files, and says about deposits."""

from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.branches.models import Branch
from kosna.core import sheets
from kosna.payments.forms import won_field
from kosna.payments.models import BankAccount, BankFile, BankLine, Deposit, Order
from kosna.payments.statements import columns

MOST_SHARES = 6  # orders that one deposit is split over on its page


class BankUploadForm(forms.Form):
    """``cleaned_data["shape"]`` says what the file is, by its content."""

    account = forms.ModelChoiceField(label=gettext_lazy("Account"), queryset=None)
    file = forms.FileField(
        label=gettext_lazy("The bank's list, Excel or CSV"),
        allow_empty_file=True,
        help_text=gettext_lazy(
            "As the bank gives it, with its title and totals. You may bring the same days again:"
            " what is known already is left as it is."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.txt,.tsv"}),
    )

    def __init__(
        self, data: Any = None, files: Any = None, *, accounts: QuerySet[BankAccount]
    ) -> None:
        super().__init__(data, files)
        account: Any = self.fields["account"]
        account.queryset = accounts
        if len(accounts) == 1:
            account.initial = accounts[0]

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        self.cleaned_data["shape"] = sheets.recognise(upload.file, upload.size)
        return upload


class BankColumnsForm(forms.Form):
    """One choice for each column, and where the headings stand."""

    heading_line = forms.IntegerField(
        label=gettext_lazy("Line of the headings"), min_value=1, max_value=1000
    )

    def __init__(self, data: Any, *, row: BankFile) -> None:
        super().__init__(data, initial={"heading_line": row.heading_line})
        self.row = row
        choices = columns.choices()
        for index, meaning in enumerate(row.mapping):
            self.fields[f"column_{index}"] = forms.ChoiceField(
                label=row.headings[index] or _("Column %(n)s") % {"n": index + 1},
                choices=choices,
                required=False,
                initial=meaning,
            )

    def column_fields(self) -> list[tuple[Any, dict[str, Any]]]:
        return [(self[f"column_{i}"], sample) for i, sample in enumerate(self.row.samples)]

    @property
    def mapping(self) -> list[str]:
        return [self.cleaned_data.get(f"column_{i}", "") for i in range(len(self.row.mapping))]

    def has_moved(self) -> bool:
        """Whether other headings are meant than those whose columns were shown."""
        return self.cleaned_data.get("heading_line") != self.row.heading_line

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "heading_line" in cleaned and not self.has_moved():
            for index, reason in columns.faults(self.mapping).items():
                self.add_error(None if index is None else f"column_{index}", reason)
        return cleaned


class BankAccountForm(forms.Form):
    branch = forms.ModelChoiceField(label=gettext_lazy("Whose account"), queryset=None)
    name = forms.CharField(label=gettext_lazy("What we call it"), max_length=60)
    bank = forms.CharField(label=gettext_lazy("Bank"), max_length=40)
    number = forms.CharField(label=gettext_lazy("Account number"), max_length=40)

    def __init__(self, data: Any = None, *, branches: QuerySet[Branch], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        field: Any = self.fields["branch"]
        field.queryset = branches
        if branches:
            self.fields["branch"].initial = branches[0]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        same = BankAccount.objects.filter(bank=cleaned.get("bank"), number=cleaned.get("number"))
        if same.exists():
            self.add_error("number", _("This account is there already."))
        return cleaned


class BankAccountChangeForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("What we call it"), max_length=60)
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False)


class LineFilter(forms.Form):
    """Lines of the bank: by what stands on them, their account, and a state (``STATES``)."""

    STATES: ClassVar[list[tuple[str, Any]]]

    q = forms.CharField(label=gettext_lazy("Name or amount"), required=False, max_length=60)
    account = forms.ModelChoiceField(
        label=gettext_lazy("Account"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("All"),
    )
    state = forms.ChoiceField(label=gettext_lazy("Status"), required=False)

    def __init__(self, data: Any, *, accounts: QuerySet[BankAccount]) -> None:
        super().__init__(data)
        account: Any = self.fields["account"]
        account.queryset = accounts
        state: Any = self.fields["state"]
        state.choices = [*self.STATES, ("all", _("All"))]


class DepositLineFilter(LineFilter):
    STATES: ClassVar = [
        ("", Deposit.Status.OPEN.label),
        (Deposit.Status.ASIDE, Deposit.Status.ASIDE.label),
        (Deposit.Status.DONE, Deposit.Status.DONE.label),
    ]

    def narrow(self, deposits: Any) -> Any:
        """The deposits that the valid fields ask for; a senseless one is as good as empty."""
        self.is_valid()
        asked = self.cleaned_data
        deposits = deposits.in_state(asked.get("state", "")).of_account(asked.get("account"))
        return deposits.matching(asked.get("q", ""))


class OutgoingFilter(LineFilter):
    FITS, OPEN, MATCHED = "", "open", "matched"
    STATES: ClassVar = [
        (FITS, gettext_lazy("To be matched")),
        (OPEN, gettext_lazy("All that show nothing yet")),
        (MATCHED, gettext_lazy("Matched")),
    ]

    def narrow(self, lines: Any, amounts: set[int]) -> Any:
        """The outgoing lines that the valid fields ask for; ``amounts`` wait for theirs."""
        self.is_valid()
        asked = self.cleaned_data
        state = asked.get("state", "")
        if state == self.FITS:
            lines = lines.unexplained().filter(outgoing__in=amounts)
        elif state == self.OPEN:
            lines = lines.unexplained()
        elif state == self.MATCHED:
            lines = lines.explained()
        if account := asked.get("account"):
            lines = lines.filter(account=account)
        return lines.matching(asked.get("q", ""))


class SplitForm(forms.Form):
    """Orders by their codes, and what each of them gets."""

    def __init__(self, data: Any = None, *, orders: QuerySet[Order], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.orders = orders
        for number in range(1, MOST_SHARES + 1):
            self.fields[f"code_{number}"] = forms.CharField(
                label=_("Order no. %(n)s") % {"n": number}, required=False, max_length=10
            )
            amount = won_field(_("Won for order %(n)s") % {"n": number})
            amount.required = False
            self.fields[f"amount_{number}"] = amount

    def pairs(self) -> list[tuple[Any, Any]]:
        return [(self[f"code_{n}"], self[f"amount_{n}"]) for n in range(1, MOST_SHARES + 1)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.shares: list[tuple[Order, int]] = []
        for number in range(1, MOST_SHARES + 1):
            code = (cleaned.get(f"code_{number}") or "").strip().upper()
            amount = cleaned.get(f"amount_{number}")
            if not code and not amount:
                continue
            order = self.orders.filter(code=code).first() if code else None
            if order is None:
                self.add_error(f"code_{number}", _("There is no order of this number."))
            elif not amount:
                self.add_error(f"amount_{number}", _("Say how much of the deposit it gets."))
            else:
                self.shares.append((order, amount))
        if not self.shares and not self.errors:
            self.add_error("code_1", _("Say how much of the deposit each order gets."))
        return cleaned


class AsideForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Note (whom you asked, what it may be)"),
        required=False,
        max_length=200,
    )


class ReturnForm(forms.Form):
    amount = won_field(gettext_lazy("Won that were wired back"))
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)
    evidence = forms.ModelChoiceField(
        label=gettext_lazy("The bank's line that shows it"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("– none yet –"),
    )

    def __init__(self, data: Any = None, *, deposit: Deposit, **kwargs: Any) -> None:
        super().__init__(data, initial={"amount": deposit.left}, **kwargs)
        line = deposit.line
        evidence = BankLine.objects.unexplained().filter(
            account__branch=line.account.branch_id, outgoing__lte=deposit.left, at__gte=line.at
        )
        field: Any = self.fields["evidence"]
        field.queryset = evidence.order_by("-at")


class UndoMatchForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), required=False, max_length=300)
