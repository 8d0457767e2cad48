"""The dry run: what each line of a file would become, beside the other lines and the members who
are there. It writes nothing; ``members.actions.imports`` keeps its answers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from kosna.accounts.models import User
from kosna.branches.models import Branch, Scope
from kosna.core import korean
from kosna.core.columns import normalised
from kosna.core.errors import Refused
from members import dues
from members.imports import cells
from members.imports.columns import PAID
from members.imports.remarks import Remark, is_fault
from members.models import Import, ImportRow, Member, Organisation, Period, Tier

Verdict = ImportRow.Verdict
FIRST_DAY = date(1900, 1, 1)


@dataclass(slots=True)
class Draft:
    """An ``ImportRow`` in the making. Its fields are named as that model's columns."""

    line: int
    verdict: str = ""
    remarks: list[Remark] = field(default_factory=list)
    is_certain: bool = False
    twin_line: int | None = None
    member_id: int | None = None
    user_id: int | None = None
    organisation_id: int | None = None
    tier_id: int | None = None
    branch_id: int | None = None
    name: str = ""
    person: str = ""
    name_en: str = ""
    phone: str = ""
    email: str = ""
    number: str = ""
    number_year: int = 0
    needs_claim: bool = True
    joined_on: date | None = None
    business_number: str = ""
    representative: str = ""
    size: str = ""
    postcode: str = ""
    street: str = ""
    detail: str = ""
    address: str = ""
    search_text: str = ""
    years: list[int] = field(default_factory=list)
    is_organisation: bool = False
    key: str = ""  # the folded name, by which people are compared

    @property
    def is_faulty(self) -> bool:
        return any(is_fault(code) for code, _value in self.remarks)

    @property
    def is_bare(self) -> bool:
        return not self.phone and not self.email

    def periods(self) -> list[tuple[date, date | None]]:
        """The days that its paid years cover; the first year begins with the day of joining."""
        assert self.joined_on is not None
        if cells.FOR_LIFE in self.years:
            return [(self.joined_on, None)]
        return [(max(date(year, 1, 1), self.joined_on), date(year, 12, 31)) for year in self.years]


@dataclass(frozen=True, slots=True)
class Known:
    """A running membership, as far as it helps to recognise it."""

    pk: int
    name: str
    number: str
    branch_id: int
    tier_id: int
    address: str
    user_id: int | None
    user_email: str
    user_phone: str
    business_number: str
    claim_email: str
    claim_phone: str

    @property
    def email(self) -> str:
        return (self.user_email or self.claim_email).lower()

    @property
    def phone(self) -> str:
        return self.user_phone or self.claim_phone


def known_members() -> Iterable[Known]:
    rows = Member.objects.filter(status__in=[Member.Status.ADMITTED, Member.Status.ACTIVE])
    names = ("pk", "name", "number", "branch_id", "tier_id", "address", "user_id")
    related = (
        "user__email",
        "user__phone",
        "organisation__business_number",
        "claim__email",
        "claim__phone",
    )
    for pk, name, number, *more in rows.values_list(*names, *related).iterator(chunk_size=5000):
        branch, tier, address, user, *texts = more
        yield Known(pk, name, number or "", branch, tier, address, user, *(t or "" for t in texts))


