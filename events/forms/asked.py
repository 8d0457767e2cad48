"""The questions of an event as fields of a form: of the order, or of each participant."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.html import escape
from django.utils.translation import gettext as _

from events.models import FormQuestion

Kind, Scope = FormQuestion.Kind, FormQuestion.Scope


class _Put:
    """Whether a question must be answered is known with the other answers alone: ``Asked.clean``
    says so, and no browser insists on it before."""

    def validate(self, value: Any) -> None:
        if value not in forms.Field.empty_values:
            super().validate(value)  # type: ignore[misc]


class _Words(_Put, forms.CharField):
    pass


class _One(_Put, forms.ChoiceField):
    pass


class _Several(_Put, forms.MultipleChoiceField):
    pass


class Asked:
    """The questions of one scope as they are put to one person (``whom`` tells them apart in a
    form), each a field of ``form``."""

    def __init__(self, form: forms.Form, questions: Iterable[FormQuestion], whom: str) -> None:
        self.form, self.whom = form, whom
        self.questions = list(questions)
        for question in self.questions:
            field = self._field(question)
            if question.only_after_id is not None:
                field.widget.attrs |= {
                    "data-only-after": f"asked_{question.only_after_id}_{whom}",
                    "data-only-if": question.only_if,
                }
            form.fields[self._name(question)] = field

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
            "required": question.is_required,
            "help_text": self._condition(question),
        }
        field: forms.Field
        if question.kind == Kind.TEXT:
            field = _Words(max_length=500, **facts)
        elif question.kind == Kind.SEVERAL:
            field = _Several(choices=question.options, widget=forms.CheckboxSelectMultiple, **facts)
        else:
            field = _One(choices=[("", "—"), *question.options], **facts)
        field.widget.use_required_attribute = lambda _initial: False
        return field

    def _condition(self, question: FormQuestion) -> str:
        """Said in words, so that a page without a script asks the same."""
        before = next((q for q in self.questions if q.pk == question.only_after_id), None)
        if before is None:
            return ""
        answer = dict(before.options).get(str(question.only_if), "")
        words = _("Only if you answered “%(answer)s” to “%(question)s”.")
        # Help is HTML to the page; what staff typed is not.
        return words % {"answer": escape(answer), "question": escape(before.text)}


def of_scope(questions: Sequence[FormQuestion], scope: str) -> list[FormQuestion]:
    return [row for row in questions if row.scope == scope and not row.is_retired]
