"""What a provider tells us. A notice is only a reason to look: its object is asked for again."""

import hmac
import logging
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.mail import post
from kosna.payments.actions import card, disputes, refunds
from kosna.payments.actions.settlement import raise_task, resolve_task
from kosna.payments.models import Attempt, Order, Payment, ProviderEvent, Task
from kosna.payments.providers import gateway
from kosna.payments.providers.base import Notice, ProviderRefused, ProviderState, Quarantined

logger = logging.getLogger(__name__)
Outcome = ProviderEvent.Outcome
DOES_NOT_FIT = (Quarantined, ProviderRefused, Refused)


def receive(notice: Notice) -> ProviderEvent:
    """Stores a verified notice once and applies it. A replay of an applied one changes nothing;
    one that was cut off is applied again, which every step bears.

    Raises ProviderDown when the provider cannot be asked: it will deliver the notice again.
    """
    row, _is_new = ProviderEvent.objects.get_or_create(
        provider=notice.provider,
        event=notice.event,
        defaults={"type": notice.type[:80], "payload": notice.kept},
    )
    return work_off(row, notice) if row.outcome == Outcome.RECEIVED else row


def kept_notice(row: ProviderEvent) -> Notice:
    """The notice again, from what was kept of it. Raises Refused when nobody can be asked."""
    return gateway(row.provider).reread(row.event, row.type, row.payload)


def work_off(row: ProviderEvent, notice: Notice | None = None) -> ProviderEvent:
    """Applies a notice that was received; what does not fit is set aside and staff are told."""
    try:
        outcome, note = _apply(notice or kept_notice(row)), ""
    except DOES_NOT_FIT as problem:
        outcome, note = Outcome.QUARANTINED, str(problem)[:500]
    with transaction.atomic():
        changed = ProviderEvent.objects.filter(pk=row.pk, outcome=Outcome.RECEIVED).update(
            outcome=outcome, note=note
        )
        if changed and outcome == Outcome.QUARANTINED:
            _tell_staff(row, note)
    row.refresh_from_db()
    return row


def _apply(notice: Notice, *, any_amount: bool = False, is_looked_at: bool = False) -> Outcome:
    """``is_looked_at``: a person has, and what the notice says of itself counts no more."""
    if notice.about == "nothing":
        return Outcome.IGNORED
    if notice.account:
        raise Quarantined(_("Another account: %(account)s") % {"account": notice.account})
    if notice.is_live is not gateway(notice.provider).is_live:
        raise Quarantined(_("Another mode: test money instead of real money, or the reverse."))
    match notice.about:
        case "payment":
            return _payment(notice, any_amount=any_amount, is_looked_at=is_looked_at)
        case "dispute":
            return Outcome.APPLIED if disputes.hear(notice) else Outcome.IGNORED
        case "refunds":
            return _refunds(notice)
    _note_decline(notice)
    return Outcome.APPLIED


def _payment(notice: Notice, *, any_amount: bool, is_looked_at: bool) -> Outcome:
    """Other environments may share the account: a session that we never gave is theirs."""
    if notice.environment != settings.KOSNA_ENV:
        return Outcome.IGNORED
    state = gateway(notice.provider).fetch(notice.session)
    if not is_looked_at:
        _must_agree(notice, state)
    if card.apply_state(state, any_amount=any_amount) is None:
        raise Quarantined(_("No payment of this kind was begun here."))
    if notice.charge:
        _refunds(notice)
    return Outcome.APPLIED


def _must_agree(notice: Notice, state: ProviderState) -> None:
    """What a notice says of itself must be what the provider says when asked."""
    told = notice.told or {}
    known = {name: getattr(state, name) for name in told}
    if known != told:
        raise Quarantined(
            _("The notice says %(told)s, the provider says %(now)s.")
            % {
                name: " ".join(map(str, said.values()))
                for name, said in (("told", told), ("now", known))
            }
        )
    if notice.secret is not None and not hmac.compare_digest(
        notice.secret.encode(), state.secret.encode()
    ):
        raise Quarantined(_("The notice does not bring the secret of its payment."))