class Check:
    """The check of one import. ``of`` is asked for some lines at a time, in their order."""

    def __init__(self, imported: Import, *, scope: Scope, today: date) -> None:
        self.today = today
        self.scope = scope
        self.columns = {name: i for i, name in enumerate(imported.mapping) if name}
        self.paid_columns = [
            (int(name.removeprefix(PAID)), i)
            for name, i in self.columns.items()
            if name.startswith(PAID)
        ]
        self.tiers = {tier.pk: tier for tier in Tier.objects.prefetch_related("rates")}
        self.branches = {branch.pk: branch for branch in Branch.objects.all()}
        self.values = {
            name: {normalised(text): pk for text, pk in values.items()}
            for name, values in imported.values.items()
        }
        self.defaults = imported.defaults
        self.default_joined = (
            date.fromisoformat(day) if (day := imported.defaults.get("joined_on")) else None
        )
        self.free = {pk for pk, tier in self.tiers.items() if _is_free(tier, today)}
        self.sizes = {normalised(str(label)): code for code, label in Organisation.Size.choices}
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
            key = _key(known.name)
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
        drafts = [self._read(line, row) for line, row in lines]
        sound = [draft for draft in drafts if not draft.is_faulty]
        accounts = _accounts_of({draft.email for draft in sound if draft.email})
        for draft in sound:
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

    # Reading a row ----------------------------------------------------------------------------

    def _read(self, line: int, row: list[str]) -> Draft:
        draft = Draft(line)

        def cell(name: str) -> str:
            index = self.columns.get(name, -1)
            return row[index] if 0 <= index < len(row) else ""

        draft.tier_id = self._choose(draft, "tier", cell("tier"), self.tiers)
        draft.branch_id = self._choose(draft, "branch", cell("branch"), self.branches)
        if draft.branch_id and draft.branch_id not in self.scope:
            draft.remarks.append(("foreign_branch", self.branches[draft.branch_id].name))
        tier = self.tiers.get(draft.tier_id or 0)
        draft.is_organisation = tier is not None and tier.holder == Tier.Holder.ORGANISATION
        self._read_names(draft, cell)
        self._read_contact(draft, cell)
        self._read_address(draft, cell)
        if cells.has_left(cell("status")):
            draft.remarks.append(("has_left", cell("status")))
        self._read_joining(draft, cell("joined_on"))
        self._read_number(draft, cell("number"))
        self._read_years(draft, cell("years"), row)
        for name, most in _LENGTHS.items():
            if len(getattr(draft, name)) > most:
                draft.remarks.append(("too_long", getattr(draft, name)[:60]))
                setattr(draft, name, getattr(draft, name)[:most])
        draft.search_text = _search_text(draft)
        return draft

    def _choose(self, draft: Draft, what: str, text: str, rows: dict[int, Any]) -> int | None:
        if not text:
            chosen = self.defaults.get(what)
            if not chosen:
                draft.remarks.append((f"no_{what}", ""))
            return chosen
        chosen = self.values.get(what, {}).get(normalised(text))
        if chosen not in rows:
            draft.remarks.append((f"unknown_{what}", text[:60]))
            return None
        return chosen

    def _read_names(self, draft: Draft, cell: Any) -> None:
        name, organisation = _name(cell("name")), _name(cell("organisation"))
        representative = _name(cell("representative"))
        draft.name_en = _name(cell("name_en"))
        if draft.is_organisation:
            draft.name = organisation or name
            draft.representative = representative or (name if organisation else "")
            draft.person = (name if organisation else "") or representative or draft.name
            draft.size = self.sizes.get(normalised(cell("size")), Organisation.Size.SMALL)
            self._read_business_number(draft, cell("business_number"))
        else:
            draft.name = draft.person = name or representative
        if not draft.name:
            draft.remarks.append(("no_name", ""))
        draft.key = _key(draft.name)

    def _read_business_number(self, draft: Draft, text: str) -> None:
        if not text:
            draft.remarks.append(("no_business_number", ""))
            return
        try:
            draft.business_number = korean.parse_business_number(text)
        except ValueError:
            draft.remarks.append(("bad_business_number", text[:60]))

    def _read_contact(self, draft: Draft, cell: Any) -> None:
        if phone := cell("phone"):
            try:
                draft.phone = korean.parse_phone(cells.restored_phone(phone))
            except ValueError:
                draft.remarks.append(("bad_phone", phone[:60]))
        if email := cell("email").lower():
            try:
                validate_email(email)
                draft.email = email
            except ValidationError:
                draft.remarks.append(("bad_email", email[:60]))

    def _read_address(self, draft: Draft, cell: Any) -> None:
        draft.street, draft.detail = " ".join(cell("street").split()), cell("detail")
        if postcode := cell("postcode"):
            try:
                draft.postcode = korean.parse_postcode(postcode.zfill(5))
            except ValueError:
                draft.remarks.append(("bad_postcode", postcode[:60]))
        line = ", ".join(part for part in (draft.street, draft.detail) if part)
        draft.address = f"({draft.postcode}) {line}" if draft.postcode and line else line

    def _read_joining(self, draft: Draft, text: str) -> None:
        if not text:
            draft.joined_on = self.default_joined
            if draft.joined_on is None:
                draft.remarks.append(("no_joined_on", ""))
            return
        try:
            draft.joined_on = cells.parse_date(text)
        except ValueError:
            draft.remarks.append(("bad_date", text[:60]))
            return
        if draft.joined_on > self.today:
            draft.remarks.append(("joined_in_future", text))
        elif draft.joined_on < FIRST_DAY:
            draft.remarks.append(("bad_date", text[:60]))

    def _read_number(self, draft: Draft, text: str) -> None:
        draft.number = text.upper()
        if draft.joined_on:
            draft.number_year = draft.joined_on.year

    def _read_years(self, draft: Draft, text: str, row: list[str]) -> None:
        try:
            years = set(cells.parse_years(text))
        except ValueError:
            draft.remarks.append(("bad_year", text[:60]))
            return
        for year, index in self.paid_columns:
            cell = row[index] if index < len(row) else ""
            try:
                if cells.parse_paid(cell):
                    years.add(year)
            except ValueError:
                draft.remarks.append(("unclear_paid", f"{year}: {cell[:40]}"))
        if draft.joined_on is None or draft.tier_id is None:
            return
        if self.tiers[draft.tier_id].is_for_life:
            years = {cells.FOR_LIFE}
        elif draft.tier_id in self.free and not years:
            years = {self.today.year}
        for year in sorted(years - {cells.FOR_LIFE}):
            if year < draft.joined_on.year:
                draft.remarks.append(("paid_before_joining", str(year)))
            elif year > self.today.year + 1:
                draft.remarks.append(("paid_in_future", str(year)))
        draft.years = sorted(years)

    # Who it is --------------------------------------------------------------------------------

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
        return True

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
        draft.member_id, draft.is_certain = known.pk, certain
        if not certain:
            draft.verdict = Verdict.LIKELY
            draft.remarks.append(("like_member", f"{known.name} ({known.number or '–'})"))

    def _prepare(self, draft: Draft, accounts: "dict[str, Account]") -> None:
        """What a new member would need: a number, and an account that is nobody else's."""
        self._keep_number(draft)
        contact = self.seen_contact.get(draft.email) if draft.email else None
        if contact and _key(contact.person) != _key(draft.person):
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
        if known and _key(known.name) == draft.key:
            return known, True
        known = self.by_email.get(draft.email) if draft.email else None
        if known:
            if _key(known.name) != draft.key:
                draft.remarks.append(("email_taken", ""))
            return known, True
        known = self.by_phone.get((draft.key, draft.phone)) if draft.phone else None
        if known:
            return known, not (draft.email and known.email)
        known = self.by_name.get(draft.key)
        if known and (draft.is_bare or not (known.phone or known.email)):
            return known, False
        return None, False

    def _take_account(self, draft: Draft, account: "Account") -> None:
        if _key(account.name) != _key(draft.person):
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
            .select_related("tier", "branch", "user")
            .prefetch_related("periods")
        }
        for draft in drafts:
            member = members[draft.member_id or 0]
            periods = [p for p in member.periods.all() if p.voided_at is None]
            draft.years = [year for year in draft.years if not _covers(periods, year)]
            if draft.verdict == Verdict.LIKELY:
                continue
            if draft.years:
                years = ", ".join(str(year) for year in draft.years if year != cells.FOR_LIFE)
                draft.remarks.append(("adds_years", years or "∞"))
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


