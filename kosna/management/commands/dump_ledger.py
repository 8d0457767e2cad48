"""Prints what the portal knows of money, seats, memberships, papers and deeds, a JSON object a
line, so that an operator can compare it with what the bank and the provider say."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.core.serializers.json import DjangoJSONEncoder

from events.models import (
    AddOn,
    Booth,
    BoothBooking,
    Quota,
    Registration,
    Session,
    SignUp,
    Ticket,
    TicketChange,
    Voucher,
    WaitlistEntry,
)
from kosna.audit.models import Entry
from kosna.documents.models import Document
from kosna.payments.models import (
    Attempt,
    BankLine,
    DepositReturn,
    LedgerEntry,
    Match,
    Order,
    OrderLine,
    Payment,
    Refund,
    ShareEntry,
    Statement,
)
from members.models import Member, Period, Seat

TABLES = {
    "order": (
        Order,
        "code payable user_id branch__code status method total created_at paid_at closed_at",
    ),
    "line": (
        OrderLine,
        "order__code kind amount vat_class vat tier standing dues_year branch_share",
    ),
    "attempt": (
        Attempt,
        "uuid order__code provider method session amount status created_at expires_at",
    ),
    "payment": (
        Payment,
        "order__code provider reference method amount reverses_id received_at recorded_at",
    ),
    "refund": (Refund, "order__code payment__reference amount status reference done_at"),
    "ledger": (LedgerEntry, "order__code account amount payment_id refund_id line_id booked_at"),
    "bank_line": (
        BankLine,
        "account__number fingerprint at incoming outgoing balance payer"
        " deposit__status deposit__left",
    ),
    "match": (Match, "deposit__line_id order__code payment_id amount matched_at unmatched_at"),
    "deposit_return": (DepositReturn, "deposit__line_id amount returned_at"),
    "statement": (
        Statement,
        "branch__code month status opening earned adjusted paid_out closing sha256 locked_at",
    ),
    "share": (
        ShareEntry,
        "statement__branch__code statement__month cause line_id refund_id turn paid amount"
        " booked_at",
    ),
    "ticket": (Ticket, "event__slug name_ko capacity taken blocked awaited draws_on"),
    "quota": (Quota, "event__slug name_ko capacity taken blocked awaited"),
    "voucher": (Voucher, "event__slug ticket_id max_uses used reserves_seats ended_at"),
    "addon": (AddOn, "event__slug name_ko capacity taken"),
    "registration": (
        Registration,
        "event__slug ticket_id line__order__code status released_at check_in__at",
    ),
    "ticket_change": (
        TicketChange,
        "registration_id was_id becomes_id old_price new_price line__order__code done_at ended_at",
    ),
    "session": (Session, "event__slug title_ko starts_at ends_at capacity taken"),
    "sign_up": (SignUp, "session_id registration_id at"),
    "booth": (Booth, "event__slug booth_type__code number is_offered"),
    "booth_booking": (
        BoothBooking,
        "event__slug booth__number any_of__code exhibitor_id line__order__code status confirmed_at"
        " released_at",
    ),
    "waiting": (
        WaitlistEntry,
        "event__slug ticket_id user_id status joined_at moved_up_at ended_at",
    ),
    "member": (Member, "number tier__code branch__code status joined_on ended_on"),
    "seat": (Seat, "member__number user_id role valid_from valid_to ended_at"),
    "period": (Period, "member__number tier__code starts_on ends_on voided_at"),
    "document": (Document, "kind year number key status issued_at voided_at"),
    "audit": (Entry, "at actor_id verb target_type target_id seal__position seal__hash"),
}


class Command(BaseCommand):
    help = "Prints orders, payments, refunds, places, memberships, documents and audit rows."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--jsonl", action="store_true", help="the only format there is")

    def handle(self, *args: Any, **options: Any) -> None:
        for table, (model, fields) in TABLES.items():
            rows = model._base_manager.order_by("pk").values("pk", *fields.split())
            for row in rows.iterator():
                line = {"table": table, **row}
                self.stdout.write(json.dumps(line, ensure_ascii=False, cls=DjangoJSONEncoder))
