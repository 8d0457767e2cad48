"""An import of 100,000 members, and the desk's lists of members when they are there."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from urllib.parse import quote

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections, transaction
from django.urls import reverse

from kosna.branches.models import Branch
from kosna.core import batches, sheets
from kosna.core.models import Counter
from members import actions
from members.models import Import, Member
from tests.bench.browser import Browser
from tests.bench.data import world
from tests.bench.measures import Row, measure
from tests.bench.timing import in_turns

MEMBERS = 100_000
SURNAMES, GIVEN = "김이박최정강조윤장임", ["하늘", "도윤", "서준", "유나", "민재", "세린", "지호"]
HEAD = "성명,휴대폰,이메일,회원구분,지부,입회일,2024년,2025년,2026년,우편번호,주소"


def _file() -> bytes:
    lines = [HEAD]
    for i in range(MEMBERS):
        name = f"{SURNAMES[i % 10]}{GIVEN[i % 7]}{i % 1000:03d}"
        branch = ("busan 지부", "daegu 지부")[i % 2]
        lines.append(
            f"{name},010-{i // 10_000:04d}-{i % 10_000:04d},imported{i}@example.test,regular 회원,"
            f"{branch},{2000 + i % 25}-{1 + i % 12:02d}-01,O,O,{'O' if i % 3 else ''},48058,"
            f"부산광역시 해운대구 센텀중앙로 {i}"
        )
    return "\n".join(lines).encode()


@contextmanager
def _another_writer() -> Iterator[list[float]]:
    """Somebody who writes a row fifty times a second; gives how long each time took."""
    waits: list[float] = []
    stop = threading.Event()

    def write() -> None:
        while not stop.wait(0.02):
            start = time.perf_counter()
            with transaction.atomic():
                Counter.objects.update_or_create(kind="bench", year=0)
            waits.append(time.perf_counter() - start)
        connections.close_all()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield waits
    finally:
        stop.set()
        thread.join()


@cache
def imported() -> dict[str, tuple[float, float]]:
    """Brings 100,000 members along, once: each step's seconds, and the longest that somebody else
    had to wait to write meanwhile."""
    by, hq = world().head_office, world().hq
    content = _file()
    upload = SimpleUploadedFile("members.csv", content)
    tier, branches = world().tier.pk, {b.name_ko: b.pk for b in Branch.objects.all()}
    row: list[Import] = []

    def read() -> None:
        shape = sheets.recognise(upload.file, len(content))
        row.append(actions.start_import(upload, shape, branch=hq, by=by))

    def check() -> None:
        row[0].refresh_from_db()
        values = {"tier": {"regular 회원": tier}, "branch": branches}
        actions.check_import(row[0], mapping=row[0].mapping, values=values, defaults={}, by=by)

    def write() -> None:
        row[0].refresh_from_db()
        actions.apply_import(row[0], leaves_out=True, by=by)

    taken = {
        name: _timed(step) for name, step in (("read", read), ("check", check), ("write", write))
    }
    row[0].refresh_from_db()
    if row[0].status != Import.Status.APPLIED or row[0].result["members"] < MEMBERS * 0.99:
        raise AssertionError(f"the import ended as {row[0].status}: {row[0].counts}")
    return taken


def _timed(step: Callable[[], None]) -> tuple[float, float]:
    with _another_writer() as waits:
        start = time.perf_counter()
        step()
        batches.run_all()
        return time.perf_counter() - start, max(waits, default=0.0)


@measure
def member_import() -> Iterator[Row]:
    steps = imported()
    for name, (seconds, wait) in steps.items():
        yield Row(
            f"import of 100,000 members: {name}",
            median=seconds,
            note=f"another write waited {wait:.2f} s at most",
        )
    total = sum(seconds for seconds, _wait in steps.values())
    longest = max(wait for _seconds, wait in steps.values())
    yield Row(
        "import of 100,000 members, all of it",
        median=total,
        per_second=MEMBERS / total,
        target="≤ 60 s, others wait < 20 s",
        is_met=total <= 60 and longest < 20,
    )


@measure
def member_lists() -> Iterator[Row]:
    """Pages of the desk at 100,000 members and more."""
    imported()
    office = Browser(world().head_office)
    members, number = reverse("members_staff:members"), Member.objects.latest("pk").number
    for name, path in [
        ("members", members),
        ("members, page 2,000", f"{members}?page=2000"),
        ("members in grace", f"{members}?standing=grace"),
        ("search by name", f"{members}?q={quote('김하늘')}"),
        ("search by initials", f"{members}?q={quote('ㄱㅎㄴ')}"),
        ("search by phone", f"{members}?q=0001-0042"),
        ("search by number", f"{members}?q={number}"),
        ("search for nobody", f"{members}?q={quote('없는사람')}"),
        ("register", f"{reverse('members_staff:register')}?who=all"),
        ("search of the desk", f"/staff/search/?q={quote('이도윤')}"),
        ("an import's report", Import.objects.latest("pk").get_absolute_url()),
        ("accounts of an import", Import.objects.latest("pk").get_absolute_url() + "accounts/"),
    ]:
        [sample] = in_turns(lambda path=path: office.get(path), seconds=3, warm=2)
        yield Row.of(
            f"100,000 members: {name}", sample, target="p95 ≤ 100 ms", is_met=sample.p95 <= 0.1
        )
    start = time.perf_counter()
    answer = office.post(
        reverse("members_staff:members-export"),
        {"reason": "속도 측정용 내보내기", "format": "csv"},
        expect=200,
    )
    seconds = time.perf_counter() - start
    yield Row(
        "100,000 members: export as CSV",
        median=seconds,
        per_second=answer.body.count(b"\n") / seconds,
    )
