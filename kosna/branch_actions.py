"""Opening a branch and filling its offices. Here and not in ``kosna.branches``, because each of
these deeds is recorded, and the record stands above the branches."""

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.branches.forms import BranchForm
from kosna.branches.models import Appointment, Branch
from kosna.core import clock
from kosna.core.errors import Refused


@transaction.atomic
def change_branch(form: BranchForm, *, by: User) -> Branch:
    """Saves a new or changed branch with the fields that changed on record."""
    branch = form.save()
    audit.record(
        "branches.change_branch", branch, by=by, branch=branch, changed=sorted(form.changed_data)
    )
    return branch


@transaction.atomic
def appoint(
    *,
    user: User,
    branch: Branch,
    role: str,
    valid_from: date,
    valid_to: date | None,
    by: User,
) -> Appointment:
    """Gives an office for some days. Raises Refused for an office to oneself, or a second time."""
    branch = Branch.objects.select_for_update().get(pk=branch.pk)  # two clicks, one office
    if user == by:
        raise Refused(_("Nobody appoints themselves. Ask a colleague."))
    standing = Appointment.objects.filter(user=user, branch=branch, role=role).on(valid_from)
    if standing.exists():
        raise Refused(_("This person holds that office already on that day."))
    office = Appointment.objects.create(
        user=user, branch=branch, role=role, valid_from=valid_from, valid_to=valid_to
    )
    audit.record("branches.appoint", office, by=by, subjects=[user], role=role)
    return office


@transaction.atomic
def end_appointment(office: Appointment, *, by: User) -> None:
    """The office ends with yesterday: from this moment on it opens nothing."""
    yesterday = clock.today() - timedelta(days=1)
    if office.valid_to and office.valid_to <= yesterday:
        raise Refused(_("This office has ended already."))
    if office.valid_from > yesterday:
        audit.record("branches.cancel_appointment", office, by=by, subjects=[office.user_id])
        office.delete()
        return
    office.valid_to = yesterday
    office.save(update_fields=["valid_to"])
    audit.record("branches.end_appointment", office, by=by, subjects=[office.user_id])
