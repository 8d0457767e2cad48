"""What editors type about authors."""

from django import forms
from django.utils.translation import gettext_lazy as _

from research.models import Author


class AuthorFilter(forms.Form):
    q = forms.CharField(label=_("Name"), required=False, max_length=100)


class AuthorForm(forms.ModelForm):
    """The Korean name is that of the covers, by which reports find their author."""

    class Meta:
        model = Author
        fields = ("name_en", "affiliation_ko", "affiliation_en", "about_ko", "about_en")
        widgets = {
            "about_ko": forms.Textarea({"rows": 6}),
            "about_en": forms.Textarea({"rows": 6}),
        }
        help_texts = {"affiliation_ko": _("Where the author works, as the page shows it.")}
