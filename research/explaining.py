"""Why can this person read that, or not? The same facts as ``entitlement``, way by way."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from kosna.core.templatetags.ui import kdatetime
from members import keys
from members.access import Decision, Held, entitlement, memberships_of
from members.explaining import Explanation, Way, by_tier, to_everyone, told
from members.models import Right
from research.caps import cap_of, taken, why_capped, why_too_soon
from research.models import CAME, OWN, Report, Series
from research.permits import is_claimed_back
from research.statistics.reading import read


def explain(report: Report, user: Any, at: datetime) -> Explanation:
    """Of a report ``with_access``; the last word is ``decision``. While it is not out, the ways are
    those that there will be."""
    held = memberships_of(user, at)
    state = _by_state(report, at)
    ways = [
        state,
        to_everyone(report.is_public),
        by_tier(report.tiers.all(), held),
        _by_branch(report, held),
        _by_clock(report, held, at),
        *_by_keys(report, user, at),
    ]
    if not state.opens:
        reason = _("It is not out, so nobody reads it: %(state)s.") % {"state": state.because}
        return Explanation(Decision(False, "not_out", reason), ways)
    decision = entitlement(user, report, at)
    if getattr(user, "pk", None):  # a person, not a tier
        account, copies, no_more = _by_account(user), *_by_copies(report, user, at)
        ways += [account, copies]
        if not account.opens:
            decision = Decision(False, "blocked", account.because)
        elif decision.allowed and no_more:
            decision = Decision(False, "capped", no_more)
    return Explanation(decision, ways)


def _by_account(user: Any) -> Way:
    said = _("open") if user.is_active else _("The account is blocked: nobody signs in with it.")
    return Way(_("Account"), user.is_active, said)


def _by_copies(report: Report, user: Any, at: datetime) -> tuple[Way, str]:
    """And what this person is told who asks for one more."""
    cap, copies = cap_of(user, at), taken(report, user, at)
    no_more = why_capped(report, cap, copies.today) or why_too_soon(copies.anew)
    said = _("%(n)s of %(cap)s reports") % {"n": len(copies.today), "cap": cap}
    return Way(_("Taken today"), not no_more, said), no_more


def _by_state(report: Report, at: datetime) -> Way:
    """Whether there is a page at all."""
    said = str(report.get_status_display())
    if report.is_scheduled(at):
        said = _("comes out on %(when)s") % {"when": kdatetime(report.published_at)}
    return Way(_("Published"), report.is_out(at), said)


def explain_series(series: Series, user: Any, at: datetime) -> list[Way]:
    """Of a series ``with_access``: its total, and what it is divided by."""
    reading = read(series, user, at)
    held = " · ".join(told(row) for row in memberships_of(user, at)) or _("no membership")
    parts = [(_("Total"), reading.sees_total, reading.total)]
    if reading.has_detail:
        parts.append((_("Regions and breakdowns"), reading.sees_detail, reading.detail))
    return [Way(name, opens, f"{decision.reason} ({held})") for name, opens, decision in parts]


def _by_branch(report: Report, held: list[Held]) -> Way:
    branches = {branch.pk: branch.name for branch in report.branches.all()}
    mine = [row for row in held if row.member.branch_id in branches]
    opens = any(Right.READ_REPORTS in row.rights for row in mine)
    if not branches:
        return Way(_("Branch"), False, _("no branch is named"))
    because = " · ".join(told(row) for row in mine)
    return Way(_("Branch"), opens, because or ", ".join(branches.values()))


def _by_clock(report: Report, held: list[Held], at: datetime) -> Way:
    openings = report.access_rule().openings
    if not openings:
        return Way(_("Opening times"), True, _("none: open from its publication"))
    tiers = {row.tier.pk: row.tier.name for row in held if Right.READ_REPORTS in row.rights}
    mine = {tier: when for tier, when in openings.items() if tier is None or tier in tiers}
    if not mine:
        return Way(_("Opening times"), False, _("none for this person"))
    because = " · ".join(
        f"{tiers[tier] if tier else _('Everyone else')}: {kdatetime(when)}"
        for tier, when in mine.items()
    )
    return Way(_("Opening times"), min(mine.values()) <= at, because)


def _not_own(report: Report, user: Any) -> str:
    if getattr(user, "pk", None) and is_claimed_back(report, user):
        return _(
            "bought; the price is claimed back, and the report closed to them until that is decided"
        )
    return _("no")


def _by_keys(report: Report, user: Any, at: datetime) -> list[Way]:
    events = [row.event for row in report.occasions.all()]
    came = [event for event in events if event in keys.keys_of(user, CAME, at)]
    names = keys.names_of(CAME, events) if events else {}
    own = keys.keys_of(user, OWN, at).get(report.pk)
    return [
        Way(
            _("Came to an event"),
            bool(came),
            ", ".join(names.get(event, str(event)) for event in came or events)
            or _("no event is named"),
        ),
        Way(
            _("Bought, or let in"),
            own is not None,
            str(own.reason) if own else _not_own(report, user),
        ),
    ]
