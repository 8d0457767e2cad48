"""What waits of offices and of what is kept, and what is to come."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.models import Event
from kosna.branches.models import Proposal, Scope, Term
from kosna.core import clock
from kosna.retention.models import Destruction
from kosna.views.desk_queues.queue import Queue, of_the_whole
from members import standing
from members.models import Member

EVENT_VERBS = ("events.view_event", "events.check_in")


def expiring(user: Any) -> QuerySet[Member]:
    """Members whose paid days end soon."""
    members = Member.objects.permitted(user, "members.view_member")
    return standing.expiring(members, clock.today())


def upcoming(user: Any) -> QuerySet[Event]:
    """What is announced and not over, where this person plans events or keeps their door."""
    where = Scope.union(Scope.of(user, verb) for verb in EVENT_VERBS)
    return where.narrow(Event.objects.open_to_plans().upcoming())


QUEUES = (
    Queue(
        "proposals",
        _("Offices to confirm"),
        "/staff/proposals/?status=proposed",
        "branches.appoint",
        lambda user: (
            Proposal.objects.permitted(user, "branches.appoint")
            .waiting()
            .for_decider(user)
            .select_related("user", "branch", "proposed_by")
        ),
        "accent",
        "proposed_at",
    ),
    Queue(
        "destructions",
        _("Destructions to approve"),
        "/staff/destruction/?status=proposed",
        "retention.approve_destruction",
        lambda user: of_the_whole(
            user,
            "retention.approve_destruction",
            Destruction.objects.for_decider(user).select_related("proposed_by"),
        ),
        "warning",
        "proposed_at",
    ),
    Queue(
        "terms",
        _("Terms of office that end soon"),
        "/staff/terms/",
        "branches.change_branch",
        lambda user: (
            Term.objects.permitted(user, "branches.change_branch")
            .expiring(clock.today())
            .select_related("branch")
        ),
        "warning",
        "valid_to",
        hint=pgettext_lazy("not due yet", "Coming up"),
        nothing=_("None coming up"),
    ),
    Queue(
        "expiring",
        _("Expire within 60 days"),
        "/staff/members/?standing=expiring",
        "members.view_member",
        lambda user: expiring(user).select_related("tier", "branch"),
        "warning",
        "paid_to",
        hint=pgettext_lazy("not due yet", "Coming up"),
        nothing=_("None coming up"),
    ),
    Queue(
        "events",
        _("Upcoming events"),
        "/staff/events/",
        " ".join(EVENT_VERBS),
        lambda user: upcoming(user).select_related("branch"),
        "info",
        "starts_at",
        hint=pgettext_lazy("not due yet", "Coming up"),
        nothing=_("None coming up"),
    ),
)
