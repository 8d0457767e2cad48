"""Booking what members should owe for a year, and letting some of them off."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.branches.models import Branch
from kosna.core import batches, clock
from kosna.core.clock import years_after
from kosna.core.errors import Refused
from kosna.core.models import Batch, Counter
from kosna.mail import post
from kosna.payments.actions import cancel_order
from kosna.payments.models import Order
from members.actions.exits import locked_with_orders, people_of
from members.actions.periods import asks_for, locked, renew, void_period
from members.assessment import Difference, chunks, concerned, differences
from members.balances import recount
from members.dues import charged, open_charges
from members.models import (
    Assessment,
    AssessmentItem,
    Charge,
    Exemption,
    Member,
    Period,
    Tier,
)
from members.standing import FOR_LIFE, paid_until

Kind = AssessmentItem.Kind
PREVIEW, BOOK = "members.preview_dues", "members.book_dues"


@dataclass
class Outcome:
    """How many charges an assessment adds, changes and reverses, and by how much in all."""

    added: int = 0
    changed: int = 0
    reversed: int = 0
    total: int = 0

    def count(self, found: Sequence[Difference]) -> None:
        for difference in found:
            self.added += difference.kind == Kind.ADDED
            self.changed += difference.kind == Kind.CHANGED
            self.reversed += difference.kind == Kind.REVERSED
            self.total += difference.after - difference.before


def silent(done: int, total: int) -> None:
    """Tells nobody how far it is."""


def assess(
    *,
    year: int,
    branch: Branch | None = None,
    tell: Callable[[int, int], None] = silent,
    by: User,
) -> Outcome:
    """Books what the members of a branch (None: of all) should owe for a year, as far as it is not
    booked already: run again, it changes nothing. Orders that ask for another amount and have
    received nothing are replaced.

    Some members at a time, each lot in a transaction of its own, so that a killed run is simply
    run again. Raises Refused where a tier has no rate.
    """
    ids = list(concerned(year, branch).order_by("pk").values_list("pk", flat=True))
    outcome, done = Outcome(), 0
    for some in chunks(ids):
        found = book(year, some, by=by)
        outcome.count(found)
        replace_orders([difference.member_id for difference in found], by=by)
        done += len(some)
        tell(done, len(ids))
    return outcome


def lock(year: int) -> None:
    """One assessment of a year books at a time; the next one waits here and then finds it done."""
    Counter.objects.select_for_update().get_or_create(kind="members.assess", year=year)


@transaction.atomic
def book(year: int, member_ids: Sequence[int], *, by: User) -> list[Difference]:
    """Adds and reverses what differs for some members. Returns what differed."""
    lock(year)
    # Read before what is booked: whoever booked in between has taken the turn.
    charges = Charge.objects.filter(year=year, member__in=member_ids)
    turns = dict(charges.order_by().values_list("member").annotate(Max("turn")))
    found = differences(year, member_ids)
    if not found:
        return []
    at = clock.now()
    Charge.objects.bulk_create(
        _reversal(each.booked, at=at, by=by) for each in found if each.booked
    )
    Charge.objects.bulk_create(
        Charge(
            member_id=each.member_id,
            year=year,
            turn=turns.get(each.member_id, 0) + 1,
            tier_id=each.due.tier_id,
            amount=each.due.amount,
            reason=each.due.reason,
            starts_on=each.due.starts_on,
            ends_on=each.due.ends_on,
            due_on=each.due.due_on,
            booked_at=at,
            booked_by=by,
        )
        for each in found
        if each.due
    )
    recount([each.member_id for each in found])
    outcome = Outcome()
    outcome.count(found)
    audit.record("members.assess_dues", by, by=by, year=year, **vars(outcome))
    return found


def _reversal(charge: Charge, *, at: datetime, by: User) -> Charge:
    return Charge(
        member_id=charge.member_id,
        year=charge.year,
        turn=charge.turn,
        tier_id=charge.tier_id,
        amount=-charge.amount,
        reason=Charge.Reason.REVERSED,
        starts_on=charge.starts_on,
        ends_on=charge.ends_on,
        due_on=charge.due_on,
        reverses=charge,
        booked_at=at,
        booked_by=by,
    )


def replace_orders(member_ids: Sequence[int], *, by: User) -> int:
    """Waiting orders of these members that ask for another amount than is booked now are cancelled
    and placed anew, unless money has come for them. Returns how many were."""
    waiting = Order.objects.filter(renewal__member__in=member_ids, status=Order.Status.PENDING)
    rows = waiting.order_by("pk").values_list("pk", "renewal__member")
    return sum(_replace_order(order_id, member_id, by=by) for order_id, member_id in rows)


@transaction.atomic
def _replace_order(order_id: int, member_id: int, *, by: User) -> bool:
    order = Order.objects.select_for_update(of=("self",)).select_related("user").get(pk=order_id)
    member = locked(member_id)
    if order.status != Order.Status.PENDING or order.payments.standing().exists():
        return False
    lines = [charged(charge, charge.open).line for charge in open_charges(member)]
    if asks_for(order, lines):
        return False
    cancel_order(order, by=by, reason=_("Dues were assessed anew"))
    if not lines or member.status != Member.Status.ACTIVE:
        return True
    newer = renew(member, payer=order.user, by=by)
    post.send(
        "dues_changed",
        [order.user.mailbox],
        language=order.user.language,
        key=f"dues_changed:{order.code}",
        context={
            "name": member.name,
            "before": order.total,
            "after": newer.total,
            "url": settings.SITE_URL + newer.get_absolute_url(),
        },
        user=order.user,
        branch=member.branch,
    )
    return True


# In two steps at the desk: a preview, then the booking ----------------------------------------


@transaction.atomic
def start_assessment(*, year: int, branch: Branch | None, by: User) -> tuple[Assessment, Batch]:
    """Works out a preview in the background; nothing is booked."""
    assessment = Assessment.objects.create(year=year, branch=branch, started_by=by)
    batch = batches.start(
        PREVIEW,
        by=by,
        title=_("Preview of the dues of %(year)s") % {"year": year},
        assessment=assessment.pk,
    )
    audit.record("members.preview_dues", assessment, by=by, year=year)
    return assessment, batch


def preview(work: batches.Work) -> None:
    """The differences of an assessment, kept to be looked at. Bears being run again."""
    assessment = Assessment.objects.select_related("branch").get(pk=work.params["assessment"])
    assessment.items.all().delete()
    year = assessment.year
    ids = list(concerned(year, assessment.branch).order_by("pk").values_list("pk", flat=True))
    outcome, done = Outcome(), 0
    for some in chunks(ids):
        found = differences(year, some)
        outcome.count(found)
        AssessmentItem.objects.bulk_create(
            AssessmentItem(
                assessment=assessment,
                member_id=each.member_id,
                kind=each.kind,
                before=each.before,
                after=each.after,
                due_on=each.due.due_on if each.due else None,
            )
            for each in found
        )
        done += len(some)
        work.progress(done, total=len(ids))
    assessment.move_to(Assessment.Status.READY, **vars(outcome))


@transaction.atomic
def start_booking(assessment: Assessment, *, by: User) -> Batch:
    """Books in the background what differs by then. Raises Refused when it was booked already."""
    if assessment.status != Assessment.Status.READY:
        raise Refused(_("Only a finished preview can be booked."))
    return batches.start(
        BOOK,
        by=by,
        title=_("Booking the dues of %(year)s") % {"year": assessment.year},
        assessment=assessment.pk,
    )


def book_assessment(work: batches.Work) -> None:
    """Run again after a crash, it books the rest."""
    assessment = Assessment.objects.select_related("branch").get(pk=work.params["assessment"])
    by = work.batch.by
    outcome = assess(
        year=assessment.year,
        branch=assessment.branch,
        tell=lambda done, total: work.progress(done, total=total),
        by=by,
    )
    assessment.move_to(
        Assessment.Status.BOOKED, booked_at=clock.now(), booked_by=by, **vars(outcome)
    )


def url_of_assessment(batch: Batch) -> str:
    return reverse("members_staff:assessment", args=[batch.params["assessment"]])


# Letting somebody off -------------------------------------------------------------------------


@transaction.atomic
def exempt(
    member: Member, *, from_year: int, until_year: int | None, reason: str, by: User
) -> Exemption:
    """면제: from a year to a year, or for good. The days come with it as if they were paid, and
    what is booked for these years and not paid is reversed."""
    member = locked_with_orders(member.pk)
    _may_exempt(member, by)
    if until_year is not None and until_year < from_year:
        raise Refused(_("The last year lies before the first."), field="until_year")
    others = member.exemptions.filter(from_year__lte=until_year or 9999)
    if any(other.until_year is None or other.until_year >= from_year for other in others):
        raise Refused(_("There is an exemption in these years already."), field="from_year")
    exemption = Exemption.objects.create(
        member=member,
        from_year=from_year,
        until_year=until_year,
        reason=reason,
        period=_days_off(member, from_year, until_year),
        granted_by=by,
    )
    _assess_again(member, from_year, by=by)
    audit.record(
        "members.exempt_from_dues",
        member,
        by=by,
        reason=reason,
        subjects=people_of(member),
        from_year=from_year,
        until_year=until_year,
    )
    return exemption


def _may_exempt(member: Member, by: User) -> None:
    if member.user_id == by.pk or member.seat_rows.filter(valid_to=None, user=by.pk).exists():
        raise Refused(_("Nobody decides about their own membership."))
    if member.status != Member.Status.ACTIVE:
        raise Refused(_("Only a running membership can be let off its dues."))


def _days_off(member: Member, from_year: int, until_year: int | None) -> Period | None:
    """The days of the exempted years that are not paid already."""
    first, last = _year_begins(member, from_year), None
    if until_year is not None:
        last = _year_begins(member, until_year + 1) - timedelta(days=1)
    latest = paid_until(member, FOR_LIFE)
    starts_on = max(first, latest + timedelta(days=1)) if latest and latest < FOR_LIFE else first
    if latest == FOR_LIFE or (last and last < starts_on):
        return None
    return Period.objects.create(member=member, tier=member.tier, starts_on=starts_on, ends_on=last)


def _year_begins(member: Member, year: int) -> date:
    """The first day of a member's year that begins in a calendar year."""
    joined_on = member.joined_on
    assert joined_on is not None  # who is active has joined
    if member.tier.dues_basis == Tier.Basis.CALENDAR:
        return max(date(year, 1, 1), joined_on)
    return years_after(joined_on, year - joined_on.year)


