"""Paying on a provider's page: by card, or by an account that the page gives out. The intent is
committed, then the provider is called outside any transaction, then its answer is written down."""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.mail import post
from kosna.payments.actions.refunds import sync_refunds
from kosna.payments.actions.returns import give_back
from kosna.payments.actions.settlement import locked, mail_facts, net_paid, record_payment
from kosna.payments.actions.virtual import hold_for_deposit
from kosna.payments.models import Attempt, Order
from kosna.payments.providers import gateway, hosted
from kosna.payments.providers.base import (
    HostedProvider,
    ProviderDown,
    ProviderRefused,
    ProviderState,
    Quarantined,
)

logger = logging.getLogger(__name__)

ALMOST_OVER = timedelta(minutes=3)  # no use in sending somebody to a page that closes at once
BANK_DECIDES = timedelta(hours=24)
STARTED = {
    Order.Method.CARD: "payments.start_card_payment",
    Order.Method.VIRTUAL: "payments.start_virtual_account",
}


def provider() -> HostedProvider:
    found = hosted()
    if found is None:
        raise Refused(_("Card payment is not offered at the moment. Please pay by bank transfer."))
    return found


def start_card_payment(order: Order, *, by: User, language: str) -> Attempt:
    """An attempt with the address of the provider's page. One is open at most: it is used again,
    and an older one is closed first.

    Raises Refused (nothing to pay, deadline, method), ProviderDown (try again: the same attempt
    is continued under its key) or ProviderRefused.
    """
    return _start(order, Order.Method.CARD, by=by, language=language)


def start_virtual_account(order: Order, *, by: User, language: str) -> Attempt:
    """가상계좌: as for a card, but the page gives out an account, which the order then waits for.
    An attempt that has its account already has no page any more (``url`` is empty)."""
    return _start(order, Order.Method.VIRTUAL, by=by, language=language)


def _start(order: Order, method: Order.Method, *, by: User, language: str) -> Attempt:
    attempt = _claim(order, method, by=by, language=language)
    was_open = attempt.status == Attempt.Status.OPEN
    _open(attempt)
    if was_open:
        if _is_usable(attempt, method, language):
            _look_up(attempt)  # it may have been closed or paid there, and nobody told us
        else:
            close_sessions(order)
        attempt = _claim(order, method, by=by, language=language)
        _open(attempt)
    if attempt.status == Attempt.Status.PROCESSING:
        raise Refused(_("Your bank is still deciding about the payment. Please wait for it."))
    return attempt


def must_be_payable(order: Order) -> None:
    """Raises Refused, saying why nothing can be paid on this order any more."""
    if order.status != Order.Status.PENDING:
        raise Refused(
            _("This order is “%(status)s”: there is nothing to pay.")
            % {"status": order.get_status_display()}
        )
    if order.expires_at <= clock.now():
        raise Refused(_("The payment deadline has passed. Please order again."))
    if not order.total:
        raise Refused(_("This order costs nothing: there is nothing to pay."))


@transaction.atomic
def _claim(order: Order, method: Order.Method, *, by: User, language: str) -> Attempt:
    """The undecided attempt of this order, or a new one. The hold is made to outlive its page."""
    order = locked(order)
    must_be_payable(order)
    balance = order.total - net_paid(order)
    chosen = provider()
    if method not in chosen.methods(balance):
        raise Refused(_("This amount cannot be paid by card. Please pay by bank transfer."))
    if attempt := order.attempts.filter(status__in=Attempt.UNDECIDED).first():
        return attempt
    now, page = clock.now(), chosen.page
    ends_at = min(max(order.expires_at, now + page.shortest), now + page.longest)
    order.change(method=method, release_at=max(order.release_at, ends_at + page.grace))
    attempt = Attempt.objects.create(
        order=order,
        provider=chosen.name,
        method=method,
        amount=balance,
        language=language,
        created_at=now,
        expires_at=ends_at,
    )
    audit.record(STARTED[method], order, by=by, subjects=[order.user_id], amount=balance)
    return attempt


def _is_usable(attempt: Attempt, method: Order.Method, language: str) -> bool:
    """The page is the one that is asked for now, and open long enough; an account stands in our
    own page, whatever its language."""
    lasts = attempt.expires_at > clock.now() + ALMOST_OVER
    return (
        attempt.method == method
        and attempt.provider == provider().name
        and lasts
        and (attempt.language == language or bool(attempt.account))
    )


def _open(attempt: Attempt) -> None:
    """Asks for the page and writes its address down, unless that is done. A no ends the attempt;
    silence does not."""
    if attempt.status != Attempt.Status.CREATED:
        return
    try:
        started = gateway(attempt.provider).start(attempt, attempt.order)
    except ProviderRefused as no:
        attempt.move_to(Attempt.Status.FAILED, error=str(no)[:500])
        raise
    except ProviderDown as problem:
        Attempt.objects.filter(pk=attempt.pk).update(error=str(problem)[:500])
        raise
    changed = Attempt.objects.filter(pk=attempt.pk, status=Attempt.Status.CREATED).update(
        status=Attempt.Status.OPEN, session=started.session, url=started.url, error=""
    )
    attempt.refresh_from_db()
    if not changed and attempt.status != Attempt.Status.OPEN:
        raise Refused(_("Somebody else has just changed this. Reload the page and look again."))


