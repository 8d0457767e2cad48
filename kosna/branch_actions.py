"""Opening a branch and filling its offices: one person proposes, another confirms. Here and not in
``kosna.branches``, because each of these deeds is recorded, and the record stands above it."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from events.models import Event
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.branches.forms import BranchForm, TermForm
from kosna.branches.models import Appointment, Branch, Proposal, Term
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.mail import post
from members.models import Application, Member, Transfer


def locked(branch: Branch) -> Branch:
    """Offices of a branch are given one at a time: two clicks, one office."""
    return Branch.objects.select_for_update().get(pk=branch.pk)


@transaction.atomic
def change_branch(form: BranchForm, *, by: User) -> Branch:
    """Saves a new or changed branch with the fields that changed on record; one that opens does
    so today unless the form says when. Raises Refused, with every reason, for one that cannot
    close yet."""
    branch = form.instance
    if "status" in form.changed_data:
        if branch.pk and branch.status == Branch.Status.CLOSED:
            if reasons := against_closing(locked(branch)):
                raise Refused(_("This branch cannot be closed yet."), *reasons, field="status")
            branch.closed_on = clock.today()
        if branch.status == Branch.Status.OPEN and branch.opened_on is None:
            branch.opened_on = clock.today()
    branch = form.save()
    audit.record(
        "branches.change_branch", branch, by=by, branch=branch, changed=sorted(form.changed_data)
    )
    return branch


@transaction.atomic
def close_branch(branch: Branch, *, basis: str, by: User) -> None:
    """폐지, once nothing and nobody is left there. Raises Refused with every reason at once."""
    branch = locked(branch)
    _nothing_left(branch)
    branch.move_to(Branch.Status.CLOSED, closed_on=clock.today())
    audit.record("branches.close_branch", branch, by=by, branch=branch, reason=basis)


def _nothing_left(branch: Branch) -> None:
    if reasons := against_closing(branch):
        raise Refused(*reasons)


def against_closing(branch: Branch) -> list[str]:
    """Everything that has to move or end before a branch can close."""
    if branch.is_head_office:
        return [_("The head office does not close.")]
    today = clock.today()
    running = [Member.Status.ADMITTED, Member.Status.ACTIVE]
    left = (
        (
            Member.objects.filter(branch=branch, status__in=running),
            _("Members to move to another branch: %(n)s."),
        ),
        (
            Application.objects.filter(branch=branch).open(),
            _("Applications still open: %(n)s. They are decided first, or choose another branch."),
        ),
        (
            Transfer.objects.open().filter(to_branch=branch),
            _("Members on their way to this branch: %(n)s."),
        ),
        (
            branch.appointments.filter(Q(valid_to=None) | Q(valid_to__gte=today)),
            _("Offices that are still held: %(n)s. End them first."),
        ),
        (branch.proposals.waiting(), _("Proposed offices: %(n)s. Decide about them first.")),
        (
            branch.terms.current(today),
            _("Officers still in their term: %(n)s. End their terms first."),
        ),
        (
            Event.objects.published().filter(branch=branch).upcoming(),
            _("Upcoming events: %(n)s. Cancel them or give them to another branch."),
        ),
    )
    counted = [(rows.count(), reason) for rows, reason in left]
    return [reason % {"n": count} for count, reason in counted if count]


@transaction.atomic
def add_term(form: TermForm, *, branch: Branch, by: User) -> Term:
    """Somebody is elected. Raises Refused where another holds a title that only one can hold."""
    branch = locked(branch)
    term = form.instance
    term.branch = branch
    _seat_is_free(term)
    term = form.save()
    audit.record("branches.add_term", term, by=by, branch=branch, basis=term.basis)
    return term


@transaction.atomic
def renew_term(term: Term, *, valid_to: date | None, basis: str, by: User) -> Term:
    """연임: another term of the same person in the same seat, from the day after this one."""
    branch = locked(term.branch)
    term = Term.objects.get(pk=term.pk)
    if term.valid_to is None:
        raise Refused(_("This term has no end; there is nothing to renew."))
    if Term.objects.filter(predecessor=term).exists():
        raise Refused(_("This term has been renewed already."))
    begins = term.valid_to + timedelta(days=1)
    if valid_to and valid_to < begins:
        raise Refused(_("The last day lies before the first."), field="valid_to")
    again = Term(
        branch=branch,
        predecessor=term,
        valid_from=begins,
        valid_to=valid_to,
        basis=basis,
        **{
            name: getattr(term, name)
            for name in (
                "title",
                "field_ko",
                "field_en",
                "name_ko",
                "name_en",
                "affiliation",
                "is_public",
            )
        },
    )
    _seat_is_free(again)
    again.save()
    audit.record("branches.renew_term", again, by=by, branch=branch, basis=basis)
    return again


@transaction.atomic
def end_term(term: Term, *, on: date, reason: str, by: User) -> None:
    """A term ends before its time, with its last day and why; one that has not begun goes."""
    branch = locked(term.branch)
    term = Term.objects.get(pk=term.pk)
    if term.valid_to and term.valid_to < on:
        raise Refused(_("This term ends earlier already."), field="on")
    if Term.objects.filter(predecessor=term).exists():
        raise Refused(_("This term has been renewed: end the later one first."))
    audit.record("branches.end_term", term, by=by, branch=branch, reason=reason, on=on.isoformat())
    if on < term.valid_from:
        term.delete()
        return
    term.valid_to, term.end_reason = on, reason
    term.save(update_fields=["valid_to", "end_reason"])


def _seat_is_free(term: Term) -> None:
    if term.title not in Term.SINGLE:
        return
    others = Term.objects.filter(branch=term.branch, title=term.title).current(term.valid_from)
    if term.valid_to:
        others = others.filter(valid_from__lte=term.valid_to)
    holder = others.first()
    if holder:
        raise Refused(
            _("%(name)s holds this title in those days. End that term first.")
            % {"name": holder.name}
        )


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
    if user.closed_at:
        raise Refused(_("This account is closed already."))
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
