"""Runs every scheduled job and all long work once; safe to run twice and in parallel."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from kosna.core import batches, clock, jobs


class Command(BaseCommand):
    help = "Runs every scheduled job, and the long work that waits, once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--now", type=datetime.fromisoformat, help="ISO instant to stand on")

    def handle(self, *args: Any, **options: Any) -> None:
        at = options["now"]
        if at is None:
            self.everything()
        elif settings.PRODUCTION:
            raise CommandError("--now: the clock cannot be moved in production.")
        else:
            with clock.standing_at(at):
                self.everything()

    def everything(self) -> None:
        outcomes = jobs.outcomes_of_due(every_job=True)
        failed = [name for name, outcome in outcomes.items() if outcome == jobs.FAILED]
        for name in [*outcomes, *["core.batch"] * batches.run_all()]:
            if name in failed:
                self.stderr.write(f"{name}: failed")
            else:
                self.stdout.write(name)
        if failed:
            raise CommandError(f"{len(failed)} of {len(outcomes)} jobs failed; the log says why.")
