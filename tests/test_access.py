"""The permission document, executable: every address x every member of the cast -> status.

``open_to`` names who gets ``ok``; a visitor is sent to log in; the rest get 403 where their
offices open nothing of the kind, and 404 where the row is not theirs (``hidden_from``), exactly as
if it did not exist. Rows of staff pages stand in Busan: Daegu's officer must never learn of them.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.db import transaction
from django.db.models import F
from django.test import Client, override_settings
from django.urls import reverse

from events.models import Question, Registration, WaitlistEntry
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.branches.models import Appointment, BranchNotice, Proposal, Scope, Term
from kosna.core import batches, clock
from kosna.core.models import Batch, Holiday
from kosna.core.tokens import fingerprint
from kosna.documents.models import Document
from kosna.mail.models import Message
from kosna.payments.models import (
    Adjustment,
    BankAccount,
    BankFile,
    BankLine,
    Deposit,
    Match,
    NotedDeposit,
    Order,
    OrderLine,
    OutgoingMatch,
    Payment,
    Proof,
    ProviderEvent,
    Refund,
    Statement,
    Task,
    TransferFile,
    new_deposits,
)
from kosna.routes import routes
from members import actions as members
from members.actions import appoint_proxy, request_inspection
from members.letters import token_for
from members.models import (
    Application,
    ApplicationFile,
    Assessment,
    Claim,
    CompanyDomain,
    DuesCalendar,
    Exemption,
    Import,
    ImportLine,
    ImportRow,
    Invitation,
    Removal,
    Seat,
    ShareRule,
    TierChange,
    Transfer,
)
from tests import factories
from tests.conftest import BACKEND, PEOPLE, Cast, make_cast
from tests.members.assembly import called, vote_of

EVERYBODY = {"visitor", *PEOPLE}
SIGNED_IN = set(PEOPLE)
HEAD_OFFICE = {"head_office"}
STAFF = {
    "officer",
    "other_officer",
    "reviewer",
    "treasurer",
    "editor",
    "doorkeeper",
    "auditor",
    "head_office",
}
SEE_MEMBERS = {"officer", "other_officer", "reviewer", "auditor", "head_office"}
SEE_MONEY = {"officer", "other_officer", "treasurer", "auditor", "head_office"}
ASK_FOR_BUYERS = {"officer", "other_officer", "treasurer", "head_office"}
APPROVE = {"treasurer", "head_office"}
SEE_BOOKS = {"treasurer", "auditor", "head_office"}
SEE_PROVIDER = {"treasurer", "auditor"}
SEE_EVENTS = {"officer", "other_officer", "auditor", "head_office"}
HOLD_EVENTS = {"officer", "other_officer", "head_office"}
IMPORT = {"officer", "other_officer", "head_office"}
REVIEW = {"officer", "other_officer", "reviewer", "head_office"}
DECIDE = {"reviewer", "head_office"}
SEE_PAPERS = {"officer", "other_officer", "treasurer", "auditor", "head_office"}
RUN_COMPANIES = {"officer", "other_officer", "head_office"}
SEE_REPORTS = {"editor", "auditor", "head_office"}
SEE_DUES = {"officer", "other_officer", "treasurer", "auditor", "head_office"}
BILL = {"officer", "other_officer", "treasurer", "head_office"}
PROPOSE = {"officer", "other_officer", "reviewer", "head_office"}
SEE_REGISTER = {"officer", "other_officer", "auditor", "head_office"}
SEE_MEETINGS = {"auditor", "head_office"}
DOOR = {"doorkeeper", "head_office"}
WRITE_NOTICE = {"officer", "other_officer", "head_office"}
# Who may read a call: those on the roll, and other members, who learn why they are not.
CALLED = {"regular", "associate", "lapsed", "company_rep", "company_seat"}
OTHER = {"other_officer"}


@dataclass(frozen=True)
class Row:
    """One address. ``args`` are keys of the world; ``ok`` is what ``open_to`` get."""

    name: str
    open_to: set[str]
    args: dict[str, str] = field(default_factory=dict)
    hidden_from: set[str] = field(default_factory=set)
    method: str = "get"
    ok: int = 200
    # Status for those signed in who are neither: staff pages refuse, personal rows do not exist.
    others: int = 403
    instead: dict[str, int] = field(default_factory=dict)

    def expected(self, who: str) -> int:
        if who in self.instead:
            return self.instead[who]
        if who in self.open_to:
            return self.ok
        if who == "visitor":
            return 302
        if who in self.hidden_from:
            return 404
        return self.others


def public(name: str, ok: int = 200, method: str = "get", **args: str) -> Row:
    return Row(name, EVERYBODY, args, ok=ok, method=method)


def signed_in(name: str, ok: int = 200, **args: str) -> Row:
    return Row(name, SIGNED_IN, args, ok=ok)


def own(name: str, owner: str, ok: int = 200, method: str = "get", **args: str) -> Row:
    """A row of one person: for everybody else it does not exist."""
    return Row(name, {owner}, args, ok=ok, method=method, others=404)


def desk(name: str, open_to: set[str], ok: int = 200, method: str = "get", **args: str) -> Row:
    """A staff page. With ``args`` it speaks of a row in Busan, which Daegu cannot see."""
    if not args:
        return Row(name, open_to, ok=ok, method=method)
    return Row(name, open_to - OTHER, args, open_to & OTHER, method, ok)


def hall(name: str, open_to: set[str], ok: int = 200, method: str = "get", **args: str) -> Row:
    """A staff page about a meeting or a request at the head office, which no branch decides."""
    return Row(name, open_to, args, ok=ok, method=method)


def own_batch(name: str, ok: int = 200, method: str = "get") -> Row:
    """Long work of Busan's officer: to other staff it does not exist, others have no desk."""
    return Row(name, {"officer"}, {"uuid": "batch"}, STAFF - {"officer"}, method, ok)


def own_company(name: str, ok: int = 200, method: str = "get", **args: str) -> Row:
    return own(name, "company_rep", ok, method, pk="company", **args)


def run_company(name: str, ok: int, **args: str) -> Row:
    return desk(name, RUN_COMPANIES, ok, "post", pk="busan_company", **args)


