"""What a line of the file says, cell by cell, and what is wrong with it."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from kosna.branches.models import Branch, Scope
from kosna.core import korean
from kosna.core.columns import normalised
from kosna.core.errors import Refused
from members import dues
from members.imports import cells
from members.imports.columns import PAID
from members.imports.drafts import Draft
from members.imports.known import name_key
from members.models import Import, Organisation, Tier

FIRST_DAY = date(1900, 1, 1)
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


class Reader:
    """What the lines of one import say, each for itself."""

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

    def read(self, line: int, row: list[str]) -> Draft:
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
        draft.by_anniversary = tier is not None and tier.dues_basis == Tier.Basis.ANNIVERSARY
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
        draft.key = name_key(draft.name)

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
            text, draft.begins = cells.parse_begins(text)
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
            years = {draft.year_of(self.today)}
        for year in sorted(years - {cells.FOR_LIFE}):
            if year < draft.joined_on.year:
                draft.remarks.append(("paid_before_joining", str(year)))
            elif year > self.today.year + 1:
                draft.remarks.append(("paid_in_future", str(year)))
        draft.years = sorted(years)


def _name(text: str) -> str:
    return korean.normalise_name(text) if text else ""


def _is_free(tier: Tier, today: date) -> bool:
    """Nothing is to be paid in such a tier, so this year counts as paid."""
    try:
        return not dues.rate_for(tier, today.year).annual_dues
    except Refused:
        return False


def _search_text(draft: Draft) -> str:
    """As ``members.actions.admitting.search_text`` writes it."""
    parts = [korean.fold(draft.name), korean.initials(draft.name)]
    if draft.person != draft.name:
        parts.append(korean.fold(draft.person))
    parts += [draft.business_number, draft.phone.replace("+82", "0"), draft.email]
    return " ".join(part for part in parts if part)[:300]
