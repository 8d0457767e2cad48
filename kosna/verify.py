"""Recounts everything that must never be false (trust.md, invariants). Each check returns what is
wrong, in words; an empty list is what an operator wants to read."""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db.models import BigIntegerField, Count, F, Max, Min, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from events.actions.any_booth import free_of
from events.actions.quotas import sums_of
from events.models import (
    AddOn,
    BoothBooking,
    BoothType,
    Extra,
    Quota,
    Registration,
    Session,
    Ticket,
    TicketChange,
    Voucher,
)
from kosna.audit.actions import broken_seals
from kosna.audit.models import Entry
from kosna.core import clock
from kosna.documents.models import Document
from kosna.payments import share_checks
from kosna.payments.coverage import NOTHING, to_correct
from kosna.payments.models import (
    BankLine,
    Deposit,
    DepositReturn,
    LedgerEntry,
    Match,
    NotedDeposit,
    Order,
    OutgoingMatch,
    Payment,
    Proof,
    Refund,
    RefundAccount,
    Taking,
    Till,
)
from members import balances, rolls, standing
from members.models import Charge, Meeting, Member, Period, RegisterEntry, Seat
from research.models import Edition, Observation, Report, SamplePage


def seats_match_registrations() -> list[str]:
    waits = Q(changes_here__done_at=None, changes_here__ended_at=None)
    tickets = Ticket.objects.annotate(
        sat=Count("registrations", filter=Q(registrations__released_at=None), distinct=True),
        coming=Count("changes_here", filter=waits, distinct=True),
        held=F("sat") + F("coming"),
    ).exclude(taken=F("held"))
    return [f"ticket {row.pk} counts {row.taken} seats, {row.held} are held" for row in tickets]


def sessions_match_sign_ups() -> list[str]:
    sessions = Session.objects.annotate(sat=Count("sign_ups")).exclude(taken=F("sat"))
    return [f"session {row.pk} counts {row.taken} people, {row.sat} signed up" for row in sessions]


def waiting_lists_are_counted() -> list[str]:
    """What keeps seats from public sale is that somebody waits for them, and nothing else."""
    waits = Q(waitlist__status="waiting", waitlist__places__registration=None)
    tickets = Ticket.objects.annotate(waits=Count("waitlist__places", filter=waits)).exclude(
        awaited=F("waits")
    )
    return [f"ticket {row.pk} counts {row.awaited} waiting, {row.waits} wait" for row in tickets]


def quotas_match_their_tickets() -> list[str]:
    """A quota counts what the tickets that draw on it do, and they know which it is."""
    problems = []
    for quota in Quota.objects.prefetch_related("tickets"):
        for name, count in sums_of(quota.tickets.all()).items():
            if getattr(quota, name) != count:
                told = getattr(quota, name)
                problems.append(f"quota {quota.pk} counts {told} {name}, its tickets {count}")
    for ticket in Ticket.objects.prefetch_related("quotas"):
        if ticket.quota_keys != sorted(quota.pk for quota in ticket.quotas.all()):
            problems.append(f"ticket {ticket.pk} does not know on which quotas it draws")
    return problems


def vouchers_match_their_uses() -> list[str]:
    """A code counts the places that it was used for, and a ticket the seats that are kept of it."""
    used = Count("uses", filter=Q(uses__returned_at=None))
    rows = Voucher.objects.annotate(uses_now=used).exclude(used=F("uses_now"))
    problems = [f"voucher {row.pk} counts {row.used} uses, has {row.uses_now}" for row in rows]
    keeps = Q(vouchers__reserves_seats=True, vouchers__ended_at=None)
    left = F("vouchers__max_uses") - F("vouchers__used")
    tickets = Ticket.objects.annotate(kept=Coalesce(Sum(left, filter=keeps), 0))
    return problems + [
        f"ticket {row.pk} counts {row.blocked} kept seats, vouchers keep {row.kept}"
        for row in tickets.exclude(blocked=F("kept"))
    ]


