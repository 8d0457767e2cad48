"""What the check makes of a line, before it is kept."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from kosna.core.clock import years_after
from members.imports import cells
from members.imports.remarks import Remark, is_fault
from members.models import Period


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
    begins: dict[int, date] = field(default_factory=dict)  # years that were paid from a day on
    leads_to: int | None = None  # the member who is there whom its twin may be
    is_organisation: bool = False
    by_anniversary: bool = False  # its tier's paid years begin with the day of joining
    key: str = ""  # the folded name, by which people are compared

    @property
    def is_faulty(self) -> bool:
        return any(is_fault(code) for code, _value in self.remarks)

    @property
    def is_bare(self) -> bool:
        return not self.phone and not self.email

    def periods(self) -> list[tuple[date, date | None]]:
        """The days that its paid years cover; the first year begins with the day of joining, others
        with the day that the file names. From anniversary to anniversary, a year is the one in
        which its days begin."""
        assert self.joined_on is not None
        if cells.FOR_LIFE in self.years:
            return [(self.joined_on, None)]
        if self.by_anniversary:
            turn, eve = self._anniversary, timedelta(days=1)
            return [(turn(year), turn(year + 1) - eve) for year in self.years]
        return [(self._first_day(year), date(year, 12, 31)) for year in self.years]

    def _first_day(self, year: int) -> date:
        assert self.joined_on is not None
        return max(self.begins.get(year, date(year, 1, 1)), self.joined_on)

    def _anniversary(self, year: int) -> date:
        assert self.joined_on is not None
        return years_after(self.joined_on, year - self.joined_on.year)

    def year_of(self, day: date) -> int:
        """The paid year that a day falls into."""
        return day.year - (self.by_anniversary and self._anniversary(day.year) > day)

    def is_covered(self, year: int, periods: Iterable[Period]) -> bool:
        """Whether a member's valid periods hold the days of a paid year already."""
        if year == cells.FOR_LIFE:
            return any(period.ends_on is None for period in periods)
        if self.by_anniversary and self.joined_on:
            begins = self._anniversary(year)
            return any(p.starts_on.year == year or p.holds_on(begins) for p in periods)
        return any(
            period.starts_on.year <= year
            and (period.ends_on is None or period.ends_on.year >= year)
            for period in periods
        )
