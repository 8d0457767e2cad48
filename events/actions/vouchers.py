"""Vouchers are made, one or many at once, and end."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from events.actions.running import touch
from events.actions.seats import change_counts, keep_seats
from events.models import DOOR_ALPHABET, Event, Ticket, Voucher
from events.models.vouchers import squeezed
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused

# 31^12: nobody finds one by trying, however many were made.
LENGTH, MOST = 12, 1000


@dataclass(frozen=True)
class VoucherTerms:
    """What each code of a batch is good for; see ``Voucher``."""

    purpose: str
    max_uses: int = 1
    effect: str = Voucher.Effect.NONE
    value: int = 0
    ticket: Ticket | None = None
    shows_hidden: bool = False
    reserves_seats: bool = False
    valid_until: datetime | None = None


def new_code() -> str:
    return "".join(secrets.choice(DOOR_ALPHABET) for _n in range(LENGTH))


@transaction.atomic
def make_vouchers(
    event: Event,
    terms: VoucherTerms,
    *,
    count: int = 1,
    code: str = "",
    form_key: UUID | None = None,
    by: User,
) -> list[Voucher]:
    """So many codes with the same terms; one may have a ``code`` of one's own. None where this very
    form has made its codes before. What they keep is off the sale at once. Raises Refused: so many
    seats are not free, or the code is taken."""
    if not 1 <= count <= MOST or (code and count != 1):
        raise Refused(
            _("Make 1 to %(most)s codes at once; a code of your own is one.") % {"most": MOST}
        )
    if terms.reserves_seats and terms.ticket is None:
        raise Refused(_("Say of which ticket seats are kept."))
    try:
        with transaction.atomic():
            made = Voucher.objects.bulk_create(
                Voucher(
                    event=event,
                    code=squeezed(code) or new_code(),
                    made_by=by,
                    form_key=None if n else form_key,
                    **vars(terms),
                )
                for n in range(count)
            )
    except IntegrityError:
        if form_key and Voucher.objects.filter(made_by=by, form_key=form_key).exists():
            return []
        raise Refused(_("This event has a voucher with this code already.")) from None
    audit.record(
        "events.make_vouchers",
        event,
        by=by,
        purpose=terms.purpose,
        codes=count,
        places=count * terms.max_uses,
    )
    if terms.reserves_seats and terms.ticket:
        ticket = Ticket.objects.get(pk=terms.ticket.pk)
        if not keep_seats(ticket, count * terms.max_uses):
            raise Refused(
                _("So many seats of this ticket are not free, or somebody waits for them.")
            )
    touch(event)
    return made


@transaction.atomic
def withdraw_voucher(voucher: Voucher, *, by: User) -> None:
    """Nobody uses it from now on; places that it was used for stay."""
    if not _end(voucher, clock.now()):
        raise Refused(_("This voucher has ended already."))
    audit.record(
        "events.withdraw_voucher", voucher, by=by, branch=voucher.event.branch_id, code=voucher.code
    )


def end_vouchers() -> int:
    """Ends those whose time is over, so that what they kept is on sale again. Safe to run twice and
    in parallel. Returns how many ended."""
    return sum(_ended(voucher) for voucher in Voucher.objects.to_end(clock.now()).order_by("pk"))


@transaction.atomic
def _ended(voucher: Voucher) -> bool:
    if not _end(voucher, clock.now()):
        return False
    audit.record("events.end_voucher", voucher, branch=voucher.event.branch_id, code=voucher.code)
    return True


def _end(voucher: Voucher, at: datetime) -> bool:
    """Once: whoever ends it gives its seats back."""
    if not Voucher.objects.filter(pk=voucher.pk, ended_at=None).update(ended_at=at):
        return False
    voucher.refresh_from_db(fields=["used", "ended_at"])
    if voucher.reserves_seats and voucher.ticket_id and voucher.uses_left:
        change_counts({voucher.ticket_id: {"blocked": -voucher.uses_left}})
    return True


def recount_blocked(ticket: Ticket) -> int:
    """How many seats vouchers keep of it: what ``ticket.blocked`` must say."""
    rows: Iterable[Voucher] = Voucher.objects.keeping_seats().filter(ticket=ticket)
    return sum(voucher.uses_left for voucher in rows)
