"""From a draft to a decision. Approval makes the member and the order; payment does the rest
(``members.actions.periods``)."""

import hashlib
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.numbering import next_number
from kosna.core.templatetags.ui import kdate
from kosna.core.uploads import Checked
from kosna.mail import post
from kosna.payments.actions import cancel_order, place_order, request_full_refund, settle_free
from kosna.payments.models import Order
from members import dues
from members.dues import PAYABLE, PAYMENT_TERM
from members.models import Application, ApplicationFile, Member, Tier
from members.readmission import barred_until

LAPSED = (Order.Status.EXPIRED, Order.Status.CANCELLED, Order.Status.REFUNDED)
PROOF = "proof"  # names the attachment among the fields that a revision request may name


def lock(rows: Any) -> Any:
    """Whoever decides about an application decides alone. On SQLite the transaction itself, begun
    IMMEDIATE, is the lock."""
    return rows.select_for_update(of=("self",))


def locked(application: Application) -> Application:
    """The application as it stands now, after its order: money, too, locks the order first."""
    orders = Order.objects.filter(application=application.pk).order_by("pk")
    list(lock(orders))
    rows = Application.objects.select_related("applicant", "tier", "branch")
    return lock(rows).get(pk=application.pk)


@transaction.atomic
def save_draft(application: Application, *, proof: Checked | None, by: User) -> Application:
    """Keeps what was typed so far, complete or not, with the attachment if there is one. Of an
    application that was sent back, only the fields that the revision names are written.

    Raises Refused when another application of this person is still on its way, or when this one
    was submitted or sent back since it was read: its number and state are not written over.
    """
    if application.pk:
        stored = locked(application)
        if (stored.status, stored.submitted_at) != (application.status, application.submitted_at):
            raise Refused(_("Somebody else has just changed this. Reload the page and look again."))
    if not application.is_editable:
        raise Refused(_("This application is being reviewed and can no longer be changed."))
    if application.status == Application.Status.REVISION:
        _save_revision(application, proof)
        return application
    application.applicant = by
    try:
        with transaction.atomic():
            application.save()
    except IntegrityError as error:
        raise Refused(
            _("You already have an application on its way. Please finish or withdraw it first.")
        ) from error
    if proof:
        attach(application, proof)
    return application


def _save_revision(application: Application, proof: Checked | None) -> None:
    named = set(locked(application).revise_fields)
    application.save(update_fields=sorted(named - {PROOF}))
    if proof and PROOF in named:
        attach(application, proof)


def attach(application: Application, proof: Checked) -> ApplicationFile:
    """Stores a checked file; an earlier one of this application stays on record."""
    is_organisation = application.tier.holder == Tier.Holder.ORGANISATION
    kind = ApplicationFile.Kind
    return ApplicationFile.objects.create(
        application=application,
        kind=kind.BUSINESS_REGISTRATION if is_organisation else kind.STUDENT_CARD,
        file=proof.file(),
        name=proof.display_name,
        content_type=proof.content_type,
        size=len(proof.content),
        sha256=hashlib.sha256(proof.content).hexdigest(),
    )


@transaction.atomic
def submit_application(application: Application, *, by: User) -> Application:
    """접수: gives the number 2026-0001 (once) and starts the days in which we answer.

    Where payment comes first, its order is issued now.

    Raises Refused with every reason at once: closed tier, missing proof, already a member, barred
    after an expulsion.
    """
    application = locked(application)
    reasons = []
    if not application.tier.is_open:
        reasons.append(_("This tier takes no applications at present."))
    if application.tier.needs_proof and not application.files.exists():
        reasons.append(_("Please attach the document that this tier asks for."))
    if current_members(application).exists():
        reasons.append(_("There is a membership already. It can be renewed on your page."))
    free_from = barred_until(application)
    if free_from and clock.today() < free_from:
        reasons.append(
            _("After an expulsion you may apply again from %(day)s.") % {"day": kdate(free_from)}
        )
    if reasons:
        raise Refused(*reasons)
    number = application.number
    if application.submitted_at is None:
        year = clock.today().year
        number = f"{year}-{next_number('application', year):04d}"
    application.move_to(
        Application.Status.SUBMITTED,
        number=number,
        submitted_at=clock.now(),
        reason="",
        revise_fields=[],
    )
    audit.record("members.submit_application", application, by=by, subjects=[by])
    facts: dict[str, Any] = {"answer_by": str(application.answer_by)}
    if application.tier.joining == Tier.Joining.PAY_FIRST:
        order = first_order(application, by=by)
        if order.status == Order.Status.PENDING:
            facts |= payment_facts(order)
    mail("application_received", application, **facts)
    return application


