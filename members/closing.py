"""All members of a branch that closes move to another one: long work, a case for each."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.branches.models import Branch
from kosna.core import batches, clock
from kosna.core.batches import Work
from kosna.core.errors import Refused
from kosna.core.models import Batch
from members import actions
from members.models import Member

KIND = "members.close_branch"
RUNNING = [Member.Status.ADMITTED, Member.Status.ACTIVE]


def move_all(branch: Branch, *, to_branch: Branch, moves_on: date, basis: str, by: User) -> Batch:
    """Starts to move everybody on one date, today or later, by a decision. Raises Refused for a
    branch that is not open, and where nobody is left."""
    reasons = []
    if to_branch.pk == branch.pk or to_branch.status != Branch.Status.OPEN:
        reasons.append(_("Choose another branch that is open."))
    if moves_on < clock.today():
        reasons.append(_("Choose today or a later day."))
    total = Member.objects.filter(branch=branch, status__in=RUNNING).count()
    if not total:
        reasons.append(_("This branch has no members."))
    if reasons:
        raise Refused(*reasons)
    return batches.start(
        KIND,
        by=by,
        title=_("Members of %(old)s to %(new)s") % {"old": branch.name, "new": to_branch.name},
        total=total,
        branch=branch.pk,
        to_branch=to_branch.pk,
        moves_on=moves_on.isoformat(),
        basis=basis,
    )


def run(work: Work) -> None:
    """Each member in a transaction of their own; who has moved, or has this case already, is passed
    over, so that it may be run again from the start."""
    branch = Branch.objects.get(pk=work.params["branch"])
    to_branch = Branch.objects.get(pk=work.params["to_branch"])
    moves_on = date.fromisoformat(work.params["moves_on"])
    rows = Member.objects.filter(branch=branch, status__in=RUNNING).order_by("pk")
    ids = list(rows.values_list("pk", flat=True))
    moved = 0
    for done, pk in enumerate(ids, 1):
        case = actions.move_for_closing(
            pk,
            to_branch=to_branch,
            moves_on=max(moves_on, clock.today()),
            basis=work.params["basis"],
            by=work.batch.by,
        )
        moved += case is not None
        work.progress(done, total=len(ids) if done == 1 else None)
    work.progress(len(ids), total=len(ids))
    work.tell(**{_("Members moved"): moved})


def url(batch: Batch) -> str:
    code = Branch.objects.values_list("code", flat=True).get(pk=batch.params["branch"])
    return reverse("branches_staff:close", args=[code])
