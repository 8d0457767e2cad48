"""What is on its way for a membership, and is dropped when the membership ends."""

from kosna.accounts.models import User
from kosna.core import clock
from members.models import CompanyChange, CompanyDomain, Invitation, Member, SeatRequest


def drop_open_cases(member: Member, *, note: str, by: User) -> None:
    """Transfers, changes of tier and what a company had on its way come to nothing; its domains are
    free again, for itself when it comes back. ``member`` is locked."""
    for case in (*member.transfers.open(), *member.tier_changes.open()):
        case.move_to(type(case).Status.DROPPED, note=note[:300])
    now = clock.now()
    for invitation in member.invitations.waiting():
        invitation.move_to(Invitation.Status.WITHDRAWN, closed_at=now, closed_by=by)
    decided = {"decided_at": now, "decided_by": by}
    for request in member.seat_requests.waiting():
        request.move_to(SeatRequest.Status.DECLINED, **decided)
    for change in member.company_changes.waiting():
        change.move_to(CompanyChange.Status.DECLINED, reason=note[:300], **decided)
    for domain in member.domains.current():
        domain.move_to(CompanyDomain.Status.ENDED)
