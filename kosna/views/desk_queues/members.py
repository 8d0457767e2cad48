"""What waits of members and of what they get."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kosna.core import clock
from kosna.views.desk_queues.queue import Queue
from members import standing
from members.directory.models import AbuseReport as EntryReport
from members.directory.models import Profile
from members.models import (
    Application,
    CompanyChange,
    Inspection,
    Member,
    Removal,
    TierChange,
    Transfer,
)
from members.programmes.models import ConsultingRequest


def forfeitable(user: Any) -> QuerySet[Member]:
    """Members long in arrears whom nobody has proposed to the board yet."""
    rows = Member.objects.permitted(user, "members.propose_removal")
    return standing.forfeitable(rows, clock.today()).exclude(
        pk__in=Removal.objects.proposed().values("member")
    )


QUEUES = (
    Queue(
        "applications",
        _("Applications to review"),
        "/staff/applications/?status=submitted",
        "members.review_application",
        lambda user: (
            Application.objects.permitted(user, "members.review_application")
            .waiting()
            .select_related("tier", "branch")
        ),
        "accent",
        "submitted_at",
    ),
    Queue(
        "transfers",
        _("Transfers to answer"),
        "/staff/transfers/",
        "members.decide_transfer",
        lambda user: Transfer.objects.waiting_for(user, "members.decide_transfer").select_related(
            "member", "from_branch", "to_branch"
        ),
        "accent",
        "requested_at",
    ),
    Queue(
        "tier_changes",
        _("Changes of tier to decide"),
        "/staff/tier-changes/?status=requested",
        "members.approve_application",
        lambda user: (
            TierChange.objects.permitted(user, "members.approve_application")
            .waiting()
            .select_related("member", "from_tier", "to_tier")
        ),
        "accent",
        "requested_at",
    ),
    Queue(
        "removals",
        _("Expulsions and forfeitures to decide"),
        "/staff/removals/?status=proposed",
        "members.decide_membership",
        lambda user: (
            Removal.objects.permitted(user, "members.decide_membership")
            .proposed()
            .select_related("member", "member__branch")
        ),
        "danger",
        "proposed_at",
    ),
    Queue(
        "forfeitable",
        _("Long in arrears"),
        "/staff/removals/forfeitures/",
        "members.propose_removal",
        lambda user: forfeitable(user).select_related("tier", "branch"),
        "warning",
        "paid_to",
    ),
    Queue(
        "changes",
        _("Company changes to confirm"),
        "/staff/company-changes/",
        "members.change_company",
        lambda user: (
            CompanyChange.objects.permitted(user, "members.change_company")
            .waiting()
            .select_related("member__branch")
        ),
        "info",
        "asked_at",
    ),
    Queue(
        "abuse_reports",
        _("Reported entries to decide"),
        "/staff/directory/reports/?status=open",
        "directory.moderate_profile",
        lambda user: (
            EntryReport.objects.permitted(user, "directory.moderate_profile").open().with_sides()
        ),
        "danger",
        "reported_at",
    ),
    Queue(
        "pleas",
        _("Entries to show again?"),
        "/staff/directory/?state=pleading",
        "directory.moderate_profile",
        lambda user: (
            Profile.objects.permitted(user, "directory.moderate_profile")
            .filter(pleaded_at__isnull=False)
            .with_member()
        ),
        "warning",
        "pleaded_at",
    ),
    Queue(
        "inspections",
        _("Inspection requests to answer"),
        "/staff/register/requests/",
        "members.decide_inspection",
        lambda user: Inspection.objects.permitted(user, "members.decide_inspection").waiting(),
        "warning",
        "requested_at",
    ),
    Queue(
        "consulting",
        _("Consulting requests to assign"),
        "/staff/consulting/?status=received",
        "programmes.run_consulting",
        lambda user: (
            ConsultingRequest.objects.permitted(user, "programmes.run_consulting")
            .waiting()
            .select_related("member", "branch")
        ),
        "accent",
        "asked_at",
    ),
)
