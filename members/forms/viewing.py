"""As whom staff look."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kosna.branches.models import Branch
from members import standing
from members.access import AsIf
from members.models import Tier
from members.viewing import STANDINGS, name_of


class AsForm(forms.Form):
    """A reader who does not exist; nothing chosen is somebody with a mere account."""

    tier = forms.ModelChoiceField(
        Tier.objects.prefetch_related("rights"),
        label=_("Tier"),
        required=False,
        empty_label=_("No membership"),
    )
    standing = forms.ChoiceField(
        label=_("Standing"), choices=list(STANDINGS.items()), required=False
    )
    branch = forms.ModelChoiceField(
        Branch.objects.order_by("pk"), label=_("Branch"), required=False, empty_label=_("No branch")
    )

    def clean_standing(self) -> str:
        return self.cleaned_data["standing"] or standing.GOOD

    def reader(self) -> AsIf:
        """Of what makes sense in it."""
        self.is_valid()
        branch = self.cleaned_data.get("branch")
        return AsIf(self.cleaned_data.get("tier"), self._standing, branch.pk if branch else None)

    @property
    def name(self) -> str:
        wanted = self.cleaned_data
        return name_of(wanted.get("tier"), self._standing, wanted.get("branch"))

    @property
    def _standing(self) -> str:
        return self.cleaned_data.get("standing") or standing.GOOD
