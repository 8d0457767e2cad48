"""The secretariat's list of public holidays. Here and not in ``kosna.core``, because each change is
recorded, and the record stands above it."""

from django.db import transaction

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import holidays
from kosna.core.forms import HolidayForm
from kosna.core.models import Holiday


@transaction.atomic
def add_holiday(form: HolidayForm, *, by: User) -> Holiday:
    """From now on no deadline counts this day; those that were told already stay."""
    holiday = form.save()
    audit.record("core.add_holiday", holiday, by=by)
    transaction.on_commit(holidays.forget)
    return holiday


@transaction.atomic
def remove_holiday(holiday: Holiday, *, by: User) -> None:
    audit.record("core.remove_holiday", holiday, by=by)
    holiday.delete()
    transaction.on_commit(holidays.forget)
