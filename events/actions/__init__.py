"""What happens to events, seats and people at the door.

``seats`` taken and given back · ``quotas`` of several tickets · ``vouchers`` and their ``uses`` ·
``registering`` places on an order, within the ``limits`` of a person · ``requesting`` those given
on application · ``guests`` without an account, and ``requesting_guests`` · ``paying`` what money
does · ``cancelling`` a place given up · ``changing`` its kind, ``replacing`` an unpaid order by it,
``changes_paid`` and ``changes_ended`` what becomes of that · ``naming`` who comes · ``telling``
mails · ``door`` who comes in, ``passing`` in and out, ``devices`` that stand there, ``syncing``
what they hand in, by their ``clocks``, ``groups`` with one code, ``selling`` to who has no ticket,
``handing`` add-ons out, ``badges`` for all · ``certifying`` who sat there, and what is ``unearned``
since · ``leaving`` files and answers behind, ``keeping`` them no longer than decided · ``booths``
of an exhibition, ``any_booth`` of a kind, ``booth_holding`` both, and ``booth_paying`` what money
does to them · ``programme`` drawn up and published, ``announcing`` it · ``proposing`` what to speak
about · ``signing_up`` for single sessions · ``running`` an event, ``moving`` it · its ``openings``
and those of its tickets · ``waiting`` for a seat, and its turn, ``waiting_guests`` without an
account, ``waiting_ended`` how it ends

Locks in the order buyer → order → orders of its changes → places → place on a waiting list →
address → voucher → tickets → quotas → add-ons, several of a kind by ascending key; a row that is
new nobody else can lock. A seat is taken and given back by one conditional UPDATE of each counter.
"""

from events.actions.any_booth import assign_number, book_any_booth, free_of
from events.actions.badges import BADGES, print_badges, run_badges
from events.actions.booth_holding import BOOTH_PAYABLE, Company
from events.actions.booth_paying import (
    booth_refusals,
    give_up_booth,
    on_booth_expired,
    on_booth_paid,
    on_booth_refunded,
    on_booth_unpaid,
    quote_booths,
    take_booth_back,
)
from events.actions.booths import (
    Cell,
    assign_booth,
    book_booth,
    draw_plan,
    move_booking,
    offer_booth,
    withhold_booth,
)
from events.actions.cancelling import (
    cancel_places,
    cancel_registration,
    cancellation_refusals,
    quote,
)
from events.actions.certifying import (
    CERTIFICATES,
    issue_certificate,
    issue_certificates,
    mark_attendance,
    run_certificates,
)
from events.actions.changes_paid import (
    on_change_expired,
    on_change_paid,
    on_change_refunded,
    on_change_unpaid,
    quote_of_change,
)
from events.actions.changing import CHANGE_PAYABLE, change_ticket, held_after
from events.actions.devices import (
    SignedRoster,
    add_device,
    device_of,
    revoke_device,
    roster,
    roster_entry,
    roster_key,
    secret_digest,
    token_of,
)
from events.actions.door import Scan, admit, check_in, find_place, read_code
from events.actions.drafting import (
    DraftPrice,
    DraftTicket,
    Stale,
    change_draft,
    create_draft,
    publish_version,
    unpublish_version,
)
from events.actions.exhibitors import hide_page, show_page, write_page
from events.actions.groups import find_group, group_address
from events.actions.guests import claim_order, erase_guests, register_guest
from events.actions.handing import (
    HandOutAnswer,
    SentHandOut,
    extras_of,
    hand_out,
    hand_out_all,
    told_extra,
)
from events.actions.keeping import decide_keeping, erase_answers_of_past_events, erase_people
from events.actions.leaving import add_material, answer_survey, remove_material
from events.actions.limits import counts_once_proven, fewest_for, on_proven
from events.actions.moving import change_event
from events.actions.naming import (
    correct_details,
    correcting_refusals,
    hand_over,
    handing_refusals,
    is_for_members,
    name_places,
    remind_names,
)
from events.actions.online import send_links, set_online
from events.actions.openings import openings_on_record, unwind_empty, wind
from events.actions.paying import on_expired, on_paid, on_refunded, on_unpaid
from events.actions.programme import (
    drop_session,
    publish_programme,
    remove_speaker,
    restore_session,
    save_speaker,
)
from events.actions.proposing import (
    accept_proposal,
    change_proposal,
    decline_proposal,
    propose,
    remind_reviewers,
    review,
    withdraw_proposal,
)
from events.actions.quotas import QuotaTerms, change_quotas, recount_quota
from events.actions.registering import PAYABLE, Attendee, lock_buyer, refuse_hoarding, register
from events.actions.reminding import remind_attendees
from events.actions.requesting import (
    approve_request,
    close_requests,
    decline_request,
    request_places,
    withdraw_request,
)
from events.actions.requesting_guests import (
    claim_request,
    prove_request,
    request_as_guest,
    request_link,
)
from events.actions.running import (
    cancel_event,
    publish,
    show_tickets,
    touch,
    unpublish,
)
from events.actions.seats import give_back, recount, recount_waiting, take_seats
from events.actions.selling import (
    Seller,
    WalkIn,
    door_offers,
    find_buyer,
    give_up_sale,
    hold_place,
    let_in,
    order_of,
    take_payment,
)
from events.actions.series import change_series, drop_series, held_days, make_series
from events.actions.signing_up import leave_sign_up, sign_up
from events.actions.syncing import (
    CONFLICT,
    MOST_AT_ONCE,
    Post,
    ScanAnswer,
    SentScan,
    check_in_oneself,
    keep_scans,
    sync_scans,
)
from events.actions.teaching import appoint_instructor, dismiss_instructor
from events.actions.telling import ticket_facts
from events.actions.vouchers import (
    VoucherTerms,
    end_vouchers,
    make_vouchers,
    recount_blocked,
    withdraw_voucher,
)
from events.actions.waiting import (
    join,
    leave,
    move_up,
    offer_now,
    offer_seats,
    remove,
    serve_lists,
)
from events.actions.waiting_ended import close_list
from events.actions.waiting_guests import join_as_guest, prove, waiting_link
from events.models import Outcome

