"""A locked statement on paper (지부 정산서): numbered, its figures frozen, its entries listed.
Names are masked: the paper leaves the house, and the order's code finds the rest."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import translation

from kosna.core import clock
from kosna.core.korean import mask_name
from kosna.documents import actions as documents
from kosna.documents.long_lists import render_list
from kosna.documents.models import Document
from kosna.payments import payables, statement_figures
from kosna.payments.models import OrderLine, ShareEntry, Statement

LANGUAGE = "ko"  # papers between the offices
# So many entries are drawn while somebody waits; more are long work.
AT_ONCE = 200


def issue(statement: Statement) -> Document:
    """The paper of a statement that is locked in this transaction."""
    with translation.override(LANGUAGE):
        facts = _facts(statement)
    return documents.issue(
        Document.Kind.SETTLEMENT,
        key=key_of(statement),
        subject=None,
        facts=facts,
        language=LANGUAGE,
        branch=statement.branch,
    )


def key_of(statement: Statement) -> str:
    return f"settlement:{statement.pk}"


def paper_of(statement: Statement) -> Document | None:
    return Document.objects.valid().filter(key=key_of(statement)).first()


def _facts(statement: Statement) -> dict[str, Any]:
    """All that the paper says, but its list of entries, which never change either."""
    assert statement.prepared_by and statement.approved_by and statement.locked_at
    return {
        "branch": statement.branch.name,
        "month": statement.month.isoformat(),
        "last_day": statement.last_day.isoformat(),
        "opening": statement.opening,
        "earned": statement.earned,
        "adjusted": statement.adjusted,
        "paid_out": statement.paid_out,
        "closing": statement.closing,
        "entry_count": statement.entry_count,
        "sha256": statement.sha256,
        "totals": [
            {
                "tier": row.tier,
                "kind": row.kind,
                "payments": row.payments,
                "paid": row.paid,
                "refunded": row.refunded,
                "share": row.share,
            }
            for row in statement_figures.totals_of([statement.pk])
        ],
        "prepared_by": statement.prepared_by.name,
        "approved_by": statement.approved_by.name,
        "locked_on": clock.kst_date(statement.locked_at).isoformat(),
    }


def draw(document: Document, progress: Callable[[int], object] = lambda done: None) -> bytes:
    """The paper's PDF; ``progress`` hears how many entries are drawn."""
    statement = Statement.objects.get(pk=document.key.partition(":")[2])
    context = documents.paper_context(document)
    with translation.override(document.language):
        return render_list(
            "documents/settlement.html",
            enumerate(lines_of(ShareEntry.objects.filter(statement=statement)), 1),
            {**context["facts"], "qr": context["qr"], "verify_url": context["verify_url"]},
            language=document.language,
            progress=progress,
        )


@dataclass(frozen=True)
class Line:
    """An entry in words, as papers and sheets list it."""

    branch: str
    booked_at: datetime
    cause: str
    order: str
    name: str  # masked
    what: str
    tier: str
    paid: int
    percent: str  # and from when that rule held
    rule: str  # with what it rests on
    amount: int


def lines_of(entries: Any) -> Iterator[Line]:
    """Entries in the order in which they were booked, read some thousands at a time."""
    names = payables.tier_names()
    rows = entries.select_related(
        "line__order", "adjustment", "payout__statement", "statement__branch"
    )
    for entry in rows.order_by("statement__month", "statement", "pk").iterator(2000):
        yield _line(entry, names)


def _line(entry: ShareEntry, names: dict[str, str]) -> Line:
    order, name, tier, percent, rule = "", "", "", "", ""
    if line := entry.line:
        order, name = line.order.code, mask_name(line.order.buyer_name)
        tier = names.get(line.tier, line.tier)
        percent, rule = rule_of(line)
    return Line(
        branch=entry.statement.branch.name,
        booked_at=entry.booked_at,
        cause=entry.get_cause_display(),
        order=order,
        name=name,
        what=what_of(entry),
        tier=tier,
        paid=entry.paid,
        percent=percent,
        rule=rule,
        amount=entry.amount,
    )


def what_of(entry: ShareEntry) -> str:
    """What an entry is about: a line's title, an adjustment's reason, a payout's month."""
    if entry.line:
        return entry.line.title
    if entry.adjustment:
        return f"{entry.adjustment.reason} ({entry.adjustment.basis})"
    assert entry.payout
    return f"{entry.payout.statement.month:%Y-%m} · {entry.payout.reference}"


def rule_of(line: OrderLine) -> tuple[str, str]:
    """As the line froze it: 30 % · 2026-01-01, and the same with what the rule rests on."""
    since, _dot, basis = line.share_rule.partition(" · ")
    percent = "" if line.share_percent is None else f"{line.share_percent} %"
    short = " · ".join(part for part in (percent, since) if part)
    return short, " · ".join(part for part in (short, basis) if part)
