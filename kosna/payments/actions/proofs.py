"""증빙: asked for by the buyer or at the desk, issued at the tax office, corrected when money went
back. The order's row is locked in each, so that one payment has one proof."""

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import prefetch_related_objects
from django.utils import translation
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.uploads import Checked
from kosna.mail import post
from kosna.payments import proof_rules
from kosna.payments.actions.settlement import locked, mail_facts
from kosna.payments.coverage import Sum, allowed, issued, to_correct
from kosna.payments.models import Order, Payment, Proof, ProofIssue

Kind, Purpose, Status = Proof.Kind, Proof.Purpose, Proof.Status
Cause = ProofIssue.Cause


@dataclass(frozen=True)
class Business:
    """Whom an invoice names (공급받는자); ``identity`` is the business number, ten digits."""

    identity: str
    company: str
    representative: str
    business_type: str = ""
    business_item: str = ""
    address: str = ""
    email: str = ""
    email2: str = ""
    sub_number: str = ""


@transaction.atomic
def request_cash_receipt(
    payment: Payment, *, purpose: Proof.Purpose, identity: str, by: User, email: str = ""
) -> Proof:
    """현금영수증 to a mobile number (E.164) or a business number. Raises Refused with the reason
    where this payment gets none."""
    choice = _choice(payment)
    if not choice.cash_receipt.amount:
        raise Refused(_no_such(choice))
    _give_way(choice, by)
    return _request(
        choice.payment, Kind.CASH_RECEIPT, by=by, purpose=purpose, identity=identity, email=email
    )


@transaction.atomic
def request_self_issued(payment: Payment, *, by: User) -> Proof:
    """자진발급: nobody asked, and the law wants a cash receipt all the same."""
    choice = _choice(payment)
    if choice.proofs or not choice.cash_receipt.amount:
        raise Refused(_no_such(choice))
    number = settings.CASH_RECEIPT_SELF_NUMBER
    return _request(choice.payment, Kind.CASH_RECEIPT, by=by, purpose=Purpose.SELF, identity=number)


@transaction.atomic
def request_invoice(
    payment: Payment,
    *,
    business: Business,
    written_on: date,
    is_claim: bool = False,
    note: str = "",
    certificate: Checked | None = None,
    by: User,
) -> Proof:
    """(세금)계산서: of taxable lines a tax invoice, of exempt ones an invoice; where a payment was
    for both, both, of which the first is returned. Raises Refused."""
    choice = _choice(payment)
    if not choice.invoices:
        raise Refused(_no_such(choice))
    paid_on, today = clock.kst_date(choice.payment.received_at), clock.today()
    if not paid_on <= written_on <= today:
        raise Refused(
            _("Between the day of the payment (%(first)s) and today (%(last)s).")
            % {"first": paid_on.isoformat(), "last": today.isoformat()},
            field="written_on",
        )
    _give_way(choice, by)
    facts: dict[str, Any] = asdict(business) | {
        "written_on": written_on,
        "is_claim": is_claim,
        "note": note,
    }
    if certificate:
        facts |= {
            "certificate": certificate.file(),
            "certificate_name": certificate.display_name,
            "certificate_type": certificate.content_type,
        }
    first: Proof | None = None
    for kind in choice.invoices:
        proof = _request(choice.payment, Kind(kind), by=by, beside=first, **facts)
        first = first or proof
        facts = {name: facts[name] for name in facts if not name.startswith("certificate")}
    assert first is not None  # there is a kind, or it was refused above
    return first


def choices_for(order: Order) -> list[proof_rules.Choice]:
    """What each payment of an order has, or may be asked for."""
    prefetch_related_objects([order], *proof_rules.grounds())
    return proof_rules.choices_of(order)


def choice_of(order: Order, payment: Payment) -> proof_rules.Choice:
    """The same of one payment. Raises Refused where nothing was paid."""
    for choice in choices_for(order):
        if choice.payment.pk == payment.pk:
            choice.payment.order = order
            return choice
    raise Refused(_("Nothing was paid here that a proof could be issued for."))


def _choice(payment: Payment) -> proof_rules.Choice:
    """As it stands now, its order locked until the transaction ends."""
    return choice_of(locked(payment.order), payment)


def _no_such(choice: proof_rules.Choice) -> str:
    if choice.why_not:
        return choice.why_not
    if choice.proofs:
        return _("This payment has a proof already: %(proof)s. One payment has one.") % {
            "proof": choice.proofs[0].get_kind_display()
        }
    return _("This kind of proof does not fit what was paid for.")


