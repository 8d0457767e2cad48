"""Everything that happens to money. Other rooms import from here.

``orders`` what is owed · ``holds`` prolonged · ``settlement`` money arrives ·
``card`` a provider's payment page ·
``virtual`` accounts that it gives out · ``deposits`` bank transfers typed by hand · ``bank_files``
what the bank's files say · ``matching`` whose deposits are · ``unmatching`` whose they were not ·
``tills`` money taken at a door, counted and handed over · ``outgoing`` what left us ·
``ledger_files`` the books for the accountant ·
``refunds`` money goes back · ``events`` what providers tell us · ``disputes`` what payers ask back
· ``returns`` what goes back by itself · ``reconciliation`` what nobody told us · ``rules`` what the
association decided · ``shares`` what branches get · ``statements`` their months · ``adjustments``
corrections of them
· ``proofs`` what buyers show their tax office · ``tax_office`` its spreadsheets · ``papers``
``claims`` what is to go back · ``refunds`` it does · ``accounts`` into which account ·
``transfers`` in files for the bank · ``events`` what providers tell us ·
``disputes`` what payers ask back · ``returns`` what goes back by itself · ``reconciliation`` what
nobody told us · ``rules`` what the association decided · ``shares`` what branches get ·
``statements`` their months · ``adjustments`` corrections of them ·
``proofs`` what buyers show their tax office · ``tax_office`` its spreadsheets · ``papers``
quotations, bills and certificates
"""

from kosna.payments.actions.accounts import (
    account_of,
    name_account,
    needs_account,
    open_to_account,
    opened,
    payout_account,
    reseal,
)
from kosna.payments.actions.adjustments import (
    confirm_adjustment,
    enter_adjustment,
    refuse_adjustment,
)
from kosna.payments.actions.bank_files import (
    abandon_bank_file,
    add_bank_account,
    change_bank_account,
    check_bank_file,
    import_bank_file,
    move_headings,
    start_bank_file,
)
from kosna.payments.actions.card import (
    close_sessions,
    fulfil,
    start_card_payment,
    start_virtual_account,
)
from kosna.payments.actions.claims import (
    refundable,
    request_full_refund,
    request_line_refund,
    request_refund,
    unclaimed,
)
from kosna.payments.actions.deposits import (
    came_meanwhile,
    confirm_deposit,
    confirm_noted,
    refuse_noted,
)
from kosna.payments.actions.events import apply_again, ignore, receive
from kosna.payments.actions.holds import extend_hold, extension_of, extensions_left
from kosna.payments.actions.ledger_files import start_ledger_file
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
    accept_free,
    cancel_order,
    choose_bank_transfer,
    counts_once_proven,
    expire_due,
    expire_order,
    place_order,
    prove,
    remind_to_transfer,
    sent_before,
    settle_free,
)
from kosna.payments.actions.outgoing import (
    find_payout,
    find_refund,
    pay_out_by_line,
    unmatch_outgoing,
)
from kosna.payments.actions.papers import erase_papers, issue_paper
from kosna.payments.actions.proofs import (
    Business,
    cancel_proof,
    cause_of,
    choice_of,
    choices_for,
    correct_proof,
    issue_proof,
    request_cash_receipt,
    request_invoice,
    request_self_issued,
    take_back_proof,
    withdraw_proof,
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
    bounce_bank_refund,
    complete_bank_refund,
    reject_refund,
    send_refund,
)
from kosna.payments.actions.returns import give_back
from kosna.payments.actions.rules import decide_rule
from kosna.payments.actions.settlement import (
    address_of,
    mail_facts,
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
from kosna.payments.actions.tax_office import apply_approvals, export_proofs
from kosna.payments.actions.tills import (
    WAYS,
    Occasion,
    count_till,
    expected,
    receive_till,
    take_money,
)
from kosna.payments.actions.transfers import (
    complete_transfer_file,
    download_transfer_file,
    drop_transfer_file,
    hand_in_transfer_file,
    make_transfer_file,
    ready_to_wire,
)
from kosna.payments.actions.unmatching import retract_deposit, unmatch_deposit

__all__ = [
    "RECONCILE",
    "WAYS",
    "Business",
    "Line",
    "Occasion",
    "Share",
    "abandon_bank_file",
    "accept_free",
    "account_of",
    "add_bank_account",
    "address_of",
    "apply_again",
    "apply_approvals",
    "approve_refund",
    "approve_statement",
    "bounce_bank_refund",
    "came_meanwhile",
    "cancel_order",
    "cancel_proof",
    "cause_of",
    "change_bank_account",
    "check_bank_file",
    "choice_of",
    "choices_for",
    "choose_bank_transfer",
    "close_sessions",
    "complete_bank_refund",
    "complete_transfer_file",
    "confirm_adjustment",
    "confirm_deposit",
    "confirm_noted",
    "correct_proof",
    "count_till",
    "counts_once_proven",
    "decide_rule",
    "download_transfer_file",
    "drop_transfer_file",
    "enter_adjustment",
    "erase_papers",
    "expected",
    "expire_due",
    "expire_order",
    "export_proofs",
    "extend_hold",
    "extension_of",
    "extensions_left",
    "find_payment",
    "find_payout",
    "find_refund",
    "fulfil",
    "give_back",
    "hand_in_transfer_file",
    "ignore",
    "import_bank_file",
    "issue_paper",
    "issue_proof",
    "lock_statement",
    "mail_facts",
    "make_transfer_file",
    "match_deposit",
    "match_open",
    "match_payout",
    "move_headings",
    "name_account",
    "needs_account",
    "open_to_account",
    "opened",
    "pay_out_by_line",
    "payout_account",
    "place_order",
    "pool_for",
    "prepare_statement",
    "prove",
    "raise_task",
    "ready_to_wire",
    "receive",
    "receive_till",
    "reconcile",
    "reconcile_by_hand",
    "reconcile_recent",
    "record_payment",
    "refundable",
    "refuse_adjustment",
    "refuse_noted",
    "reject_refund",
    "remind_to_transfer",
    "request_cash_receipt",
    "request_full_refund",
    "request_invoice",
    "request_line_refund",
    "request_refund",
    "request_self_issued",
    "reseal",
    "resolve_task",
    "retract_deposit",
    "return_deposit",
    "return_statement",
    "send_refund",
    "sent_before",
    "set_aside",
    "settle",
    "settle_free",
    "start_bank_file",
    "start_card_payment",
    "start_ledger_file",
    "start_matching",
    "start_paper",
    "start_reconciliation",
    "start_sheet",
    "start_virtual_account",
    "take_back_proof",
    "take_money",
    "take_up",
    "try_again",
    "unclaimed",
    "unmatch_deposit",
    "unmatch_outgoing",
    "url_of_reconciliation",
    "withdraw_proof",
]
