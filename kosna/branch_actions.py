"""Opening a branch and filling its offices: one person proposes, another confirms. Here and not in
``kosna.branches``, because each of these deeds is recorded, and the record stands above it."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.branches.forms import BranchForm
from kosna.branches.models import Appointment, Branch, Proposal
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.mail import post
from members.models import Application, Member


def locked(branch: Branch) -> Branch:
    """Offices of a branch are given one at a time: two clicks, one office."""
    return Branch.objects.select_for_update().get(pk=branch.pk)


@transaction.atomic
def change_branch(form: BranchForm, *, by: User) -> Branch:
    """Saves a new or changed branch with the fields that changed on record. Raises Refused where
    a branch would be closed that still has members, applications or offices."""
    if form.instance.pk and form.cleaned_data["status"] == Branch.Status.CLOSED:
        _refuse_to_close(locked(form.instance))
    branch = form.save()
    audit.record(
        "branches.change_branch", branch, by=by, branch=branch, changed=sorted(form.changed_data)
    )
    return branch


@transaction.atomic
def propose(
    *,
    user: User,
    branch: Branch,
    role: str,
    valid_from: date,
    valid_to: date | None,
    by: User,
) -> Proposal:
    """Asks for an office for some days; it opens nothing until another person confirms it.

    Raises Refused for an office for oneself, one that is held, or one that waits already.
    """
    branch = locked(branch)
    _not_for_oneself(user, by)
    _not_held(user, branch, role, valid_from)
    if Proposal.objects.waiting().filter(user=user, branch=branch, role=role).exists():
        raise Refused(_("This office has been proposed already and waits for confirmation."))
    proposal = Proposal.objects.create(
        user=user,
        branch=branch,
        role=role,
        valid_from=valid_from,
        valid_to=valid_to,
        proposed_by=by,
    )
    audit.record("branches.propose", proposal, by=by, subjects=[user], role=role)
    return proposal


@transaction.atomic
def confirm_proposal(proposal: Proposal, *, by: User) -> Appointment:
    """The second person's word: from its first day on the office counts, and its holder is told.

    Raises Refused to whoever proposed it or would hold it, and when somebody else decided first.
    """
    branch = locked(proposal.branch)
    _not_ones_own(proposal, by)
    proposal.move_to(Proposal.Status.CONFIRMED, decided_at=clock.now(), decided_by=by)
    audit.record("branches.confirm_proposal", proposal, by=by, subjects=[proposal.user_id])
    office = appoint(
        user=proposal.user,
        branch=branch,
        role=proposal.role,
        valid_from=proposal.valid_from,
        valid_to=proposal.valid_to,
        by=by,
    )
    _tell(office)
    return office


@transaction.atomic
def refuse_proposal(proposal: Proposal, *, reason: str, by: User) -> None:
    """No, and why; the same office may be proposed again."""
    locked(proposal.branch)
    _not_ones_own(proposal, by)
    proposal.move_to(Proposal.Status.REFUSED, decided_at=clock.now(), decided_by=by, reason=reason)
    audit.record(
        "branches.refuse_proposal", proposal, by=by, reason=reason, subjects=[proposal.user_id]
    )


@transaction.atomic
def appoint(
    *,
    user: User,
    branch: Branch,
    role: str,
    valid_from: date,
    valid_to: date | None,
    by: User | None,
) -> Appointment:
    """Gives an office for some days: how a proposal ends that was confirmed, and how a portal is
    set up (``by=None``). Raises Refused for an office to oneself, or a second time."""
    branch = locked(branch)
    _not_for_oneself(user, by)
    _not_held(user, branch, role, valid_from)
    office = Appointment.objects.create(
        user=user, branch=branch, role=role, valid_from=valid_from, valid_to=valid_to
    )
    audit.record("branches.appoint", office, by=by, subjects=[user], role=role)
    return office


@transaction.atomic
def set_up(head_office: Branch, people: Sequence[User]) -> list[Appointment]:
    """The first two offices of a new portal, by an operator at the machine: the system
    administrators of the head office, who then propose and confirm all others between them.

    Raises Refused unless they are two, and once anybody holds an office.
    """
    if len({person.pk for person in people}) != 2:
        raise Refused(_("The first offices are for two people: one proposes, another confirms."))
    if Appointment.objects.exists():
        raise Refused(_("Offices are held here already: propose others at the desk."))
    return [
        appoint(
            user=person,
            branch=head_office,
            role=Appointment.Role.SYSTEM_ADMIN,
            valid_from=clock.today(),
            valid_to=None,
            by=None,
        )
        for person in people
    ]


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


def _refuse_to_close(branch: Branch) -> None:
    """Whoever belongs there is moved first: a closed branch answers nobody."""
    if branch.status == Branch.Status.CLOSED:
        return
    today = clock.today()
    found = (
        (Member.objects.running().filter(branch=branch), _("%(n)s members belong to it.")),
        (
            Application.objects.open().filter(branch=branch),
            _("%(n)s applications are being handled there."),
        ),
        (branch.appointments.lasting(today), _("%(n)s offices are held there.")),
    )
    reasons = [text % {"n": rows.count()} for rows, text in found if rows.exists()]
    if reasons:
        raise Refused(_("This branch cannot be closed yet."), *reasons, field="status")


def _not_for_oneself(user: User, by: User | None) -> None:
    if user == by:
        raise Refused(_("Nobody appoints themselves. Ask a colleague."))


def _not_ones_own(proposal: Proposal, by: User) -> None:
    _not_for_oneself(proposal.user, by)
    if proposal.proposed_by_id == by.pk:
        raise Refused(_("You proposed this office: another person decides about it."))


def _not_held(user: User, branch: Branch, role: str, day: date) -> None:
    if Appointment.objects.filter(user=user, branch=branch, role=role).on(day).exists():
        raise Refused(_("This person holds that office already on that day."))


def _tell(office: Appointment) -> None:
    user = office.user
    with translation.override(user.language):
        role, branch = office.get_role_display(), office.branch.name
    post.send(
        "office_given",
        [user.email],
        language=user.language,
        key=f"office:{office.pk}",
        context={
            "name": user.name,
            "role": str(role),
            "branch": branch,
            "valid_from": office.valid_from.isoformat(),
            "valid_to": office.valid_to and office.valid_to.isoformat(),
            "url": f"{settings.SITE_URL}/staff/",
        },
        user=user,
        branch=office.branch,
    )