MATRIX = [
    public("home"),
    public("about:about"),
    public("about:terms"),
    public("about:privacy"),
    public("about:page", page="page"),
    public("branches:branches"),
    public("branches:branch", code="branch"),
    public("members:tiers"),
    public("members:claim", token="secret"),  # which is none: the page that offers another
    public("members:claim-again"),
    public("members:invitation", token="invitation_token"),
    public("events:events"),
    public("events:calendar-ics"),
    public("events:event", slug="event"),
    public("events:event-ics", slug="event"),
    public("tickets:ticket", secret="secret"),
    public("tickets:ticket-pdf", secret="secret"),
    public("tickets:ticket-certificate", secret="secret", ok=404),  # has not come yet
    public("tickets:ticket-material", secret="secret", pk="material"),
    public("tickets:ticket-survey", secret="secret"),  # says that it is for those who came
    public("events:materials", slug="event"),
    public("events:material", slug="event", pk="material"),  # which is for everyone
    public("research:reports"),
    public("research:report", slug="report"),
    public("documents:verify"),
    public("documents:verified", code="document"),
    public("set-language", ok=303, method="post"),
    # Of no gateway that is set up.
    public("webhooks:signed", ok=404, method="post", provider="gateway"),
    public("webhooks:secret", ok=404, method="post", provider="gateway", secret="secret"),
    public("healthz"),
    public("readyz"),
    public("robots"),
    # Who has applied is shown that application instead.
    Row("members:apply", SIGNED_IN, instead={"applicant": 302}),
    signed_in("events:register", slug="event"),
    signed_in("events:waiting", slug="event"),
    own("events:waiting-leave", "regular", 302, "post", slug="event"),
    signed_in("company:company"),
    signed_in("me:me"),
    signed_in("me:orders"),
    signed_in("me:tickets"),
    signed_in("me:certificates"),
    own_company("me:company-certificates", 303, "post", slug="event"),  # nobody came
    own("me:work", "officer", uuid="batch"),
    own("me:work-file", "officer", 404, uuid="batch"),  # this one delivers none
    signed_in("me:documents"),
    signed_in("me:downloads"),
    signed_in("me:card"),
    signed_in("me:history"),
    own("me:document-reissue", "regular", 302, "post", code="paper_code"),
    signed_in("me:looks"),
    signed_in("me:transfer"),
    own("me:transfer-withdraw", "regular", 302, "post", pk="own_transfer"),
    signed_in("me:tier"),
    own("me:tier-withdraw", "regular", 302, "post", pk="tier_change"),
    signed_in("accounts:consents"),
    signed_in("accounts:profile"),
    signed_in("accounts:agree-to-terms", ok=405),
    signed_in("accounts:link", ok=302),
    own("members:application", "applicant", number="application"),
    own("members:application-file", "applicant", number="application", pk="file"),
    own("payments:order", "regular", code="order"),
    own("payments:receipt", "regular", code="paid_order"),
    own("payments:papers", "regular", code="paid_order"),
    own("payments:refund-account", "regular", code="paid_order"),
    own("payments:cash-receipt", "regular", code="paid_order", payment="payment"),
    own("payments:invoice", "regular", code="paid_order", payment="payment"),
    own("payments:proof-withdraw", "regular", 302, "post", code="paid_order", pk="proof"),
    own("documents:pdf", "regular", code="document"),
    desk("desk", STAFF),
    desk("desk-search", STAFF),
    desk("members_staff:applications", SEE_MEMBERS),
    desk("members_staff:application", SEE_MEMBERS, number="application"),
    desk("members_staff:application-file", SEE_MEMBERS, number="application", pk="file"),
    desk("members_staff:members", SEE_MEMBERS),
    desk("members_staff:member", SEE_MEMBERS, pk="member"),
    desk("members_staff:imports", IMPORT),
    desk("members_staff:import", IMPORT, uuid="import"),
    desk("members_staff:import-columns", IMPORT, uuid="import"),
    desk("members_staff:import-faulty", IMPORT, uuid="import"),
    desk("members_staff:claims", IMPORT, uuid="import"),
    desk("members_staff:claim-email", IMPORT, pk="claim"),
    desk("members_staff:member-suspend", DECIDE, pk="member"),
    desk("members_staff:member-restore", DECIDE, pk="member"),
    desk("members_staff:member-withdraw", HOLD_EVENTS, pk="member"),
    desk("members_staff:member-expel", PROPOSE, pk="member"),
    desk("members_staff:member-deceased", DECIDE, pk="member"),
    desk("members_staff:member-void", DECIDE, pk="member"),
    desk("members_staff:transfers", SEE_MEMBERS),
    desk("members_staff:transfer", SEE_MEMBERS, pk="transfer"),
    desk("members_staff:transfer-clear", HOLD_EVENTS, 422, "post", pk="transfer"),  # owes dues
    desk("members_staff:transfer-waive", HOLD_EVENTS, 422, "post", pk="transfer"),
    desk("members_staff:transfer-accept", HOLD_EVENTS, 422, "post", pk="transfer"),
    desk("members_staff:transfer-refuse", HOLD_EVENTS, 422, "post", pk="transfer"),
    desk("members_staff:tier-changes", SEE_MEMBERS),
    desk("members_staff:tier-change", SEE_MEMBERS, pk="tier_change"),
    desk("members_staff:tier-change-file", SEE_MEMBERS, pk="tier_change"),
    desk("members_staff:tier-change-approve", DECIDE, 422, "post", pk="tier_change"),
    desk("members_staff:tier-change-reject", DECIDE, 422, "post", pk="tier_change"),
    desk("members_staff:member-papers", HOLD_EVENTS, pk="member"),
    desk("members_staff:papers", SEE_PAPERS),
    desk("members_staff:many-papers", HOLD_EVENTS),
    desk("members_staff:paper", SEE_PAPERS, pk="paper"),
    desk("members_staff:paper-pdf", SEE_PAPERS, pk="paper"),
    desk("members_staff:paper-void", HEAD_OFFICE, 422, "post", pk="paper"),
    desk("members_staff:paper-reissue", HOLD_EVENTS, 422, "post", pk="paper"),
    desk("members_staff:removals", PROPOSE),
    desk("members_staff:removal", PROPOSE, pk="removal"),
    desk("members_staff:removal-confirm", DECIDE, 303, "post", pk="forfeiture"),  # not that way
    desk("members_staff:removal-drop", DECIDE, 422, "post", pk="removal"),
    desk("members_staff:forfeitures", PROPOSE),
    desk("members_staff:forfeitures-decide", DECIDE),
    desk("members_staff:dues", SEE_DUES),
    desk("members_staff:dues-export", HOLD_EVENTS, 303, "post"),
    desk("members_staff:dues-notices", BILL),
    Row("members_staff:dues-bills", BILL, ok=302, method="post", instead={"other_officer": 303}),
    desk("members_staff:member-dues", SEE_DUES, pk="member"),
    desk("members_staff:dues-bill", BILL, pk="owing"),
    desk("members_staff:dues-exempt", HEAD_OFFICE, pk="member"),
    desk("members_staff:dues-transfer", {"treasurer"}, 302, "post", pk="owing"),
    desk("members_staff:exemption-end", HEAD_OFFICE, pk="exemption"),
    desk("members_staff:assessments", HEAD_OFFICE),
    desk("members_staff:assessment", HEAD_OFFICE, pk="assessment"),
    desk("members_staff:assessment-book", HEAD_OFFICE, 302, "post", pk="assessment"),
    Row("members_staff:tiers", SEE_DUES),
    Row("members_staff:tier", SEE_DUES, {"code": "tier"}),
    desk("members_staff:share-rules", SEE_DUES),
    desk("members_staff:share-rule-new", HEAD_OFFICE),
    Row(
        "members_staff:share-rule-withdraw",
        HEAD_OFFICE,
        {"pk": "share_rule"},
        method="post",
        ok=303,  # it has begun
    ),
    desk("members_staff:tier-new", HEAD_OFFICE),
    desk("members_staff:tier-edit", HEAD_OFFICE, code="tier"),
    desk("members_staff:rate-new", HEAD_OFFICE, code="tier"),
    desk("members_staff:rate-edit", HEAD_OFFICE, code="tier", year="rate_year"),
    desk("members_staff:rights", HEAD_OFFICE),
    desk("members_staff:calendar-new", HEAD_OFFICE),
    desk("members_staff:calendar-edit", HEAD_OFFICE, year="calendar_year"),
    own("dues", "regular", token="token"),
    desk("members_staff:company", SEE_MEMBERS, pk="busan_company"),
    desk("members_staff:company-changes", RUN_COMPANIES),
    desk("events_staff:events", SEE_EVENTS | {"doorkeeper"}),
    desk("events_staff:event", SEE_EVENTS, slug="event"),
    desk("events_staff:event-new", HOLD_EVENTS),
    desk("events_staff:event-edit", HOLD_EVENTS, slug="event"),
    desk("events_staff:tickets", HOLD_EVENTS, slug="event"),
    desk("events_staff:programme", HOLD_EVENTS, slug="event"),
    desk("events_staff:waiting", SEE_EVENTS, slug="event"),
    desk("events_staff:waiting-export", SEE_EVENTS, 303, "post", slug="event"),
    desk("events_staff:waiting-move-up", HOLD_EVENTS, 303, "post", slug="event", pk="waiting"),
    desk("events_staff:waiting-offer", HOLD_EVENTS, 303, "post", slug="event", pk="waiting"),
    desk("events_staff:waiting-remove", HOLD_EVENTS, 303, "post", slug="event", pk="waiting"),
    desk("events_staff:materials", HOLD_EVENTS, slug="event"),
    desk("events_staff:material-remove", HOLD_EVENTS, 302, "post", slug="event", pk="material"),
    desk("events_staff:numbers", SEE_EVENTS, slug="event"),
    desk("events_staff:survey", HOLD_EVENTS, slug="event"),
    desk("events_staff:survey-results", SEE_EVENTS, slug="event"),
    desk(
        "events_staff:attendance",
        {"officer", "other_officer", "head_office", "doorkeeper"},
        slug="event",
    ),
    desk(
        "events_staff:check-in",
        {"officer", "other_officer", "head_office", "doorkeeper"},
        slug="event",
    ),
    desk("research_staff:reports", SEE_REPORTS),
    desk("research_staff:report", SEE_REPORTS, pk="report_pk"),
    desk("research_staff:report-new", {"editor"}),
    desk("research_staff:report-edit", {"editor"}, pk="report_pk"),
    desk("research_staff:downloads", {"editor", "auditor"}),
    desk("payments_staff:orders", SEE_MONEY),
    desk("payments_staff:order", SEE_MONEY, code="order"),
    desk("payments_staff:deposits", {"treasurer"}),
    desk("payments_staff:deposit-orders", {"treasurer"}),
    desk("payments_staff:bank-files", {"treasurer"}),
    desk("payments_staff:bank-file", {"treasurer"}, uuid="bank_file"),
    desk("payments_staff:bank-file-columns", {"treasurer"}, uuid="bank_file"),
    desk("payments_staff:bank-accounts", {"treasurer"}),
    desk("payments_staff:bank-account", {"treasurer"}, pk="bank_account"),
    desk("payments_staff:noted-deposits", {"treasurer"}),
    desk("payments_staff:noted-deposit", {"treasurer"}, pk="noted_deposit"),
    desk("payments_staff:deposit-line", {"treasurer"}, pk="bank_deposit"),
    desk("payments_staff:deposit-row", {"treasurer"}, pk="bank_deposit"),
    desk("payments_staff:outgoing", {"treasurer"}),
    desk("payments_staff:outgoing-match", {"treasurer"}, 303, "post", pk="outgoing_line"),
    desk("payments_staff:outgoing-undo", {"treasurer"}, 302, "post", pk="outgoing_match"),
    desk("payments_staff:treasury", SEE_BOOKS),
    desk("payments_staff:ledger", SEE_BOOKS),
    desk("payments_staff:ledger-export", SEE_BOOKS, 422, "post"),  # what for?
    desk("payments_staff:refunds", SEE_MONEY),
    desk("payments_staff:refund", SEE_MONEY, pk="refund"),
    desk("payments_staff:proofs", SEE_MONEY),
    desk("payments_staff:proof", SEE_MONEY, pk="proof"),
    desk("payments_staff:proof-certificate", SEE_MONEY, pk="proof"),
    desk("payments_staff:proof-issue", {"treasurer"}, 422, "post", pk="proof"),
    desk("payments_staff:proof-correct", {"treasurer"}, 422, "post", pk="proof"),
    desk("payments_staff:proof-take-back", {"treasurer"}, 422, "post", pk="proof"),
    desk("payments_staff:proof-cancel", {"treasurer"}, 422, "post", pk="proof"),
    desk("payments_staff:proofs-export", {"treasurer"}, 303, "post"),  # of which kind?
    desk("payments_staff:proofs-results", {"treasurer"}),
    desk("payments_staff:proofs-unasked", {"treasurer"}),
    desk("payments_staff:order-papers", ASK_FOR_BUYERS, code="paid_order"),
    desk("payments_staff:order-cash-receipt", ASK_FOR_BUYERS, code="paid_order", payment="payment"),
    desk("payments_staff:order-invoice", ASK_FOR_BUYERS, code="paid_order", payment="payment"),
    desk("payments_staff:tasks", SEE_MONEY),
    desk("payments_staff:task", SEE_MONEY, pk="task"),
    desk("payments_staff:statements", SEE_MONEY),
    desk("payments_staff:statement", SEE_MONEY, pk="statement"),
    desk("payments_staff:statement-pdf", SEE_MONEY, pk="locked"),
    desk("payments_staff:statement-sheet", SEE_MONEY, 302, "post", pk="statement"),
    Row(  # Daegu has none yet
        "payments_staff:statement-sheets",
        SEE_MONEY,
        method="post",
        ok=302,
        instead={"other_officer": 303},
    ),
    desk("payments_staff:statement-prepare", {"treasurer"}, 303, "post", pk="statement"),  # runs
    desk("payments_staff:statement-approve", APPROVE, 303, "post", pk="statement"),
    desk("payments_staff:statement-return", APPROVE, 422, "post", pk="statement"),
    desk("payments_staff:statement-lock", {"treasurer"}, 303, "post", pk="statement"),
    desk("payments_staff:statement-payout", {"treasurer"}, 422, "post", pk="statement"),
    desk("payments_staff:adjustments", SEE_MONEY),
    desk("payments_staff:adjustment-new", {"treasurer"}),
    desk("payments_staff:adjustment", SEE_MONEY, pk="adjustment"),
    desk("payments_staff:adjustment-confirm", APPROVE, 303, "post", pk="adjustment"),  # booked
    desk("payments_staff:adjustment-refuse", APPROVE, 422, "post", pk="adjustment"),
    hall("payments_staff:provider-events", SEE_PROVIDER),
    hall("payments_staff:provider-event", SEE_PROVIDER, pk="provider_event"),
    hall("payments_staff:reconciliation", SEE_PROVIDER),
    hall("payments_staff:money-rules", SEE_PROVIDER),
    desk("branches_staff:branches", HEAD_OFFICE),
    desk("branches_staff:new", HEAD_OFFICE),
    desk("branches_staff:branch", HEAD_OFFICE, code="branch"),
    desk("branches_staff:close", HEAD_OFFICE, code="branch"),
    desk("branches_staff:terms", HEAD_OFFICE),
    desk("branches_staff:term-add", HEAD_OFFICE, code="branch"),
    desk("branches_staff:term-renew", HEAD_OFFICE, pk="term"),
    desk("branches_staff:term-end", HEAD_OFFICE, pk="term"),
    desk("branches_staff:appoint", HEAD_OFFICE, code="branch"),
    desk("branches_staff:end-appointment", HEAD_OFFICE, pk="appointment"),
    desk("branches_staff:notices", WRITE_NOTICE),
    desk("branches_staff:notice-new", WRITE_NOTICE),
    desk("branches_staff:notice", WRITE_NOTICE, pk="branch_notice"),
    desk("branches_staff:notice-withdraw", WRITE_NOTICE, 302, "post", pk="branch_notice"),
    desk("branches_staff:proposals", HEAD_OFFICE),
    desk("branches_staff:proposal", HEAD_OFFICE, pk="proposal"),
    desk("branches_staff:proposal-confirm", HEAD_OFFICE, 302, "post", pk="proposal"),
    desk("branches_staff:proposal-refuse", HEAD_OFFICE, 422, "post", pk="proposal"),
    desk("holidays", HEAD_OFFICE),
    Row("holiday-remove", HEAD_OFFICE, {"pk": "holiday"}, method="post", ok=302),
    desk("audit_staff:entries", {"auditor"}),
    desk("audit_staff:entry", {"auditor"}, pk="entry"),
    desk("batches:batches", STAFF),
    own_batch("batches:batch"),
    own_batch("batches:file", ok=404),  # this one delivers none
    own_batch("batches:cancel", ok=302, method="post"),
    own_batch("batches:again", ok=303, method="post"),  # it did not fail
    desk("mail_staff:messages", {"officer", "other_officer", "auditor", "head_office"}),
    public("members:inspection", ok=410, secret="inspection_secret"),  # not decided yet
    signed_in("me:inspections"),
    signed_in("me:meetings"),
    own("me:address", "regular", pk="member"),
    Row("me:meeting", CALLED, {"number": "meeting"}, others=404),
    Row("me:meeting-minutes", set(), {"number": "meeting"}, others=404),  # not closed yet
    desk("members_staff:register", SEE_REGISTER),
    desk("members_staff:member-details", HOLD_EVENTS, pk="member"),
    hall("members_staff:inspections", SEE_MEETINGS),
    hall("members_staff:inspection-new", HEAD_OFFICE),
    hall("members_staff:inspection", SEE_MEETINGS, number="inspection"),
    hall("members_staff:meetings", SEE_MEETINGS | DOOR),
    hall("members_staff:meeting-new", HEAD_OFFICE),
    hall("members_staff:meeting", SEE_MEETINGS, number="meeting"),
    hall("members_staff:meeting-edit", HEAD_OFFICE, number="meeting"),
    hall("members_staff:meeting-agenda", HEAD_OFFICE, number="meeting"),
    hall("members_staff:meeting-close", HEAD_OFFICE, number="meeting"),
    hall("members_staff:meeting-minutes", SEE_MEETINGS, 404, number="meeting"),
    hall("members_staff:meeting-roll", SEE_MEETINGS, number="meeting"),
    hall("members_staff:meeting-notices", SEE_MEETINGS, number="meeting"),
    hall("members_staff:meeting-proxies", SEE_MEETINGS, number="meeting"),
    hall("members_staff:meeting-door", DOOR, number="meeting"),
    hall("members_staff:meeting-live", SEE_MEETINGS | DOOR, number="meeting"),
    hall("members_staff:meeting-item", HEAD_OFFICE, number="meeting", pk="item"),
    # What changes something, asked with nothing in the form: 302 and 303 lead on or back with a
    # message, 200 and 422 show the form again.
    own("members:application-edit", "applicant", ok=302, number="application"),  # not in revision
    own("members:application-withdraw", "applicant", ok=302, method="post", number="application"),
    own("members:application-order", "applicant", ok=303, method="post", number="application"),
    Row("members:certificate", set(), {"number": "application"}, others=404),  # not approved yet
    Row("members:card", {"regular", "associate", "company_rep", "company_seat"}, others=404),
    signed_in("members:renew"),
    own("members:leave", "regular", pk="member"),
    # The company's representative runs it; its ordinary seat does not.
    own_company("company:facts"),
    own_company("company:change"),
    own_company("company:change-withdraw", 302, "post"),
    own_company("company:invite", 422, "post"),
    own_company("company:invite-many"),
    own_company("company:invitation-again", 303, "post", invitation="invitation"),  # just sent
    own_company("company:invitation-withdraw", 302, "post", invitation="invitation"),
    own_company("company:seat-end", 302, "post", seat="contact_seat"),
    own_company("company:seat-restore", 302, "post", seat="ended_seat"),
    own_company("company:domain", 422, "post"),
    own_company("company:domain-prove", 422, "post", domain="domain"),
    own_company("company:domain-end", 302, "post", domain="domain"),
    own_company("company:request-approve", 302, "post", asked="asked"),
    own_company("company:request-decline", 302, "post", asked="asked"),
    own("company:ask-withdraw", "account", ok=302, method="post", asked="asked"),
    # Everybody here has an address at the company's domain; who sits or has asked is offered none.
    Row(
        "company:ask",
        SIGNED_IN - {"company_rep", "company_seat", "account"},
        {"domain": "domain"},
        method="post",
        ok=302,
        others=404,
    ),
    run_company("members_staff:company-invite", 422),
    run_company("members_staff:company-invitation-again", 303, invitation="busan_invitation"),
    run_company("members_staff:company-invitation-withdraw", 303, invitation="withdrawn"),
    run_company("members_staff:company-seat-end", 303, seat="busan_seat"),  # of who runs it alone
    run_company("members_staff:company-seats", 302),
    run_company("members_staff:company-representative", 422),
    run_company("members_staff:company-change-confirm", 422, change="busan_change"),
    run_company("members_staff:company-change-decline", 422, change="busan_change"),
    own("tickets:ticket-cancel", "regular", secret="secret"),
    own("tickets:order-cancel", "regular", code="paid_order"),
    signed_in("research:download", slug="report"),
    own("payments:pay", "regular", ok=303, method="post", code="order"),
    own("payments:cancel", "regular", ok=303, method="post", code="order"),
    desk("members_staff:application-approve", DECIDE, 422, "post", number="application"),
    desk("members_staff:application-reject", DECIDE, 422, "post", number="application"),
    desk("members_staff:application-revise", REVIEW, 422, "post", number="application"),
    desk("members_staff:members-export", HOLD_EVENTS, 303, "post"),
    desk("members_staff:register-export", HOLD_EVENTS, 303, "post"),
    hall("members_staff:inspection-grant", HEAD_OFFICE, 422, "post", number="inspection"),
    hall("members_staff:inspection-refuse", HEAD_OFFICE, 422, "post", number="inspection"),
    hall("members_staff:inspection-end", HEAD_OFFICE, 422, "post", number="inspection"),
    own("me:inspection-withdraw", "regular", 302, "post", number="inspection"),
    Row("me:meeting-proxy", set(), {"number": "meeting"}, method="post", others=404),
    Row("me:meeting-proxy-revoke", set(), {"number": "meeting"}, method="post", others=404),
    Row("me:meeting-vote", set(), {"number": "meeting"}, method="post", others=404),
    hall("members_staff:meeting-freeze", HEAD_OFFICE, 303, "post", number="meeting"),
    hall("members_staff:meeting-call", HEAD_OFFICE, 422, "post", number="meeting"),
    hall("members_staff:meeting-cancel", HEAD_OFFICE, 422, "post", number="meeting"),
    hall("members_staff:meeting-open", HEAD_OFFICE, 422, "post", number="meeting"),
    hall("members_staff:meeting-roll-export", HEAD_OFFICE, 303, "post", number="meeting"),
    hall(
        "members_staff:meeting-proxy-revoke", HEAD_OFFICE, 302, "post", number="meeting", pk="proxy"
    ),
    hall(
        "members_staff:meeting-item-exclude", HEAD_OFFICE, 422, "post", number="meeting", pk="item"
    ),
    hall("members_staff:meeting-item-again", HEAD_OFFICE, 422, "post", number="meeting", pk="item"),
    hall("members_staff:meeting-item-off", HEAD_OFFICE, 422, "post", number="meeting", pk="item"),
    desk("members_staff:import-choose", IMPORT, 302, "post", uuid="import", line="line"),
    desk("members_staff:import-merge", IMPORT, 302, "post", uuid="import"),
    desk("members_staff:import-apply", IMPORT, 422, "post", uuid="import"),
    desk("members_staff:import-undo", IMPORT, 422, "post", uuid="import"),
    Row(
        "members_staff:import-abandon",
        {"officer", "head_office"},
        {"uuid": "import"},
        OTHER,
        "post",
        302,
    ),
    desk("members_staff:claims-invite", IMPORT, 303, "post", uuid="import"),  # nobody waits
    desk("members_staff:claim-invite", IMPORT, 303, "post", pk="claim"),  # no address
    desk("events_staff:export", SEE_EVENTS, 303, "post", slug="event"),
    desk("events_staff:publish", HOLD_EVENTS, 303, "post", slug="event"),
    desk("events_staff:unpublish", HOLD_EVENTS, 303, "post", slug="event"),
    desk("events_staff:cancel", HOLD_EVENTS, 303, "post", slug="event"),
    desk("research_staff:report-publish", {"editor"}, 303, "post", pk="report_pk"),
    desk("research_staff:report-withdraw", {"editor"}, 200, "post", pk="report_pk"),
    desk("payments_staff:refund-request", {"treasurer", "head_office"}, code="paid_order"),
    desk("payments_staff:try-again", {"treasurer"}, 303, "post", code="order"),
    desk("payments_staff:deposit", {"treasurer"}, code="order"),
    desk("payments_staff:deposits-match", {"treasurer"}, 302, "post"),
    desk(
        "payments_staff:bank-file-import", {"treasurer"}, 303, "post", uuid="bank_file"
    ),  # no file
    desk("payments_staff:bank-file-abandon", {"treasurer"}, 302, "post", uuid="bank_file"),
    desk("payments_staff:deposit-match", {"treasurer"}, 303, "post", pk="bank_deposit"),
    desk("payments_staff:deposit-split", {"treasurer"}, 422, "post", pk="bank_deposit"),
    desk("payments_staff:deposit-aside", {"treasurer"}, 302, "post", pk="bank_deposit"),
    desk("payments_staff:deposit-take-up", {"treasurer"}, 303, "post", pk="bank_deposit"),
    desk("payments_staff:deposit-return", {"treasurer"}, 422, "post", pk="bank_deposit"),
    desk("payments_staff:match-undo", {"treasurer"}, 302, "post", pk="bank_match"),
    desk(
        "payments_staff:noted-deposit-confirm", {"treasurer"}, 303, "post", pk="noted_deposit"
    ),  # their own
    desk("payments_staff:noted-deposit-refuse", {"treasurer"}, 422, "post", pk="noted_deposit"),
    desk("payments_staff:deposit-retract", {"treasurer"}, 303, "post", pk="payment"),
    desk("payments_staff:refund-approve", {"treasurer"}, 303, "post", pk="refund"),  # no account
    desk("payments_staff:refund-reject", {"treasurer"}, 422, "post", pk="refund"),
    desk("payments_staff:refund-send", {"treasurer"}, 303, "post", pk="refund"),
    desk("payments_staff:refund-wired", {"treasurer"}, 422, "post", pk="refund"),
    desk("payments_staff:refund-bounced", {"treasurer"}, 422, "post", pk="refund"),
    desk("payments_staff:refund-account", {"treasurer", "head_office"}, 422, "post", pk="refund"),
    desk("payments_staff:refund-account-show", {"treasurer"}, 422, "post", pk="refund"),
    hall("payments_staff:transfer-files", {"treasurer"}),
    hall("payments_staff:transfer-file", {"treasurer"}, uuid="transfer_file"),
    hall("payments_staff:transfer-file-make", {"treasurer"}, 303, "post"),  # none chosen
    hall("payments_staff:transfer-file-download", {"treasurer"}, 303, "post", uuid="transfer_file"),
    hall("payments_staff:transfer-file-hand-in", {"treasurer"}, 303, "post", uuid="transfer_file"),
    hall("payments_staff:transfer-file-done", {"treasurer"}, 422, "post", uuid="transfer_file"),
    hall("payments_staff:transfer-file-drop", {"treasurer"}, 302, "post", uuid="transfer_file"),
    hall("payments_staff:provider-event-apply", {"treasurer"}, 200, "post", pk="provider_event"),
    hall("payments_staff:provider-event-ignore", {"treasurer"}, 200, "post", pk="provider_event"),
    hall("payments_staff:reconciliation-run", {"treasurer"}, 302, "post"),
    desk("mail_staff:retry", HOLD_EVENTS, 303, "post", pk="message"),
]