def addons_match_their_attendees() -> list[str]:
    """An add-on counts the attendees who have it, each of whom has a place."""
    has = Count("extras", filter=Q(extras__released_at=None))
    rows = AddOn.objects.annotate(has=has).exclude(taken=F("has"))
    problems = [f"add-on {row.pk} counts {row.taken}, {row.has} have it" for row in rows]
    lost = Extra.objects.standing().exclude(registration__released_at=None).count()
    return problems + ([f"{lost} add-ons belong to places that were given up"] if lost else [])


def booths_keep_their_promises() -> list[str]:
    """Whoever ordered any booth of a kind finds one that is free."""
    waiting = BoothBooking.objects.unassigned().values("any_of")
    kinds = BoothType.objects.filter(pk__in=waiting)
    return [
        f"{-free} booths of kind {kind.pk} are promised and not there"
        for kind in kinds
        if (free := free_of(kind)) < 0
    ]


def ledger_matches_money() -> list[str]:
    booked = LedgerEntry.objects.aggregate(sum=Sum("amount"))["sum"] or 0
    paid = Payment.objects.aggregate(sum=Sum("amount"))["sum"] or 0
    done = Refund.objects.filter(status=Refund.Status.DONE)
    refunded = done.aggregate(sum=Sum("amount"))["sum"] or 0
    nobodys = Deposit.objects.unidentified()
    problems = []
    if booked != paid - refunded + nobodys:
        problems.append(
            f"ledger says {booked}, payments less refunds are {paid - refunded},"
            f" unidentified deposits {nobodys}"
        )
    unbooked = Payment.objects.filter(entry=None).count() + done.filter(entries=None).count()
    if unbooked:
        problems.append(f"{unbooked} payments or refunds have no ledger entry")
    return problems


def entries_say_their_causes() -> list[str]:
    """Each entry is of its payment's amount, order and branch; those of a refund sum to what went
    back of it, and to nothing while it has not. So does every order's sum, at every instant."""
    entries = LedgerEntry.objects.all()
    wrong = [
        *entries.exclude(payment=None).exclude(
            amount=F("payment__amount"), order=F("payment__order"), branch=F("order__branch")
        ),
        *entries.exclude(refund=None).exclude(
            order=F("refund__order"), branch=F("order__branch"), account__startswith="cash:"
        ),
        *entries.exclude(line=None).exclude(branch=F("line__account__branch")),
    ]
    booked = _sum_of(LedgerEntry.objects.filter(refund=OuterRef("pk")), "refund")
    refunds = Refund.objects.annotate(booked=booked)
    done = Q(status=Refund.Status.DONE)
    off = refunds.filter((done & ~Q(booked=-F("amount"))) | (~done & ~Q(booked=0)))
    return [f"entry {row.pk} of {row.amount} is not what its cause says" for row in wrong] + [
        f"refund {row.pk} is {row.status}, {row.booked} of {row.amount} are booked" for row in off
    ]


def tills_hold_what_was_taken() -> list[str]:
    """Whatever came into somebody's hands went into one till of its branch, and a till that was
    counted was counted with all of it."""
    by_hand = Payment.objects.standing().filter(provider__in=["till", "terminal"], taking=None)
    problems = [f"payment {row.pk} is in no till" for row in by_hand]
    foreign = Taking.objects.exclude(till__branch=F("payment__order__branch"))
    problems += [f"taking {row.pk} is in the till of another branch" for row in foreign]
    counted = Till.objects.exclude(status=Till.Status.OPEN).with_takings()
    off = counted.exclude(expected_cash=F("took_cash"), expected_cards=F("took_cards"))
    return problems + [
        f"till {row.pk} was counted against {row.expected_cash} and {row.expected_cards} won,"
        f" it took {row.took_cash} and {row.took_cards}"
        for row in off
    ]


def outgoing_lines_bear_out_once() -> list[str]:
    """A line of the bank shows one payout, one refund or one returned deposit, of its amount."""
    standing = OutgoingMatch.objects.standing()
    amount = Coalesce("payout__amount", "refund__amount")
    off = standing.annotate(amount=amount).exclude(line__outgoing=F("amount")).count()
    twice = standing.filter(line__returned__isnull=False).count()
    problems = [f"{off} outgoing lines are of another amount"] if off else []
    return problems + ([f"{twice} outgoing lines are used twice"] if twice else [])


