"""The desk's side navigation: what a person's offices open, and nothing else."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kosna.branches.models import appointments_of
from kosna.roles import ROLES


@dataclass(frozen=True)
class Place:
    title: str | Promise
    url: str
    icon: str
    verbs: str  # one or more, parted by spaces: any of them opens the place


GROUPS: tuple[tuple[str | Promise, tuple[Place, ...]], ...] = (
    ("", (Place(_("Today"), "/staff/", "home", "desk.open"),)),
    (
        _("Members"),
        (
            Place(_("Applications"), "/staff/applications/", "inbox", "members.view_application"),
            Place(_("Members"), "/staff/members/", "users", "members.view_member"),
            Place(_("Transfers"), "/staff/transfers/", "branch", "members.view_member"),
            Place(
                _("Changes of tier"),
                "/staff/tier-changes/",
                "award",
                "members.view_application",
            ),
            Place(_("Member directory"), "/staff/directory/", "network", "directory.view_profile"),
            Place(_("Imports"), "/staff/imports/", "upload", "members.import_member"),
            Place(_("Dues"), "/staff/dues/", "won", "members.view_dues"),
            Place(_("Tiers and rates"), "/staff/tiers/", "settings", "members.view_terms"),
            Place(
                _("Expulsion and forfeiture"),
                "/staff/removals/",
                "x-circle",
                "members.propose_removal",
            ),
            Place(_("Documents"), "/staff/documents/", "id-card", "documents.view_document"),
            Place(
                _("Company changes"),
                "/staff/company-changes/",
                "edit",
                "members.change_company",
            ),
            Place(_("Register of members"), "/staff/register/", "book", "members.view_register"),
            Place(
                _("General meetings"),
                "/staff/meetings/",
                "award",
                "members.view_meeting members.check_voter",
            ),
        ),
    ),
    (
        _("Events and research"),
        (
            Place(_("Events"), "/staff/events/", "calendar", "events.view_event events.check_in"),
            Place(_("Keeping of answers"), "/staff/answers/", "clock", "events.decide_keeping"),
            Place(_("Reports"), "/staff/reports/", "book", "research.view_report"),
            Place(_("Statistics"), "/staff/statistics/", "chart", "research.view_series"),
            Place(_("Downloads"), "/staff/downloads/", "download", "research.view_download"),
            Place(_("As a tier sees it"), "/staff/view-as/", "user", "members.view_as"),
        ),
    ),
    (
        _("Accounting"),
        (
            Place(_("Treasury"), "/staff/treasury/", "won", "payments.view_ledger"),
            Place(
                _("Tills at doors"),
                "/staff/tills/",
                "receipt",
                "payments.view_ledger payments.take_money",
            ),
            Place(_("Deposits"), "/staff/deposits/", "bank", "payments.confirm_deposit"),
            Place(_("Orders"), "/staff/orders/", "receipt", "payments.view_order"),
            Place(_("Refunds"), "/staff/refunds/", "refund", "payments.view_order"),
            Place(_("Proofs of payment"), "/staff/proofs/", "file", "payments.view_order"),
            Place(_("Ledger"), "/staff/ledger/", "book", "payments.view_ledger"),
            Place(_("Money tasks"), "/staff/money-tasks/", "warning", "payments.resolve_task"),
            Place(
                _("Branch statements"),
                "/staff/settlements/",
                "branch",
                "payments.view_statement",
            ),
            Place(
                _("Reconciliation"),
                "/staff/reconciliation/",
                "check-circle",
                "payments.view_reconciliation",
            ),
            Place(
                _("Provider notices"),
                "/staff/provider-events/",
                "bell",
                "payments.view_reconciliation",
            ),
            Place(
                _("Payment rules"),
                "/staff/payment-rules/",
                "settings",
                "payments.view_reconciliation",
            ),
        ),
    ),
    (
        _("Records"),
        (
            Place(_("Branches"), "/staff/branches/", "building", "branches.change_branch"),
            Place(_("Branch notices"), "/staff/notices/", "bell", "branches.write_notice"),
            Place(_("MOUs"), "/staff/partners/", "link", "programmes.write_partner"),
            Place(_("Community"), "/staff/community/", "users", "community.view_post"),
            Place(_("Projects"), "/staff/projects/", "network", "programmes.write_project"),
            Place(_("Consulting"), "/staff/consulting/", "inbox", "programmes.view_consulting"),
            Place(_("Terms that end soon"), "/staff/terms/", "clock", "branches.change_branch"),
            Place(_("Proposed offices"), "/staff/proposals/", "check", "branches.appoint"),
            Place(_("Public holidays"), "/staff/holidays/", "calendar", "core.change_holiday"),
            Place(_("Sent mail"), "/staff/mail/", "mail", "mail.view_message"),
            Place(_("Record"), "/staff/audit/", "shield", "audit.view_entry"),
            Place(_("Destruction"), "/staff/destruction/", "trash", "retention.view_destruction"),
            Place(
                _("Closed accounts"),
                "/staff/closed-accounts/",
                "lock",
                "retention.open_identity",
            ),
            Place(_("API keys"), "/staff/api-keys/", "key", "api.issue_token"),
            Place(_("Long work"), "/staff/batches/", "clock", "desk.open"),
        ),
    ),
)


def staff_links(user: Any, path: str) -> SafeString:
    """Groups of links to the places that this person's offices open, the one where ``path`` lies
    marked. No query beyond their offices; drawn once for all who may do the same."""
    return _links(get_language(), verbs_of(user), place_of(path))


@lru_cache(maxsize=1024)
def _links(language: str, held: frozenset[str], here: str) -> SafeString:
    groups = [
        (title, [place for place in places if not held.isdisjoint(place.verbs.split())])
        for title, places in GROUPS
    ]
    return render_to_string("components/staff_nav.html", {"groups": groups, "here": here})


def place_of(path: str) -> str:
    """The address of the place in the navigation where a page of the desk lies, or nothing."""
    urls = (place.url for _title, places in GROUPS for place in places)
    return next(
        (url for url in urls if path == url or (url != "/staff/" and path.startswith(url))), ""
    )


def verbs_of(user: Any) -> frozenset[str]:
    """All that this person's offices allow somewhere; where is ``Scope.of``'s to say."""
    offices = appointments_of(user) if user.is_authenticated and user.is_active else []
    return frozenset().union(*(ROLES[office.role] for office in offices))


def has_desk(user: Any) -> bool:
    return "desk.open" in verbs_of(user)


def branch_of_desk(user: Any) -> str:
    """Where this person works: the one branch, or all of them."""
    offices = appointments_of(user)
    if any(office.branch.is_head_office for office in offices):
        return str(_("All branches"))
    return ", ".join(sorted({office.branch.name for office in offices}))
