"""Applications decided: rejected, or approved, with the member, the seat and the order."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.branches.models import Scope
from kosna.core import clock, korean
from kosna.core.errors import Refused
from kosna.core.templatetags.ui import kdate
from kosna.payments.actions import request_full_refund
from kosna.payments.models import Order
from members import dues
from members.actions.applications import (
    current_members,
    first_order,
    give_back,
    locked,
    mail,
    not_by_oneself,
    payment_facts,
    place_first_order,
)
from members.actions.periods import locked as locked_member
from members.actions.periods import open_membership
from members.models import Application, Member, Organisation, Seat, Tier
from members.readmission import expulsions_of

READMIT = "members.readmit_expelled"


@transaction.atomic
def reject_application(application: Application, *, reason: str, basis: str, by: User) -> None:
    """반려, with the reason that the applicant is told and the basis that stays on record. What was
    paid already goes back in full."""
    application = locked(application)
    not_by_oneself(application, by)
    application.move_to(
        Application.Status.REJECTED,
        reason=reason,
        basis=basis,
        decided_at=clock.now(),
        decided_by=by,
    )
    refund = give_back(application, reason=_("Application rejected"), by=by)
    audit.record(
        "members.reject_application",
        application,
        by=by,
        reason=reason,
        subjects=[application.applicant_id],
        basis=basis,
        refund=refund,
    )
    mail("application_rejected", application, reason=reason, refund=refund)


@transaction.atomic
def approve_application(
    application: Application, *, basis: str, readmission: str = "", by: User
) -> Order:
    """승인: makes the member (awaiting payment), the organisation and its contact's seat, and the
    order for admission fee and dues. An order of 0 won is settled at once; where payment came
    first, the membership opens at once.

    ``readmission`` is what the decision says about the expulsion of a former member; without it,
    or by somebody who is not of the head office, such an application is refused. Raises Refused,
    too, when the approver is the applicant, when somebody else decided first, or when the person
    or organisation is a member already.
    """
    application = locked(application)
    not_by_oneself(application, by)
    _mind_the_expulsion(application, readmission, by)
    application.move_to(
        Application.Status.APPROVED,
        basis=basis,
        readmission=readmission,
        decided_at=clock.now(),
        decided_by=by,
        reason="",
    )
    if current_members(application).exists():
        raise Refused(_("This person or organisation is a member already."))
    member = _admit(application)
    Application.objects.filter(pk=application.pk).update(member=member)
    application.member = member
    audit.record(
        "members.approve_application",
        application,
        by=by,
        subjects=[application.applicant_id],
        basis=basis,
        readmission=readmission,
        member=member.pk,
    )
    paid = application.order if _is_paid(application.order) else None
    if paid and not dues.is_over(member.tier, paid.lines.get(kind=dues.DUES), clock.today()):
        open_membership(locked_member(member.pk), paid, application)
        return paid
    if paid:
        # The reduced dues of a year that ended before the decision open nothing any more.
        request_full_refund(paid, reason=_("The year of these dues is over."), by=by)
        application.order = None
    order = first_order(application, by=by)
    if order.status == Order.Status.PENDING:
        mail("application_approved", application, **payment_facts(order))
    return order


def _is_paid(order: Order | None) -> bool:
    return order is not None and order.status == Order.Status.PAID


def _mind_the_expulsion(application: Application, note: str, by: User) -> None:
    expulsion = expulsions_of(application).first()
    if expulsion is None:
        return
    if not Scope.of(by, READMIT).everywhere:
        raise Refused(_("Only the head office readmits somebody who was expelled."))
    if not note:
        raise Refused(
            _("%(name)s was expelled on %(day)s. Write what the decision says about that.")
            % {"name": expulsion.name, "day": kdate(expulsion.ended_on)},
            field="readmission",
        )


@transaction.atomic
def reissue_order(application: Application, *, by: User) -> Order:
    """A new order for who is to pay and whose first one lapsed unpaid, at today's rates: after the
    approval, or where payment comes first before it."""
    application = locked(application)
    is_awaited = (
        application.member.status == Member.Status.ADMITTED
        if application.member
        else application.is_undecided
    )
    if (
        not is_awaited
        or application.order is None
        or application.order.status not in (Order.Status.EXPIRED, Order.Status.CANCELLED)
    ):
        raise Refused(_("There is no lapsed order to replace."))
    order = place_first_order(application, by=by)
    audit.record("members.reissue_order", application, by=by, subjects=[application.applicant_id])
    return order


def _admit(application: Application) -> Member:
    """The member row; for an organisation also its facts as typed and the contact's seat."""
    organisation = None
    if application.tier.holder == Tier.Holder.ORGANISATION:
        organisation, _created = Organisation.objects.update_or_create(
            business_number=application.business_number,
            defaults={
                "name": application.organisation_name,
                "representative": application.representative,
                "size": application.size,
                "industry": application.industry,
                "is_in_g_valley": application.is_in_g_valley,
                "postcode": application.postcode,
                "address": application.address,
                "address_detail": application.address_detail,
                "tax_email": application.tax_email,
                "phone": application.phone,
            },
        )
    User.objects.filter(pk=application.applicant_id, phone="").update(phone=application.phone)
    try:
        with transaction.atomic():
            member = Member.objects.create(
                user=None if organisation else application.applicant,
                organisation=organisation,
                tier=application.tier,
                branch=application.branch,
                name=application.display_name,
                address=application.one_line_address,
                search_text=search_text(application),
            )
    except IntegrityError:
        # Another application of theirs was approved at the same instant.
        raise Refused(_("This person or organisation is a member already.")) from None
    if organisation:
        Seat.objects.create(
            member=member,
            user=application.applicant,
            role=_role_of_applicant(application),
            valid_from=clock.today(),
        )
    return member


def _role_of_applicant(application: Application) -> str:
    """A representative who applies in person is seen on the company's papers; others run it."""
    is_representative = korean.fold(application.name) == korean.fold(application.representative)
    return Seat.Role.REPRESENTATIVE if is_representative else Seat.Role.CONTACT


def search_text(application: Application) -> str:
    """What ``Member.objects.search`` looks into: folded names, initials, and numbers as digits."""
    name = application.display_name
    parts = [korean.fold(name), korean.initials(name)]
    if application.organisation_name:
        parts.append(korean.fold(application.name))
    parts += [
        application.business_number,
        application.phone.replace("+82", "0"),
        korean.fold(application.applicant.email),
    ]
    return " ".join(part for part in parts if part)[:300]
