"""Companies, their seats and what changes in them."""

from datetime import timedelta
from typing import Any

from django.db.models import F

from kosna.core import clock
from kosna.core.tokens import fingerprint
from members import actions
from members.models import CompanyDomain, Invitation, Seat
from tests import factories
from tests.conftest import Cast


def companies(cast: Cast) -> dict[str, Any]:
    """The cast's company with something of everything, and another one in Busan."""
    contact = factories.make_user("contact", email="contact@elsewhere.test")
    busan_company = factories.make_member(
        organisation=factories.make_organisation("㈜부산"),
        tier=cast.company_tier,
        branch=cast.busan,
    )
    busan_seat = factories.make_seat(busan_company, contact, Seat.Role.CONTACT)
    contact_seat = factories.make_seat(cast.company, contact, Seat.Role.CONTACT)
    ended_seat = factories.make_seat(
        cast.company, factories.make_user("ended", email="ended@elsewhere.test")
    )
    actions.end_seat(ended_seat, by=contact)
    domain = CompanyDomain.objects.create(
        member=cast.company,
        domain="example.test",
        mailbox="admin@example.test",
        status=CompanyDomain.Status.PROVEN,
        claimed_by=contact,
        expires_at=clock.now(),
        proven_at=clock.now(),
        proven_by=contact,
    )
    asked = actions.request_seat(domain, by=cast.account)
    changes = [
        actions.request_change(
            company,
            name="㈜새이름",
            business_number=company.organisation.business_number,
            representative="오세린",
            note="변경등기",
            by=contact,
        )
        for company in (cast.company, busan_company)
    ]
    invitations = [
        actions.invite(company, name="새사람", email=email, by=contact)
        for company, email in [
            (cast.company, "a@elsewhere.test"),
            (busan_company, "b@elsewhere.test"),
            (busan_company, "c@elsewhere.test"),
        ]
    ]
    actions.withdraw_invitation(invitations[2], by=contact)
    Invitation.objects.filter(pk=invitations[0].pk).update(fingerprint=fingerprint("matrix"))
    # Just sent, however long the rows before have taken.
    Invitation.objects.update(expires_at=F("expires_at") + timedelta(hours=1))
    return {
        "invitation_token": "matrix",
        "company": cast.company.pk,
        "busan_company": busan_company.pk,
        "invitation": invitations[0].pk,
        "busan_invitation": invitations[1].pk,
        "withdrawn": invitations[2].pk,
        "contact_seat": contact_seat.pk,
        "busan_seat": busan_seat.pk,
        "ended_seat": ended_seat.pk,
        "domain": domain.pk,
        "asked": asked.pk,
        "busan_change": changes[1].pk,
    }
