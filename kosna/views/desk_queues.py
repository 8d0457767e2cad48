"""The queues of the desk: which work waits, for whom, and where it is done."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.models import Event, PlaceRequest
from kosna.branches.models import Proposal, Scope, Term
from kosna.core import clock
from kosna.payments.models import (
    Adjustment,
    Deposit,
    Disagreement,
    NotedDeposit,
    Order,
    Proof,
    ProviderEvent,
    Refund,
    Statement,
    Task,
)
from kosna.retention.models import Destruction
from members import standing
from members.community.models import AbuseReport as PostReport
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
from research.models import Report, Step

WAITING, NOTHING = _("Waiting"), _("Nothing waits")
EVENT_VERBS = ("events.view_event", "events.check_in")


@dataclass(frozen=True)
class Queue:
    """One kind of work: who may do it (one or more verbs, parted by spaces), which rows wait,
    where it is done. ``hint`` and ``nothing`` say what its number counts, where nobody waits."""

    name: str
    title: str | Promise
    url: str
    verb: str
    rows: Callable[[Any], QuerySet]
    tone: str
    order: str
    hint: str | Promise = WAITING
    nothing: str | Promise = NOTHING


def expiring(user: Any) -> QuerySet[Member]:
    """Members whose paid days end soon."""
    members = Member.objects.permitted(user, "members.view_member")
    return standing.expiring(members, clock.today())


def of_the_whole(user: Any, verb: str, rows: QuerySet) -> QuerySet:
    """Rows that are no branch's: for whoever holds the verb at the head office."""
    return rows if Scope.of(user, verb).everywhere else rows.none()


def upcoming(user: Any) -> QuerySet[Event]:
    """What is announced and not over, where this person plans events or keeps their door."""
    where = Scope.union(Scope.of(user, verb) for verb in EVENT_VERBS)
    return where.narrow(Event.objects.open_to_plans().upcoming())


def forfeitable(user: Any) -> QuerySet[Member]:
    """Members long in arrears whom nobody has proposed to the board yet."""
    rows = Member.objects.permitted(user, "members.propose_removal")
    return standing.forfeitable(rows, clock.today()).exclude(
        pk__in=Removal.objects.proposed().values("member")
    )


def approvable(user: Any) -> QuerySet[Report]:
    """Reports handed in for review that somebody else has written."""
    own = Step.objects.of_writing().filter(by=user)
    rows = Report.objects.permitted(user, "research.approve_report")
    return rows.in_state(Report.Status.REVIEW, None).exclude(pk__in=own.values("report"))


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
    Queue(
        "requests",
        _("Requests for places to decide"),
        "/staff/events/?asked=on",
        "events.change_event",
        lambda user: (
            PlaceRequest.objects.permitted(user, "events.change_event")
            .undecided()
            .select_related("event", "ticket", "user")
        ),
        "accent",
        "asked_at",
    ),
    Queue(
        "abuse",
        _("Reported posts to decide"),
        "/staff/community/reports/?status=open",
        "community.moderate",
        lambda user: PostReport.objects.permitted(user, "community.moderate").waiting().for_pages(),
        "danger",
        "reported_at",
    ),
    Queue(
        "reports",
        _("Reports to approve"),
        "/staff/reports/?status=review",
        "research.approve_report",
        approvable,
        "accent",
        "pk",
    ),
    Queue(
        "bank",
        _("Bank lines to match"),
        "/staff/deposits/",
        "payments.confirm_deposit",
        lambda user: (
            Deposit.objects.permitted(user, "payments.confirm_deposit")
            .open()
            .select_related("line__account")
        ),
        "warning",
        "line__at",
    ),
    Queue(
        "noted",
        _("Noted deposits to confirm"),
        "/staff/deposits/noted/",
        "payments.confirm_deposit",
        lambda user: (
            NotedDeposit.objects.permitted(user, "payments.confirm_deposit")
            .waiting()
            .for_decider(user)
            .select_related("order", "noted_by")
        ),
        "accent",
        "noted_at",
    ),
    Queue(
        "deposits",
        _("Deposits to confirm"),
        "/staff/deposits/orders/",
        "payments.confirm_deposit",
        lambda user: Order.objects.permitted(user, "payments.confirm_deposit").awaiting_deposit(),
        "info",
        "expires_at",
    ),
    Queue(
        "refunds",
        _("Refunds to decide"),
        "/staff/refunds/",
        "payments.approve_refund",
        lambda user: (
            Refund.objects.permitted(user, "payments.approve_refund")
            .filter(
                status__in=[Refund.Status.REQUESTED, Refund.Status.APPROVED, Refund.Status.FAILED]
            )
            .select_related("order")
        ),
        "warning",
        "requested_at",
    ),
    Queue(
        "proofs",
        _("Proofs to issue"),
        "/staff/proofs/?status=waiting",
        "payments.issue_proof",
        lambda user: (
            Proof.objects.permitted(user, "payments.issue_proof")
            .waiting()
            .select_related("payment__order")
        ),
        "warning",
        "due_on",
    ),
    Queue(
        "tasks",
        _("Money tasks"),
        "/staff/money-tasks/",
        "payments.resolve_task",
        lambda user: (
            Task.objects.permitted(user, "payments.resolve_task")
            .filter(status=Task.Status.OPEN)
            .select_related("order")
        ),
        "danger",
        "created_at",
    ),
    Queue(
        "statements",
        _("Branch statements to approve"),
        "/staff/settlements/?status=prepared",
        "payments.approve_statement",
        lambda user: (
            Statement.objects.permitted(user, "payments.approve_statement")
            .waiting()
            .select_related("branch")
        ),
        "accent",
        "month",
    ),
    Queue(
        "adjustments",
        _("Adjustments to confirm"),
        "/staff/settlements/adjustments/?status=proposed",
        "payments.confirm_adjustment",
        lambda user: (
            Adjustment.objects.permitted(user, "payments.confirm_adjustment")
            .waiting()
            .for_decider(user)
            .select_related("branch", "proposed_by")
        ),
        "warning",
        "proposed_at",
    ),
    Queue(
        "set_aside",
        _("Notices set aside"),
        "/staff/provider-events/",
        "payments.reconcile",
        lambda user: of_the_whole(
            user,
            "payments.reconcile",
            ProviderEvent.objects.filter(outcome=ProviderEvent.Outcome.QUARANTINED),
        ),
        "danger",
        "pk",
    ),
    Queue(
        "disagreements",
        _("Disagreements with the provider"),
        "/staff/reconciliation/",
        "payments.reconcile",
        lambda user: of_the_whole(
            user,
            "payments.reconcile",
            Disagreement.objects.standing().select_related("order"),
        ),
        "danger",
        "pk",
    ),
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
