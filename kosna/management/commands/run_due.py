"""Runs every scheduled job and all long work once; safe to run twice and in parallel."""

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from kosna.core import batches, clock, jobs


class Command(BaseCommand):
    help = "Runs every scheduled job, and the long work that waits, once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--now", type=datetime.fromisoformat, help="ISO instant to stand on")

    def handle(self, *args: Any, **options: Any) -> None:
        at = options["now"]
        if at is None:
            ran = self.everything()
        else:
            with clock.standing_at(at):
                ran = self.everything()
        for name in ran:
            self.stdout.write(name)

    def everything(self) -> list[str]:
        ran = jobs.run_due(every_job=True)
        return [*ran, *["core.batch"] * batches.run_all()]