@transaction.atomic
def end_exemption(exemption: Exemption, *, until_year: int, by: User) -> None:
    """The exemption ends with a year; the days that came with it end then, too."""
    member = locked_with_orders(exemption.member_id)
    exemption = Exemption.objects.select_related("period").get(pk=exemption.pk)
    _may_exempt(member, by)
    if until_year < exemption.from_year - 1:
        raise Refused(_("The last year lies before the first."), field="until_year")
    if exemption.until_year is not None and until_year >= exemption.until_year:
        raise Refused(_("This exemption ends earlier already."), field="until_year")
    period = exemption.period
    if period:
        void_period(period, reason=_("The exemption ended"))
        last = _year_begins(member, until_year + 1) - timedelta(days=1)
        period = (
            Period.objects.create(
                member=member, tier=period.tier, starts_on=period.starts_on, ends_on=last
            )
            if last >= period.starts_on
            else None
        )
    before = exemption.until_year
    Exemption.objects.filter(pk=exemption.pk).update(until_year=until_year, period=period)
    _assess_again(member, until_year + 1, by=by)
    audit.record(
        "members.end_exemption",
        member,
        by=by,
        subjects=people_of(member),
        before=before,
        until_year=until_year,
        reason=exemption.reason,
    )


def _assess_again(member: Member, from_year: int, *, by: User) -> None:
    """The years that have been assessed for this member, from one on."""
    years = Charge.objects.filter(member=member, year__gte=from_year).values_list("year", flat=True)
    for year in sorted(set(years)):
        book(year, [member.pk], by=by)
    recount([member.pk])
    replace_orders([member.pk], by=by)
