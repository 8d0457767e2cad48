"""Telling members what is due, before, on and after the day: once each time, and never those who
have paid, left or are let off."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import batches, clock
from kosna.core.errors import Refused
from kosna.core.models import Batch
from kosna.mail import post
from members.assessment import chunks
from members.letters import addressees, addresses_of, depositor_name, link_for
from members.models import Balance, BalanceQuerySet, Charge, DuesNotice, Member
from members.standing import calendar_for, standing_of

SEND = "members.send_dues_notices"
# A notice whose day passed while no worker ran is sent late rather than never, within so many days.
CATCH_UP = 7


def send_due_notices() -> str:
    """The daily job: each charge whose day of notice has come. Safe to run twice and in parallel:
    the occasion is written with the mail, and both are unique."""
    today, sent = clock.today(), 0
    for days in calendar_for(today.year).notice_days:
        since = today - timedelta(days=days + CATCH_UP)
        due = Balance.objects.filter(due_on__gt=since, due_on__lte=today - timedelta(days=days))
        told = DuesNotice.objects.filter(
            member=OuterRef("member"), year=OuterRef("year"), occasion=str(days)
        )
        rows = due.owing().exclude(Exists(told))
        sent += _send(list(rows.order_by("pk").values_list("pk", flat=True)), str(days))
    return f"{sent} notices"


def _send(
    charge_ids: Sequence[int],
    occasion: str,
    *,
    work: batches.Work | None = None,
    by: User | None = None,
) -> int:
    sent = done = unreached = 0
    for some in chunks(charge_ids):
        posted, without_email = send_some(some, occasion, by=by)
        sent, unreached, done = sent + posted, unreached + without_email, done + len(some)
        if work:
            work.progress(done, total=len(charge_ids))
    if work:
        work.tell(**{_("Notices posted"): sent, _("Without an e-mail address"): unreached})
    return sent


@transaction.atomic
def send_some(
    charge_ids: Sequence[int], occasion: str, *, by: User | None = None
) -> tuple[int, int]:
    """Posts the notices of some charges that are still open, each once on an occasion. How many
    were posted, and how many reach nobody by mail: of those no notice is on record."""
    rows = (
        Charge.objects.filter(pk__in=charge_ids, member__status=Member.Status.ACTIVE)
        .unpaid()
        .select_related("member__tier", "member__branch", "member__user", "member__organisation")
        .prefetch_related("member__periods", "member__suspensions", "member__seat_rows__user")
        .order_by("pk")
    )
    told = set(
        DuesNotice.objects.filter(
            occasion=occasion, member__in=[charge.member_id for charge in rows]
        ).values_list("member", "year")
    )
    due = [charge for charge in rows if (charge.member_id, charge.year) not in told]
    charges = [charge for charge in due if addresses_of(charge.member)]
    totals: dict[int, int] = defaultdict(int)
    for open_charge in Charge.objects.filter(member__in=[c.member_id for c in charges]).unpaid():
        totals[open_charge.member_id] += open_charge.open
    for charge in charges:
        _post(charge, occasion, total=totals[charge.member_id])
    DuesNotice.objects.bulk_create(
        (
            DuesNotice(
                member=charge.member,
                year=charge.year,
                occasion=occasion,
                amount=charge.open,
                sent_by=by,
            )
            for charge in charges
        ),
        ignore_conflicts=True,
    )
    if charges:
        audit.record(
            "members.send_dues_notices",
            charges[0],
            by=by,
            branch=None,
            subjects={user.pk for charge in charges for user in addressees(charge.member)},
            occasion=occasion,
            sent=len(charges),
        )
    return len(charges), len(due) - len(charges)


def _post(charge: Charge, occasion: str, *, total: int) -> None:
    member, today = charge.member, clock.today()
    for email, language, user in addresses_of(member):
        with translation.override(language):
            sentence = standing_of(member, today).sentence
        post.send(
            "dues_notice",
            [email],
            language=language,
            key=f"dues:{member.pk}:{charge.year}:{occasion}",
            context={
                "name": member.name,
                "year": charge.year,
                "amount": charge.open,
                "total": total,
                "due_on": charge.due_on.isoformat(),
                "is_overdue": charge.due_on < today,
                "is_today": charge.due_on == today,
                "standing": sentence,
                "bank": settings.BANK_ACCOUNT["bank"],
                "account": settings.BANK_ACCOUNT["number"],
                "holder": settings.BANK_ACCOUNT["holder"],
                "depositor": depositor_name(member),
                "url": link_for(member),
            },
            user=user,
            branch=member.branch,
        )


@transaction.atomic
def start_notices(balances: BalanceQuerySet, *, by: User) -> Batch:
    """Sends the notice once more to those of ``balances`` who have not paid."""
    ids = sorted(balances.owing().order_by().values_list("charge", flat=True))
    if not ids:
        raise Refused(_("Nobody here has anything left to pay."))
    batch = batches.start(SEND, by=by, title=_("Notices of dues"), total=len(ids), charges=ids)
    audit.record("members.start_dues_notices", batch, by=by, charges=len(ids))
    return batch


def send_notices(work: batches.Work) -> None:
    """Run again after a crash, it sends the rest: the batch is the occasion."""
    occasion = f"batch-{work.batch.pk}"
    _send(work.params["charges"], occasion, work=work, by=work.batch.by)


def url_of_dues(batch: Batch) -> str:
    return reverse("members_staff:dues")
