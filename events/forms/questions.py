"""Editing what an event asks on its registration form."""

from typing import Any

from django import forms
from django.forms import BaseInlineFormSet, inlineformset_factory
from django.utils.translation import gettext_lazy as _

from events.models import Event, FormQuestion

# What may change once somebody has answered.
STILL_OPEN = {"sort", "is_retired"}


class FormQuestionForm(forms.ModelForm):
    class Meta:
        model = FormQuestion
        fields = (
            "scope",
            "kind",
            "text_ko",
            "text_en",
            "choices_ko",
            "choices_en",
            "is_required",
            "only_after",
            "only_if",
            "sort",
            "is_retired",
        )
        widgets = {
            "choices_ko": forms.Textarea({"rows": 3}),
            "choices_en": forms.Textarea({"rows": 3}),
        }

    def __init__(self, *args: Any, questions: list[FormQuestion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = [row for row in questions if row.kind != FormQuestion.Kind.TEXT]
        self.others = {row.pk: row for row in others if row.pk != self.instance.pk}
        named = [(pk, row.text) for pk, row in self.others.items()]
        self.fields["only_after"].queryset = FormQuestion.objects.filter(pk__in=self.others)
        self.fields["only_after"].choices = [("", _("Always asked")), *named]
        if getattr(self.instance, "is_answered", False):
            for name, field in self.fields.items():
                field.disabled = name not in STILL_OPEN
            self.fields["text_ko"].help_text = _(
                "People have answered: retire this question and ask another instead."
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self._clean_choices(data)
        self._clean_condition(data)
        return data

    def _clean_choices(self, data: dict[str, Any]) -> None:
        if data.get("kind") not in FormQuestion.WITH_CHOICES:
            return
        korean, english = (
            [line for line in data.get(f"choices_{language}", "").splitlines() if line.strip()]
            for language in ("ko", "en")
        )
        if len(korean) < 2:
            self.add_error("choices_ko", _("Name two choices or more, one a line."))
        if english and len(english) != len(korean):
            self.add_error("choices_en", _("As many as in Korean, in the same order."))

    def _clean_condition(self, data: dict[str, Any]) -> None:
        after, choice = data.get("only_after"), data.get("only_if")
        if after is None:
            data["only_if"] = None
            return
        known = self.others[after.pk]
        if known.scope != data.get("scope"):
            self.add_error("only_after", _("Both are asked of the order, or of each participant."))
        place = (data.get("sort") or 0, self.instance.pk or float("inf"))
        if (known.sort, known.pk) >= place:
            self.add_error("only_after", _("The other question must come before this one."))
        if not choice or choice > len(known.options):
            self.add_error("only_if", _("That question has no such choice."))


class _Questions(BaseInlineFormSet):
    def add_fields(self, form: forms.Form, index: int | None) -> None:
        """An answered question is retired, not removed."""
        super().add_fields(form, index)
        if getattr(form.instance, "is_answered", False):
            form.fields["DELETE"].disabled = True


FormQuestionFormSet = inlineformset_factory(
    Event, FormQuestion, form=FormQuestionForm, formset=_Questions, extra=2
)
