"""Proofs on their way to the tax office in its own spreadsheets, and its approval numbers back."""

import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments.actions.proofs import cause_of, correct_proof, issue_proof
from kosna.payments.actions.settlement import lock
from kosna.payments.coverage import Sum, allowed, to_correct
from kosna.payments.models import Order, Payment, Proof, ProofIssue, ProofQuerySet
from kosna.payments.tax_sheets import NAMES, Told, workbooks

Kind, Status = Proof.Kind, Proof.Status


@transaction.atomic
def export_proofs(
    proofs: ProofQuerySet, kind: Proof.Kind, *, again: bool = False, ip: str | None = None, by: User
) -> tuple[str, bytes]:
    """The requests among ``proofs`` as the tax office takes them: a name and a spreadsheet, or a
    ZIP of several where there are more than one holds. What was exported before is left out, or it
    would be issued twice, unless ``again``. Raises Refused where there is none."""
    wanted = proofs.filter(kind=kind, status=Status.REQUESTED)
    if not again:
        wanted = wanted.filter(exported_at=None)
    keys = list(wanted.order_by("pk").values_list("pk", flat=True))
    paid = Payment.objects.filter(proofs__in=keys).values("order")
    list(lock(Order.objects.filter(pk__in=paid).order_by("pk")))
    rows = Proof.objects.filter(pk__in=keys, status=Status.REQUESTED).with_grounds()
    ready = [row for row in rows.order_by("due_on", "pk") if allowed(row).amount]
    if not ready:
        raise Refused(_("No request of this kind waits to be exported."))
    now = clock.now()
    for proof in ready:
        sums = allowed(proof)
        Proof.objects.filter(pk=proof.pk).update(
            exported_at=now, exported_by=by, filed_supply=sums.supply, filed_vat=sums.vat
        )
    audit.record_seen(
        "payments.export_proofs",
        by,
        by=by,
        subjects={proof.payment.order.user_id for proof in ready},
        ip=ip,
        kind=kind,
        rows=len(ready),
        again=again,
    )
    return _packed(f"{NAMES[kind]}_{clock.today():%Y%m%d}", list(workbooks(kind, ready)))


def _packed(name: str, files: list[bytes]) -> tuple[str, bytes]:
    if len(files) == 1:
        return f"{name}.xlsx", files[0]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for number, content in enumerate(files, 1):
            archive.writestr(f"{name}_{number:02d}.xlsx", content)
    return f"{name}.zip", packed.getvalue()


@dataclass
class Outcome:
    """What became of each proof that a list of the tax office names."""

    issued: list[tuple[Told, Proof]] = field(default_factory=list)
    corrected: list[tuple[Told, Proof]] = field(default_factory=list)
    known: list[Told] = field(default_factory=list)
    unmatched: list[tuple[Told, str]] = field(default_factory=list)  # with the reason

    @property
    def done(self) -> list[tuple[Told, Proof]]:
        return self.issued + self.corrected


def apply_approvals(rows: Iterable[Told], proofs: ProofQuerySet, *, by: User) -> Outcome:
    """Writes down the approval numbers of a list, each to the one of ``proofs`` that it must mean;
    what fits none, or several, is told and left alone. Reading a list twice changes nothing."""
    rows = list(rows)
    outcome = Outcome()
    known = set(
        ProofIssue.objects.filter(number__in=[row.number for row in rows]).values_list(
            "number", "issued_on"
        )
    )
    waiting = list(proofs.waiting().with_grounds())
    for row in rows:
        if _is_known(row, known):
            outcome.known.append(row)
            continue
        fitting = [proof for proof in waiting if _fits(row, proof)]
        if len(fitting) > 1:
            named = [proof for proof in fitting if proof.payment.order.code in row.note.split()]
            fitting = named or fitting
        if len(fitting) != 1:
            outcome.unmatched.append((row, _why(fitting)))
            continue
        waiting.remove(fitting[0])
        _apply(row, fitting[0], outcome, by)
    with transaction.atomic():
        audit.record(
            "payments.import_approvals",
            by,
            by=by,
            issued=len(outcome.issued),
            corrected=len(outcome.corrected),
            unmatched=len(outcome.unmatched),
        )
    return outcome


def _is_known(row: Told, known: set[tuple[str, date]]) -> bool:
    """24 letters name one paper for ever, a cash receipt's nine name one of its day."""
    if len(row.number) == 24:
        return row.number in {number for number, _issued_on in known}
    return (row.number, row.issued_on) in known


def _why(fitting: list[Proof]) -> str:
    if fitting:
        return _("Several requests fit. Write the number at the right one by hand.")
    return _("No request has this recipient and amount.")


def _fits(row: Told, proof: Proof) -> bool:
    if (len(row.number) == 24) == proof.is_cash_receipt:
        return False
    if row.identity and row.identity != _digits(proof):
        return False
    if row.amount < 0:
        return proof.status == Status.CORRECTING and to_correct(proof).amount == row.amount
    if proof.status != Status.REQUESTED:
        return False
    if row.written_on and not proof.is_cash_receipt and row.written_on != proof.written_on:
        return False
    has_vat = bool(row.vat)
    if not proof.is_cash_receipt and has_vat != (proof.kind == Kind.TAX_INVOICE):
        return False
    return row.amount == _filed(proof).amount


def _digits(proof: Proof) -> str:
    """As the tax office writes it: a mobile number with its zero."""
    digits = "".join(letter for letter in proof.identity if letter.isdigit())
    return f"0{digits[2:]}" if proof.identity.startswith("+82") else digits


def _filed(proof: Proof) -> Sum:
    if proof.filed_supply is None or proof.filed_vat is None:
        return allowed(proof)
    return Sum(proof.filed_supply, proof.filed_vat)


def _apply(row: Told, proof: Proof, outcome: Outcome, by: User) -> None:
    day = row.issued_on or clock.today()
    try:
        if row.amount > 0:
            issue_proof(proof, number=row.number, issued_on=day, by=by, amounts=_filed(proof))
            outcome.issued.append((row, proof))
        else:
            correct_proof(proof, number=row.number, issued_on=day, cause=cause_of(proof), by=by)
            outcome.corrected.append((row, proof))
    except Refused as refusal:
        outcome.unmatched.append((row, str(refusal)))
