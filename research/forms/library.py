"""What readers type."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.models import Topic as Field
from research.models import Audience, Report


class SearchForm(forms.Form):
    """The library's filters. A value that makes no sense filters nothing."""

    q = forms.CharField(
        label=gettext_lazy("Search"),
        max_length=100,
        required=False,
        widget=forms.TextInput(
            {"type": "search", "placeholder": gettext_lazy("Title, author, initials")}
        ),
    )
    topic = forms.ChoiceField(
        label=gettext_lazy("Topic"),
        choices=[("", gettext_lazy("All topics")), *Report.Topic.choices],
        required=False,
    )
    field = forms.ChoiceField(
        label=gettext_lazy("Social field"),
        choices=[("", gettext_lazy("All fields")), *Field.choices],
        required=False,
    )
    audience = forms.ChoiceField(
        label=gettext_lazy("Written for"),
        choices=[("", gettext_lazy("Everybody")), *Audience.choices],
        required=False,
    )
    mine = forms.ChoiceField(
        label=gettext_lazy("Access"),
        choices=[("", gettext_lazy("All reports")), ("1", gettext_lazy("What I can read"))],
        required=False,
    )
    year = forms.ChoiceField(label=gettext_lazy("Year"), required=False)

    def __init__(self, *args: Any, years: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [("", _("All years")), *((year, year) for year in years)]

    def wanted(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data
