"""Who may do what: this table is the policy, and the auth backend reads it.

A role holds verbs. An office at the head office reaches every branch; at a branch, that branch
alone. Nobody gets a verb by any other way, the system administrator included: operators see roles
and settings, never a silent edit of members or money.
"""

from typing import Any, ClassVar

from django.contrib.auth.backends import BaseBackend

from kosna.branches.models import Appointment, Scope, appointments_of

Role = Appointment.Role

DESK = {"desk.open"}
READ_MEMBERS = {"members.view_application", "members.view_member"}
READ_REGISTER = {"members.view_register"}
READ_DIRECTORY = {"directory.view_profile"}
RUN_DIRECTORY = READ_DIRECTORY | {"directory.moderate_profile"}
READ_MEETINGS = {"members.view_inspection", "members.view_meeting"}
READ_MONEY = {"payments.view_order", "payments.view_statement", "payments.view_ledger"}
READ_PROVIDER = {"payments.view_reconciliation"}
READ_DUES = {"members.view_dues", "members.view_terms"}
READ_EVENTS = {"events.view_event", "events.view_registration"}
READ_REPORTS = {"research.view_report", "research.view_reader", "research.view_series"}
READ_COMMUNITY = {"community.view_post"}
WRITE_COMMUNITY = READ_COMMUNITY | {"community.write_post", "community.moderate"}
READ_CONSULTING = {"programmes.view_consulting"}
RUN_CONSULTING = READ_CONSULTING | {"programmes.run_consulting"}
# To see public pages as a tier sees them; whom it lets in gains nothing by it.
SEE_AS_A_TIER = {"members.view_as"}

