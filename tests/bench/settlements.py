"""Statements of branches over a year of 100,000 payments: their pages, the paper, the sheet."""

import time
from collections.abc import Iterator
from datetime import timedelta
from functools import cache

from django.db import connection
from django.urls import reverse

from kosna.branches.models import Appointment, Branch
from kosna.core import batches, clock
from kosna.payments import actions
from kosna.payments.models import Order, OrderLine, ShareEntry, Statement
from tests import factories
from tests.bench.browser import Browser
from tests.bench.data import make, world
from tests.bench.measures import Row, measure
from tests.bench.timing import in_turns

PAYMENTS, DUES, SHARE = 100_000, 100_000, 30_000


@cache
def a_year() -> int:
    """Last year's dues, paid evenly over its days: half of them in Busan, the rest in the other
    branches. Gives the year."""
    year = clock.today().year - 1
    first = clock.start_of(clock.today().replace(year=year, month=1, day=1))
    busan = Branch.objects.get(code="busan")
    others = list(Branch.objects.exclude(is_head_office=True).exclude(pk=busan.pk))
    branches = [busan if number % 2 else others[number % len(others)] for number in range(PAYMENTS)]
    instants = [first + timedelta(days=365) * number / PAYMENTS for number in range(PAYMENTS)]
    buyers = world().buyers
    orders = make(
        Order(
            payable="members.dues",
            title_ko="연회비",
            user=buyers[number % len(buyers)],
            buyer_name=buyers[number % len(buyers)].name,
            branch=branches[number],
            status=Order.Status.PAID,
            method=Order.Method.CARD,
            total=DUES,
            created_at=instants[number],
            expires_at=instants[number],
            release_at=instants[number],
            paid_at=instants[number],
        )
        for number in range(PAYMENTS)
    )
    lines = make(
        OrderLine(
            order=order,
            kind="dues",
            title_ko="정회원 연회비",
            amount=DUES,
            vat_class="none",
            tier="regular",
            branch_share=SHARE,
            share_percent=30,
            share_rule="2020-01-01 · 창립총회",
        )
        for order in orders
    )
    months = {
        (branch.pk, month): Statement.objects.create(branch=branch, month=month)
        for branch in [busan, *others]
        for month in sorted({clock.month_of(instant) for instant in instants})
    }
    make(
        ShareEntry(
            statement=months[line.order.branch_id, clock.month_of(instant)],
            cause="payment",
            line=line,
            turn=1,
            paid=DUES,
            amount=SHARE,
            booked_at=instant,
        )
        for line, instant in zip(lines, instants, strict=True)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return year


@measure
def settlements() -> Iterator[Row]:
    """With every month of the year still open, which is the slowest that it can be."""
    year = a_year()
    treasurer, president = (
        factories.make_user(name, email=f"{name}@bench.test") for name in ("treasurer", "president")
    )
    factories.appoint(treasurer, Appointment.Role.TREASURER, world().hq)
    factories.appoint(president, Appointment.Role.SECRETARIAT, world().hq)
    browser = Browser(treasurer)
    statement = Statement.objects.filter(branch__code="busan").latest("month")
    pages = reverse("payments_staff:statements")
    for what, path in [
        ("a year, all branches, all open", f"{pages}?year={year}"),
        ("a year of one branch, all open", f"{pages}?year={year}&branch=busan"),
        ("a month of one branch", statement.get_absolute_url()),
    ]:
        yield _page(f"100,000 payments: {what}", browser, path)
    for row in Statement.objects.order_by("month"):
        actions.prepare_statement(row, by=treasurer)
        actions.approve_statement(row, by=president)
        actions.lock_statement(row, by=treasurer)
    for what, path in [
        ("a year, all branches, locked", f"{pages}?year={year}"),
        ("a month of one branch, locked", statement.get_absolute_url()),
    ]:
        yield _page(f"100,000 payments: {what}", browser, path)
    entries = statement.entries.count()
    yield _file(
        f"statement on paper, {entries:,} entries",
        lambda: actions.start_paper(statement, by=treasurer),
        entries,
    )
    for what, rows in [
        ("one month of one branch", Statement.objects.filter(pk=statement.pk)),
        ("a year of all branches", Statement.objects.in_year(year)),
    ]:
        count = ShareEntry.objects.filter(statement__in=rows).count()
        yield _file(
            f"sheet of {what}, {count:,} entries",
            lambda rows=rows: actions.start_sheet(rows, title="bench", by=treasurer),
            count,
        )


def _page(what: str, browser: Browser, path: str) -> Row:
    [sample] = in_turns(lambda: browser.get(path), seconds=2, warm=2)
    return Row.of(what, sample, target="≤ 200 ms", is_met=sample.median <= 0.2)


def _file(what: str, start: object, entries: int) -> Row:
    begun = time.perf_counter()
    start()
    batches.run_all()
    seconds = time.perf_counter() - begun
    return Row(what, median=seconds, per_second=entries / seconds, note="long work")