def _give_way(choice: proof_rules.Choice, by: User) -> None:
    for unasked in choice.proofs:
        _cancel(unasked, _("The buyer asked for a proof of their own."))
        _record("payments.cancel_proof", unasked, by=by)


def _request(payment: Payment, kind: Proof.Kind, *, by: User, **facts: Any) -> Proof:
    written_on = facts.pop("written_on", None) or clock.kst_date(payment.received_at)
    try:
        with transaction.atomic():
            proof = Proof.objects.create(
                payment=payment,
                method=payment.method,
                kind=kind,
                written_on=written_on,
                due_on=proof_rules.due_day(kind, payment, written_on),
                requested_by=by,
                **facts,
            )
    except IntegrityError:
        raise Refused(_("This payment has a proof already. One payment has one.")) from None
    _record("payments.request_proof", proof, by=by, purpose=proof.purpose)
    return proof


# Before the tax office has it ---------------------------------------------------------------------


@transaction.atomic
def withdraw_proof(proof: Proof, *, by: User) -> None:
    """The buyer does not want it any more, or in another way."""
    proof = locked_proof(proof)
    if proof.exported_at and proof.status == Status.REQUESTED:
        raise Refused(
            _("It is on its way to the tax office. Please ask the secretariat to cancel it.")
        )
    _end(proof, _("Withdrawn by the buyer"))
    _record("payments.withdraw_proof", proof, by=by)


@transaction.atomic
def cancel_proof(proof: Proof, *, reason: str, by: User) -> None:
    """The desk turns a request down. What was issued is taken back instead."""
    proof = locked_proof(proof)
    _end(proof, reason)
    _record("payments.cancel_proof", proof, by=by, reason=reason)
    if proof.purpose != Purpose.SELF:
        _write("proof_cancelled", proof, proof.pk, reason=reason)


def _end(proof: Proof, reason: str) -> None:
    """A request, and the request for the invoice beside it."""
    if proof.status != Status.REQUESTED:
        raise Refused(_("Only what the tax office does not have yet is simply cancelled."))
    for each in (proof, *proof.companions.filter(status=Status.REQUESTED)):
        _cancel(each, reason)


def _cancel(proof: Proof, reason: str) -> None:
    proof.move_to(Status.CANCELLED, cancelled_at=clock.now(), reason=reason[:200])


# What the tax office says -------------------------------------------------------------------------


@transaction.atomic
def issue_proof(
    proof: Proof, *, number: str, issued_on: date, by: User, amounts: Sum | None = None
) -> ProofIssue:
    """Writes down that it was issued: over ``amounts``, else over what its spreadsheet said, else
    over what was paid and kept."""
    proof = locked_proof(proof)
    if amounts is None:
        amounts = allowed(proof)
        if proof.filed_supply is not None and proof.filed_vat is not None:
            amounts = Sum(proof.filed_supply, proof.filed_vat)
    if amounts.amount <= 0:
        raise Refused(_("Nothing is left of this payment that it could prove."))
    proof.move_to(Status.ISSUED)
    issue = _issue(proof, Cause.FIRST, amounts, number=number, issued_on=issued_on, by=by)
    _record("payments.issue_proof", proof, by=by, number=issue.number, amount=amounts.amount)
    if proof.purpose != Purpose.SELF:
        _write("proof_issued", proof, issue.pk, number=issue.number, amount=amounts.amount)
    _follow(_read(proof))  # money may have gone back while the tax office had it
    return issue


def cause_of(proof: Proof) -> Cause:
    """수정사유 that a refund most likely is: less of it, or all."""
    return Cause.AMOUNT if allowed(proof).amount else Cause.CANCELLATION


@transaction.atomic
def correct_proof(
    proof: Proof, *, number: str, issued_on: date, cause: Cause, by: User
) -> ProofIssue:
    """수정발급: the tax office now says what is kept. Nothing kept ends the proof."""
    proof = locked_proof(proof)
    change = to_correct(proof)
    if proof.status != Status.CORRECTING:
        raise Refused(_("There is nothing to correct."))
    issue = _issue(proof, cause, change, number=number, issued_on=issued_on, by=by)
    if allowed(proof).amount:
        proof.move_to(Status.CORRECTED)
    else:
        _cancel(proof, _("The money went back."))
    _record("payments.correct_proof", proof, by=by, number=issue.number, amount=change.amount)
    if proof.purpose != Purpose.SELF:
        _write("proof_corrected", proof, issue.pk, number=issue.number, amount=change.amount)
    return issue


