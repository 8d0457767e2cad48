"""Recounts money: the books, payments, refunds, orders, tills and what branches share."""

from django.db.models import F, OuterRef, Q, Sum

from kosna.payments import share_checks
from kosna.payments.models import (
    Deposit,
    LedgerEntry,
    Order,
    Payment,
    Refund,
    RefundAccount,
    Taking,
    Till,
)
from kosna.verify.sums import sum_of


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
    booked = sum_of(LedgerEntry.objects.filter(refund=OuterRef("pk")), "refund")
    refunds = Refund.objects.annotate(booked=booked)
    done = Q(status=Refund.Status.DONE)
    off = refunds.filter((done & ~Q(booked=-F("amount"))) | (~done & ~Q(booked=0)))
    return [f"entry {row.pk} of {row.amount} is not what its cause says" for row in wrong] + [
        f"refund {row.pk} is {row.status}, {row.booked} of {row.amount} are booked" for row in off
    ]


def reversals_are_opposite() -> list[str]:
    rows = Payment.objects.exclude(reverses=None).exclude(
        amount=-F("reverses__amount"), order=F("reverses__order")
    )
    return [f"payment {row.reference} does not reverse its whole" for row in rows]


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


def refunds_within_payments() -> list[str]:
    claims = Payment.objects.annotate(
        claimed=Sum("refunds__amount", filter=Q(refunds__status__in=Refund.CLAIMS))
    ).filter(claimed__gt=F("amount"))
    return [f"payment {row.reference}: {row.claimed} refunded of {row.amount}" for row in claims]


def accounts_end_with_their_refunds() -> list[str]:
    """No account number outlives the refund that it was named for."""
    ended = (Refund.Status.DONE, Refund.Status.REJECTED)
    rows = RefundAccount.objects.standing().filter(refund__status__in=ended)
    return [f"the account of refund {row.refund_id} was not purged" for row in rows]


def paid_orders_are_paid() -> list[str]:
    orders = (
        Order.objects.filter(status=Order.Status.PAID).with_balance().filter(paid__lt=F("total"))
    )
    return [f"order {order.code} is PAID with {order.paid} of {order.total}" for order in orders]


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
