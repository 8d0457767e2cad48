"""For operators: to look, never to write. Money moves on the treasurer's desk."""

from django.contrib import admin

from kosna.core.admin import ReadOnlyAdmin
from kosna.payments.models import (
    Attempt,
    BankFile,
    BankLine,
    LedgerEntry,
    Match,
    Order,
    Payment,
    Proof,
    ProofIssue,
    ProviderEvent,
    Refund,
    Task,
)


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    people = ("user_id",)
    list_display = ("code", "created_at", "buyer_name", "title_ko", "total", "method", "status")
    list_filter = ("status", "method", "branch")
    search_fields = ("code", "buyer_name", "user__email")


@admin.register(Attempt)
class AttemptAdmin(ReadOnlyAdmin):
    people = ("order__user_id",)
    list_display = ("created_at", "order", "provider", "amount", "status", "error")
    list_filter = ("status",)
    list_select_related = ("order",)
    search_fields = ("order__code", "session")


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    people = ("order__user_id",)
    list_display = ("received_at", "order", "provider", "method", "amount", "reference")
    list_filter = ("provider", "method")
    list_select_related = ("order",)
    search_fields = ("order__code", "reference")


@admin.register(Refund)
class RefundAdmin(ReadOnlyAdmin):
    people = ("order__user_id",)
    list_display = ("requested_at", "order", "amount", "status", "reference")
    list_filter = ("status",)
    list_select_related = ("order",)
    search_fields = ("order__code", "reference")


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    people = ("order__user_id",)
    list_display = ("booked_at", "order", "account", "amount", "branch")
    list_filter = ("account", "branch")
    list_select_related = ("order", "branch")
    search_fields = ("order__code",)


@admin.register(ProviderEvent)
class ProviderEventAdmin(ReadOnlyAdmin):
    people = ()
    list_display = ("received_at", "type", "event", "outcome", "note")
    list_filter = ("outcome", "type")
    search_fields = ("event",)


@admin.register(Task)
class TaskAdmin(ReadOnlyAdmin):
    people = ("order__user_id",)
    list_display = ("created_at", "kind", "order", "status", "note")
    list_filter = ("kind", "status")
    list_select_related = ("order",)
    search_fields = ("order__code",)


@admin.register(BankFile)
class BankFileAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "account", "file_name", "status", "by")
    list_filter = ("status",)
    list_select_related = ("account", "by")


@admin.register(BankLine)
class BankLineAdmin(ReadOnlyAdmin):
    people = ()
    list_display = ("at", "account", "payer", "incoming", "outgoing", "balance")
    list_filter = ("account",)
    list_select_related = ("account",)
    search_fields = ("payer", "fingerprint")


@admin.register(Match)
class MatchAdmin(ReadOnlyAdmin):
    people = ("order__user_id",)
    list_display = ("matched_at", "deposit", "order", "amount", "matched_by", "unmatched_at")
    list_select_related = ("deposit__line", "order", "matched_by")
    search_fields = ("order__code",)


@admin.register(Proof)
class ProofAdmin(ReadOnlyAdmin):
    people = ("payment__order__user_id",)
    list_display = ("requested_at", "kind", "payment", "company", "status", "due_on")
    list_filter = ("status", "kind")
    list_select_related = ("payment__order",)
    search_fields = ("payment__order__code", "company")


@admin.register(ProofIssue)
class ProofIssueAdmin(ReadOnlyAdmin):
    people = ("proof__payment__order__user_id",)
    list_display = ("issued_on", "number", "proof", "cause", "supply", "vat")
    list_filter = ("cause",)
    list_select_related = ("proof__payment__order",)
    search_fields = ("number",)