ROLES: dict[str, set[str]] = {
    Role.BRANCH_OFFICER: DESK
    | READ_MEMBERS
    | RUN_DIRECTORY
    | READ_DUES
    | READ_REGISTER
    | READ_EVENTS
    | WRITE_COMMUNITY
    | {
        "members.bill_dues",
        "branches.write_notice",
        "programmes.write_partner",
        "programmes.write_project",
        *RUN_CONSULTING,
        "members.review_application",
        "members.export_member",
        "members.decide_transfer",
        "members.import_member",
        "members.withdraw_member",
        "members.propose_removal",
        "members.change_company",
        "members.export_register",
        "members.change_details",
        "payments.view_order",
        "payments.request_proof",
        "payments.view_statement",
        "api.issue_token",
        "events.change_event",
        "events.check_in",
        "payments.take_money",
        "mail.view_message",
        "mail.resend_message",
        "documents.view_document",
        "documents.issue_document",
    },
    Role.BRANCH_PRESIDENT: DESK
    | READ_MEMBERS
    | RUN_DIRECTORY
    | READ_DUES
    | READ_REGISTER
    | READ_EVENTS
    | READ_MONEY
    | WRITE_COMMUNITY
    | {
        "members.review_application",
        "members.approve_application",
        "members.decide_transfer",
        "members.withdraw_member",
        "members.propose_removal",
        "documents.view_document",
        "documents.void_document",
        "members.change_company",
        "payments.approve_statement",
        "payments.receive_till",
        "branches.write_notice",
        "programmes.write_partner",
        "programmes.write_project",
        *RUN_CONSULTING,
    },
    Role.SECRETARIAT: DESK
    | READ_MEMBERS
    | RUN_DIRECTORY
    | READ_DUES
    | READ_REGISTER
    | READ_MEETINGS
    | READ_EVENTS
    | READ_MONEY
    | READ_REPORTS
    | SEE_AS_A_TIER
    | WRITE_COMMUNITY
    | {
        "community.name_contributor",
        "research.approve_report",
        "research.read_report",
        "members.bill_dues",
        "members.assess_dues",
        "members.change_terms",
        "members.review_application",
        "members.approve_application",
        "members.readmit_expelled",
        "members.export_member",
        "members.decide_transfer",
        "members.import_member",
        "members.withdraw_member",
        "members.propose_removal",
        "members.decide_membership",
        "members.change_company",
        "members.export_register",
        "members.change_details",
        "members.decide_inspection",
        "members.run_meeting",
        "members.check_voter",
        "api.issue_token",
        "events.change_event",
        "events.decide_keeping",
        "events.check_in",
        "payments.take_money",
        "branches.change_branch",
        "branches.write_notice",
        "programmes.write_partner",
        "programmes.write_project",
        *RUN_CONSULTING,
        "branches.appoint",
        "core.change_holiday",
        "retention.view_destruction",
        "retention.propose_destruction",
        "mail.view_message",
        "mail.resend_message",
        "documents.view_document",
        "documents.issue_document",
        "documents.void_document",
        "payments.request_refund",
        "payments.request_proof",
        "payments.approve_statement",
        "payments.confirm_adjustment",
    },
    Role.REVIEWER: DESK
    | READ_MEMBERS
    | {
        "members.review_application",
        "members.approve_application",
        "members.readmit_expelled",
        "members.propose_removal",
        "members.decide_membership",
    },
    Role.TREASURER: DESK
    | READ_MONEY
    | READ_PROVIDER
    | READ_DUES
    | {
        "members.bill_dues",
        "payments.confirm_deposit",
        "payments.receive_till",
        "payments.request_refund",
        "payments.approve_refund",
        "payments.resolve_task",
        "payments.request_proof",
        "payments.issue_proof",
        "payments.run_statement",
        "payments.approve_statement",
        "payments.confirm_adjustment",
        "payments.reconcile",
        "payments.change_rule",
        "documents.view_document",
    },
    Role.EDITOR: DESK
    | READ_REPORTS
    | SEE_AS_A_TIER
    | {
        "research.approve_report",
        "research.change_report",
        "research.change_series",
        "research.read_report",
        "research.view_download",
    },
    Role.DOORKEEPER: DESK | {"events.check_in", "payments.take_money", "members.check_voter"},
    Role.AUDITOR: DESK
    | READ_MEMBERS
    | READ_DIRECTORY
    | READ_DUES
    | READ_REGISTER
    | READ_MEETINGS
    | READ_MONEY
    | READ_PROVIDER
    | READ_EVENTS
    | READ_REPORTS
    | READ_COMMUNITY
    | READ_CONSULTING
    | SEE_AS_A_TIER
    | {
        "audit.view_entry",
        "retention.view_destruction",
        "mail.view_message",
        "documents.view_document",
        "research.view_download",
    },
    Role.PRIVACY_OFFICER: DESK
    | {
        "audit.view_entry",
        "retention.view_destruction",
        "retention.propose_destruction",
        "retention.approve_destruction",
        "retention.open_identity",
    },
    Role.SYSTEM_ADMIN: DESK
    | {
        "branches.change_branch",
        "branches.appoint",
        "audit.view_entry",
        "retention.view_destruction",
        "retention.propose_destruction",
    },
}

VERBS: frozenset[str] = frozenset().union(*ROLES.values())


class RoleBackend(BaseBackend):
    """Answers ``user.has_perm(verb, branch)`` and ``Scope.of(user, verb)`` from the table."""

    verbs: ClassVar[frozenset[str]] = VERBS

    def scope(self, user: Any, verb: str) -> Scope:
        if verb not in VERBS:
            raise LookupError(f"no role holds {verb!r}: is it spelt as in kosna/roles.py?")
        if not user.is_authenticated or not user.is_active:
            return Scope()
        holding = [office for office in appointments_of(user) if verb in ROLES[office.role]]
        return Scope(
            everywhere=any(office.branch.is_head_office for office in holding),
            branch_ids=frozenset(office.branch_id for office in holding),
        )

    def has_perm(self, user: Any, verb: str, branch: Any = None) -> bool:
        if verb not in VERBS:
            return False  # Django's own admin permissions are for superusers, elsewhere
        scope = self.scope(user, verb)
        return branch in scope if branch is not None else bool(scope)

    def has_module_perms(self, user: Any, app_label: str) -> bool:
        return False
