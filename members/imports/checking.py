"""The dry run: what each line of a file would become, beside the other lines and the members who
are there. It writes nothing; ``members.actions.imports`` keeps its answers."""

from collections.abc import Iterable, Sequence
from datetime import date

from kosna.accounts.models import User
from kosna.branches.models import Scope
from kosna.core import korean
from members.imports import cells
from members.imports.drafts import Draft
from members.imports.known import Account, Known, accounts_of, known_members, name_key
from members.imports.lines import Reader
from members.imports.own import Own, may_add_years
from members.imports.remarks import Remark
from members.models import Import, ImportRow, Member

Verdict = ImportRow.Verdict


class Check:
    """The check of one import. ``of`` is asked for some lines at a time, in their order.

    ``people`` have brought the file and said what its columns mean: nothing in it may be about
    them, and years for a member who is there need all of them to be of the head office.
    """

    def __init__(
        self, imported: Import, *, scope: Scope, today: date, people: Iterable[User]
    ) -> None:
        self.scope = scope
        people = list(people)
        self.own, self.may_add_years = Own(people), may_add_years(people)
        self.reader = Reader(imported, scope=scope, today=today)
        self._know()
        self._see()

    def _know(self) -> None:
        """Who is there: some hundred thousand at most, so they are read once."""
        self.by_number: dict[str, Known] = {}
        self.by_business_number: dict[str, Known] = {}
        self.by_email: dict[str, Known] = {}
        self.by_phone: dict[tuple[str, str], Known] = {}
        self.by_name: dict[str, Known] = {}
        for known in known_members():
            key = name_key(known.name)
            self.by_number[known.number] = known
            if known.business_number:
                self.by_business_number[known.business_number] = known
                continue
            self.by_name.setdefault(key, known)
            if known.email:
                self.by_email[known.email] = known
            if known.phone:
                self.by_phone[key, known.phone] = known
        expelled = Member.objects.filter(status=Member.Status.EXPELLED)
        self.expelled = set(expelled.values_list("user_id", flat=True)) - {None}
        self.expelled_numbers = set(
            expelled.values_list("organisation__business_number", flat=True)
        ) - {None}
        self.taken_numbers = set(
            Member.objects.exclude(number=None).values_list("number", flat=True)
        )

    def _see(self) -> None:
        """What earlier lines of the file have said."""
        self.seen_contact: dict[str, Draft] = {}  # of people and of organisations' contacts
        self.seen_email: dict[str, Draft] = {}
        self.seen_phone: dict[tuple[str, str], Draft] = {}
        self.seen_name: dict[str, Draft] = {}
        self.seen_business_number: dict[str, Draft] = {}
        self.seen_number: set[str] = set()

    def of(self, lines: Sequence[tuple[int, list[str]]]) -> list[Draft]:
        drafts = [self.reader.read(line, row) for line, row in lines]
        sound = [draft for draft in drafts if not draft.is_faulty]
        accounts = accounts_of({draft.email for draft in sound if draft.email})
        for draft in sound:
            if self.own.is_reached_by(email=draft.email, phone=draft.phone, person=draft.person):
                draft.remarks.append(("own_row", ""))
                continue
            if not self._is_twin(draft):
                self._recognise(draft)
            if draft.is_certain or draft.is_faulty:
                continue
            self._prepare(draft, accounts)
            if not draft.is_faulty:
                self._remember(draft)
        self._compare([draft for draft in sound if draft.member_id])
        for draft in drafts:
            self._judge(draft)
        return drafts

    def _is_twin(self, draft: Draft) -> bool:
        """Whether an earlier line is, or may be, the same; then it waits to be merged into that."""
        if draft.is_organisation:
            twin = self.seen_business_number.get(draft.business_number)
            if twin and twin.key != draft.key:
                draft.remarks.append(("number_twice", str(twin.line)))
                return True
            return twin is not None and self._point(draft, twin, certain=True)
        twin = self.seen_email.get(draft.email) if draft.email else None
        if twin and twin.key == draft.key:
            return self._point(draft, twin, certain=True)
        twin = self.seen_phone.get((draft.key, draft.phone)) if draft.phone else None
        if twin:
            return self._point(draft, twin, certain=not (draft.email and twin.email))
        twin = self.seen_name.get(draft.key)
        if twin and (draft.is_bare or twin.is_bare):
            return self._point(draft, twin, certain=False)
        return False

    def _point(self, draft: Draft, twin: Draft, *, certain: bool) -> bool:
        draft.verdict, draft.twin_line, draft.is_certain = Verdict.LIKELY, twin.line, certain
        draft.remarks.append(("same_line" if certain else "like_line", str(twin.line)))
        draft.leads_to = twin.member_id or twin.leads_to
        self._warn_of_merging(draft, draft.leads_to)
        return True

    def _warn_of_merging(self, draft: Draft, member_id: int | None) -> None:
        """Of a row that may be a member who is there, or may be merged into one that is."""
        if member_id in self.own.members:
            draft.remarks.append(("own_if_merged", ""))
        elif member_id and draft.years and not self.may_add_years:
            draft.remarks.append(("years_if_merged", ""))

    def _remember(self, draft: Draft) -> None:
        if draft.email:
            self.seen_contact[draft.email] = draft
        if draft.is_organisation:
            self.seen_business_number[draft.business_number] = draft
            return
        self.seen_name.setdefault(draft.key, draft)
        if draft.email:
            self.seen_email.setdefault(draft.email, draft)
        if draft.phone:
            self.seen_phone.setdefault((draft.key, draft.phone), draft)

    def _recognise(self, draft: Draft) -> None:
        known, certain = self._known(draft)
        if known is None or draft.is_faulty:
            return
        if known.branch_id not in self.scope:
            if certain:
                draft.remarks.append(("member_elsewhere", ""))
            return
        if certain and known.pk in self.own.members:
            draft.remarks.append(("own_row", ""))
            return
        draft.member_id, draft.is_certain = known.pk, certain
        if not certain:
            draft.verdict = Verdict.LIKELY
            draft.remarks.append(("like_member", f"{known.name} ({known.number or '–'})"))

    def _prepare(self, draft: Draft, accounts: dict[str, Account]) -> None:
        """What a new member would need: a number, and an account that is nobody else's."""
        self._keep_number(draft)
        contact = self.seen_contact.get(draft.email) if draft.email else None
        if contact and name_key(contact.person) != name_key(draft.person):
            draft.remarks.append(("email_in_file", str(contact.line)))
        account = accounts.get(draft.email) if draft.email else None
        if account:
            self._take_account(draft, account)
        elif not draft.email:
            draft.remarks.append(("no_email", ""))
        if draft.business_number in self.expelled_numbers:
            draft.remarks.append(("expelled", ""))

    def _known(self, draft: Draft) -> tuple[Known | None, bool]:
        """The member whom a row is, or may be, and whether that is certain."""
        if draft.is_organisation:
            return self.by_business_number.get(draft.business_number), True
        known = self.by_number.get(draft.number) if draft.number else None
        if known and name_key(known.name) == draft.key:
            return known, True
        known = self.by_email.get(draft.email) if draft.email else None
        if known:
            if name_key(known.name) != draft.key:
                draft.remarks.append(("email_taken", ""))
            return known, True
        known = self.by_phone.get((draft.key, draft.phone)) if draft.phone else None
        if known:
            return known, not (draft.email and known.email)
        known = self.by_name.get(draft.key)
        if known and (draft.is_bare or not (known.phone or known.email)):
            return known, False
        return None, False

    def _take_account(self, draft: Draft, account: Account) -> None:
        if account.pk in self.own.users:
            draft.remarks.append(("own_row", ""))
        elif name_key(account.name) != name_key(draft.person):
            draft.remarks.append(("email_taken", ""))
        elif account.pk in self.expelled:
            draft.remarks.append(("expelled", ""))
        else:
            draft.user_id, draft.needs_claim = account.pk, not account.is_verified
            draft.remarks.append(("has_account", ""))

    def _keep_number(self, draft: Draft) -> None:
        """A given number is kept when nobody has it; else the next one of its year is given."""
        if draft.number in self.taken_numbers or draft.number in self.seen_number:
            draft.remarks.append(("number_renewed", draft.number))
            draft.number = ""
        elif draft.number:
            self.seen_number.add(draft.number)
        if draft.number:
            draft.number_year = 0

    def _compare(self, drafts: list[Draft]) -> None:
        """What a row adds to the member who is there. What the member or a case of the desk
        decides (tier, branch, address) is told, never changed."""
        members = {
            row.pk: row
            for row in Member.objects.filter(pk__in=[draft.member_id for draft in drafts])
            .select_related("tier", "branch", "user", "organisation", "claim")
            .prefetch_related("periods", "seat_rows__user")
        }
        for draft in drafts:
            member = members[draft.member_id or 0]
            periods = [p for p in member.periods.all() if p.voided_at is None]
            draft.years = [year for year in draft.years if not draft.is_covered(year, periods)]
            if draft.verdict == Verdict.LIKELY:
                self._warn_of_merging(draft, draft.member_id)
                continue
            if draft.years and not self.may_add_years:
                draft.remarks.append(("years_of_member", ""))
                continue
            if draft.years:
                years = ", ".join(str(year) for year in draft.years if year != cells.FOR_LIFE)
                draft.remarks.append(("adds_years", years or "∞"))
            draft.remarks += _differing(draft, member)
            if not (draft.phone and member.user and not member.user.phone):
                draft.phone = ""
            if not (draft.address and not member.address):
                draft.address = ""
            for name in ("phone", "address"):
                if getattr(draft, name):
                    draft.remarks.append((f"adds_{name}", ""))
            if member.tier_id != draft.tier_id:
                draft.remarks.append(("other_tier", member.tier.name_ko))
            if member.branch_id != draft.branch_id:
                draft.remarks.append(("other_branch", member.branch.name_ko))

    def _judge(self, draft: Draft) -> None:
        if draft.is_faulty:
            draft.verdict = Verdict.FAULTY
            draft.member_id = draft.user_id = draft.twin_line = None
        elif draft.verdict == Verdict.LIKELY:
            pass
        elif draft.member_id:
            adds = draft.years or draft.phone or draft.address
            draft.verdict = Verdict.UPDATE if adds else Verdict.SAME
        else:
            draft.verdict = (
                Verdict.NEW_ORGANISATION if draft.is_organisation else Verdict.NEW_PERSON
            )


def _differing(draft: Draft, member: Member) -> list[Remark]:
    """An e-mail address or a number other than those that are known: told, so that the desk can
    enter it at the member; an import takes no account from anybody."""
    emails, phones = _contacts(member)
    remarks: list[Remark] = []
    if draft.email and draft.email not in emails:
        remarks.append(("other_email", draft.email))
    if draft.phone and phones and draft.phone not in phones:
        remarks.append(("other_phone", korean.display_phone(draft.phone)))
    return remarks


def _contacts(member: Member) -> tuple[set[str], set[str]]:
    """E-mail addresses and telephone numbers by which a member is known."""
    claim, firm = getattr(member, "claim", None), member.organisation
    people = [each for each in (member.user, claim) if each]
    people += [seat.user for seat in member.seat_rows.all() if firm and seat.valid_to is None]
    emails = {person.email.lower() for person in people} | ({firm.tax_email} if firm else set())
    phones = {person.phone for person in people} | ({firm.phone} if firm else set())
    return emails - {""}, phones - {""}
