"""Runs what is due, again and again, until told to stop."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from kosna.core import jobs

TICK_SECONDS = 1.0


class Command(BaseCommand):
    help = "Delivers mail and runs scheduled jobs until it gets SIGTERM or SIGINT."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        self.stdout.write("worker: ready")
        while not stop.is_set():
            close_old_connections()
            jobs.run_due()
            stop.wait(TICK_SECONDS)
        self.stdout.write("worker: stopped")
