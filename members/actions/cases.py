"""What is on its way for a membership, and is dropped when the membership ends."""

from members.models import Member


def drop_open_cases(member: Member, *, note: str) -> None:
    """Transfers and changes of tier come to nothing; ``member`` is locked."""
    for case in (*member.transfers.open(), *member.tier_changes.open()):
        case.move_to(type(case).Status.DROPPED, note=note[:300])
