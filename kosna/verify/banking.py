"""Recounts what the bank's lines became: deposits, matches, what went out."""

from django.db.models import F, OuterRef, Q
from django.db.models.functions import Coalesce

from kosna.payments.models import (
    BankLine,
    Deposit,
    DepositReturn,
    LedgerEntry,
    Match,
    NotedDeposit,
    OutgoingMatch,
)
from kosna.verify.sums import sum_of


def outgoing_lines_bear_out_once() -> list[str]:
    """A line of the bank shows one payout, one refund or one returned deposit, of its amount."""
    standing = OutgoingMatch.objects.standing()
    amount = Coalesce("payout__amount", "refund__amount")
    off = standing.annotate(amount=amount).exclude(line__outgoing=F("amount")).count()
    twice = standing.filter(line__returned__isnull=False).count()
    problems = [f"{off} outgoing lines are of another amount"] if off else []
    return problems + ([f"{twice} outgoing lines are used twice"] if twice else [])


def deposits_add_up() -> list[str]:
    """Of each line: what came is what orders got, what was wired back and what is left; and that
    is what its entries in the books say."""
    standing = Match.objects.standing().filter(deposit=OuterRef("pk"))
    returned = DepositReturn.objects.filter(deposit=OuterRef("pk"))
    entries = LedgerEntry.objects.filter(line=OuterRef("line"))
    rows = Deposit.objects.annotate(
        matched=sum_of(standing, "deposit"),
        returned=sum_of(returned, "deposit"),
        booked=sum_of(entries, "line"),
    )
    off = rows.exclude(left=F("line__incoming") - F("matched") - F("returned"), booked=F("left"))
    problems = [f"deposit {row.pk}: {row.left} left, {row.booked} booked" for row in off]
    lines = BankLine.objects.incoming().filter(deposit=None).count()
    return problems + ([f"{lines} incoming lines are no deposits"] if lines else [])


def matches_have_their_money() -> list[str]:
    """A match stands exactly as long as the payment that it made."""
    wrong = Match.objects.filter(is_found=False).exclude(
        Q(unmatched_at=None, payment__reversal=None)
        | Q(unmatched_at__isnull=False, payment__reversal__isnull=False)
    )
    return [f"match {row.pk} and its payment disagree" for row in wrong]


def noted_deposits_have_their_money() -> list[str]:
    """What two people confirmed was booked for its order, to the won."""
    confirmed = NotedDeposit.objects.filter(status=NotedDeposit.Status.CONFIRMED)
    wrong = confirmed.exclude(payment__order=F("order"), payment__amount=F("amount"))
    return [f"noted deposit {row.pk} and its payment disagree" for row in wrong]
