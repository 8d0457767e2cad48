"""Orders, payments, the treasurer's desk and the gateways."""

from tests.access.rows import (
    APPROVE,
    APPROVE_STATEMENTS,
    ASK_FOR_BUYERS,
    SEE_BOOKS,
    SEE_MONEY,
    SEE_PROVIDER,
    SELL,
    Row,
    bought,
    desk,
    hall,
    public,
)


def till_of_officer(name: str, open_to: set[str], sellers: set[str], method: str = "get") -> Row:
    """The till of Busan's officer: to others who sell, it does not exist."""
    ok = 200 if method == "get" else 422
    instead = {"head_office": 303} if name.endswith("count") else {}  # sees it, may not count it
    return Row(name, open_to, {"pk": "till"}, sellers - open_to, method, ok, instead=instead)


ROWS = [
    # Of no gateway that is set up.
    public("webhooks:signed", ok=404, method="post", provider="gateway"),
    public("webhooks:secret", ok=404, method="post", provider="gateway", secret="secret"),
    bought("payments:order", code="order"),
    bought("payments:receipt", code="paid_order"),
    bought("payments:papers", code="paid_order"),
    bought("payments:refund-account", code="paid_order"),
    bought("payments:cash-receipt", code="paid_order", payment="payment"),
    bought("payments:invoice", code="paid_order", payment="payment"),
    bought("payments:proof-withdraw", 302, "post", code="paid_order", pk="proof"),
    desk("payments_staff:orders", SEE_MONEY),
    desk("payments_staff:orders-export", SEE_MONEY, 303, "post"),  # what for?
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
    desk("payments_staff:deposits-export", {"treasurer"}, 303, "post"),  # what for?
    desk("payments_staff:deposit-line", {"treasurer"}, pk="bank_deposit"),
    desk("payments_staff:deposit-row", {"treasurer"}, pk="bank_deposit"),
    desk("payments_staff:outgoing", {"treasurer"}),
    desk("payments_staff:outgoing-match", {"treasurer"}, 303, "post", pk="outgoing_line"),
    desk("payments_staff:outgoing-undo", {"treasurer"}, 302, "post", pk="outgoing_match"),
    desk("payments_staff:treasury", SEE_BOOKS),
    desk("payments_staff:tills", SEE_BOOKS | SELL),
    till_of_officer("payments_staff:till", {"officer", *SEE_BOOKS}, SELL),
    till_of_officer(
        "payments_staff:till-count", {"officer", "president", "treasurer"}, SELL, "post"
    ),
    till_of_officer("payments_staff:till-receive", {"president", "treasurer"}, set(), "post"),
    desk("payments_staff:ledger", SEE_BOOKS),
    desk("payments_staff:ledger-export", SEE_BOOKS, 422, "post"),  # what for?
    desk("payments_staff:refunds", SEE_MONEY),
    desk("payments_staff:refunds-export", SEE_MONEY, 303, "post"),  # what for?
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
    desk("payments_staff:statement-approve", APPROVE_STATEMENTS, 303, "post", pk="statement"),
    desk("payments_staff:statement-return", APPROVE_STATEMENTS, 422, "post", pk="statement"),
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
    bought("payments:pay", ok=303, method="post", code="order"),
    bought("payments:extend", 303, "post", code="order"),
    bought("payments:cancel", ok=303, method="post", code="order"),
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
    # Lists as files: what for?
    desk("payments_staff:tasks-export", SEE_MONEY, 303, "post"),
    desk("payments_staff:tills-export", SEE_BOOKS | SELL, 303, "post"),
    desk("payments_staff:adjustments-export", SEE_MONEY, 303, "post"),
    desk("payments_staff:outgoing-export", {"treasurer"}, 303, "post"),
    desk("payments_staff:noted-deposits-export", {"treasurer"}, 303, "post"),
    desk("payments_staff:bank-files-export", {"treasurer"}, 303, "post"),
    desk("payments_staff:bank-accounts-export", {"treasurer"}, 303, "post"),
    desk("payments_staff:deposit-orders-export", {"treasurer"}, 303, "post"),
    desk("payments_staff:proofs-unasked-export", {"treasurer"}, 303, "post"),
    hall("payments_staff:transfer-files-export", {"treasurer"}, 303, "post"),
    hall("payments_staff:provider-events-export", SEE_PROVIDER, 303, "post"),
    hall("payments_staff:money-rules-export", SEE_PROVIDER, 303, "post"),
    hall("payments_staff:reconciliation-export", SEE_PROVIDER, 303, "post"),
]
