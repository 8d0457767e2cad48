"""Keys of programs, as staff issue them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kosna.accounts.models import User
from kosna.api.models import Scope, Token
from kosna.branches.models import Branch


class TokenForm(forms.ModelForm):
    scopes = forms.MultipleChoiceField(
        label=_("What it opens"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple
    )
    days = forms.TypedChoiceField(
        label=_("Valid for"),
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("A year"))],
        coerce=int,
        initial=90,
    )

    class Meta:
        model = Token
        fields = ("branch", "label", "scopes")
        help_texts = {"label": _("The program that will use it, such as “Website of the branch”.")}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        branches = Branch.objects.permitted(user, "api.issue_token")
        self.fields["branch"].queryset = branches
        self.fields["branch"].empty_label = None