def reversals_are_opposite() -> list[str]:
    rows = Payment.objects.exclude(reverses=None).exclude(
        amount=-F("reverses__amount"), order=F("reverses__order")
    )
    return [f"payment {row.reference} does not reverse its whole" for row in rows]


def deposits_add_up() -> list[str]:
    """Of each line: what came is what orders got, what was wired back and what is left; and that
    is what its entries in the books say."""
    standing = Match.objects.standing().filter(deposit=OuterRef("pk"))
    returned = DepositReturn.objects.filter(deposit=OuterRef("pk"))
    entries = LedgerEntry.objects.filter(line=OuterRef("line"))
    rows = Deposit.objects.annotate(
        matched=_sum_of(standing, "deposit"),
        returned=_sum_of(returned, "deposit"),
        booked=_sum_of(entries, "line"),
    )
    off = rows.exclude(left=F("line__incoming") - F("matched") - F("returned"), booked=F("left"))
    problems = [f"deposit {row.pk}: {row.left} left, {row.booked} booked" for row in off]
    lines = BankLine.objects.incoming().filter(deposit=None).count()
    return problems + ([f"{lines} incoming lines are no deposits"] if lines else [])


def _sum_of(rows: Any, by: str) -> Coalesce:
    grouped = rows.order_by().values(by).annotate(sum=Sum("amount")).values("sum")
    return Coalesce(Subquery(grouped), 0, output_field=BigIntegerField())


def matches_have_their_money() -> list[str]:
    """A match stands exactly as long as the payment that it made."""
    wrong = Match.objects.filter(is_found=False).exclude(
        Q(unmatched_at=None, payment__reversal=None)
        | Q(unmatched_at__isnull=False, payment__reversal__isnull=False)
    )
    return [f"match {row.pk} and its payment disagree" for row in wrong]


def accounts_end_with_their_refunds() -> list[str]:
    """No account number outlives the refund that it was named for."""
    ended = (Refund.Status.DONE, Refund.Status.REJECTED)
    rows = RefundAccount.objects.standing().filter(refund__status__in=ended)
    return [f"the account of refund {row.refund_id} was not purged" for row in rows]


def noted_deposits_have_their_money() -> list[str]:
    """What two people confirmed was booked for its order, to the won."""
    confirmed = NotedDeposit.objects.filter(status=NotedDeposit.Status.CONFIRMED)
    wrong = confirmed.exclude(payment__order=F("order"), payment__amount=F("amount"))
    return [f"noted deposit {row.pk} and its payment disagree" for row in wrong]


def refunds_within_payments() -> list[str]:
    claims = Payment.objects.annotate(
        claimed=Sum("refunds__amount", filter=Q(refunds__status__in=Refund.CLAIMS))
    ).filter(claimed__gt=F("amount"))
    return [f"payment {row.reference}: {row.claimed} refunded of {row.amount}" for row in claims]


def paid_orders_are_paid() -> list[str]:
    orders = (
        Order.objects.filter(status=Order.Status.PAID).with_balance().filter(paid__lt=F("total"))
    )
    return [f"order {order.code} is PAID with {order.paid} of {order.total}" for order in orders]


def paid_orders_have_one_receipt() -> list[str]:
    """One valid receipt each; a partial refund voids the first and issues the next."""
    valid = Counter(
        key.split(":")[1]
        for key in Document.objects.filter(
            kind=Document.Kind.RECEIPT, status=Document.Status.VALID
        ).values_list("key", flat=True)
    )
    paid = Order.objects.filter(status=Order.Status.PAID, total__gt=0)
    return [
        f"order {order.code} has {valid[str(order.pk)]} valid receipts"
        for order in paid
        if valid[str(order.pk)] != 1
    ]


