"""What readers type."""

from collections.abc import Collection

from django import forms
from django.utils.translation import gettext_lazy as _

from research.finding.facets import GROUPS
from research.models import SavedSearch

NEWEST = "newest"
MOST_LETTERS = 100  # of what is searched for


class SearchForm(forms.Form):
    """What an address of the library asks for. A value that makes no sense filters nothing; of a
    long search the first letters count."""

    q = forms.CharField(required=False)
    mine = forms.ChoiceField(choices=[("1", "")], required=False)
    sort = forms.ChoiceField(choices=[(NEWEST, "")], required=False)

    def clean_q(self) -> str:
        """Whole words, as far as they fit: half a word would find something else."""
        typed = self.cleaned_data["q"]
        fits, rest = typed[:MOST_LETTERS], typed[MOST_LETTERS:]
        whole, space, _half = fits.rpartition(" ")
        return whole if space and rest and not rest[0].isspace() else fits.strip()

    @property
    def is_cut(self) -> bool:
        """Whether more was typed than is searched for."""
        return len(self.data.get("q", "").strip()) > MOST_LETTERS

    def wanted(self, years: Collection[str]) -> dict[str, str]:
        """``years``: of what is listed; another says no more than nonsense would."""
        self.is_valid()
        wanted = {name: value for name, value in self.cleaned_data.items() if value}
        for group, (_label, names) in GROUPS.items():
            value = self.data.get(group, "")
            if value in (names or years):
                wanted[group] = value
        return wanted


class SavedSearchForm(forms.ModelForm):
    class Meta:
        model = SavedSearch
        fields = ("name", "mails")
        labels = {"name": _("Name of the search")}
        help_texts = {
            "mails": _("One mail for each report, with a link that stops them."),
        }
