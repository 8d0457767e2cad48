"""Taking the time, counting the statements."""

import statistics
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from django.db import connection, connections

Call = Callable[[], Any]


@dataclass
class Sample:
    """Seconds, one by one; ``queries`` is what the last call of several took in statements."""

    seconds: list[float]
    queries: int
    cpu: float = 0.0  # seconds of processor for one call

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def p95(self) -> float:
        return sorted(self.seconds)[int(len(self.seconds) * 0.95)]

    @property
    def per_second(self) -> float:
        return len(self.seconds) / sum(self.seconds)


def count_queries(call: Call) -> int:
    """Statements that read or write. Transaction control is left out: only SQLite's BEGIN would be
    seen here, and PostgreSQL's not."""
    count = 0

    def counting(execute: Any, sql: str, *args: Any) -> Any:
        nonlocal count
        count += not sql.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK"))
        return execute(sql, *args)

    with connection.execute_wrapper(counting):
        call()
    return count


def in_turns(*calls: Call, seconds: float = 3.0, most: int = 1000, warm: int = 5) -> list[Sample]:
    """Times several things one after the other, round and round, so that whatever else the machine
    does falls on all of them alike."""
    for call in calls:
        for _ in range(warm):
            call()
    samples = [Sample([], count_queries(call)) for call in calls]
    end = time.perf_counter() + seconds * len(calls)
    while time.perf_counter() < end and len(samples[0].seconds) < most:
        for call, sample in zip(calls, samples, strict=True):
            cpu, start = time.process_time(), time.perf_counter()
            call()
            sample.seconds.append(time.perf_counter() - start)
            sample.cpu += time.process_time() - cpu
    for sample in samples:
        sample.cpu /= len(sample.seconds)
    return samples


@dataclass
class Rush:
    """What a crowd got: how many successes, how fast they came, and everything that came out."""

    seconds: float  # from the start to the last success
    results: list[Any]
    successes: int

    @property
    def per_second(self) -> float:
        return self.successes / self.seconds


def rush(calls: list[Call], *, at_once: int = 32) -> Rush:
    """Runs calls that return True for a success, ``at_once`` of them at any time, each thread with
    a connection of its own."""
    won_at: list[float] = []
    gate = threading.Barrier(at_once + 1)

    def work(share: list[Call]) -> list[Any]:
        results = []
        gate.wait()
        try:
            for call in share:
                results.append(call())
                if results[-1] is True:
                    won_at.append(time.perf_counter())
        finally:
            connections.close_all()
        return results

    with ThreadPoolExecutor(at_once) as pool:
        shares = [pool.submit(work, calls[number::at_once]) for number in range(at_once)]
        gate.wait()
        start = time.perf_counter()
        results = [result for share in shares for result in share.result()]
    return Rush(max(won_at) - start, results, len(won_at))