def document_numbers_are_gapless() -> list[str]:
    series = (
        Document.objects.order_by()
        .values("kind", "year")
        .annotate(first=Min("number"), last=Max("number"), count=Count("pk"))
    )
    return [
        f"{row['kind']} {row['year']}: {row['count']} papers, numbers 1..{row['last']}"
        for row in series
        if row["first"] != 1 or row["last"] != row["count"]
    ]


def proofs_say_what_is_kept() -> list[str]:
    """What the tax office has is what was paid and kept, or waits for its correction; money that
    came by card has no proof."""
    problems = []
    live = Proof.objects.live().with_grounds()
    for proof in live.exclude(status__in=Proof.WAITING).iterator(chunk_size=500):
        if to_correct(proof) != NOTHING:
            problems.append(f"proof {proof.pk} differs by {to_correct(proof).amount}")
    by_card = Proof.objects.exclude(method=F("payment__method")).count()
    if by_card:
        problems.append(f"{by_card} proofs name another method than their payment")
    strange = live.exclude(beside=None).exclude(beside__payment=F("payment")).count()
    return problems + ([f"{strange} proofs stand beside one of another payment"] if strange else [])


def confirmed_seats_are_paid() -> list[str]:
    rows = Registration.objects.filter(status=Registration.Status.CONFIRMED).exclude(
        line__order__status__in=[Order.Status.PAID, Order.Status.REFUNDED, Order.Status.REVIEW]
    )
    settled = [Order.Status.PAID, Order.Status.REFUNDED]
    changes = TicketChange.objects.done().exclude(line=None)
    unpaid = changes.exclude(line__order__status__in=settled)
    return [f"registration {row.pk} is confirmed, its order is not paid" for row in rows] + [
        f"registration {row.registration_id} was changed, the difference is not paid"
        for row in unpaid
    ]


def periods_are_paid_and_single() -> list[str]:
    problems = []
    unpaid = Period.objects.filter(voided_at=None, line__isnull=False).exclude(
        line__order__status__in=[Order.Status.PAID, Order.Status.REFUNDED, Order.Status.REVIEW]
    )
    problems += [f"period {row.pk} stands on an unpaid order" for row in unpaid]
    overlapping = (
        Period.objects.filter(voided_at=None)
        .filter(
            member__periods__voided_at=None,
            member__periods__pk__gt=F("pk"),
            member__periods__starts_on__lte=F("ends_on"),
            member__periods__ends_on__gte=F("starts_on"),
        )
        .distinct()
    )
    return problems + [f"member {row.member_id} has overlapping periods" for row in overlapping]


def dues_agree() -> list[str]:
    """What is charged less what came is what is open; nobody is charged twice for a year."""
    problems = []
    charged = Charge.objects.aggregate(sum=Sum("amount"))["sum"] or 0
    sums = Charge.objects.standing().with_open().aggregate(came=Sum("paid"), left=Sum("open"))
    if charged - (sums["came"] or 0) != (sums["left"] or 0):
        problems.append(f"dues: charged {charged}, paid {sums['came']}, open {sums['left']}")
    twice = Charge.objects.standing().order_by().values("member", "year").annotate(n=Count("pk"))
    problems += [
        f"member {row['member']} is charged {row['n']} times for {row['year']}"
        for row in twice.filter(n__gt=1)
    ]
    halves = Charge.objects.filter(reverses__isnull=False).exclude(amount=-F("reverses__amount"))
    return problems + [f"charge {row.pk} does not reverse its whole" for row in halves]


def balances_are_counted() -> list[str]:
    """What lists of dues show is what the facts say."""
    return [f"the balance of charge {pk} is not what its facts say" for pk in balances.wrong()]


def last_paid_days_are_known() -> list[str]:
    """The last stretch of paid days beside each member is that of the periods."""
    stretches: dict[int, tuple[date, date]] = {}
    periods = Period.objects.valid().order_by("member", "starts_on", "pk")
    for member, first, last in periods.values_list("member", "starts_on", "ends_on").iterator():
        last = last or standing.FOR_LIFE
        since, to = stretches.get(member, (first, last))
        goes_on = first <= to or first - to <= timedelta(days=1)
        stretches[member] = (since, max(to, last)) if goes_on else (first, last)
    kept = Member.objects.order_by("pk").values_list("pk", "paid_since", "paid_to")
    return [
        f"member {pk}: {since} to {to} is not the last stretch of paid days"
        for pk, since, to in kept.iterator()
        if (since, to) != stretches.get(pk, (None, None))
    ]