__all__ = [
    "BADGES",
    "BOOTH_PAYABLE",
    "CERTIFICATES",
    "CHANGE_PAYABLE",
    "CONFLICT",
    "MOST_AT_ONCE",
    "PAYABLE",
    "Attendee",
    "Cell",
    "Company",
    "DraftPrice",
    "DraftTicket",
    "HandOutAnswer",
    "Outcome",
    "Post",
    "QuotaTerms",
    "Scan",
    "ScanAnswer",
    "Seller",
    "SentHandOut",
    "SentScan",
    "SignedRoster",
    "Stale",
    "VoucherTerms",
    "WalkIn",
    "accept_proposal",
    "add_device",
    "add_material",
    "admit",
    "answer_survey",
    "appoint_instructor",
    "approve_request",
    "assign_booth",
    "assign_number",
    "book_any_booth",
    "book_booth",
    "booth_refusals",
    "cancel_event",
    "cancel_places",
    "cancel_registration",
    "cancellation_refusals",
    "change_draft",
    "change_event",
    "change_proposal",
    "change_quotas",
    "change_series",
    "change_ticket",
    "check_in",
    "check_in_oneself",
    "claim_order",
    "claim_request",
    "close_list",
    "close_requests",
    "correct_details",
    "correcting_refusals",
    "counts_once_proven",
    "create_draft",
    "decide_keeping",
    "decline_proposal",
    "decline_request",
    "device_of",
    "dismiss_instructor",
    "door_offers",
    "draw_plan",
    "drop_series",
    "drop_session",
    "end_vouchers",
    "erase_answers_of_past_events",
    "erase_guests",
    "erase_people",
    "extras_of",
    "fewest_for",
    "find_buyer",
    "find_group",
    "find_place",
    "free_of",
    "give_back",
    "give_up_booth",
    "give_up_sale",
    "group_address",
    "hand_out",
    "hand_out_all",
    "hand_over",
    "handing_refusals",
    "held_after",
    "held_days",
    "hide_page",
    "hold_place",
    "is_for_members",
    "issue_certificate",
    "issue_certificates",
    "join",
    "join_as_guest",
    "keep_scans",
    "leave",
    "leave_sign_up",
    "let_in",
    "lock_buyer",
    "make_series",
    "make_vouchers",
    "mark_attendance",
    "move_booking",
    "move_up",
    "name_places",
    "offer_booth",
    "offer_now",
    "offer_seats",
    "on_booth_expired",
    "on_booth_paid",
    "on_booth_refunded",
    "on_booth_unpaid",
    "on_change_expired",
    "on_change_paid",
    "on_change_refunded",
    "on_change_unpaid",
    "on_expired",
    "on_paid",
    "on_proven",
    "on_refunded",
    "on_unpaid",
    "openings_on_record",
    "order_of",
    "print_badges",
    "propose",
    "prove",
    "prove_request",
    "publish",
    "publish_programme",
    "publish_version",
    "quote",
    "quote_booths",
    "quote_of_change",
    "read_code",
    "recount",
    "recount_blocked",
    "recount_quota",
    "recount_waiting",
    "refuse_hoarding",
    "register",
    "register_guest",
    "remind_attendees",
    "remind_names",
    "remind_reviewers",
    "remove",
    "remove_material",
    "remove_speaker",
    "request_as_guest",
    "request_link",
    "request_places",
    "restore_session",
    "review",
    "revoke_device",
    "roster",
    "roster_entry",
    "roster_key",
    "run_badges",
    "run_certificates",
    "save_speaker",
    "secret_digest",
    "send_links",
    "serve_lists",
    "set_online",
    "show_page",
    "show_tickets",
    "sign_up",
    "sync_scans",
    "take_booth_back",
    "take_payment",
    "take_seats",
    "ticket_facts",
    "token_of",
    "told_extra",
    "touch",
    "unpublish",
    "unpublish_version",
    "unwind_empty",
    "waiting_link",
    "wind",
    "withdraw_proposal",
    "withdraw_request",
    "withdraw_voucher",
    "withhold_booth",
    "write_page",
]