@dataclass(frozen=True, slots=True)
class Account:
    pk: int
    name: str
    is_verified: bool


def _accounts_of(emails: set[str]) -> dict[str, Account]:
    """By the address of the account, or another one that its owner has proven."""
    users = User.objects.filter(email__in=emails).values_list("pk", "email", "name")
    proven = EmailAddress.objects.filter(email__in=emails, verified=True)
    accounts = {email: Account(pk, name, is_verified=False) for pk, email, name in users}
    accounts |= {
        email: Account(pk, name, is_verified=True)
        for pk, email, name in proven.values_list("user_id", "email", "user__name")
    }
    return accounts


_LENGTHS = {
    "name": 120,
    "person": 80,
    "name_en": 80,
    "representative": 80,
    "email": 254,
    "number": 12,
    "street": 200,
    "detail": 120,
}


def _name(text: str) -> str:
    return korean.normalise_name(text) if text else ""


@lru_cache(maxsize=100_000)
def _key(name: str) -> str:
    """Names are compared without spaces and marks of the legal form: ㈜가온 = 주식회사 가온."""
    folded = korean.fold(name).replace(" ", "")
    for mark in ("(주)", "주식회사", "(사)", "사단법인"):
        folded = folded.replace(mark, "")
    return folded


def _is_free(tier: Tier, today: date) -> bool:
    """Nothing is to be paid in such a tier, so this year counts as paid."""
    try:
        return not dues.rate_for(tier, today.year).annual_dues
    except Refused:
        return False


def _covers(periods: Iterable[Period], year: int) -> bool:
    if year == cells.FOR_LIFE:
        return any(period.ends_on is None for period in periods)
    return any(
        period.starts_on.year <= year and (period.ends_on is None or period.ends_on.year >= year)
        for period in periods
    )


def _search_text(draft: Draft) -> str:
    """As ``members.actions.applications.search_text`` writes it."""
    parts = [korean.fold(draft.name), korean.initials(draft.name)]
    if draft.person != draft.name:
        parts.append(korean.fold(draft.person))
    parts += [draft.business_number, draft.phone.replace("+82", "0"), draft.email]
    return " ".join(part for part in parts if part)[:300]
