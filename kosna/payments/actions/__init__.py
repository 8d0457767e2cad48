"""Everything that happens to money. Other rooms import from here.

``orders`` what is owed · ``settlement`` money arrives · ``card`` a provider's payment page ·
``deposits`` bank transfers typed by hand · ``bank_files`` what the bank's files say · ``matching``
whose deposits are · ``unmatching`` whose they were not · ``refunds`` money goes back · ``events``
what providers tell us
"""

from kosna.payments.actions.bank_files import (
    abandon_bank_file,
    add_bank_account,
    change_bank_account,
    check_bank_file,
    import_bank_file,
    move_headings,
    start_bank_file,
)
from kosna.payments.actions.card import close_sessions, fulfil, start_card_payment
from kosna.payments.actions.deposits import confirm_deposit
from kosna.payments.actions.events import receive
from kosna.payments.actions.matching import (
    Share,
    find_payment,
    match_deposit,
    match_open,
    pool_for,
    return_deposit,
    set_aside,
    start_matching,
    take_up,
)
from kosna.payments.actions.orders import (
    Line,
    cancel_order,
    choose_bank_transfer,
    expire_due,
    expire_order,
    place_order,
    settle_free,
)
from kosna.payments.actions.reconciliation import reconcile
from kosna.payments.actions.refunds import (
    approve_refund,
    complete_bank_refund,
    refundable,
    reject_refund,
    request_full_refund,
    request_refund,
    send_refund,
)
from kosna.payments.actions.settlement import (
    raise_task,
    record_payment,
    resolve_task,
    settle,
    try_again,
)
from kosna.payments.actions.unmatching import retract_deposit, unmatch_deposit

__all__ = [
    "Line",
    "Share",
    "abandon_bank_file",
    "add_bank_account",
    "approve_refund",
    "cancel_order",
    "change_bank_account",
    "check_bank_file",
    "choose_bank_transfer",
    "close_sessions",
    "complete_bank_refund",
    "confirm_deposit",
    "expire_due",
    "expire_order",
    "find_payment",
    "fulfil",
    "import_bank_file",
    "match_deposit",
    "match_open",
    "move_headings",
    "place_order",
    "pool_for",
    "raise_task",
    "receive",
    "reconcile",
    "record_payment",
    "refundable",
    "reject_refund",
    "request_full_refund",
    "request_refund",
    "resolve_task",
    "retract_deposit",
    "return_deposit",
    "send_refund",
    "set_aside",
    "settle",
    "settle_free",
    "start_bank_file",
    "start_card_payment",
    "start_matching",
    "take_up",
    "try_again",
    "unmatch_deposit",
]