# What became of it -------------------------------------------------------------------------------


def fulfil(
    session: str, *, order: Order | None = None, of: str = "", amount: int | None = None
) -> Attempt | None:
    """Asks the provider about a session and books what it says; the one way for webhook, success
    page and reconciliation. As often as you like, in any order, at the same time.

    ``order``: the order that the session must belong to; ``of``: the provider, where the session
    is not known here; ``amount``: won that somebody says it is over. None when it is not ours.
    Raises Quarantined, Refused (another order's session), ProviderDown or ProviderRefused.
    """
    known = Attempt.objects.filter(session=session).first()
    name = of or (known.provider if known else provider().name)
    state = gateway(name).fetch(session)
    if amount not in (None, state.amount):
        raise Quarantined(
            _("The browser brought %(told)s won, the provider says %(now)s.")
            % {"told": amount, "now": state.amount}
        )
    return apply_state(state, order=order)


def apply_state(
    state: ProviderState, *, order: Order | None = None, any_amount: bool = False
) -> Attempt | None:
    """``any_amount``: a person has looked, and books what was paid though more or less was due."""
    attempt = _attempt_of(state)
    if attempt is None:
        return None
    if order is not None and attempt.order_id != order.pk:
        raise Refused(_("This payment belongs to another order."))
    _must_fit(state, attempt, any_amount=any_amount)
    if attempt.status == Attempt.Status.SUCCEEDED and state.status not in ("paid", "expired"):
        # An account's bank may take a deposit back that it has told of.
        raise Quarantined(
            _("It is booked, and the provider says now: %(status)s.") % {"status": state.status}
        )
    match state.status:
        case "agreed":
            _approve(state, attempt)
        case "waiting":
            if not hold_for_deposit(attempt, state):
                _give_back(attempt, state)
        case "paid":
            _book(state, attempt)
        case "processing":
            _hold_for_bank(attempt)
        case "failed":
            fail(attempt, state.error)
        case "expired":
            Attempt.objects.filter(pk=attempt.pk, status__in=Attempt.UNDECIDED).update(
                status=Attempt.Status.EXPIRED
            )
    attempt.refresh_from_db()
    return attempt


def _book(state: ProviderState, attempt: Attempt) -> None:
    """The payment, what has gone back of it before we heard of it, and what must go back now."""
    payment = record_payment(
        order=attempt.order,
        provider=attempt.provider,
        reference=state.reference,
        method=state.method,
        amount=state.amount,
        received_at=state.paid_at or clock.now(),
        attempt=attempt,
    )
    if state.refunded:
        sync_refunds(state.reference, gateway(attempt.provider).refunds_of(state.reference))
    give_back(payment.order)


def _attempt_of(state: ProviderState) -> Attempt | None:
    """By the uuid that we gave: a session may be paid before we could write its name down."""
    if not state.attempt or state.environment != settings.KOSNA_ENV:
        return None
    attempts = Attempt.objects.select_related("order")
    attempt = attempts.filter(uuid=state.attempt).first()
    if attempt and not attempt.session:
        Attempt.objects.filter(pk=attempt.pk, session=None).update(session=state.session)
    return attempt


def _must_fit(state: ProviderState, attempt: Attempt, *, any_amount: bool) -> None:
    problems = [
        _("%(name)s: %(theirs)s instead of %(ours)s")
        % {"name": name, "theirs": theirs, "ours": ours}
        for name, theirs, ours in [
            (_("Amount"), state.amount, state.amount if any_amount else attempt.amount),
            (_("Currency"), state.currency, "krw"),
            (_("Order"), state.order, attempt.order.code),
            (_("Real money"), state.is_live, gateway(state.provider).is_live),
            (_("Provider"), state.provider, attempt.provider),
        ]
        if theirs != ours
    ]
    if problems:
        raise Quarantined("; ".join(problems))


def _approve(state: ProviderState, attempt: Attempt) -> None:
    """The payer has agreed on the page, and no money moves before we say so: the rules have their
    say while that is still true. Raises ProviderDown when nobody knows whether it moved."""
    asked = gateway(attempt.provider)
    if not _claim_approval(attempt, asked.page.grace):
        return
    attempt.refresh_from_db()
    try:
        approved = asked.approve(attempt, state)
    except ProviderRefused as no:
        fail(attempt, str(no))
    except ProviderDown as problem:
        Attempt.objects.filter(pk=attempt.pk).update(
            error=str(problem)[:500], tries=F("tries") + (1 if problem.answered else 0)
        )
        raise
    else:
        apply_state(approved)


