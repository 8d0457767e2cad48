"""What people answered on the registration form, as the desk reads and exports it."""

from collections.abc import Callable

from events.models import Event, FormQuestion, Registration, RegistrationQuerySet


def with_answers(places: RegistrationQuerySet) -> RegistrationQuerySet:
    """What ``answer_to`` needs, in a constant number of statements."""
    return places.select_related("line__order").prefetch_related("line__order__form_answers")


def answer_to(question: FormQuestion, place: Registration) -> str:
    """In the reader's words: of this place, or of its order as a whole. Empty: none."""
    for row in place.line.order.form_answers.all():
        if row.question_id == question.pk and row.registration_id in (None, place.pk):
            return question.told(row.value)
    return ""


def columns(event: Event) -> list[tuple[str, Callable[[Registration], str]]]:
    """Of an export: one a question, retired ones too."""

    def column(question: FormQuestion) -> tuple[str, Callable[[Registration], str]]:
        return question.text, lambda place: answer_to(question, place)

    return [column(question) for question in event.form_questions.all()]
