"""Refunds that the bank is handed together: gathered in a file, sent once the file was handed in,
done when the bank has carried it out."""

from collections.abc import Callable, Collection

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments.actions.accounts import payout_account
from kosna.payments.actions.refunds import complete_bank_refund, send_refund
from kosna.payments.actions.settlement import lock
from kosna.payments.models import Order, Refund, RefundAccount, RefundQuerySet, TransferFile
from kosna.payments.models.money import WIRED_BACK
from kosna.payments.transfer_sheets import Row, workbook

Status = TransferFile.Status
MOST = 500  # refunds in a file


def ready_to_wire(refunds: RefundQuerySet) -> RefundQuerySet:
    """Those that were approved and have an account, and are in no file that waits."""
    account = RefundAccount.objects.standing().filter(refund=OuterRef("pk"))
    return refunds.filter(
        Exists(account),
        Q(transfer=None) | ~Q(transfer__status=Status.MADE),
        payment__provider__in=WIRED_BACK,
        status__in=[Refund.Status.APPROVED, Refund.Status.FAILED],
    )


def _lock_orders(refunds: RefundQuerySet) -> None:
    orders = Order.objects.filter(pk__in=list(refunds.values_list("order", flat=True)))
    list(lock(orders.order_by("pk")))


@transaction.atomic
def make_transfer_file(
    refunds: RefundQuerySet, chosen: Collection[int], *, by: User
) -> TransferFile:
    """Gathers the chosen ones of ``refunds``. Raises Refused when one of them cannot be wired (any
    more), or is in another file."""
    wanted = refunds.filter(pk__in=chosen)
    _lock_orders(wanted)
    ready = list(ready_to_wire(wanted).select_related("order").order_by("pk"))
    if not ready:
        raise Refused(_("Choose the refunds that go into the file."))
    if len(ready) < len(set(chosen)):
        raise Refused(
            _("Some of these refunds have changed meanwhile. Look at the list and choose again.")
        )
    if len(ready) > MOST:
        raise Refused(_("A file holds %(most)s refunds at most.") % {"most": MOST})
    file = TransferFile.objects.create(
        number=len(ready), total=sum(refund.amount for refund in ready), created_by=by
    )
    Refund.objects.filter(pk__in=[refund.pk for refund in ready]).update(transfer=file)
    _record("payments.make_transfer_file", file, ready, by=by)
    return file


@transaction.atomic
def download_transfer_file(file: TransferFile, *, ip: str | None, by: User) -> tuple[str, bytes]:
    """A name and a spreadsheet with whole account numbers, which goes on record. Raises Refused
    once the file was handed in, or it would be wired twice."""
    refunds = _refunds_to_wire(file)
    rows = [Row(refund, payout_account(refund)) for refund in refunds]
    _record("payments.export_transfer_file", file, refunds, by=by, ip=ip, write=audit.record_seen)
    return f"대량이체_{file}.xlsx", workbook(rows)


@transaction.atomic
def hand_in_transfer_file(file: TransferFile, *, by: User) -> int:
    """Says that the bank has it: its refunds are sent, all or none. Returns how many."""
    _lock_orders(Refund.objects.filter(transfer=file))
    refunds = _refunds_to_wire(file)
    file.move_to(Status.HANDED_IN, handed_in_at=clock.now(), handed_in_by=by)
    for refund in refunds:
        send_refund(refund, by=by)
    _record("payments.hand_in_transfer_file", file, refunds, by=by)
    return len(refunds)


@transaction.atomic
def drop_transfer_file(file: TransferFile, *, by: User) -> None:
    """It was never handed in: its refunds are free for another."""
    refunds = list(Refund.objects.filter(transfer=file).select_related("order"))
    file.move_to(Status.DROPPED)
    Refund.objects.filter(transfer=file).update(transfer=None)
    _record("payments.drop_transfer_file", file, refunds, by=by)


@transaction.atomic
def complete_transfer_file(file: TransferFile, *, reference: str, by: User) -> int:
    """The bank has carried the file out: whatever of it did not come back is done. ``reference``
    is the bank's, to which each refund adds its number. Returns how many."""
    _lock_orders(Refund.objects.filter(transfer=file))
    sent = Refund.objects.filter(transfer=file, status=Refund.Status.SENT)
    refunds = list(sent.select_related("order__user", "payment").order_by("pk"))
    if not refunds:
        raise Refused(_("Nothing of this file waits to be carried out."))
    for refund in refunds:
        complete_bank_refund(refund, reference=f"{reference}/{refund.pk}", by=by)
    return len(refunds)


def _refunds_to_wire(file: TransferFile) -> list[Refund]:
    """The refunds of a file, which must be as they were when it was made. Raises Refused."""
    file.refresh_from_db()
    if file.status != Status.MADE:
        raise Refused(_("This file was handed in or dropped already."))
    account = RefundAccount.objects.standing().filter(refund=OuterRef("pk"))
    fit = Refund.objects.filter(
        Exists(account),
        transfer=file,
        status__in=[Refund.Status.APPROVED, Refund.Status.FAILED],
    )
    refunds = list(fit.select_related("order__user", "payment").order_by("pk"))
    if (len(refunds), sum(refund.amount for refund in refunds)) != (file.number, file.total):
        raise Refused(
            _("A refund of this file was decided otherwise. Drop the file and make another one.")
        )
    return refunds


def _record(
    verb: str,
    file: TransferFile,
    refunds: list[Refund],
    *,
    by: User,
    ip: str | None = None,
    write: Callable[..., object] = audit.record,
) -> None:
    write(
        verb,
        file,
        by=by,
        ip=ip,
        subjects={refund.order.user_id for refund in refunds},
        refunds=[refund.pk for refund in refunds],
        total=file.total,
    )
