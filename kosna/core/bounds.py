"""Where sense ends: Django's fields take any year, and numbers that no column and no calendar
holds. They are bounded here, once, so that every form and filter of the portal, the libraries' own
among them, finds the mistake at its field and not in the database."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import IntegerField, lookups
from django.forms import formsets
from django.utils.translation import gettext_lazy as _

# Far enough for births and for terms, and so far from the calendar's own ends that no time zone
# and no deadline leaves it.
FIRST_YEAR, LAST_YEAR = 1900, 2200
LONGEST = 2**63 - 1  # what SQLite and PostgreSQL's bigint hold
# New rows of a form with rows; Django draws as many as a sender says there are, up to 2,000.
MOST_ROWS = 100


def in_our_times(day: date) -> None:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValidationError(
            _("Enter a date between %(first)d and %(last)d."),
            code="out_of_our_times",
            params={"first": FIRST_YEAR, "last": LAST_YEAR},
        )


def fits(number: Any) -> bool:
    return not isinstance(number, int) or -LONGEST <= number <= LONGEST


def not_too_long(number: Any) -> None:
    if not fits(number):
        raise ValidationError(_("This number is too long."), code="too_long")


class FittingIn(lookups.In):
    """Among keys that were typed, one that is too long names no row; Django itself knows that of
    a single key (``IntegerFieldExact``), and of many not."""

    def get_prep_lookup(self) -> Any:
        keys = super().get_prep_lookup()
        return [key for key in keys if fits(key)] if self.rhs_is_direct_value() else keys


def bound_fields() -> None:
    """Called before the first form is declared."""
    formsets.DEFAULT_MAX_NUM = MOST_ROWS
    forms.DateField.default_validators = [in_our_times]
    forms.DateTimeField.default_validators = [in_our_times]
    forms.IntegerField.default_validators = [not_too_long]
    IntegerField.register_lookup(FittingIn)