def _refunds(notice: Notice) -> Outcome:
    """All of a charge, as its notice does not tell which one. A charge that we have not heard of
    yet brings its refunds along when it is booked."""
    payments = Payment.objects.filter(provider=notice.provider, reference=notice.charge)
    if not payments.exists():
        return Outcome.IGNORED
    refunds.sync_refunds(notice.charge, gateway(notice.provider).refunds_of(notice.charge))
    return Outcome.APPLIED


def _note_decline(notice: Notice) -> None:
    """For whoever answers the phone: the payer's bank said no, the page is still open."""
    if notice.environment == settings.KOSNA_ENV and notice.attempt:
        Attempt.objects.filter(uuid=notice.attempt, status__in=Attempt.UNDECIDED).update(
            error=notice.error[:500]
        )


def _tell_staff(row: ProviderEvent, note: str) -> None:
    logger.error("payment event %s quarantined: %s", row.event, note)
    order = Order.objects.filter(code=str(row.payload.get("order", ""))[:10]).first()
    if order:
        raise_task(Task.Kind.AMOUNT_DIFFERS, order, None, f"{row.event}: {note}")
    post.send(
        "payment_quarantined",
        [settings.ASSOCIATION["email"]],
        key=f"quarantine:{row.event}"[:90],
        context={
            "event": row.event,
            "type": row.type,
            "note": note,
            "at": f"{clock.now().astimezone(clock.KST):%Y-%m-%d %H:%M}",
            "url": settings.SITE_URL + reverse("payments_staff:provider-event", args=[row.pk]),
        },
    )


# A person has looked ------------------------------------------------------------------------------


def apply_again(row: ProviderEvent, *, any_amount: bool = False, by: User) -> ProviderEvent:
    """Applies an event that was set aside, after somebody has mended what did not fit: what the
    provider says now counts, not what the event said. ``any_amount`` books what was really paid.

    Raises Refused with the reason while it still does not fit, ProviderDown when nobody answers.
    """
    if row.outcome == Outcome.APPLIED:
        raise Refused(_("This notice has been applied already."))
    try:
        outcome = _apply(kept_notice(row), any_amount=any_amount, is_looked_at=True)
    except (Quarantined, ProviderRefused) as problem:
        raise Refused(str(problem)) from problem
    _decide(row, outcome, "payments.apply_event", by=by, any_amount=any_amount)
    return row


def ignore(row: ProviderEvent, *, reason: str, by: User) -> ProviderEvent:
    """Nothing is to be done about an event that was set aside, and why."""
    if row.outcome not in (Outcome.QUARANTINED, Outcome.RECEIVED):
        raise Refused(_("Only a notice that waits can be put aside for good."))
    _decide(row, Outcome.IGNORED, "payments.ignore_event", by=by, reason=reason)
    return row


@transaction.atomic
def _decide(
    row: ProviderEvent, outcome: Outcome, verb: str, *, by: User, reason: str = "", **facts: Any
) -> None:
    changes = {"outcome": outcome, "decided_at": clock.now(), "decided_by": by}
    if not ProviderEvent.objects.filter(pk=row.pk, outcome=row.outcome).update(**changes):
        raise Refused(_("Somebody else has just changed this. Reload the page and look again."))
    for name, value in changes.items():
        setattr(row, name, value)
    audit.record(verb, row, by=by, reason=reason, outcome=outcome, **facts)
    waiting = Task.objects.filter(kind=Task.Kind.AMOUNT_DIFFERS, status=Task.Status.OPEN)
    for task in waiting.filter(note__startswith=f"{row.event}: ").select_related("order"):
        resolution = reason or _("The notice was applied.")
        resolve_task(task, resolution=resolution[:300], by=by)
