"""Runs what is due, again and again, until told to stop."""

import signal
import threading
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections, connections

from kosna.core import batches, jobs

TICK_SECONDS = 1.0


class Command(BaseCommand):
    help = "Delivers mail, runs scheduled jobs and long work until it gets SIGTERM or SIGINT."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        self.stdout.write("worker: ready")
        # Beside the jobs: an import of a minute must hold up no mail. A daemon thread, so that the
        # worker stops at once; whoever comes next takes over what was left.
        threading.Thread(target=self._repeat, args=(stop, batches.run_all), daemon=True).start()
        self._repeat(stop, jobs.run_due)
        self.stdout.write("worker: stopped")

    def _repeat(self, stop: threading.Event, work: Callable[[], object]) -> None:
        while not stop.is_set():
            close_old_connections()
            work()
            stop.wait(TICK_SECONDS)
        connections.close_all()
