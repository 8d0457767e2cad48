"""What the check makes of a line, before it is kept."""

from dataclasses import dataclass, field
from datetime import date

from members.imports import cells
from members.imports.remarks import Remark, is_fault


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
