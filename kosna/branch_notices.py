"""What branches announce: written, changed and withdrawn, each on record. Here and not in
``kosna.branches``, because the record stands above it."""

from django.db import transaction
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.branches.forms import BranchNoticeForm
from kosna.branches.models import BranchNotice
from kosna.core import clock
from kosna.core.errors import Refused


@transaction.atomic
def write_notice(form: BranchNoticeForm, *, by: User) -> BranchNotice:
    """Keeps a new notice, or a changed one with the fields that changed on record. Raises Refused
    for one that was withdrawn."""
    notice = form.instance
    if notice.pk is None:
        notice.written_by = by
    else:
        _refuse_if_withdrawn(notice)
        notice.version += 1
    notice = form.save()
    audit.record(
        "branches.write_notice",
        notice,
        by=by,
        branch=notice.branch,
        changed=sorted(form.changed_data),
    )
    return notice


@transaction.atomic
def withdraw_notice(notice: BranchNotice, *, by: User) -> None:
    """Takes it off the page at once; it stays on record. Raises Refused the second time."""
    _refuse_if_withdrawn(notice)
    rows = BranchNotice.objects.filter(pk=notice.pk, withdrawn_at=None)
    rows.update(withdrawn_at=clock.now(), withdrawn_by=by)
    audit.record("branches.withdraw_notice", notice, by=by, branch=notice.branch)


def _refuse_if_withdrawn(notice: BranchNotice) -> None:
    stored = BranchNotice.objects.select_for_update().get(pk=notice.pk)
    if stored.withdrawn_at:
        raise Refused(_("This notice has been withdrawn. Write a new one."))
