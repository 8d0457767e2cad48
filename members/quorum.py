"""How many votes are present at a general meeting, and of them how many have a say on an item."""

from dataclasses import dataclass

from django.db.models import Count, Q

from members.models import AgendaItem, Meeting, Presence, WrittenVote

HERE = Q(mode=Presence.Mode.PERSON) | Q(mode=Presence.Mode.WRITTEN)
# A proxy is present where the delegate is; the chair is there when the meeting is.
CARRIED = Q(mode=Presence.Mode.PROXY) & (
    Q(proxy__to_chair=True) | Q(proxy__delegate__presence__mode=Presence.Mode.PERSON)
)


@dataclass(frozen=True)
class Attendance:
    voters: int
    in_person: int
    by_proxy: int
    in_writing: int
    awaited: int  # proxies whose delegate has not come
    quorum: int

    @property
    def present(self) -> int:
        """In writing and by proxy counts as present (민법 §75②)."""
        return self.in_person + self.by_proxy + self.in_writing

    @property
    def is_quorate(self) -> bool:
        return self.voters > 0 and self.present >= self.quorum

    @property
    def missing(self) -> int:
        return max(self.quorum - self.present, 0)


def attendance(meeting: Meeting) -> Attendance:
    mode, here = Presence.Mode, meeting.presences.all()
    counted = dict(here.order_by().values_list("mode").annotate(Count("pk")))
    by_proxy = here.filter(CARRIED).count()
    return Attendance(
        voters=meeting.roll_size,
        quorum=meeting.quorum,
        in_person=counted.get(mode.PERSON, 0),
        in_writing=counted.get(mode.WRITTEN, 0),
        by_proxy=by_proxy,
        awaited=counted.get(mode.PROXY, 0) - by_proxy,
    )


def excluded(item: AgendaItem) -> int:
    """Votes that are present, but without a say on this item (민법 §74)."""
    rows = Presence.objects.filter(HERE | CARRIED, voter__exclusions__item=item)
    return rows.count()


def written(item: AgendaItem) -> dict[str, int]:
    """Votes cast in writing on an item, by choice; those without a say are left out."""
    rows = WrittenVote.objects.filter(
        item=item, voter__presence__mode=Presence.Mode.WRITTEN
    ).exclude(voter__exclusions__item=item)
    counted = dict(rows.order_by().values_list("choice").annotate(Count("pk")))
    return {choice: counted.get(choice, 0) for choice in WrittenVote.Choice.values}
