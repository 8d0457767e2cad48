"""An instructor's own pages: the courses they teach, and the roll of each."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse

from events.models import Instructor
from events.views.roll import call_roll
from kosna.core.methods import require_safe


@require_safe
def teaching(request: HttpRequest) -> HttpResponse:
    rows = Instructor.objects.teaching(request.user).select_related("event")
    return TemplateResponse(
        request, "me/teaching.html", {"rows": rows.order_by("event__starts_at", "pk")[:100]}
    )


def roll(request: HttpRequest, slug: str) -> HttpResponse:
    """Names and attendance of one course; another's does not exist."""
    courses = Instructor.objects.teaching(request.user).select_related("event__branch")
    instructor = get_object_or_404(courses, event__slug=slug)
    return call_roll(request, instructor.event, "me/roll.html")
