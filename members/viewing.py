"""Staff look at the portal as somebody who does not exist: a member of a tier in a standing and a
branch, or a mere account. Pages that say what is open to whom ask ``reader_of``. It is a way to
look: what is taken or done, is taken or done as oneself, so nothing is while it lasts.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.branches.models import Branch
from kosna.core import clock
from members import standing
from members.access import AsIf
from members.models import Tier

KEY, VERB = "viewing_as", "members.view_as"
LASTS = timedelta(hours=1)
STANDINGS = {
    standing.GOOD: gettext_lazy("in good standing"),
    standing.GRACE: gettext_lazy("in grace"),
    standing.ARREARS: gettext_lazy("in arrears"),
    standing.SUSPENDED: gettext_lazy("suspended"),
}


@dataclass(frozen=True)
class Viewing:
    reader: AsIf
    name: str


def viewing_of(request: HttpRequest) -> Viewing | None:
    """As whom this member of the staff looks; asked once a request. None for everybody else, and
    from the moment on at which their office or the hour is over."""
    kept: Any = request
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not hasattr(kept, "session"):
        return None  # or the request was refused before its session was read
    if not hasattr(kept, "_viewing"):
        kept._viewing = _viewing(request)
    return kept._viewing


def reader_of(request: HttpRequest) -> Any:
    """Whose answers a page shows."""
    viewing = viewing_of(request)
    return viewing.reader if viewing else request.user


def why_nothing_leaves(request: HttpRequest) -> str:
    """Why neither copy nor file is given now; empty where nobody is looking as somebody else."""
    viewing = viewing_of(request)
    if viewing is None:
        return ""
    return _(
        "You are looking as “%(name)s”. End that first: nothing is given or done meanwhile."
    ) % {"name": viewing.name}


def _viewing(request: HttpRequest) -> Viewing | None:
    chosen = request.session.get(KEY)
    if not chosen or not request.user.has_perm(VERB):
        return None
    if clock.now() >= datetime.fromisoformat(chosen["since"]) + LASTS:
        return None
    tier = Tier.objects.prefetch_related("rights").filter(pk=chosen["tier"]).first()
    branch = Branch.objects.filter(pk=chosen["branch"]).first()
    reader = AsIf(tier, chosen["standing"], branch.pk if branch else None)
    return Viewing(reader, name_of(tier, chosen["standing"], branch))


def name_of(tier: Tier | None, code: str, branch: Branch | None) -> str:
    if tier is None:
        return _("An account without a membership")
    told = [tier.name, str(STANDINGS[code]), branch.name if branch else ""]
    return " · ".join(filter(None, told))
