"""Recounts membership: paid days, dues, numbers, companies, the register and its rolls."""

from datetime import date, timedelta

from django.db.models import Count, F, Q, Sum

from kosna.payments.models import Order
from members import balances, rolls, standing
from members.models import Charge, Meeting, Member, Period, RegisterEntry, Seat


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
