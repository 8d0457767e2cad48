"""The questions of an event as fields of a form: of the order, or of each participant."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from events.models import FormQuestion

Kind, Scope = FormQuestion.Kind, FormQuestion.Scope


class Asked:
    """The questions of one scope as they are put to one person (``whom`` tells them apart in a
    form), each a field of ``form``."""

    def __init__(self, form: forms.Form, questions: Iterable[FormQuestion], whom: str) -> None:
        self.form, self.whom = form, whom
        self.questions = list(questions)
        for question in self.questions:
            form.fields[self._name(question)] = self._field(question)

    @property
    def fields(self) -> list[forms.BoundField]:
        return [self.form[self._name(question)] for question in self.questions]

    def clean(self) -> None:
        """Who must answer a question and has not is told so at it. For a form's ``clean``."""
        for question in self.questions:
            name = self._name(question)
            is_missing = not self.form.cleaned_data.get(name) and name not in self.form.errors
            if question.is_required and is_missing and self._is_put(question):
                self.form.add_error(name, _("Please answer this question."))

    @property
    def answers(self) -> dict[int, str]:
        """By question; what was typed where the question does not apply is left out."""
        typed = {question.pk: self._value(question) for question in self.questions}
        return {
            question.pk: typed[question.pk]
            for question in self.questions
            if typed[question.pk] and self._is_put(question)
        }

    def _is_put(self, question: FormQuestion) -> bool:
        """Whether the answer to another, which applies itself, makes this one apply."""
        if question.only_after_id is None:
            return True
        before = next((q for q in self.questions if q.pk == question.only_after_id), None)
        if before is None or not self._is_put(before):
            return False
        return str(question.only_if) in self._value(before).split(",")

    def _value(self, question: FormQuestion) -> str:
        typed = self.form.cleaned_data.get(self._name(question)) or ""
        return ",".join(typed) if isinstance(typed, list) else str(typed)

    def _name(self, question: FormQuestion) -> str:
        return f"asked_{question.pk}_{self.whom}"

    def _field(self, question: FormQuestion) -> forms.Field:
        facts: dict[str, Any] = {
            "label": question.text,
            "required": False,
            "help_text": self._condition(question),
        }
        if question.kind == Kind.TEXT:
            return forms.CharField(max_length=500, **facts)
        if question.kind == Kind.SEVERAL:
            return forms.MultipleChoiceField(
                choices=question.options, widget=forms.CheckboxSelectMultiple, **facts
            )
        return forms.ChoiceField(choices=[("", "—"), *question.options], **facts)

    def _condition(self, question: FormQuestion) -> str:
        """Said in words, so that a page without a script asks the same."""
        before = next((q for q in self.questions if q.pk == question.only_after_id), None)
        words = [] if question.is_required else [_("Optional.")]
        if before is not None:
            answer = dict(before.options).get(str(question.only_if), "")
            words = [
                _("Only if you answered “%(answer)s” to “%(question)s”.")
                % {"answer": answer, "question": before.text}
            ]
        return " ".join(words)


def of_scope(questions: Sequence[FormQuestion], scope: str) -> list[FormQuestion]:
    return [row for row in questions if row.scope == scope and not row.is_retired]