@transaction.atomic
def _claim_approval(attempt: Attempt, grace: timedelta) -> bool:
    """Whether the order still wants this money; then it is held for as long as the approval may
    take. An approval that is under way may be asked for again: the provider bears that."""
    order = locked(attempt.order)
    attempt.refresh_from_db(fields=["status"])
    if attempt.status not in Attempt.UNDECIDED:
        return False
    is_wanted = (
        order.status == Order.Status.PENDING
        and order.release_at > clock.now()
        and order.total - net_paid(order) == attempt.amount
    )
    if not is_wanted:
        attempt.move_to(Attempt.Status.FAILED, error="the order wants no such payment any more")
        return False
    if attempt.status != Attempt.Status.PROCESSING:
        attempt.move_to(Attempt.Status.PROCESSING, error="")
    order.change(release_at=max(order.release_at, clock.now() + grace))
    return True


def _give_back(attempt: Attempt, state: ProviderState) -> None:
    """An account was given out for an order that has ended: nobody shall pay into it. Money that
    comes all the same is recorded and raises a task."""
    try:
        gateway(attempt.provider).expire(state.session)
    except (ProviderDown, ProviderRefused) as problem:
        logger.warning("attempt %s: %s", attempt.uuid, problem)


@transaction.atomic
def _hold_for_bank(attempt: Attempt) -> None:
    """The payer has agreed and the bank decides later: what is held stays held for a day."""
    undecided = (Attempt.Status.CREATED, Attempt.Status.OPEN)
    changed = Attempt.objects.filter(pk=attempt.pk, status__in=undecided).update(
        status=Attempt.Status.PROCESSING
    )
    if changed:
        order = locked(attempt.order)
        order.change(release_at=max(order.release_at, clock.now() + BANK_DECIDES))


@transaction.atomic
def fail(attempt: Attempt, error: str = "") -> None:
    changed = Attempt.objects.filter(pk=attempt.pk, status__in=Attempt.UNDECIDED).update(
        status=Attempt.Status.FAILED, **({"error": error[:500]} if error else {})
    )
    if not changed:
        return
    order = locked(attempt.order)
    audit.record("payments.attempt_failed", order, subjects=[order.user_id])
    post.send(
        "payment_failed",
        [order.user.mailbox],
        language=order.user.language,
        key=f"failed:{attempt.uuid}",
        context=mail_facts(order),
        user=order.user,
        branch=order.branch,
    )


def look_up(order: Order) -> None:
    """Asks about every undecided attempt of an order. Raises ProviderDown."""
    for attempt in order.attempts.all():
        if attempt.status in Attempt.UNDECIDED:
            _look_up(attempt)


def _look_up(attempt: Attempt) -> None:
    try:
        session = attempt.session
        if session is None:
            found = gateway(attempt.provider).find(attempt)
            session = found.session if found else None
        if session:
            fulfil(session, of=attempt.provider)
        else:
            attempt.move_to(Attempt.Status.FAILED, error="no session was opened")
    except (Quarantined, ProviderRefused, Refused) as problem:
        logger.warning("attempt %s: %s", attempt.uuid, problem)


def close_sessions(order: Order) -> None:
    """Closes the open page of an order, so that nobody pays there any more; outside transactions.

    Raises Refused when it has just been paid there or the bank is deciding, ProviderDown when
    nobody knows.
    """
    for attempt in order.attempts.filter(status__in=Attempt.UNDECIDED):
        if _close(attempt):
            continue
        _look_up(attempt)
        attempt.refresh_from_db()
        if attempt.status == Attempt.Status.SUCCEEDED:
            raise Refused(_("This order has just been paid."))
        if attempt.status in Attempt.UNDECIDED:
            raise Refused(_("Your bank is still deciding about the payment. Please wait for it."))


def _close(attempt: Attempt) -> bool:
    """Whether nobody can pay there any more. What the payer has agreed to is not closed but
    decided, and whoever approves it between the two steps finds it expired, or is found here."""
    if attempt.session is None or attempt.status == Attempt.Status.PROCESSING:
        return False
    if not gateway(attempt.provider).expire(attempt.session):
        return False
    before = (Attempt.Status.CREATED, Attempt.Status.OPEN)
    closed = Attempt.objects.filter(pk=attempt.pk, status__in=before)
    return bool(closed.update(status=Attempt.Status.EXPIRED))


def close_leftovers(order: Order) -> None:
    """After an order ended: closes the pages that it may have left open. What cannot be reached
    now closes by itself, and money that still comes is recorded and raises a task."""
    for attempt in order.attempts.filter(
        status=Attempt.Status.EXPIRED, session__isnull=False, expires_at__gt=clock.now()
    ):
        session = str(attempt.session)
        try:
            if not gateway(attempt.provider).expire(session):
                fulfil(session)
        except (ProviderDown, ProviderRefused, Quarantined, Refused) as problem:
            logger.warning("attempt %s: %s", attempt.uuid, problem)
