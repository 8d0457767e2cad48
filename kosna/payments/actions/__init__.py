"""Everything that happens to money. Other rooms import from here.

``orders`` what is owed · ``settlement`` money arrives · ``card`` a provider's payment page ·
``virtual`` accounts that it gives out · ``deposits`` bank transfers · ``refunds`` money goes
back · ``events`` what providers tell us ·
``shares`` what branches get · ``statements`` their months · ``adjustments`` corrections of them
back · ``events`` what providers tell us · ``disputes`` what payers ask back · ``returns`` what
goes back by itself · ``reconciliation`` what nobody told us · ``rules`` what the association
decided
"""

from kosna.payments.actions.adjustments import (
    confirm_adjustment,
    enter_adjustment,
    refuse_adjustment,
)
from kosna.payments.actions.card import (
    close_sessions,
    fulfil,
    start_card_payment,
    start_virtual_account,
)
from kosna.payments.actions.deposits import confirm_deposit
from kosna.payments.actions.events import apply_again, ignore, receive
from kosna.payments.actions.orders import (
    Line,
    cancel_order,
    choose_bank_transfer,
    expire_due,
    expire_order,
    place_order,
    settle_free,
)
from kosna.payments.actions.reconciliation import (
    RECONCILE,
    reconcile,
    reconcile_by_hand,
    reconcile_recent,
    start_reconciliation,
    url_of_reconciliation,
)
from kosna.payments.actions.refunds import (
    approve_refund,
    complete_bank_refund,
    refundable,
    reject_refund,
    request_full_refund,
    request_refund,
    send_refund,
)
from kosna.payments.actions.returns import give_back
from kosna.payments.actions.rules import decide_rule
from kosna.payments.actions.settlement import (
    raise_task,
    record_payment,
    resolve_task,
    settle,
    try_again,
)
from kosna.payments.actions.statement_files import start_paper, start_sheet
from kosna.payments.actions.statements import (
    approve_statement,
    lock_statement,
    match_payout,
    prepare_statement,
    return_statement,
)

__all__ = [
    "RECONCILE",
    "Line",
    "apply_again",
    "approve_refund",
    "approve_statement",
    "cancel_order",
    "choose_bank_transfer",
    "close_sessions",
    "complete_bank_refund",
    "confirm_adjustment",
    "confirm_deposit",
    "decide_rule",
    "enter_adjustment",
    "expire_due",
    "expire_order",
    "fulfil",
    "give_back",
    "ignore",
    "lock_statement",
    "match_payout",
    "place_order",
    "prepare_statement",
    "raise_task",
    "receive",
    "reconcile",
    "reconcile_by_hand",
    "reconcile_recent",
    "record_payment",
    "refundable",
    "refuse_adjustment",
    "reject_refund",
    "request_full_refund",
    "request_refund",
    "resolve_task",
    "return_statement",
    "send_refund",
    "settle",
    "settle_free",
    "start_card_payment",
    "start_paper",
    "start_reconciliation",
    "start_sheet",
    "start_virtual_account",
    "try_again",
    "url_of_reconciliation",
]
