"""Printed bills for many members, drawn by the worker."""

from django.db import transaction
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import batches, clock
from kosna.core.errors import Refused
from kosna.core.models import Batch
from members import bills
from members.models import BalanceQuerySet

BILLS = "members.print_dues_bills"


@transaction.atomic
def start_bills(balances: BalanceQuerySet, *, by: User) -> Batch:
    """One document of the bills of those members of ``balances`` who have not paid."""
    rows = balances.owing().order_by("member__number")
    members = list(dict.fromkeys(rows.values_list("member", flat=True)))
    if not members:
        raise Refused(_("Nobody here has anything left to pay."))
    batch = batches.start(
        BILLS, by=by, title=_("Bills for dues"), total=len(members), members=members
    )
    people = rows.exclude(member__user=None).values_list("member__user", flat=True)
    audit.record(
        "members.print_dues_bills", batch, by=by, subjects=set(people), members=len(members)
    )
    return batch


def print_bills(work: batches.Work) -> None:
    content, pages = bills.bills_pdf(work.params["members"], lambda drawn: work.progress(drawn))
    work.tell(**{_("Bills drawn"): pages})
    work.deliver(f"{_('Bills for dues')}-{clock.today():%Y%m%d}.pdf", content)
