"""What branches do with their MOUs: enter, change and end them, each on record."""

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.branches.models import Branch
from kosna.core.errors import Refused
from members.programmes.models import Partner


@transaction.atomic
def write_partner(partner: Partner, *, fields: Collection[str], by: User) -> Partner:
    """Keeps a new MOU, or those ``fields`` of one that changed. Raises Refused for one that its
    branch has entered already, and for one signed after its last day."""
    # A branch enters one at a time: two clicks, one MOU.
    Branch.objects.select_for_update(no_key=True).get(pk=partner.branch_id)
    if Partner.objects.same_as(partner).exists():
        raise Refused(_("This MOU has been entered already."), field="signed_on")
    if partner.pk is None:
        partner.written_by = by
        partner.save()
    else:
        stored = _locked(partner)
        _in_order(partner.signed_on, stored.ended_on, field="signed_on")
        partner.version = stored.version + 1
        partner.save(update_fields=[*fields, "version"])
    audit.record("programmes.write_partner", partner, by=by, changed=sorted(fields))
    return partner


@transaction.atomic
def end_partner(partner: Partner, *, on: date, reason: str, by: User) -> None:
    """An MOU ends with a last day, which may still lie ahead. Raises Refused where it has one."""
    stored = _locked(partner)
    if stored.ended_on:
        raise Refused(_("Somebody else was faster: this MOU has a last day already."))
    _end(stored, on)
    audit.record("programmes.end_partner", stored, by=by, reason=reason, on=on.isoformat())


@transaction.atomic
def correct_end(partner: Partner, *, on: date | None, reason: str, by: User) -> None:
    """The last day was another one; without ``on`` there was none, and the MOU is in force. Raises
    Refused where nothing would change."""
    stored = _locked(partner)
    before = stored.ended_on
    if before == on:
        raise Refused(_("It stands like this already."), field="on")
    _end(stored, on)
    audit.record(
        "programmes.correct_end",
        stored,
        by=by,
        reason=reason,
        before=before.isoformat() if before else "",
        on=on.isoformat() if on else "",
    )


def _locked(partner: Partner) -> Partner:
    return Partner.objects.select_for_update().get(pk=partner.pk)


def _end(partner: Partner, on: date | None) -> None:
    _in_order(partner.signed_on, on, field="on")
    partner.ended_on = on
    partner.version += 1
    partner.save(update_fields=["ended_on", "version"])


def _in_order(signed_on: date, ended_on: date | None, *, field: str) -> None:
    if ended_on and ended_on < signed_on:
        raise Refused(_("The last day lies before the day of signing."), field=field)