@pytest.fixture(scope="module")
def db(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """A world is built once, its files below the path given; each row leaves it as it was."""
    media = tmp_path_factory.mktemp("media")
    with (
        django_db_blocker.unblock(),
        override_settings(MEDIA_ROOT=media),
        pytest.MonkeyPatch.context() as patch,
        undone(),
    ):
        patch.setitem(batches._kinds, "test", batches.Kind(run=lambda work: None))
        yield media


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def cast(db: Path) -> Cast:
    return make_cast()


@pytest.fixture(scope="module")
def sessions(cast: Cast) -> dict[str, Client]:
    clients = {who: Client() for who in EVERYBODY}
    for who in PEOPLE:
        person = User.objects.get(pk=getattr(cast, who).pk)
        clients[who].force_login(person, backend=BACKEND)
    return clients


@pytest.fixture
def login(sessions: dict[str, Client]) -> Callable[[str], Client]:
    def make(name: str) -> Client:
        client = Client()
        client.cookies.update(sessions[name].cookies)
        return client

    return make


@pytest.fixture(autouse=True)
def _clean_surroundings(settings: Any, db: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = db
    for cache in caches.all():
        cache.clear()
    with undone():
        yield


@pytest.fixture(scope="module")
def world(cast: Cast) -> dict[str, Any]:
    """One of everything, in Busan, belonging to ``regular`` or ``applicant``."""
    now = clock.now()
    event = factories.make_event("busan-seminar", branch=cast.busan)
    ticket = factories.make_ticket(event)
    pending, paid = (
        Order.objects.create(
            payable="events.registration",
            title_ko="세미나",
            user=cast.regular,
            buyer_name="regular",
            branch=cast.busan,
            total=55_000,
            expires_at=now + timedelta(hours=1),
            release_at=now + timedelta(hours=2),
            status=status,
            paid_at=now if status == Order.Status.PAID else None,
        )
        for status in (Order.Status.PENDING, Order.Status.PAID)
    )
    line = OrderLine.objects.create(
        order=paid, kind="ticket", title_ko="입장권", amount=55_000, vat_class="exempt"
    )
    waits = WaitlistEntry.objects.create(event=event, ticket=ticket, user=cast.regular)
    registration = Registration.objects.create(
        event=event,
        ticket=ticket,
        line=line,
        name="regular",
        user=cast.regular,
        status=Registration.Status.CONFIRMED,
        confirmed_at=now,
    )
    material = factories.make_material(event, is_public=True, by=cast.officer)
    Question.objects.create(event=event, text_ko="어땠습니까?")
    payment = Payment.objects.create(
        order=paid,
        provider="bank",
        reference="matrix",
        method="bank_transfer",
        amount=55_000,
        received_at=now,
    )
    factories.book(payment)
    refund = Refund.objects.create(order=paid, payment=payment, amount=1_000, reason="x")
    transfer_file = TransferFile.objects.create(number=1, total=1_000, created_by=cast.treasurer)
    proof = Proof.objects.create(
        payment=payment,
        method=payment.method,
        kind=Proof.Kind.INVOICE,
        identity="1234567891",
        written_on=clock.today(),
        due_on=clock.today(),
        requested_by=cast.regular,
        certificate_name="card.pdf",
        certificate_type="application/pdf",
    )
    proof.certificate.save("card.pdf", factories.ContentFile(b"%PDF-1.7\n"))
    bank = bank_world(cast, pending, refund)
    task = Task.objects.create(order=paid, kind=Task.Kind.OVERPAID, note="x", key="matrix")
    event_told = ProviderEvent.objects.create(
        provider="stripe", event="evt_matrix", type="x", payload={}, outcome="quarantined"
    )
    receipt = Document.objects.create(
        kind=Document.Kind.RECEIPT,
        year=now.year,
        number=1,
        key=f"receipt:{paid.pk}:0",
        subject=cast.regular,
        branch=cast.busan,
        language="ko",
        facts={"name": "김하늘", "total": 55_000, "lines": [], "method": "bank"},
    )
    application = Application.objects.create(
        number="2026-0001",
        applicant=cast.applicant,
        tier=cast.regular_tier,
        branch=cast.busan,
        status=Application.Status.SUBMITTED,
        submitted_at=now,
        name="applicant",
        phone="+821000000001",
        postcode="48058",
        address="부산광역시 해운대구 센텀중앙로 1",
    )
    attached = ApplicationFile(
        application=application,
        kind=ApplicationFile.Kind.STUDENT_CARD,
        name="card.pdf",
        content_type="application/pdf",
        size=9,
        sha256="0" * 64,
    )
    attached.file.save("card.pdf", factories.ContentFile(b"%PDF-1.7\n"), save=False)
    attached.save()
    paper = members.issue_paper(
        cast.regular_member,
        Document.Kind.MEMBERSHIP,
        holder=cast.regular,
        language="ko",
        purpose="x",
        by=cast.regular,
    )
    report = factories.make_report("market-report")
    message = Message.objects.create(
        template="payment_received",
        to="regular@example.test",
        branch=cast.busan,
        language="ko",
        message_id="<matrix@kosna>",
    )
    companies = company_world(cast)
    meeting = called(cast.head_office)
    proxy = appoint_proxy(
        vote_of(meeting, cast.regular_member), delegate=None, is_paper=True, by=cast.head_office
    )
    inspection = request_inspection(
        name="regular",
        email=cast.regular.email,
        purpose="사원 확인",
        requester=cast.regular,
        by=cast.regular,
    )
    batch = Batch.objects.create(kind="test", title="x", by=cast.officer)
    imported = Import.objects.create(
        branch=cast.busan,
        by=cast.officer,
        file_name="members.csv",
        sha256="0" * 64,
        status=Import.Status.CHECKED,
        headings=["성명"],
        mapping=["name"],
        samples=[{"first": [], "values": []}],
    )
    ImportLine.objects.create(imported=imported, line=2, cells=["김하늘"])
    ImportRow.objects.create(imported=imported, line=2, verdict=ImportRow.Verdict.FAULTY)
    claim = Claim.objects.create(member=cast.regular_member, imported=imported, name="regular")
    removal, forfeiture = (
        Removal.objects.create(
            member=factories.make_member(branch=cast.busan),
            kind=kind,
            reason="x",
            basis="이사회",
            proposed_by=cast.officer,
        )
        for kind in (Removal.Kind.EXPULSION, Removal.Kind.FORFEITURE)
    )
    owing = factories.make_member(branch=cast.busan, paid_until=None)
    members.assess(year=now.year, branch=cast.busan, by=cast.head_office)
    exemption = Exemption.objects.create(
        member=cast.regular_member, from_year=now.year, reason="x", granted_by=cast.head_office
    )
    assessment = Assessment.objects.create(
        year=now.year, started_by=cast.head_office, status=Assessment.Status.READY
    )
    DuesCalendar.objects.create(from_year=2012)
    transfer, own_transfer = (
        Transfer.objects.create(
            member=member,
            from_branch=cast.busan,
            to_branch=cast.daegu,
            reason="이사",
            requested_by=cast.regular,
        )
        for member in (
            factories.make_member(branch=cast.busan, paid_until=None),
            cast.regular_member,
        )
    )
    tier_change = TierChange.objects.create(
        member=cast.regular_member,
        from_tier=cast.regular_tier,
        to_tier=cast.associate_tier,
        requested_by=cast.regular,
        proof_name="card.pdf",
        proof_type="application/pdf",
    )
    tier_change.proof.save("card.pdf", factories.ContentFile(b"%PDF-1.7\n"))
    term = Term.objects.create(
        branch=cast.busan,
        title=Term.Title.DIRECTOR,
        name_ko="이사",
        valid_from=clock.today(),
        valid_to=clock.today() + timedelta(days=30),
        basis="이사회",
    )
    branch_notice = BranchNotice.objects.create(
        branch=cast.busan,
        title_ko="공지",
        body_ko="알립니다.",
        valid_from=clock.today(),
        written_by=cast.officer,
    )
    statement, locked, adjustment = statement_world(cast)
    entry = audit.record("branches.change_branch", cast.busan, branch=cast.busan)
    proposal = Proposal.objects.create(
        user=cast.account,
        branch=cast.busan,
        role=Appointment.Role.DOORKEEPER,
        valid_from=clock.today(),
        proposed_by=cast.regular,
    )
    return (
        companies
        | bank
        | {
            "page": "greeting",
            "payment": payment.pk,
            "proof": proof.pk,
            "statement": statement.pk,
            "locked": locked.pk,
            "adjustment": adjustment.pk,
            "share_rule": ShareRule.objects.create(percent=30, valid_from=date(2020, 1, 1)).pk,
            "proposal": proposal.pk,
            "provider_event": event_told.pk,
            "holiday": Holiday.objects.create(day=date(2030, 2, 4), name_ko="설날").pk,
            "branch": "busan",
            "event": event.slug,
            "secret": registration.secret,
            "waiting": waits.pk,
            "gateway": "gateway",
            "report": report.slug,
            "report_pk": report.pk,
            "document": receipt.code,
            "paper": paper.pk,
            "paper_code": paper.code,
            "order": pending.code,
            "paid_order": paid.code,
            "application": application.number,
            "file": attached.pk,
            "member": cast.regular_member.pk,
            "transfer": transfer.pk,
            "own_transfer": own_transfer.pk,
            "tier_change": tier_change.pk,
            "term": term.pk,
            "branch_notice": branch_notice.pk,
            "removal": removal.pk,
            "forfeiture": forfeiture.pk,
            "owing": owing.pk,
            "exemption": exemption.pk,
            "assessment": assessment.pk,
            "tier": cast.regular_tier.code,
            "rate_year": 2000,
            "calendar_year": 2012,
            "token": token_for(cast.regular_member),
            "refund": refund.pk,
            "transfer_file": transfer_file.uuid,
            "task": task.pk,
            "message": message.pk,
            "entry": entry.pk,
            "batch": batch.uuid,
            "material": material.pk,
            "meeting": meeting.number,
            "item": meeting.items.get().pk,
            "proxy": proxy.pk,
            "inspection": inspection.number,
            "inspection_secret": inspection.secret,
            "import": imported.uuid,
            "line": 2,
            "claim": claim.pk,
            "appointment": Appointment.objects.get(user=cast.officer).pk,
        }
    )


def bank_world(cast: Cast, order: Order, refund: Refund) -> dict[str, Any]:
    """An account of Busan, a file of it that waits, a deposit that is open, a match, and a deposit
    that was noted; an outgoing line that shows nothing, and one that shows a refund."""
    account = BankAccount.objects.create(branch=cast.busan, name="x", bank="국민은행", number="1")
    file = BankFile.objects.create(
        account=account,
        by=cast.treasurer,
        file_name="거래내역.csv",
        sha256="0" * 64,
        shape={},
        heading_line=1,
        headings=["입금액"],
        samples=[{"first": [], "values": []}],
        mapping=["incoming"],
        status=BankFile.Status.CHECKED,
    )
    lines = [
        BankLine.objects.create(
            account=account,
            file=file,
            line=number,
            fingerprint=str(number),
            at=clock.now(),
            incoming=1_000,
            balance=number,
            payer="regular",
        )
        for number in (1, 2)
    ]
    out = [
        BankLine.objects.create(
            account=account,
            file=file,
            line=number,
            fingerprint=str(number),
            at=clock.now(),
            outgoing=1_000,
            balance=number,
            payer="regular",
        )
        for number in (3, 4)
    ]
    deposits = Deposit.objects.bulk_create(new_deposits(lines))
    payment = Payment.objects.create(
        order=order,
        provider="bank",
        reference="matched",
        method="bank",
        amount=1_000,
        received_at=clock.now(),
    )
    deposits[1].take(1_000)
    match = Match.objects.create(
        deposit=deposits[1], order=order, payment=payment, number=1, amount=1_000
    )
    return {
        "bank_account": account.pk,
        "bank_file": file.uuid,
        "bank_deposit": deposits[0].pk,
        "bank_match": match.pk,
        "outgoing_line": out[0].pk,
        "outgoing_match": OutgoingMatch.objects.create(
            line=out[1], refund=refund, matched_by=cast.treasurer
        ).pk,
        "noted_deposit": NotedDeposit.objects.create(
            order=order,
            amount=1_000,
            received_at=clock.now(),
            depositor="regular",
            nonce="noted",
            noted_by=cast.treasurer,
        ).pk,
    }


def statement_world(cast: Cast) -> tuple[Statement, Statement, Adjustment]:
    """Busan's month that runs, one that is locked, with its paper, and a booked adjustment."""
    now = clock.now()
    month = clock.month_of(now)
    figures = ("opening", "earned", "adjusted", "paid_out", "closing", "entry_count")
    locked = Statement.objects.create(
        branch=cast.busan,
        month=clock.month_of(clock.start_of(month) - timedelta(days=1)),
        status=Statement.Status.LOCKED,
        prepared_at=now,
        prepared_by=cast.treasurer,
        approved_at=now,
        approved_by=cast.head_office,
        locked_at=now,
        locked_by=cast.treasurer,
        **dict.fromkeys(figures, 0),
    )
    paper = Document(
        kind=Document.Kind.SETTLEMENT,
        year=now.year,
        number=1,
        key=f"settlement:{locked.pk}",
        branch=cast.busan,
        language="ko",
        facts={},
    )
    paper.file.save("statement.pdf", factories.ContentFile(b"%PDF-1.7\n"))
    adjustment = Adjustment.objects.create(
        branch=cast.busan,
        amount=1,
        reason="x",
        basis="x",
        status=Adjustment.Status.BOOKED,
        proposed_by=cast.treasurer,
        decided_at=now,
        decided_by=cast.treasurer,
    )
    return Statement.objects.create(branch=cast.busan, month=month), locked, adjustment


def company_world(cast: Cast) -> dict[str, Any]:
    """The cast's company with something of everything, and another one in Busan."""
    contact = factories.make_user("contact", email="contact@elsewhere.test")
    busan_company = factories.make_member(
        organisation=factories.make_organisation("㈜부산"),
        tier=cast.company_tier,
        branch=cast.busan,
    )
    busan_seat = factories.make_seat(busan_company, contact, Seat.Role.CONTACT)
    contact_seat = factories.make_seat(cast.company, contact, Seat.Role.CONTACT)
    ended_seat = factories.make_seat(
        cast.company, factories.make_user("ended", email="ended@elsewhere.test")
    )
    members.end_seat(ended_seat, by=contact)
    domain = CompanyDomain.objects.create(
        member=cast.company,
        domain="example.test",
        mailbox="admin@example.test",
        status=CompanyDomain.Status.PROVEN,
        claimed_by=contact,
        expires_at=clock.now(),
        proven_at=clock.now(),
        proven_by=contact,
    )
    asked = members.request_seat(domain, by=cast.account)
    changes = [
        members.request_change(
            company,
            name="㈜새이름",
            business_number=company.organisation.business_number,
            representative="오세린",
            note="변경등기",
            by=contact,
        )
        for company in (cast.company, busan_company)
    ]
    invitations = [
        members.invite(company, name="새사람", email=email, by=contact)
        for company, email in [
            (cast.company, "a@elsewhere.test"),
            (busan_company, "b@elsewhere.test"),
            (busan_company, "c@elsewhere.test"),
        ]
    ]
    members.withdraw_invitation(invitations[2], by=contact)
    Invitation.objects.filter(pk=invitations[0].pk).update(fingerprint=fingerprint("matrix"))
    # Just sent, however long the rows before have taken.
    Invitation.objects.update(expires_at=F("expires_at") + timedelta(hours=1))
    return {
        "invitation_token": "matrix",
        "company": cast.company.pk,
        "busan_company": busan_company.pk,
        "invitation": invitations[0].pk,
        "busan_invitation": invitations[1].pk,
        "withdrawn": invitations[2].pk,
        "contact_seat": contact_seat.pk,
        "busan_seat": busan_seat.pk,
        "ended_seat": ended_seat.pk,
        "domain": domain.pk,
        "asked": asked.pk,
        "busan_change": changes[1].pk,
    }


def ask(row: Row, client: Client, world: dict[str, Any]) -> int:
    """Leaves everything as the next one must find it."""
    url = reverse(row.name, kwargs={name: world[key] for name, key in row.args.items()})
    with undone():
        response = getattr(client, row.method)(url)
        if response.streaming:
            b"".join(response.streaming_content)  # reads to the end, which closes the file
    return response.status_code


@pytest.mark.parametrize("row", MATRIX, ids=lambda row: row.name)
def test_everybody_gets_the_stated_answer(
    row: Row, world: dict[str, Any], login: Callable[[str], Client]
) -> None:
    answers = {who: ask(row, login(who), world) for who in sorted(EVERYBODY)}

    assert answers == {who: row.expected(who) for who in sorted(EVERYBODY)}


def test_every_address_stands_in_the_matrix() -> None:
    ours = {
        route.name
        for route in routes()
        if route.view.split(".")[0] in ("kosna", "members", "events", "research")
        and route.access != "superuser"
    }

    assert {row.name for row in MATRIX} == ours - {"components"}  # DEBUG only


def test_a_foreign_row_answers_as_a_missing_one(
    world: dict[str, Any], login: Callable[[str], Client]
) -> None:
    """Body and all: an officer of another branch cannot tell the two apart."""
    client = login("other_officer")
    foreign = client.get(reverse("members_staff:application", args=[world["application"]]))
    missing = client.get(reverse("members_staff:application", args=["2026-9999"]))

    assert foreign.status_code == missing.status_code == 404
    assert foreign.content.replace(b"2026-0001", b"") == missing.content.replace(b"2026-9999", b"")


def test_twin_without_the_scope_another_branch_reads_it(
    world: dict[str, Any], login: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What hides the rows of Busan is the scope of the verb, and the matrix would notice."""
    names = ("members_staff:application", "members_staff:member", "payments_staff:order")
    rows = [row for row in MATRIX if row.name in names]
    assert [row.expected("other_officer") for row in rows] == [404] * 3
    monkeypatch.setattr(Scope, "narrow", lambda scope, rows, *_path: rows)
    assert [ask(row, login("other_officer"), world) for row in rows] == [200] * 3


def test_operators_pages_are_shut_to_everybody_else(login: Callable[[str], Client]) -> None:
    """The head office too; and nobody is told which of them there are."""
    addresses = [
        re.sub(r"<[^>]*>", "1", route.pattern)
        for route in routes()
        if route.access == "superuser" and "(?P" not in route.pattern
    ]
    inner = [address for address in addresses if "/log" not in address]
    assert len(inner) > 100
    for who in ("visitor", "head_office"):
        client = login(who)
        assert {client.get(address).status_code for address in inner} == {302}
    assert login("head_office").get("/admin/login/").status_code == 403


def test_pages_of_the_account_ask_a_visitor_to_sign_in(login: Callable[[str], Client]) -> None:
    theirs = [
        re.sub(r"<[^>]*>", "1", route.pattern)
        for route in routes()
        if route.access == "login" and route.view.startswith("allauth")
    ]
    assert len(theirs) > 15
    client = login("visitor")
    for address in theirs:
        answer = client.get(address)
        where = answer.headers.get("Location", "").partition("?")[0]
        assert (answer.status_code, where) == (302, reverse("account_login")), address
