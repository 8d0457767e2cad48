"""What an event asks on its registration form, and what people answered, for its organiser."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.answers import answer_to, columns, with_answers
from events.forms.questions import FormQuestionFormSet
from events.models import Event, FormAnswer
from events.staff_views.events import edit_rows, event_or_404
from kosna.audit import actions as audit
from kosna.audit.list_exports import ListExport
from kosna.branches.access import staff_view
from kosna.core.lists import page_of
from kosna.core.methods import require_POST, require_safe


@staff_view("events.change_event")
@transaction.atomic
def form_questions(request: HttpRequest, slug: str) -> HttpResponse:
    """The questions, each as it may still be changed."""
    event = event_or_404(request, slug, "events.change_event")
    if request.method == "POST":
        # Who is answering now waits for this, or is waited for: then the question is answered.
        list(event.form_questions.select_for_update(of=("self",)).values_list("pk"))
    answered = Exists(FormAnswer.objects.filter(question=OuterRef("pk")))
    rows = event.form_questions.annotate(is_answered=answered).order_by("sort", "pk")
    formset = FormQuestionFormSet(
        request.POST or None,
        instance=event,
        queryset=rows,
        form_kwargs={"questions": list(event.form_questions.all())},
        prefix="asked",
    )
    return edit_rows(
        request,
        event,
        [(gettext_lazy("Questions of the registration form"), formset)],
        gettext_lazy("Questions of the registration form"),
        gettext_lazy(
            "Ask only what the event needs. A question that was answered stays as it is: it is "
            "retired, and another is asked. Save a question first; then another can depend on it."
        ),
    )


@staff_view("events.view_registration")
@require_safe
def answers(request: HttpRequest, slug: str) -> HttpResponse:
    """Who answered what: personal data, each look on record."""
    event = event_or_404(request, slug, "events.view_registration")
    questions = list(event.form_questions.all())
    page = page_of(request, _answered(event, questions))
    rows = list(page)
    audit.viewed(
        request,
        event,
        subjects={key for row in rows for key in (row.user_id, row.line.order.user_id) if key},
        answers=[row.pk for row in rows],
    )
    return TemplateResponse(
        request,
        "staff/events/answers.html",
        {
            "event": event,
            "has_questions": bool(questions),
            "page": page,
            "rows": [
                (row, [(each, said) for each in questions if (said := answer_to(each, row))])
                for row in rows
            ],
        },
    )


def _answered(event: Event, questions: Sequence[Any]) -> Any:
    places = with_answers(event.registrations.holding_seats()).select_related("ticket")
    return places.order_by("name", "pk") if questions else places.none()


@require_POST
@staff_view("events.view_registration")
def answers_export(request: HttpRequest, slug: str) -> HttpResponseBase:
    """A column for each question."""
    event = event_or_404(request, slug, "events.view_registration")
    asked = columns(event)
    export = ListExport(
        "events.export_answers",
        _("Answers"),
        [
            (_("Name"), lambda row: row.shown_name),
            (_("Order"), lambda row: row.line.order.code),
            (_("Ticket"), lambda row: row.ticket.name),
            *asked,
        ],
        people=["user", "line__order__user"],
    )
    return export.answer(request, _answered(event, asked), of=event)
