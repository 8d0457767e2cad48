"""What is typed about booths: by a company that books one, and by staff who draw the plan."""

import re
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django import forms
from django.db.models import QuerySet
from django.forms import inlineformset_factory, modelformset_factory
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.actions import Cell, Company
from events.booth_offers import buyer_as, companies_of, offer_for
from events.forms.desk import offer
from events.forms.registering import CancelForm
from events.models import Booth, BoothBooking, BoothPrice, BoothType, Event, Exhibitor
from events.models.booths import WIDEST
from kosna.accounts.models import User
from kosna.core import clock
from kosna.core.form_keys import form_key_field
from kosna.core.korean import LineField, fold
from kosna.core.templatetags.ui import won
from kosna.core.uploads import CheckedFileField
from members.models import Member, Tier

OTHER = "other"
AISLE = "."


class BoothForm(forms.Form):
    """For which company a booth is booked. Prices never travel with it."""

    company = forms.ChoiceField(label=_("Company"), widget=forms.RadioSelect)
    name = LineField(
        label=_("Name of the company"),
        max_length=120,
        required=False,
        help_text=_("As it will stand on the plan and on the receipt."),
        widget=forms.TextInput({"autocomplete": "organization"}),
    )
    form_key = form_key_field()

    def __init__(self, *args: Any, user: User, kind: BoothType, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.kind = user, kind
        self.members = {str(member.pk): member for member in companies_of(user)}
        if self.members:
            named = [(pk, self._named(member)) for pk, member in self.members.items()]
            self.fields["company"].choices = [*named, (OTHER, _("Another company"))]
            self.fields["company"].initial = named[0][0]
        else:
            del self.fields["company"]
            self.fields["name"].required = True

    def _named(self, member: Member) -> str:
        """With its own price where several have theirs: the page shows the best."""
        if len(self.members) == 1:
            return member.name
        at = clock.now()
        price = offer_for(self.kind, buyer_as(self.user, [member], at), at).price
        return member.name if price is None else f"{member.name} · {won(price)}"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("company") == OTHER and not data.get("name", "").strip():
            self.add_error("name", _("Please enter the name of the company."))
        return data

    @property
    def chosen(self) -> Company:
        member: Member | None = self.members.get(self.cleaned_data.get("company", OTHER))
        return Company(self.user, member, "" if member else self.cleaned_data["name"])


class GiveUpBoothForm(CancelForm):
    confirm = forms.BooleanField(label=_("I give this booth up. It cannot be taken back."))


# --- the exhibitor's page ---


class ExhibitorSearch(forms.Form):
    q = forms.CharField(label=_("Name or product"), max_length=80, required=False)


class ExhibitorForm(forms.Form):
    """What visitors read of an exhibitor."""

    name_ko = LineField(label=_("Name in Korean"), max_length=120)
    name_en = LineField(label=_("Name in English"), max_length=120, required=False)
    about_ko = forms.CharField(
        label=_("About us, in Korean"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea({"rows": 5}),
    )
    about_en = forms.CharField(
        label=_("About us, in English"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea({"rows": 5}),
    )
    products_ko = forms.CharField(
        label=_("Products and services, in Korean"),
        max_length=1_000,
        required=False,
        help_text=_("One a line."),
        widget=forms.Textarea({"rows": 4}),
    )
    products_en = forms.CharField(
        label=_("Products and services, in English"),
        max_length=1_000,
        required=False,
        help_text=_("One a line."),
        widget=forms.Textarea({"rows": 4}),
    )
    website = forms.URLField(
        label=_("Website"), max_length=200, required=False, assume_scheme="https"
    )
    logo = CheckedFileField(
        label=_("Logo"),
        kinds=("jpeg", "png"),
        max_bytes=2 * 1024 * 1024,
        required=False,
        help_text=_("JPEG or PNG, at most 2 MB."),
    )
    drops_logo = forms.BooleanField(label=_("Take the logo away"), required=False)

    def __init__(self, *args: Any, exhibitor: Exhibitor, **kwargs: Any) -> None:
        texts = [name for name in self.base_fields if name not in ("logo", "drops_logo")]
        initial = {name: getattr(exhibitor, name) for name in texts}
        super().__init__(*args, initial=initial, **kwargs)
        if not exhibitor.logo:
            del self.fields["drops_logo"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data.setdefault("drops_logo", False)
        return data


# --- by staff ---


class AssignForm(forms.Form):
    """A booth given to a company: to whom its order goes, and until when it is held."""

    email = forms.EmailField(
        label=_("E-mail address of the contact"),
        help_text=_("Of an account here: the order is theirs to pay."),
    )
    name = LineField(
        label=_("Name of the company"),
        max_length=120,
        required=False,
        help_text=_(
            "Left empty: the member's company that the contact runs. Of several, enter its name."
        ),
    )
    until = forms.DateField(
        label=_("Held until the end of"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    form_key = form_key_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].initial = clock.today() + timedelta(days=7)

    def clean_email(self) -> User:
        address = self.cleaned_data["email"]
        found = EmailAddress.objects.filter(email__iexact=address, verified=True).first()
        if found is None:
            raise forms.ValidationError(
                _("No account has this address. Ask the company to sign up first.")
            )
        return found.user

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if contact := data.get("email"):
            name = data.get("name", "").strip()
            self._choose(contact, name, companies_of(contact))
        return data

    def _choose(self, contact: User, name: str, theirs: list[Member]) -> None:
        if not name and not theirs:
            self.add_error("name", _("This person runs no member's company: enter its name."))
        elif not name and len(theirs) > 1:
            self.add_error(
                "name", _("This person runs several members' companies: enter the name of one.")
            )
        else:
            meant = [row for row in theirs if not name or fold(row.name) == fold(name)]
            member = meant[0] if meant else None
            self.company = Company(contact, member, "" if member else name)

    @property
    def expires_at(self) -> datetime:
        return clock.end_of(self.cleaned_data["until"])


class MoveForm(forms.Form):
    booth = forms.ModelChoiceField(
        Booth.objects.none(), label=_("To booth"), to_field_name="number"
    )

    def __init__(self, *args: Any, booth: Booth, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        same = Booth.objects.filter(event=booth.event_id, booth_type=booth.booth_type_id)
        self.fields["booth"].queryset = _without_booking(same)


class AssignNumberForm(forms.Form):
    booth = forms.ModelChoiceField(
        Booth.objects.none(),
        label=_("Booth"),
        to_field_name="number",
        help_text=_("Of the kind that was ordered, withheld ones too."),
    )

    def __init__(self, *args: Any, booking: BoothBooking, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        same = Booth.objects.filter(event=booking.event_id, booth_type=booking.kind)
        self.fields["booth"].queryset = _without_booking(same).order_by("number")


def _without_booking(booths: QuerySet[Booth]) -> QuerySet[Booth]:
    had = BoothBooking.objects.current().exclude(booth=None)
    return booths.exclude(pk__in=had.values("booth"))


class TakeBackForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason that the exhibitor is told"), min_length=2, max_length=200
    )
    is_ours = forms.BooleanField(
        label=_("It is our decision: everything goes back"),
        required=False,
        help_text=_("Else what the refund rules of the event give back."),
    )
    confirm = forms.BooleanField(label=_("The booth is free at once. It cannot be taken back."))


_TOKEN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9-]{0,7})(?:=([A-Za-z][A-Za-z0-9]{0,3}))?$")


class PlanForm(forms.Form):
    """The hall, a line a row: ``A1 A2 . A3=P``."""

    plan = forms.CharField(
        label=_("Plan of the hall"),
        widget=forms.Textarea({"rows": 12, "spellcheck": "false", "class": "mono"}),
        max_length=20_000,
        required=False,
    )

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = {kind.code: kind for kind in event.booth_types.all()}

    def clean_plan(self) -> list[Cell]:
        cells: list[Cell] = []
        seen: set[str] = set()
        lines = self.cleaned_data["plan"].splitlines()
        if len(lines) > WIDEST or any(len(line.split()) > WIDEST for line in lines):
            raise forms.ValidationError(
                gettext("A plan has at most %(n)s rows and columns.") % {"n": WIDEST}
            )
        for row, line in enumerate(lines, start=1):
            for column, token in enumerate(line.split(), start=1):
                if token == AISLE:
                    continue
                cell = self._cell(token, row, column)
                if cell.number in seen:
                    raise forms.ValidationError(
                        gettext("Booth %(number)s stands twice on the plan.")
                        % {"number": cell.number}
                    )
                seen.add(cell.number)
                cells.append(cell)
        return cells

    def _cell(self, token: str, row: int, column: int) -> Cell:
        found = _TOKEN.match(token)
        if found is None:
            raise forms.ValidationError(
                gettext("Row %(row)s: “%(token)s” is no booth number.")
                % {"row": row, "token": token}
            )
        number, code = found[1].upper(), (found[2] or "").upper()
        if code and code not in self.kinds:
            raise forms.ValidationError(
                gettext("Row %(row)s: there is no kind of booth “%(code)s”.")
                % {"row": row, "code": code}
            )
        return Cell(number, row, column, self.kinds.get(code))


BoothTypeFormSet = inlineformset_factory(
    Event,
    BoothType,
    fields=("code", "name_ko", "name_en", "note_ko", "note_en", "vat_class", "is_on_sale", "sort"),
    extra=1,
)


class BoothPriceForm(forms.ModelForm):
    class Meta:
        model = BoothPrice
        fields = ("booth_type", "tier", "amount")
        labels = {"booth_type": _("Kind of booth")}

    def __init__(
        self, *args: Any, event: Event, kinds: list[BoothType], tiers: list[Tier], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["booth_type"].queryset = event.booth_types.all()
        # A person's own tier counts for no company.
        self.fields["tier"].queryset = Tier.objects.filter(holder=Tier.Holder.ORGANISATION)
        self.fields["tier"].empty_label = _("Everyone")
        offer(self.fields["booth_type"], kinds)
        offer(self.fields["tier"], tiers)


BoothPriceFormSet = modelformset_factory(BoothPrice, form=BoothPriceForm, extra=2, can_delete=True)