def member_numbers_are_given_once() -> list[str]:
    active = Member.objects.filter(status=Member.Status.ACTIVE, number=None).count()
    return [f"{active} active members have no number"] if active else []


def companies_are_run() -> list[str]:
    """Where anybody sits, somebody runs it; and one representative at most."""
    seats = Seat.objects.current().filter(member__status__in=Member.RUNNING)
    runners = Count("pk", filter=Q(role__in=Seat.RUNNING))
    voters = Count("pk", filter=Q(role=Seat.Role.REPRESENTATIVE))
    rows = seats.order_by().values("member").annotate(runners=runners, voters=voters)
    return [
        f"member {row['member']} has {row['runners']} who run it, {row['voters']} who vote"
        for row in rows.filter(Q(runners=0) | Q(voters__gt=1))
    ]


def register_says_what_members_are() -> list[str]:
    """The line in force of each member agrees with the member's row."""
    lines = RegisterEntry.objects.filter(until=None)
    unlisted = Member.objects.exclude(number=None).exclude(pk__in=lines.values("member"))
    differing = lines.exclude(
        member__status=F("status"),
        member__tier=F("tier"),
        member__branch=F("branch"),
        member__number=F("number"),
        member__name=F("name"),
    )
    return [f"member {row.pk} has no line in the register" for row in unlisted] + [
        f"line {row.pk} of member {row.member_id} says what is no longer so" for row in differing
    ]


def rolls_are_as_they_were_frozen() -> list[str]:
    problems = []
    for meeting in Meeting.objects.exclude(roll_frozen_at=None):
        voters = meeting.voters.order_by("number")
        if (
            voters.count() != meeting.roll_size
            or rolls.fingerprint(voters.iterator()) != meeting.roll_sha256
        ):
            problems.append(f"the roll of meeting {meeting.number} does not match its seal")
    return problems


def audit_chain_holds() -> list[str]:
    problems = broken_seals()
    late = Entry.objects.unsealed().filter(at__lt=clock.now() - timedelta(minutes=10)).count()
    if late:
        problems.append(f"{late} audit entries wait for their seal: is the worker running?")
    return problems


def files_are_there() -> list[str]:
    problems = []
    for model in (Report, Edition, SamplePage, Document):
        name = "picture" if model is SamplePage else "file"
        for row in model._base_manager.exclude(**{name: ""}).iterator():
            stored = getattr(row, name)
            if not stored.storage.exists(str(stored.name)):
                problems.append(f"{row._meta.label} {row.pk}: {stored.name} is missing")
    return problems


def values_replace_their_own() -> list[str]:
    """A value of a statistic replaces one of the same cell that was told before it."""
    cell = ("series", "period", "region", "first", "second")
    same = Q(**{name: F(f"replaces__{name}") for name in cell})
    changes = Observation.objects.exclude(replaces=None)
    rows = changes.exclude(same, known_at__gte=F("replaces__known_at"))
    return [f"value {row.pk} replaces one of another cell or time" for row in rows]


def shares_follow_the_money() -> list[str]:
    """The shares booked of a line are its frozen share while it is paid, their part of what is kept
    of it after a refund, and nothing once all of it went back."""
    return share_checks.faults_of_lines()


def statements_add_up() -> list[str]:
    """Each closed statement begins as the one before it ended, says what its entries sum to, and
    they are those that were approved."""
    return share_checks.faults_of_statements()


def closed_months_are_sealed() -> list[str]:
    """Every entry stands in the month of its instant; locked ones are in a row, each with its
    paper; a payout is booked once, with its amount."""
    return share_checks.faults_of_months()


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
    values_replace_their_own,
    shares_follow_the_money,
    statements_add_up,
    closed_months_are_sealed,
)


def verify() -> dict[str, list[str]]:
    return {check.__name__: check() for check in CHECKS}
