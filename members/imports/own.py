"""What an import may not do for who brings it: admit themselves, or confirm money that they are not
trusted to confirm."""

from collections.abc import Iterable

from allauth.account.models import EmailAddress
from django.db.models import Q

from kosna.accounts.models import User
from kosna.branches.models import Scope
from members.imports.known import name_key
from members.models import Import, ImportRow, Member, Seat

Verdict, Choice = ImportRow.Verdict, ImportRow.Choice
# Of a row that only may be a member: as somebody else's it is sound, merged it is not.
NOT_TO_MERGE = {"own_if_merged", "years_if_merged"}


def may_add_years(people: Iterable[User]) -> bool:
    """Whether all of them may say that a member has paid: the head office, for all branches."""
    return all(Scope.of(person, "members.import_member").everywhere for person in people)


class Own:
    """How some people would stand in a file, and the memberships that are theirs."""

    def __init__(self, people: Iterable[User]) -> None:
        people = list(people)
        self.users = {person.pk for person in people}
        self.phones = {(name_key(p.name), p.phone) for p in people if p.phone}
        others = EmailAddress.objects.filter(user__in=self.users).values_list("email", flat=True)
        self.emails = {email.lower() for email in (*others, *(p.email for p in people))} - {""}
        seats = Seat.objects.current().filter(user__in=self.users)
        self.members = set(
            Member.objects.filter(user__in=self.users).values_list("pk", flat=True)
        ) | set(seats.values_list("member_id", flat=True))

    def is_reached_by(self, *, email: str, phone: str, person: str) -> bool:
        return email in self.emails or (bool(phone) and (name_key(person), phone) in self.phones)


def own_line(imported: Import, person: User) -> int | None:
    """The first checked line that would be written about this person."""
    own, merged = Own([person]), Choice.MERGE
    written = imported.checked.exclude(verdict=Verdict.SAME).exclude(
        pk__in=imported.checked.not_written().values("pk")
    )
    phones = [phone for _name, phone in own.phones]
    reached = Q(email__in=own.emails) | Q(user__in=own.users) | Q(phone__in=phones)
    lines = {
        row.line
        for row in written.filter(reached)
        if row.user_id in own.users
        or own.is_reached_by(email=row.email, phone=row.phone, person=row.person)
    }
    theirs = imported.checked.filter(member__in=own.members)
    lines |= set(theirs.filter(verdict=Verdict.UPDATE).values_list("line", flat=True))
    lines |= set(theirs.filter(choice=merged).values_list("line", flat=True))
    # A line that is merged into another goes where that one leads, even if that is left out.
    twins = set(theirs.values_list("line", flat=True))
    while twins:
        joined = imported.checked.filter(choice=merged, twin_line__in=twins)
        twins = set(joined.values_list("line", flat=True)) - lines
        lines |= twins
    return min(lines, default=None)