@transaction.atomic
def take_back_proof(
    proof: Proof, *, number: str, issued_on: date, reason: str, by: User
) -> ProofIssue:
    """착오: it was issued and should not have been so. The whole of it is taken back at the tax
    office, and the payment may have another."""
    proof = locked_proof(proof)
    if proof.status == Status.REQUESTED:
        raise Refused(_("It was not issued yet: cancel the request."))
    change = Sum().less(issued(proof))
    issue = _issue(proof, Cause.MISTAKE, change, number=number, issued_on=issued_on, by=by)
    _cancel(proof, reason)
    _record("payments.take_back_proof", proof, by=by, reason=reason, number=issue.number)
    if proof.purpose != Purpose.SELF:
        _write("proof_corrected", proof, issue.pk, number=issue.number, amount=change.amount)
    return issue


def _issue(
    proof: Proof, cause: Cause, amounts: Sum, *, number: str, issued_on: date, by: User
) -> ProofIssue:
    paid_on = clock.kst_date(proof.payment.received_at)
    if not paid_on <= issued_on <= clock.today():
        raise Refused(
            _("Between the day of the payment (%(first)s) and today (%(last)s).")
            % {"first": paid_on.isoformat(), "last": clock.today().isoformat()},
            field="issued_on",
        )
    try:
        number = proof_rules.parse_approval(number, proof.kind)
    except ValueError as error:
        raise Refused(str(error), field="number") from None
    # Cash receipts of different days may bear the same number.
    key = f"{issued_on:%Y%m%d}:{number}" if proof.is_cash_receipt else number.lower()
    try:
        with transaction.atomic():
            return ProofIssue.objects.create(
                proof=proof,
                turn=len(proof.issues.all()) + 1,
                number=number,
                key=key,
                issued_on=issued_on,
                cause=cause,
                supply=amounts.supply,
                vat=amounts.vat,
                recorded_by=by,
            )
    except IntegrityError:
        raise Refused(_("This approval number is written down already."), field="number") from None


# When money goes back -----------------------------------------------------------------------------


def review_proofs(order: Order) -> None:
    """After a refund was completed, or bounced: what is proven must be what is kept. Called with
    the order locked."""
    for proof in Proof.objects.live().filter(payment__order=order.pk).with_grounds():
        _follow(proof)


def _follow(proof: Proof) -> None:
    if proof.status == Status.REQUESTED:
        if not allowed(proof).amount and not proof.exported_at:
            _cancel(proof, _("The money went back."))
            _record("payments.cancel_proof", proof)
        return
    differs = to_correct(proof) != Sum()
    if differs and proof.status != Status.CORRECTING:
        today = clock.today()
        due_on = proof_rules.invoice_day(today)
        if proof.is_cash_receipt:
            due_on = today + timedelta(days=settings.CASH_RECEIPT_DAYS)
        proof.move_to(Status.CORRECTING, due_on=due_on)
        _record("payments.flag_proof", proof, amount=to_correct(proof).amount)
    elif not differs and proof.status == Status.CORRECTING:
        corrected = len(proof.issues.all()) > 1
        proof.move_to(Status.CORRECTED if corrected else Status.ISSUED)


# Shared -------------------------------------------------------------------------------------------


def locked_proof(proof: Proof) -> Proof:
    """The proof as it stands now, with its grounds; nobody else decides about its order until this
    transaction ends."""
    locked(proof.payment.order)
    return _read(proof)


def _read(proof: Proof) -> Proof:
    return Proof.objects.with_grounds().get(pk=proof.pk)


def _record(verb: str, proof: Proof, *, by: User | None = None, reason: str = "", **facts: Any):
    order = proof.payment.order
    audit.record(
        verb,
        order,
        by=by,
        reason=reason,
        subjects=[order.user_id],
        proof=proof.pk,
        kind=proof.kind,
        **facts,
    )


def _write(template: str, proof: Proof, key: int, **facts: Any) -> None:
    """A mail to the buyer, in words of their language."""
    order = proof.payment.order
    with translation.override(order.user.language):
        kind = proof.get_kind_display()
    post.send(
        template,
        [order.user.mailbox],
        language=order.user.language,
        key=f"{template}:{key}",
        context=mail_facts(order) | {"kind": str(kind)} | facts,
        user=order.user,
        branch=order.branch,
    )
