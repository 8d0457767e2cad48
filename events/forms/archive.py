"""``/events/archive/?q=&year=&kind=&branch=``"""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from events.models import Event
from kosna.branches.models import Branch


class ArchiveFilter(forms.Form):
    q = forms.CharField(label=_("Title, topic or speaker"), max_length=80, required=False)
    year = forms.TypedChoiceField(label=_("Year"), coerce=int, empty_value=None, required=False)
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("", _("All kinds")), *Event.Kind.choices], required=False
    )
    branch = forms.ModelChoiceField(
        Branch.objects.shown(),
        label=_("Branch"),
        to_field_name="code",
        empty_label=_("All branches"),
        required=False,
    )

    def __init__(self, *args: Any, years: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [("", _("All years")), *((year, str(year)) for year in years)]
