"""Offices stay on record under the account's number; whoever holds one does not leave yet."""

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.accounts.retention import RECORD, Fate, Obstacle, rule, settle_first
from kosna.branches.models import Appointment
from kosna.core import clock


def tell() -> None:
    rule(Fate.STAYS, RECORD, "offices", "proposed_offices")
    settle_first(_offices)


def _offices(user: User) -> Iterator[Obstacle]:
    if user.is_superuser:
        yield Obstacle(_("You operate the portal."), reverse("about:about"), _("Who we are"))
    held = Appointment.objects.filter(Q(valid_to=None) | Q(valid_to__gte=clock.today()), user=user)
    for office in held.select_related("branch"):
        yield Obstacle(
            _("You hold an office: %(role)s, %(branch)s. Your branch or the head office ends it.")
            % {"role": office.get_role_display(), "branch": office.branch.name},
            reverse("branches:branch", args=[office.branch.code]),
            _("To the branch"),
        )
