"""What companies type about their seats and facts, and what the branch types about a company."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kosna.core.korean import (
    BusinessNumberField,
    LineField,
    NameField,
    PhoneField,
    PostcodeField,
    parse_line,
)
from members.actions.invitations import Line
from members.models import Member, Organisation, Seat

MAX_LINES = 50


class SeatChoice(forms.ModelChoiceField):
    def label_from_instance(self, seat: Seat) -> str:
        return f"{seat.user.name} · {seat.get_role_display()}"


def seats_of(member: Member) -> Any:
    return Seat.objects.current().filter(member=member).select_related("user").order_by("pk")


class InviteForm(forms.Form):
    """``may_hand_on``: whether the one who types may offer the representative's office."""

    name = NameField(label=_("Name"), max_length=80)
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    role = forms.ChoiceField(label=_("Role"), initial=Seat.Role.STAFF)
    replaces = SeatChoice(
        label=_("Takes over from"),
        queryset=Seat.objects.none(),
        required=False,
        empty_label=_("Nobody: one more contact"),
        help_text=_("Only for a contact. Who hands over keeps an ordinary seat."),
    )

    def __init__(self, *args: Any, member: Member, may_hand_on: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = [Seat.Role.STAFF, Seat.Role.CONTACT]
        if may_hand_on:
            roles.append(Seat.Role.REPRESENTATIVE)
        self.fields["role"].choices = [(role.value, role.label) for role in roles]
        contacts = seats_of(member).filter(role=Seat.Role.CONTACT)
        self.fields["replaces"].queryset = contacts

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("role") != Seat.Role.CONTACT:
            data["replaces"] = None
        return data


class InviteManyForm(forms.Form):
    people = forms.CharField(
        label=_("People to invite"),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        max_length=10_000,
        help_text=_("One person a line: name, e-mail. Paste from a spreadsheet works as well."),
    )

    def clean_people(self) -> list[Line]:
        lines = [line for line in self.cleaned_data["people"].splitlines() if line.strip()]
        if len(lines) > MAX_LINES:
            raise ValidationError(gettext("At most %(max)s lines at once.") % {"max": MAX_LINES})
        return [_typed(number, line) for number, line in enumerate(lines, 1)]


def _typed(number: int, line: str) -> Line:
    for separator in ("\t", ",", ";"):
        if separator in line:
            parts = [part.strip() for part in line.split(separator)]
            break
    else:
        parts = [part.strip() for part in line.rsplit(None, 1)]
    unread = gettext("A line is a name and an e-mail address.")
    if len(parts) < 2:
        return Line(number, line.strip()[:80], "", unread)
    name, email = parts[0], parts[1].strip("<>").lower()
    try:
        name = parse_line(name)
        validate_email(email)
    except ValueError as error:
        return Line(number, name[:80], email[:254], str(error))
    except ValidationError as error:
        return Line(number, name[:80], email[:254], " ".join(error.messages))
    if not name or len(name) > 80 or len(email) > 254:
        return Line(number, name[:80], email[:254], unread)
    return Line(number, name, email)


class FactsForm(forms.ModelForm):
    phone = PhoneField(label=_("Main phone"), required=False)
    postcode = PostcodeField(label=_("Postcode"), help_text=_("5 digits"))
    address = forms.CharField(label=_("road address"), max_length=200)
    address_detail = forms.CharField(label=_("detailed address"), max_length=120, required=False)
    homepage = forms.URLField(label=_("Homepage"), required=False, assume_scheme="https")
    tax_email = forms.EmailField(label=_("E-mail for tax invoices"), required=False)

    class Meta:
        model = Organisation
        field_classes: ClassVar = {"name_en": LineField}
        fields: ClassVar = [
            "name_en",
            "industry",
            "is_in_g_valley",
            "homepage",
            "phone",
            "tax_email",
            "postcode",
            "address",
            "address_detail",
        ]


class ChangeForm(forms.Form):
    """Legal facts, as the papers show them."""

    name = LineField(label=_("Organisation name"), max_length=120)
    business_number = BusinessNumberField(label=_("Business registration number"))
    representative = NameField(label=_("Representative"), max_length=80)
    seat = SeatChoice(
        label=_("Seat of the new representative"),
        queryset=Seat.objects.none(),
        required=False,
        empty_label=_("No change of the voting seat"),
        help_text=_("Who sits here and is to vote from now on, where the present one is gone."),
    )
    note = forms.CharField(
        label=_("Why, and since when"),
        max_length=300,
        help_text=_("For example: registered on 2026-11-02, certificate sent by e-mail"),
    )

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        organisation = member.organisation
        assert organisation is not None  # only companies have this form
        kwargs.setdefault(
            "initial",
            {
                "name": organisation.name,
                "business_number": organisation.business_number,
                "representative": organisation.representative,
            },
        )
        super().__init__(*args, **kwargs)
        self.fields["seat"].queryset = seats_of(member).exclude(role=Seat.Role.REPRESENTATIVE)


class DomainForm(forms.Form):
    mailbox = forms.EmailField(
        label=_("A mailbox at your domain"),
        max_length=254,
        help_text=_("For example admin@your-company.co.kr. A code goes there."),
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code from the mail"),
        max_length=20,
        widget=forms.TextInput(attrs={"class": "code-input", "autocomplete": "one-time-code"}),
    )


class EndSeatForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=200, required=False, help_text=_("The person reads this.")
    )


class SeatsForm(forms.Form):
    seats = forms.IntegerField(
        label=_("Seats"),
        min_value=0,
        max_value=1000,
        required=False,
        help_text=_("Empty: as many as the tier has."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)


class RepresentativeForm(forms.Form):
    seat = SeatChoice(label=_("New representative"), queryset=Seat.objects.none())
    name = NameField(
        label=_("Name for the register"), max_length=80, help_text=_("As the papers show it")
    )
    basis = forms.CharField(
        label=_("Basis"),
        max_length=200,
        help_text=_("The paper that shows it, its date and number"),
    )

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seat"].queryset = seats_of(member).exclude(role=Seat.Role.REPRESENTATIVE)


class ConfirmChangeForm(forms.Form):
    basis = forms.CharField(
        label=_("Basis"),
        max_length=200,
        help_text=_("The paper that shows it, its date and number"),
    )


class DeclineChangeForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("The company reads this.")
    )
