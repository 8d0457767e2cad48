"""What programmes hold about a person, as it is told to them: what they asked, that they
advise, and where they want to take part. Who decided what is the association's own record."""

from django.utils.translation import gettext_lazy as _

from kosna.accounts.own_data import register
from members.programmes.models import Consultant, ConsultingRequest, ProjectApplication


def tell() -> None:
    register(
        "consulting_requests",
        _("Consulting requests"),
        lambda user: ConsultingRequest.objects.filter(asked_by=user),
        *("number", "status", "field", "topic", "question", "first_on", "second_on", "hours"),
        *("is_in_g_valley", "asked_at", "meets_at", "place", "report", "reported_at"),
        *("rating", "words", "ended_at", "reason"),
        member="member__number",
        round="round__name_ko",
    )
    register(
        "consultant",
        _("Entry in the pool of consultants"),
        lambda user: Consultant.objects.filter(user=user),
        *("affiliation", "about", "added_at", "retired_at"),
        branch="branch__name_ko",
    )
    register(
        "consulting_given",
        _("Consulting that you gave"),
        lambda user: ConsultingRequest.objects.filter(consultant__user=user),
        *("number", "status", "assigned_at", "meets_at", "report", "reported_at"),
    )
    register(
        "project_applications",
        _("Applications to projects"),
        lambda user: ProjectApplication.objects.filter(applied_by=user),
        *("number", "status", "plan", "was_early", "applied_at", "decided_at", "reason"),
        project="project__title_ko",
        member="member__number",
    )