def payment_facts(order: Order) -> dict[str, Any]:
    return {
        "order_url": settings.SITE_URL + order.get_absolute_url(),
        "total": order.total,
        "pay_by": clock.kst_date(order.expires_at).isoformat(),
    }


@transaction.atomic
def withdraw_application(application: Application, *, by: User) -> None:
    """취하: the applicant takes it back; a draft is given up the same way. What was paid already
    goes back in full."""
    application = locked(application)
    application.move_to(Application.Status.WITHDRAWN)
    give_back(application, reason=_("Application withdrawn"), by=by)
    audit.record("members.withdraw_application", application, by=by, subjects=[by])


def give_back(application: Application, *, reason: str, by: User) -> int:
    """Nothing more is paid for an application that ends without a member, and what was paid is
    asked back whole, by the usual refund. Won that go back."""
    order = application.order
    if order is None:
        return 0
    if order.status == Order.Status.PENDING:
        cancel_order(order, by=by, reason=reason)
    return request_full_refund(order, reason=f"{reason}: {application.number}", by=by)


@transaction.atomic
def request_revision(
    application: Application, *, named: Sequence[str], reason: str, by: User
) -> None:
    """보완요청: back to the applicant, who may change the named fields and no others.

    Raises Refused when it names none, or one that an application does not have.
    """
    application = locked(application)
    not_by_oneself(application, by)
    if not named or not set(named) <= {*Application.WRITTEN, PROOF}:
        raise Refused(_("Choose at least one field that is to be changed."), field="named")
    application.move_to(Application.Status.REVISION, reason=reason, revise_fields=list(named))
    audit.record(
        "members.request_revision",
        application,
        by=by,
        reason=reason,
        subjects=[application.applicant_id],
        fields=list(named),
    )
    mail("application_revision", application, reason=reason)


def mail(template: str, application: Application, **facts: Any) -> None:
    """One mail for each turn of an application; a second revision request is another turn."""
    user = application.applicant
    turn = application.submitted_at.isoformat() if application.submitted_at else ""
    post.send(
        template,
        [user.email],
        language=user.language,
        key=f"{template}:{application.pk}:{turn}",
        context={
            "name": application.name,
            "number": application.number,
            "tier_ko": application.tier.name_ko,
            "tier_en": application.tier.name_en,
            "url": settings.SITE_URL + application.get_absolute_url(),
            **facts,
        },
        user=user,
        branch=application.branch,
    )


def first_order(application: Application, *, by: User) -> Order:
    """The order that an application has, or a new one where it has none that can be paid."""
    if application.order and application.order.status not in LAPSED:
        return application.order
    return place_first_order(application, by=by)


def place_first_order(application: Application, *, by: User) -> Order:
    tier = application.tier
    order = place_order(
        payable=PAYABLE,
        user=application.applicant,
        branch=application.branch,
        buyer_name=application.display_name,
        title_ko=f"{tier.name_ko} 입회",
        title_en=f"Admission: {tier.name_en}",
        lines=dues.quote(tier, clock.today(), first=True),
        expires_at=clock.end_of(clock.today() + PAYMENT_TERM),
        by=by,
    )
    Application.objects.filter(pk=application.pk).update(order=order)
    application.order = order
    if not order.total:
        settle_free(order, by=by)
    return order


def current_members(application: Application) -> Any:
    """Memberships that run already for whom this application is made."""
    running = Member.objects.running()
    if application.tier.holder == Tier.Holder.ORGANISATION:
        return running.filter(organisation__business_number=application.business_number)
    return running.filter(user=application.applicant_id)


def not_by_oneself(application: Application, by: User) -> None:
    if by.pk == application.applicant_id:
        raise Refused(_("Nobody decides about their own application."))
