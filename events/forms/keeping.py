"""How long answers are kept, as the association decides."""

from django import forms

from events.models import KeepingRule


class KeepingRuleForm(forms.ModelForm):
    class Meta:
        model = KeepingRule
        fields = ("days", "reason")
        widgets = {"reason": forms.Textarea({"rows": 2})}
