"""The pool of consultants and the rounds of consulting, as branches keep them."""

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.branches.models import Branch
from kosna.core import clock
from kosna.core.errors import Refused
from members.programmes.models import Consultant, ConsultingRound, Expertise


@transaction.atomic
def add_consultant(
    user: User,
    *,
    branch: Branch,
    fields: Collection[str],
    affiliation: str = "",
    about: str = "",
    by: User,
) -> Consultant:
    """Takes an account into the pool. Raises Refused for one that is in it, or was."""
    consultant, is_new = Consultant.objects.get_or_create(
        user=user,
        defaults={"branch": branch, "affiliation": affiliation, "about": about, "added_by": by},
    )
    if not is_new:
        raise Refused(_("This account stands in the pool already."), field="email")
    _keep(consultant, fields)
    _record("programmes.add_consultant", consultant, by=by, fields=sorted(fields))
    return consultant


@transaction.atomic
def write_consultant(
    consultant: Consultant, *, fields: Collection[str], affiliation: str, about: str, by: User
) -> None:
    """What is said of a consultant, and in which fields they advise."""
    Consultant.objects.filter(pk=consultant.pk).update(affiliation=affiliation, about=about)
    _keep(consultant, fields)
    _record("programmes.write_consultant", consultant, by=by, fields=sorted(fields))


@transaction.atomic
def retire_consultant(consultant: Consultant, *, reason: str, by: User) -> None:
    """Out of the pool; reports stay. Raises Refused while they have requests in hand."""
    Consultant.objects.select_for_update().get(pk=consultant.pk)  # nobody gives them one meanwhile
    in_hand = consultant.requests.in_hand().values_list("number", flat=True)
    if numbers := ", ".join(in_hand.order_by("number")):
        raise Refused(
            _("First take back what they have in hand: %(numbers)s.") % {"numbers": numbers}
        )
    rows = Consultant.objects.active().filter(pk=consultant.pk)
    if not rows.update(retired_at=clock.now(), retired_by=by):
        raise Refused(_("Somebody else was faster: they have left the pool already."))
    _record("programmes.retire_consultant", consultant, by=by, reason=reason)


@transaction.atomic
def return_consultant(consultant: Consultant, *, by: User) -> None:
    """Back into the pool. Raises Refused where they have closed their account."""
    if consultant.user.closed_at:
        raise Refused(_("This account is closed already."))
    rows = Consultant.objects.filter(pk=consultant.pk, retired_at__isnull=False)
    if not rows.update(retired_at=None, retired_by=None):
        raise Refused(_("Somebody else was faster: they are in the pool already."))
    _record("programmes.return_consultant", consultant, by=by)


def _keep(consultant: Consultant, fields: Collection[str]) -> None:
    consultant.expertise.exclude(field__in=fields).delete()
    Expertise.objects.bulk_create(
        [Expertise(consultant=consultant, field=field) for field in sorted(fields)],
        ignore_conflicts=True,
    )


def _record(verb: str, consultant: Consultant, **facts: object) -> None:
    audit.record(verb, consultant, subjects=[consultant.user_id], **facts)  # type: ignore[arg-type]


@transaction.atomic
def write_round(entry: ConsultingRound, *, fields: Collection[str], by: User) -> ConsultingRound:
    """Keeps a new round, or what changed of one. Raises Refused for a name that its branch has
    given already, and for fewer places than are taken."""
    Branch.objects.select_for_update(no_key=True).get(pk=entry.branch_id)
    twins = ConsultingRound.objects.filter(branch=entry.branch_id, name_ko=entry.name_ko)
    if twins.exclude(pk=entry.pk).exists():
        raise Refused(_("This branch has a round of this name."), field="name_ko")
    if entry.pk is None:
        entry.written_by = by
        entry.save()
    else:
        stored = ConsultingRound.objects.select_for_update().get(pk=entry.pk)
        taken = stored.requests.taken().count()
        if entry.places < taken:
            raise Refused(
                _("%(n)d are taken on already: there cannot be fewer places.") % {"n": taken},
                field="places",
            )
        entry.save(update_fields=list(fields))
    audit.record("programmes.write_round", entry, by=by, changed=sorted(fields))
    return entry
