"""A bank's list of 10,000 deposits against 5,000 orders: read, written, matched, settled."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from kosna.core import clock, sheets
from kosna.payments import actions
from kosna.payments.actions.matching import match_open, pool_of
from kosna.payments.matching import decide
from kosna.payments.models import BankAccount, BankFile, Deposit, Order, OrderLine
from kosna.payments.providers import bank
from tests.bench.data import world
from tests.bench.measures import Row, measure
from tests.bench.timing import count_queries

LINES, ORDERS = 10_000, 5_000
SURNAMES = "김이박최정강조윤장임한오서신권황안송류홍"
GIVEN = "하늘도윤서준유나민재세린지호예린다온가람이레시우은결태오주아보라"
HEAD = "거래일시,적요,보낸분/받는분,출금액,입금액,잔액,거래점"


def _name(number: int) -> str:
    """5,000 names, each of them once."""
    first, rest = SURNAMES[number % 20], number // 20
    return first + GIVEN[rest % 16 * 2] + GIVEN[rest // 16 * 2 % 32 + 1] + GIVEN[rest % 7]


def _orders() -> list[Order]:
    now, users = clock.now(), world().buyers
    orders = Order.objects.bulk_create(
        Order(
            payable="events.registration",
            title_ko="참가비",
            user=users[number % len(users)],
            buyer_name=_name(number),
            branch=world().hq,
            method=Order.Method.BANK,
            total=10_000 + number % 90 * 1_000,
            created_at=now - timedelta(days=2),
            expires_at=now + timedelta(days=1),
            release_at=bank.release_after(now + timedelta(days=1)),
        )
        for number in range(ORDERS)
    )
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order, kind="ticket", title_ko="입장권", amount=order.total, vat_class="exempt"
        )
        for order in orders
    )
    return orders


def _file(orders: list[Order]) -> bytes:
    """A half fits one order each, by digits; of the others some are short, most are strangers'."""
    at, balance, lines = clock.now() - timedelta(hours=9), 1_000_000, [HEAD]
    for number in range(LINES):
        order = orders[number % ORDERS]
        name, won = order.depositor_name, order.total
        if number >= ORDERS:
            name = f"{_name(number)}모임" if number % 3 else order.buyer_name
            won -= 500
        balance += won
        told = (at + timedelta(seconds=number * 3)).astimezone(clock.KST)
        lines.append(f'{told:%Y.%m.%d %H:%M:%S},타행이체,{name},0,"{won:,}","{balance:,}",가산')
    return "\n".join(lines).encode("cp949")


def _timed(step: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    found = step()
    return time.perf_counter() - start, found


@measure
def deposits() -> Iterator[Row]:
    hq, by = world().hq, world().head_office
    account = BankAccount.objects.create(branch=hq, name="bench", bank="국민은행", number="bench")
    orders = _orders()
    upload = SimpleUploadedFile("list.csv", _file(orders))

    def bring() -> BankFile:
        shape = sheets.recognise(upload.file, upload.size)
        return actions.start_bank_file(upload, shape, account=account, by=by)

    seconds, row = _timed(bring)
    yield Row(f"bank file of {LINES:,} lines: read and checked", median=seconds)
    seconds, _row = _timed(lambda: actions.import_bank_file(row, by=by))
    yield Row(f"bank file of {LINES:,} lines: written", median=seconds, per_second=LINES / seconds)

    def candidates() -> int:
        rows = Deposit.objects.open().select_related("line__account").order_by("line__at", "pk")
        open_ = list(rows)
        return len(decide(open_, pool_of(hq, open_)))

    queries = count_queries(candidates)
    seconds, found = _timed(candidates)
    yield Row(
        f"{LINES:,} deposits against {ORDERS:,} open orders: decided",
        median=seconds,
        per_second=LINES / seconds,
        queries=queries,
        target="≥ 5,000 a second, ≤ 4 statements",
        is_met=LINES / seconds >= 5_000 and queries <= 4,
        note=f"{found:,} beyond doubt",
    )
    seconds, matched = _timed(lambda: match_open(hq, by=by))
    if matched != found or matched < ORDERS * 0.95:
        raise AssertionError(f"{matched} of {found} were confirmed")
    yield Row(
        "deposits matched: confirmed, booked, receipt and mail",
        median=seconds / matched,
        per_second=matched / seconds,
        note=f"{matched:,} confirmed",
    )
    again, known = _timed(bring)
    yield Row(
        "the same bank file again: all known already",
        median=again,
        note=f"{known.counts['known']:,} known",
    )
