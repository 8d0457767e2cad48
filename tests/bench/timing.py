"""Taking the time, counting the statements."""

import multiprocessing
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
    took: list[float]  # seconds of each success

    @property
    def per_second(self) -> float:
        return self.successes / self.seconds

    @property
    def p95(self) -> float:
        return sorted(self.took)[int(len(self.took) * 0.95)]


def rush(calls: list[Call], *, at_once: int = 32) -> Rush:
    """Runs calls that return True for a success, ``at_once`` of them at any time, each thread with
    a connection of its own."""
    return _rush_of([_run(calls, at_once, threading.Barrier(at_once))])


def rush_of_processes(shares: list[list[Call]], *, at_once: int) -> Rush:
    """The same with a process for each share of the calls, as a server has its workers; the threads
    are divided among them."""
    _leave_no_connection()
    fork = multiprocessing.get_context("fork")
    gate, told = fork.Barrier(at_once), fork.SimpleQueue()
    threads = at_once // len(shares)
    workers = [
        fork.Process(target=lambda share=share: told.put(_run(share, threads, gate)))
        for share in shares
    ]
    for worker in workers:
        worker.start()
    ran = [told.get() for _worker in workers]
    for worker in workers:
        worker.join()
    return _rush_of(ran)


def _leave_no_connection() -> None:
    """Neither a connection nor a pool of them outlives a fork."""
    connections.close_all()
    if close_pool := getattr(connection, "close_pool", None):
        close_pool()


@dataclass
class _Ran:
    began_at: list[float]
    won_at: list[float]
    took: list[float]
    results: list[Any]


def _rush_of(ran: list[_Ran]) -> Rush:
    won_at = [instant for each in ran for instant in each.won_at]
    began_at = min(instant for each in ran for instant in each.began_at)
    results = [result for each in ran for result in each.results]
    took = [seconds for each in ran for seconds in each.took]
    return Rush(max(won_at) - began_at, results, len(won_at), took)


def _run(calls: list[Call], at_once: int, gate: Any) -> _Ran:
    """What came of calls in so many threads, all of which begin when the gate opens."""
    ran = _Ran([], [], [], [])

    def work(share: list[Call]) -> None:
        gate.wait()
        ran.began_at.append(time.perf_counter())
        try:
            for call in share:
                start = time.perf_counter()
                ran.results.append(result := call())
                if result is True:
                    ran.won_at.append(time.perf_counter())
                    ran.took.append(ran.won_at[-1] - start)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(at_once) as pool:
        for share in [pool.submit(work, calls[number::at_once]) for number in range(at_once)]:
            share.result()
    return ran
