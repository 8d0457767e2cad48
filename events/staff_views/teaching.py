"""Who teaches a course, for who runs it."""

from allauth.account.models import EmailAddress
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events import actions
from events.staff_views.events import event_or_404
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.branches.access import staff_view
from kosna.core.deeds import carried_out
from kosna.core.methods import require_POST


class InstructorForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("E-mail address of the instructor"),
        help_text=gettext_lazy("Of an account here."),
    )

    def clean_email(self) -> User:
        found = EmailAddress.objects.filter(
            email__iexact=self.cleaned_data["email"], verified=True
        ).first()
        if found is None:
            raise forms.ValidationError(_("No account has this address. Ask them to sign up."))
        return found.user


@staff_view("events.change_event")
def instructors(request: HttpRequest, slug: str) -> HttpResponse:
    event = event_or_404(request, slug, "events.change_event")
    form = InstructorForm(request.POST or None)

    def appoint(email: User) -> None:
        actions.appoint_instructor(event, user=email, by=request.user)

    if request.method == "POST" and carried_out(request, form, appoint, _("Appointed, and told.")):
        return redirect(request.path)
    rows = event.instructors.current().select_related("user").order_by("user__name", "pk")
    audit.viewed(request, event, subjects=[row.user_id for row in rows])
    return TemplateResponse(
        request,
        "staff/events/instructors.html",
        {"event": event, "form": form, "rows": rows},
        status=422 if form.errors else 200,
    )


@require_POST
@staff_view("events.change_event")
def instructor_end(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    event = event_or_404(request, slug, "events.change_event")
    row = get_object_or_404(event.instructors.select_related("event"), pk=pk)
    actions.dismiss_instructor(row, by=request.user)
    messages.success(request, _("They see this course no more."))
    return redirect("events_staff:instructors", slug)
