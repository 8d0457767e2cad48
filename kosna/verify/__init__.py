"""Recounts everything that must never be false (trust.md, invariants), a module a room. Each check
returns what is wrong, in words; an empty list is what an operator wants to read."""

from collections.abc import Callable

from kosna.verify.banking import (
    deposits_add_up,
    matches_have_their_money,
    noted_deposits_have_their_money,
    outgoing_lines_bear_out_once,
)
from kosna.verify.membership import (
    balances_are_counted,
    companies_are_run,
    dues_agree,
    last_paid_days_are_known,
    member_numbers_are_given_once,
    periods_are_paid_and_single,
    register_says_what_members_are,
    rolls_are_as_they_were_frozen,
)
from kosna.verify.money import (
    accounts_end_with_their_refunds,
    closed_months_are_sealed,
    entries_say_their_causes,
    ledger_matches_money,
    paid_orders_are_paid,
    refunds_within_payments,
    reversals_are_opposite,
    shares_follow_the_money,
    statements_add_up,
    tills_hold_what_was_taken,
)
from kosna.verify.papers import (
    audit_chain_holds,
    document_numbers_are_gapless,
    files_are_as_they_were_stored,
    files_are_there,
    library_is_indexed,
    paid_orders_have_one_receipt,
    proofs_say_what_is_kept,
    values_replace_their_own,
)
from kosna.verify.seats import (
    addons_match_their_attendees,
    admitted_had_their_places,
    booths_keep_their_promises,
    confirmed_booths_are_paid,
    confirmed_seats_are_paid,
    paid_orders_have_what_they_bought,
    quotas_match_their_tickets,
    seats_match_registrations,
    sessions_match_sign_ups,
    vouchers_match_their_uses,
    waiting_lists_are_counted,
)

# What the counters of events must say.
COUNTS: tuple[Callable[[], list[str]], ...] = (
    seats_match_registrations,
    sessions_match_sign_ups,
    waiting_lists_are_counted,
    quotas_match_their_tickets,
    vouchers_match_their_uses,
    addons_match_their_attendees,
)
CHECKS: tuple[Callable[[], list[str]], ...] = (
    *COUNTS,
    admitted_had_their_places,
    booths_keep_their_promises,
    ledger_matches_money,
    entries_say_their_causes,
    outgoing_lines_bear_out_once,
    reversals_are_opposite,
    deposits_add_up,
    matches_have_their_money,
    noted_deposits_have_their_money,
    tills_hold_what_was_taken,
    refunds_within_payments,
    accounts_end_with_their_refunds,
    paid_orders_are_paid,
    paid_orders_have_one_receipt,
    proofs_say_what_is_kept,
    document_numbers_are_gapless,
    confirmed_seats_are_paid,
    confirmed_booths_are_paid,
    paid_orders_have_what_they_bought,
    periods_are_paid_and_single,
    dues_agree,
    balances_are_counted,
    last_paid_days_are_known,
    member_numbers_are_given_once,
    companies_are_run,
    register_says_what_members_are,
    rolls_are_as_they_were_frozen,
    audit_chain_holds,
    files_are_there,
    files_are_as_they_were_stored,
    values_replace_their_own,
    library_is_indexed,
    shares_follow_the_money,
    statements_add_up,
    closed_months_are_sealed,
)


def verify() -> dict[str, list[str]]:
    return {check.__name__: check() for check in CHECKS}
