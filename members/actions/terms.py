"""What the secretariat decides about tiers, rates, rights and the dues calendar: each change on
record with what it was before."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.memo import forget
from members.models import Charge, DuesCalendar, DuesRate, Tier, TierRight

Grid = Mapping[tuple[int, str], Collection[str]]  # (tier, right) → standings in which it holds
STANDINGS = ("in_good", "in_grace", "in_arrears")


def changes_of(row: Model, fields: Collection[str]) -> dict[str, list[Any]]:
    """{field: [as stored, as it is to be]} of a row that was changed in memory."""
    stored = type(row)._base_manager.filter(pk=row.pk).first()
    pairs = {name: [getattr(stored, name, None), getattr(row, name)] for name in fields}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


@transaction.atomic
def save_tier(tier: Tier, *, fields: Collection[str], by: User) -> Tier:
    """Raises Refused when a tier would take applications without a rate for this year."""
    if tier.is_open and not has_rate(tier):
        raise Refused(
            _("Enter the dues of this tier first; then it can be opened."), field="is_open"
        )
    changes = changes_of(tier, fields)
    tier.save()
    audit.record("members.change_tier", tier, by=by, changes=changes)
    return tier


def has_rate(tier: Tier) -> bool:
    year = clock.today().year
    return tier.pk is not None and tier.rates.filter(from_year__lte=year).exists()


@transaction.atomic
def save_rate(rate: DuesRate, *, by: User) -> DuesRate:
    """Raises Refused when past years that have been charged would cost something else."""
    if charged := charged_years(rate.tier, rate.from_year):
        raise Refused(
            _("%(year)s has been charged at these dues. Enter new ones from a later year.")
            % {"year": max(charged)},
            field="from_year",
        )
    changes = changes_of(rate, ("from_year", "admission_fee", "annual_dues"))
    rate.save()
    audit.record("members.change_rate", rate, by=by, tier=rate.tier.code, changes=changes)
    return rate


def charged_years(tier: Tier, from_year: int) -> set[int]:
    """Past years for which a rate from a year on holds and has been charged."""
    later = tier.rates.filter(from_year__gt=from_year).order_by("from_year").first()
    end = min(later.from_year if later else 9999, clock.today().year)
    charges = Charge.objects.filter(tier=tier, year__gte=from_year, year__lt=end)
    return set(charges.values_list("year", flat=True).distinct())


@transaction.atomic
def save_rights(grid: Grid, *, by: User) -> dict[str, list[list[str]]]:
    """Which right holds in which standing, for all tiers at once. Returns what changed."""
    changes = rights_changes(grid)
    for (tier_id, right), standings in grid.items():
        if standings:
            TierRight.objects.update_or_create(
                tier_id=tier_id,
                right=right,
                defaults={name: name in standings for name in STANDINGS},
            )
        else:
            TierRight.objects.filter(tier=tier_id, right=right).delete()
    audit.record("members.change_rights", by, by=by, changes=changes)
    return changes


def rights_changes(grid: Grid) -> dict[str, list[list[str]]]:
    """{"regular vote": [before, after]} where a grid differs from what is stored."""
    stored = {
        (row.tier_id, row.right): [name for name in STANDINGS if getattr(row, name)]
        for row in TierRight.objects.all()
    }
    codes = dict(Tier.objects.values_list("pk", "code"))
    return {
        f"{codes[tier_id]} {right}": [stored.get((tier_id, right), []), list(standings)]
        for (tier_id, right), standings in grid.items()
        if stored.get((tier_id, right), []) != list(standings)
    }


@transaction.atomic
def save_calendar(calendar: DuesCalendar, *, fields: Collection[str], by: User) -> DuesCalendar:
    """Raises Refused when past years that have been charged would fall due on another day."""
    if charged := charged_calendar_years(calendar.from_year):
        raise Refused(
            _("%(year)s has been charged by this calendar. Enter a new one from a later year.")
            % {"year": max(charged)},
            field="from_year",
        )
    changes = changes_of(calendar, fields)
    calendar.save()
    forget()
    audit.record("members.change_calendar", calendar, by=by, changes=changes)
    return calendar


def charged_calendar_years(from_year: int) -> set[int]:
    later = DuesCalendar.objects.filter(from_year__gt=from_year).order_by("from_year").first()
    end = min(later.from_year if later else 9999, clock.today().year)
    charges = Charge.objects.filter(year__gte=from_year, year__lt=end)
    return set(charges.values_list("year", flat=True).distinct())
